//! Why a resident verifies.

use account::SignedIn;
use domain::{factors::Factor, verification::VerificationReason};

use crate::MESSAGES;

/// The reason of this request's verification.
pub(crate) fn reason(signed_in: &SignedIn<'_>) -> VerificationReason {
    VerificationReason::new(signed_in.interaction.as_ref(), signed_in.request.return_to().page())
}

/// Whether that sentence names the service.
pub(crate) fn names_service(signed_in: &SignedIn<'_>) -> bool {
    matches!(reason(signed_in), VerificationReason::Service(_)) && signed_in.interaction.is_some()
}

/// The sentence that tells the reason to the resident.
pub(crate) fn reason_text(signed_in: &SignedIn<'_>) -> String {
    let translator = signed_in.request.translator(&MESSAGES);
    let reason = reason(signed_in);
    match (reason, &signed_in.interaction) {
        (VerificationReason::Service(_), Some(interaction)) => {
            let has_codes = signed_in.factors.has(Factor::RecoveryCode);
            let lead = match reason.requires_second_factor() {
                true if has_codes => "lead-needs-app-or-recovery",
                true => "lead-needs-app",
                false => "lead-needs",
            };
            translator.message_with(lead, "service", interaction.service.name(translator.language()))
        }
        (VerificationReason::Service(_), None) | (VerificationReason::Change, _) => {
            translator.message("lead-change")
        }
    }
}

/// Where a resident who verifies before a change gives it up: the section that the change is in. On the way to a service, the
/// layout has the link.
pub(crate) fn cancel_href(signed_in: &SignedIn<'_>) -> Option<String> {
    let request = &signed_in.request;
    (reason(signed_in) == VerificationReason::Change)
        .then(|| request.return_to().section(request.ui_locale()))
}
