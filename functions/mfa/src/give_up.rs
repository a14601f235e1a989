//! The button that returns to the service without verifying.

use account::SignedIn;

use crate::MESSAGES;

/// Returns to the service, which learns that the resident cancelled. Its template is `give-up.html`.
pub(crate) struct GiveUp {
    pub(crate) action: String,
    pub(crate) label: String,
}

impl GiveUp {
    /// The button, if the resident is in an interaction.
    pub(crate) fn new(signed_in: &SignedIn<'_>) -> Option<Self> {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let name = signed_in.interaction.as_ref()?.service.name(translator.language());
        let action = request.href("/authorize/continue");
        Some(Self { action, label: translator.message_with("give-up", "service", name) })
    }
}
