//! The page after an email was sent, and what to do when it does not arrive (RULES 2.10).

use askama::Template;
use http_kernel::{MESSAGES, Request};
use i18n::{Messages, Translator};

use crate::Page;

/// What to do when an email does not arrive (RULES 2.10).
#[derive(Template)]
#[template(path = "missing.html")]
pub struct MissingEmail {
    translator: Translator,
    again: Option<String>,
    contact: String,
    support: String,
}

impl MissingEmail {
    /// `again` is the address of the page that sends another email, unless this page has a button for it.
    #[must_use]
    pub fn new(request: &Request<'_>, again: Option<String>) -> Self {
        Self {
            translator: request.translator(&MESSAGES),
            again,
            contact: request.href("/contact"),
            support: request.config().support_email.as_str().to_owned(),
        }
    }
}

/// The page after an email was requested. It says the same whether one was sent or not.
#[derive(Template)]
#[template(path = "sent.html")]
pub struct EmailSentPage {
    translator: Translator,
    title: String,
    /// The address that was typed, and the address of the page where it can be corrected.
    typed: Option<(String, String)>,
    lead: String,
    next: String,
    missing: MissingEmail,
    sign_in: String,
}

impl EmailSentPage {
    /// The page of these messages: title, lead and what to do next. `again` is the path of the page that sends another
    /// email, and `correct` that of the page where another address can be typed.
    #[must_use]
    pub fn new(
        request: &Request<'_>,
        messages: &'static Messages,
        texts: [&str; 3],
        (again, correct): (&str, &str),
    ) -> Self {
        let translator = request.translator(messages);
        let [title, lead, next] = texts.map(|message| translator.message(message));
        let typed = request.typed_address();
        Self {
            title,
            typed: typed.map(|typed| (typed.to_unicode(), request.href(correct))),
            lead,
            next,
            missing: MissingEmail::new(request, Some(request.href(again))),
            sign_in: request.href("/login"),
            translator,
        }
    }
}

impl Page for EmailSentPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}
