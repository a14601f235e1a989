//! Why a resident verifies.

use account::SignedIn;
use domain::{assurance::Assurance, verification::Purpose};

use crate::MESSAGES;

/// The reason: a change when a page of ours follows, else the service.
pub(crate) fn reason(signed_in: &SignedIn<'_>) -> Purpose {
    match (signed_in.request.return_to().page(), &signed_in.interaction) {
        (None, Some(interaction)) => Purpose::Service(interaction.request.assurance),
        _ => Purpose::Change,
    }
}

/// Whether only a second factor suffices, and an email code does not.
pub(crate) fn requires_second_factor(reason: Purpose) -> bool {
    matches!(reason, Purpose::Service(assurance) if assurance >= Assurance::Mfa)
}

/// The sentence that tells the reason to the resident.
pub(crate) fn reason_text(signed_in: &SignedIn<'_>) -> String {
    let translator = signed_in.request.translator(&MESSAGES);
    let reason = reason(signed_in);
    match (reason, &signed_in.interaction) {
        (Purpose::Service(_), Some(interaction)) => {
            let lead = if requires_second_factor(reason) { "lead-needs-app" } else { "lead-needs" };
            translator.message_with(lead, "service", interaction.service.name(translator.language()))
        }
        (Purpose::Service(_), None) | (Purpose::Change, _) => translator.message("lead-change"),
    }
}
