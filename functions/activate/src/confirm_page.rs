//! The page whose button activates. In another browser than the one that registered it asks for the password (RULES 2.6).

use askama::Template;
use http_kernel::Request;
use i18n::Translator;
use pages::{Field, Fields, Page};

use crate::{MESSAGES, Opened};

#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    translator: Translator,
    email: String,
    csrf: String,
    needs_password: bool,
    fields: Fields,
}

impl ConfirmPage {
    pub(crate) fn new(request: &Request<'_>, opened: &Opened, error: Option<String>) -> Self {
        let translator = request.translator(&MESSAGES);
        let label = translator.message("confirm-password");
        let password = Field::password(label, "current-password").with_error(error);
        Self {
            email: opened.registration.email.as_str().to_owned(),
            csrf: request.csrf(),
            needs_password: opened.needs_password,
            fields: Fields(vec![password]),
            translator,
        }
    }
}

impl Page for ConfirmPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("confirm-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}
