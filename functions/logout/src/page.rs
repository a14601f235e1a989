//! The page that asks whether to sign out, and that says that nobody is signed in.

use askama::Template;
use domain::service::Client;
use http_kernel::Request;
use i18n::Translator;
use pages::Page;

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "logout.html")]
pub(crate) struct LogoutPage {
    translator: Translator,
    csrf: String,
    action: String,
    service: Option<String>,
    is_signed_in: bool,
}

impl LogoutPage {
    /// Says that nobody is signed in.
    pub(crate) fn done(request: &Request<'_>) -> Self {
        let translator = request.translator(&MESSAGES);
        Self { translator, csrf: String::new(), action: String::new(), service: None, is_signed_in: false }
    }

    /// Asks whether to sign out, and names the service that requests it.
    pub(crate) fn ask(request: &Request<'_>, client: Option<&Client>) -> Self {
        let translator = request.translator(&MESSAGES);
        let name =
            |client: &Client| client.registration.client_name.in_language(translator.language()).to_owned();
        Self {
            csrf: request.csrf(),
            action: request.current_page(),
            service: client.map(name),
            is_signed_in: true,
            translator,
        }
    }
}

impl Page for LogoutPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message(if self.is_signed_in { "logout-ask-title" } else { "logout-done-title" })
    }
}
