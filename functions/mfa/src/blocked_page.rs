//! The page that says why nothing can be verified now, until when, and who can help.

use account::{SignedIn, support_link};
use askama::Template;
use domain::{Timestamp, limits::RetryAfter};
use http_kernel::Way;
use i18n::time;
use pages::{HelpTopic, Page};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "blocked.html")]
pub(crate) struct BlockedPage {
    title: String,
    text: String,
    /// The address and label of who can help.
    support: Option<(String, String)>,
    /// The address and label of the page that verifies, for when the pause has ended.
    retry: Option<(String, String)>,
    /// The address and label of the list of factors.
    next: (String, String),
    way: Way,
}

impl BlockedPage {
    /// The service requires a second factor, and none counts before this time (RULES 5.7).
    pub(crate) fn waiting(signed_in: &SignedIn<'_>, counts_from: Timestamp) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let service = signed_in.interaction.as_ref().map(|interaction| &interaction.service);
        let name = service.map(|service| service.name(translator.language())).unwrap_or_default();
        let time = time::in_ontario(counts_from, translator.language());
        // The first to count: without an authenticator, it is the recovery codes.
        let (title, text) = if signed_in.factors.authenticators.is_empty() {
            ("wait-recovery-title", "wait-recovery-text")
        } else {
            ("wait-title", "wait-text")
        };
        let text = translator.message_with_all(text, &[("service", name), ("time", &time)]);
        let support = Some(support_link(signed_in));
        Self { support, way: Way::Named, ..Self::new(signed_in, translator.message(title), text) }
    }

    /// Too many codes were wrong (RULES 5.6).
    pub(crate) fn paused(signed_in: &SignedIn<'_>, until: RetryAfter) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let time = time::in_ontario(until.0, translator.language());
        let text = translator.message_with("paused-text", "time", &*time);
        let retry = (signed_in.request.current_page(), translator.message("paused-retry"));
        Self { retry: Some(retry), ..Self::new(signed_in, translator.message("paused-title"), text) }
    }

    fn new(signed_in: &SignedIn<'_>, title: String, text: String) -> Self {
        let request = &signed_in.request;
        let return_to = request.return_to().via("/factors");
        let factors = http_kernel::href("/factors", &return_to, request.ui_locale());
        Self {
            title,
            text,
            support: None,
            retry: None,
            next: (factors, request.translator(&MESSAGES).message("to-factors")),
            way: Way::Shown,
        }
    }
}

impl Page for BlockedPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(if self.retry.is_some() { HelpTopic::IncorrectCodes } else { HelpTopic::NewAppLater })
    }

    fn way(&self) -> Way {
        self.way
    }
}
