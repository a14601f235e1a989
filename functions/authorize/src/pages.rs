//! What residents are asked on the way to a service (RULES 6.5).

use askama::Template;
use domain::{authorization::Prompt, interaction::Interaction};
use http_kernel::{Page, Request};
use i18n::Translator;

use crate::MESSAGES;

/// Which account to go on with.
#[derive(Template)]
#[template(path = "select.html")]
pub(crate) struct Select {
    translator: Translator,
    action: String,
    other: String,
    csrf: String,
    service: String,
    email: String,
}

impl Select {
    pub(crate) fn new(request: &Request<'_>, interaction: &Interaction, email: String) -> Self {
        let translator = request.translator(&MESSAGES);
        Self {
            action: request.href("/authorize/continue"),
            other: request.href("/login"),
            csrf: request.csrf(),
            service: interaction.service.name(translator.language()).to_owned(),
            email,
            translator,
        }
    }
}

impl Page for Select {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("select-title")
    }
}

/// Whether to share what the service asks for.
#[derive(Template)]
#[template(path = "ask.html")]
pub(crate) struct LinkRequestPage {
    translator: Translator,
    action: String,
    csrf: String,
    selected: bool,
    service: String,
    /// The address that is shared; empty when nothing but an identifier is.
    shared: String,
    email: String,
}

impl LinkRequestPage {
    pub(crate) fn new(request: &Request<'_>, interaction: &Interaction, selected: bool, email: String) -> Self {
        let translator = request.translator(&MESSAGES);
        let selected = selected && interaction.request.prompts.contains(&Prompt::SelectAccount);
        Self {
            action: request.href("/authorize/continue"),
            csrf: request.csrf(),
            selected,
            service: interaction.service.name(translator.language()).to_owned(),
            shared: if interaction.request.wants_email() { email.clone() } else { String::new() },
            email,
            translator,
        }
    }
}

impl Page for LinkRequestPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("ask-title", "service", self.service.as_str())
    }
}
