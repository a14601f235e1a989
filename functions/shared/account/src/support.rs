//! Who helps a resident who cannot verify before some time.

use http_kernel::MESSAGES;

use crate::SignedIn;

/// Address and label of the support: that of the service that the resident is on the way to, else ours.
#[must_use]
pub fn support_link(signed_in: &SignedIn<'_>) -> (String, String) {
    let request = &signed_in.request;
    let translator = request.translator(&MESSAGES);
    match &signed_in.interaction {
        Some(interaction) => {
            let service = &interaction.service;
            let name = service.name(translator.language());
            let address = service.support.in_language(translator.language()).to_owned();
            (address, translator.message_with("support-of-service", "service", name))
        }
        None => (request.href("/contact"), translator.message("support-of-us")),
    }
}
