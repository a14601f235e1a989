//! The page of an emailed link: it says what its button does, and the button does it.

use askama::Template;
use http_kernel::{Request, Response, Result, StatusCode};
use i18n::{Messages, Translator};

use crate::{ChoiceField, HelpTopic, OutcomePage, Page};

/// A page with a choice and a button, for the POST that uses an emailed link (RULES 2.7, 2.12).
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    translator: Translator,
    /// The title and heading.
    title: String,
    /// The sentence before the email address.
    lead: String,
    /// The account's email address.
    email: String,
    /// What the button does, point by point.
    items: Vec<String>,
    /// The path that the form is posted to.
    action: String,
    csrf: String,
    choice: ChoiceField,
    /// What to do instead.
    note: String,
    help: HelpTopic,
}

/// The messages of a [`ConfirmPage`].
pub struct ConfirmTexts {
    /// The flow's messages.
    pub messages: &'static Messages,
    /// The title, which is also the heading.
    pub title: &'static str,
    /// What the button does, point by point.
    pub items: &'static [&'static str],
    /// The question.
    pub legend: &'static str,
    /// The options: declining, confirming, and declining for another reason.
    pub options: [&'static str; 3],
    /// What to do instead.
    pub note: &'static str,
    /// The text of the page after declining.
    pub declined: &'static str,
    /// The question that the page raises.
    pub help: HelpTopic,
}

impl ConfirmPage {
    /// The page about the followed link of this request, whose path is `path`. `lead` is the sentence before the address.
    #[must_use]
    pub fn new(request: &Request<'_>, texts: &ConfirmTexts, path: &str, lead: String, email: &str) -> Self {
        let translator = request.translator(texts.messages);
        Self {
            title: translator.message(texts.title),
            lead,
            email: email.to_owned(),
            items: texts.items.iter().map(|item| translator.message(item)).collect(),
            action: request.link_page(path),
            csrf: request.csrf(),
            choice: ChoiceField::new(translator, texts.legend, texts.options),
            note: translator.message(texts.note),
            help: texts.help,
            translator,
        }
    }

    /// The page again, since nothing was chosen.
    ///
    /// # Errors
    /// When the page can't be rendered.
    pub fn respond_unchosen(self, request: &Request<'_>) -> Result<Response> {
        let error = self.translator.message("choice-missing");
        let page = Self { choice: self.choice.with_error(Some(error)), ..self };
        Ok(page.respond(request)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
    }
}

/// The page after declining: nothing has changed, and a link leads back to the page of the followed link, at `path`.
///
/// # Errors
/// When the page can't be rendered.
pub fn declined_page(request: &Request<'_>, texts: &ConfirmTexts, path: &str) -> Result<Response> {
    let (title, next) = ("choice-declined-title", [(request.link_page(path), "choice-back")]);
    OutcomePage::respond_with(request, texts.messages, title, texts.declined, &next, StatusCode::OK)
}

impl Page for ConfirmPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(self.help)
    }

    fn has_errors(&self) -> bool {
        self.choice.has_error()
    }
}
