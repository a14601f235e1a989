//! The page that says why nothing can be verified now, until when, and who can help.

use account::SignedIn;
use askama::Template;
use domain::{Timestamp, limits::LimitedUntil};
use i18n::time;
use pages::Page;

use crate::{MESSAGES, give_up::GiveUp};

#[derive(Template)]
#[template(path = "blocked.html")]
pub(crate) struct BlockedPage {
    title: String,
    text: String,
    /// The address and label of the service's support.
    support: Option<(String, String)>,
    /// The address and label of the list of factors.
    next: (String, String),
    csrf: String,
    give_up: Option<GiveUp>,
}

impl BlockedPage {
    /// The service requires an authenticator, and none counts before this time (RULES 5.7).
    pub(crate) fn waiting(signed_in: &SignedIn<'_>, counts_from: Timestamp) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let service = signed_in.interaction.as_ref().map(|interaction| &interaction.service);
        let name = service.map(|service| service.name(translator.language())).unwrap_or_default();
        let time = time::in_ontario(counts_from, translator.language());
        let support = service.map(|service| {
            let address = service.support.in_language(translator.language()).to_owned();
            (address, translator.message_with("wait-support", "service", name))
        });
        let text = translator.message_with_all("wait-text", &[("service", name), ("time", &time)]);
        Self { support, ..Self::new(signed_in, translator.message("wait-title"), text) }
    }

    /// Too many codes were wrong (RULES 5.6).
    pub(crate) fn paused(signed_in: &SignedIn<'_>, until: LimitedUntil) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let time = time::in_ontario(until.0, translator.language());
        let text = translator.message_with("paused-text", "time", &*time);
        Self::new(signed_in, translator.message("paused-title"), text)
    }

    fn new(signed_in: &SignedIn<'_>, title: String, text: String) -> Self {
        let request = &signed_in.request;
        let return_to = request.return_to().via("/factors");
        let factors = http_kernel::href("/factors", &return_to, request.ui_locale());
        Self {
            title,
            text,
            support: None,
            next: (factors, request.translator(&MESSAGES).message("to-factors")),
            csrf: request.csrf(),
            give_up: GiveUp::new(signed_in),
        }
    }
}

impl Page for BlockedPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}
