//! The questions to a resident who signs in to a service (RULES 6.5).

use askama::Template;
use domain::{authorization::Prompt, grant::REFRESH_TOTAL, interaction::Interaction, service::Scope};
use http_kernel::{Request, Way};
use i18n::Translator;
use pages::{HelpTopic, Page};

use crate::MESSAGES;

/// Asks which account to continue with.
#[derive(Template)]
#[template(path = "select.html")]
pub(crate) struct SelectAccountPage {
    translator: Translator,
    action: String,
    other: String,
    csrf: String,
    service: String,
    email: String,
}

impl SelectAccountPage {
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

impl Page for SelectAccountPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("select-title")
    }

    fn way(&self) -> Way {
        Way::Named
    }
}

/// Asks whether to share what the service asks for.
#[derive(Template)]
#[template(path = "ask.html")]
pub(crate) struct ConsentPage {
    translator: Translator,
    action: String,
    csrf: String,
    selected: bool,
    service: String,
    /// The email address that is shared; empty when only an identifier is.
    shared: String,
    /// How many days the service gets tokens while the resident is signed out, if it asks for that.
    offline_days: Option<i64>,
    email: String,
}

impl ConsentPage {
    pub(crate) fn new(
        request: &Request<'_>,
        interaction: &Interaction,
        is_selected: bool,
        email: String,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let selected = is_selected && interaction.request.prompts.contains(&Prompt::SelectAccount);
        Self {
            action: request.href("/authorize/continue"),
            csrf: request.csrf(),
            selected,
            service: interaction.service.name(translator.language()).to_owned(),
            shared: if interaction.request.wants_email() { email.clone() } else { String::new() },
            offline_days: interaction
                .request
                .scopes
                .contains(&Scope::OfflineAccess)
                .then_some(REFRESH_TOTAL.as_hours() / 24),
            email,
            translator,
        }
    }
}

impl Page for ConsentPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("ask-title", "service", self.service.as_str())
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::SharedInformation)
    }

    // Not to share is to cancel.
    fn way(&self) -> Way {
        Way::Own
    }
}
