//! The page after an email was sent, and what to do when it does not arrive (RULES 2.10).

use askama::Template;
use domain::limits::RetryAfter;
use http_kernel::{MESSAGES, Request};
use i18n::{Messages, Translator};

use crate::{
    HelpTopic, Page, Step,
    countdown::{Countdown, Waiting},
    step,
};

/// What to do when an email does not arrive (RULES 2.10).
#[derive(Template)]
#[template(path = "missing.html")]
pub struct MissingEmail {
    translator: Translator,
    again: Option<String>,
    contact: String,
    support: String,
    /// Until another email can be sent.
    countdown: Option<Countdown>,
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
            countdown: None,
        }
    }

    /// Sets until when another email is not sent.
    #[must_use]
    pub fn with_limit(self, until: Option<RetryAfter>) -> Self {
        let countdown = until.and_then(|until| Countdown::new(self.translator, Waiting::Email, until));
        Self { countdown, ..self }
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
    step: Option<Step>,
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
            missing: MissingEmail::new(request, Some(request.href(again)))
                .with_limit(request.typed_address_until()),
            sign_in: request.href("/login"),
            step: None,
            translator,
        }
    }

    /// Says which of how many steps this page is.
    #[must_use]
    pub fn at_step(self, current: u8, count: u8) -> Self {
        Self { step: Some(step(&self.translator, current, count)), ..self }
    }
}

impl Page for EmailSentPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::MissingEmails)
    }
}
