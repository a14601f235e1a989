//! The page of a limit that a posted form has reached (RULES 3.11). It leads back to the form, with what was typed except
//! secrets.

use askama::Template;
use domain::{language::Language, limits::RetryAfter};
use http_kernel::Parts;
use i18n::Translator;

use crate::{
    HelpTopic, Page,
    countdown::{Countdown, Waiting},
};

/// Fields that are not kept: secrets, and those that the page has itself.
const NOT_KEPT: [&str; 5] = ["csrf", "form", "switch_language", "password", "code"];

#[derive(Template)]
#[template(path = "rate_limited.html")]
pub(crate) struct RateLimitedPage {
    translator: Translator,
    title: String,
    text: String,
    action: String,
    /// The button does what the language toggle does, in the same language: the form is shown again, and nothing else is
    /// done.
    language: Language,
    fields: Vec<(String, String)>,
    /// Another page that the resident may continue at, such as that of a code that was sent, and its label.
    next: Option<(String, String)>,
    /// *Contact us*, which has a limit of its own.
    contact: String,
    countdown: Option<Countdown>,
}

impl RateLimitedPage {
    /// `None` for a request that posts none of our forms.
    pub(crate) fn new(
        parts: &Parts,
        translator: Translator,
        title: String,
        text: String,
        next: (String, String),
        until: RetryAfter,
    ) -> Option<Self> {
        if !parts.is_post() {
            return None;
        }
        let form = parts.foreign_form().ok()?;
        if !form.iter().any(|(name, _)| name == "csrf") {
            return None;
        }
        let is_kept = |(name, _): &(String, String)| !NOT_KEPT.contains(&name.as_str());
        let mut fields: Vec<_> = form.into_iter().filter(is_kept).collect();
        fields.insert(0, ("csrf".to_owned(), parts.csrf()));
        let action = parts.form_action();
        let next = Some(next).filter(|(next, _)| *next != parts.current_page());
        let contact = parts.href("/contact");
        let countdown = Countdown::new(translator, Waiting::Form, until);
        let language = translator.language();
        Some(Self { translator, title, text, action, language, fields, next, contact, countdown })
    }
}

impl Page for RateLimitedPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::TooManyAttempts)
    }
}
