//! The page whose button activates. In another browser than the one that registered it asks for the password (RULES 2.6).

use askama::Template;
use http_kernel::Request;
use i18n::Translator;
use pages::{ChoiceField, Field, Fields, HelpTopic, Page};

use crate::{MESSAGES, Opened};

#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    translator: Translator,
    email: String,
    /// The address that activates, and the one that deletes the registration.
    action: String,
    refuse: String,
    csrf: String,
    needs_password: bool,
    fields: Fields,
    choice: ChoiceField,
}

impl ConfirmPage {
    pub(crate) fn new(request: &Request<'_>, opened: &Opened, error: Option<String>) -> Self {
        let translator = request.translator(&MESSAGES);
        let label = translator.message("confirm-password");
        let password = Field::password(label, "current-password").with_error(error);
        let email = opened.registration.email.to_unicode();
        let account = Field::account(translator.message("field-email"), &email);
        Self {
            email,
            action: request.link_page("/activate"),
            refuse: request.link_page("/activate/refuse"),
            csrf: request.csrf(),
            needs_password: opened.needs_password,
            fields: Fields(vec![account, password]),
            choice: ChoiceField::new(
                translator,
                "refuse-legend",
                ["refuse-no", "refuse-yes", "refuse-unsure"],
            ),
            translator,
        }
    }

    /// The page again, since nothing was chosen about deleting the registration (RULES 2.12).
    pub(crate) fn unchosen(request: &Request<'_>, opened: &Opened) -> Self {
        let page = Self::new(request, opened, None);
        let error = page.translator.message("choice-missing");
        Self { choice: page.choice.with_error(Some(error)), ..page }
    }
}

impl Page for ConfirmPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("confirm-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        let is_other = self.needs_password;
        Some(if is_other { HelpTopic::ActivationOtherBrowser } else { HelpTopic::ActivationLink })
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors() || self.choice.has_error()
    }
}
