//! The page of who signs out, or has.

use askama::Template;
use domain::service::Client;
use web::{Page, Visit};
use words::Words;

use crate::MESSAGES;

/// The page of who signs out, or has.
#[derive(Template)]
#[template(path = "logout.html")]
pub(crate) struct Logout {
    words: Words,
    csrf: String,
    action: String,
    service: Option<String>,
    is_signed_in: bool,
}

impl Logout {
    /// Nobody is signed in any more.
    pub(crate) fn done(visit: &Visit) -> Self {
        let words = visit.words(&MESSAGES);
        Self { words, csrf: String::new(), action: String::new(), service: None, is_signed_in: false }
    }

    /// Asks who is signed in; the service that wants it is named.
    pub(crate) fn asking(visit: &Visit, client: Option<&Client>) -> Self {
        let words = visit.words(&MESSAGES);
        let name = |client: &Client| client.registration.client_name.in_language(words.language()).to_owned();
        Self {
            csrf: visit.csrf(),
            action: visit.whole(),
            service: client.map(name),
            is_signed_in: true,
            words,
        }
    }
}

impl Page for Logout {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say(if self.is_signed_in { "logout-ask-title" } else { "logout-done-title" })
    }
}
