//! The page of who signs out, or has.

use askama::Template;
use domain::service::Client;
use http_kernel::{Page, Request};
use i18n::Translator;

use crate::MESSAGES;

/// The page of who signs out, or has.
#[derive(Template)]
#[template(path = "logout.html")]
pub(crate) struct Logout {
    translator: Translator,
    csrf: String,
    action: String,
    service: Option<String>,
    is_signed_in: bool,
}

impl Logout {
    /// Nobody is signed in any more.
    pub(crate) fn done(request: &Request<'_>) -> Self {
        let translator = request.translator(&MESSAGES);
        Self { translator, csrf: String::new(), action: String::new(), service: None, is_signed_in: false }
    }

    /// Asks who is signed in; the service that wants it is named.
    pub(crate) fn asking(request: &Request<'_>, client: Option<&Client>) -> Self {
        let translator = request.translator(&MESSAGES);
        let name =
            |client: &Client| client.registration.client_name.in_language(translator.language()).to_owned();
        Self {
            csrf: request.csrf(),
            action: request.path_and_query(),
            service: client.map(name),
            is_signed_in: true,
            translator,
        }
    }
}

impl Page for Logout {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message(if self.is_signed_in { "logout-ask-title" } else { "logout-done-title" })
    }
}
