//! The page that asks before something is removed.

use account::SignedIn;
use askama::Template;
use i18n::Translator;
use pages::{HelpTopic, Page};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "remove.html")]
pub(crate) struct RemovePage {
    translator: Translator,
    title: String,
    text: &'static str,
    action: String,
    keep: String,
    csrf: String,
    help: HelpTopic,
}

impl RemovePage {
    /// `title` asks the question, `text` is the message of what follows from the removal, and the form posts to `action`.
    pub(crate) fn new(
        signed_in: &SignedIn<'_>,
        title: String,
        text: &'static str,
        action: &str,
        help: HelpTopic,
    ) -> Self {
        Self {
            translator: signed_in.request.translator(&MESSAGES),
            title,
            text,
            action: signed_in.href(action),
            keep: signed_in.href("/factors"),
            csrf: signed_in.request.csrf(),
            help,
        }
    }
}

impl Page for RemovePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(self.help)
    }
}
