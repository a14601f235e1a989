//! Why a resident verifies.

use account::SignedIn;
use domain::{assurance::Assurance, verification::VerificationReason};

use crate::MESSAGES;

/// The reason: a change when a page of ours follows, else the service.
pub(crate) fn reason(signed_in: &SignedIn<'_>) -> VerificationReason {
    match (signed_in.request.return_to().page(), &signed_in.interaction) {
        (None, Some(interaction)) => VerificationReason::Service(interaction.request.assurance),
        _ => VerificationReason::Change,
    }
}

/// Whether only a second factor suffices, and an email code does not.
pub(crate) fn requires_second_factor(reason: VerificationReason) -> bool {
    matches!(reason, VerificationReason::Service(assurance) if assurance >= Assurance::Mfa)
}

/// The sentence that tells the reason to the resident.
pub(crate) fn reason_text(signed_in: &SignedIn<'_>) -> String {
    let translator = signed_in.request.translator(&MESSAGES);
    let reason = reason(signed_in);
    match (reason, &signed_in.interaction) {
        (VerificationReason::Service(_), Some(interaction)) => {
            let lead = if requires_second_factor(reason) { "lead-needs-app" } else { "lead-needs" };
            translator.message_with(lead, "service", interaction.service.name(translator.language()))
        }
        (VerificationReason::Service(_), None) | (VerificationReason::Change, _) => {
            translator.message("lead-change")
        }
    }
}
