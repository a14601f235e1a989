//! What residents are asked on the way to a service (RULES 6.5).

use askama::Template;
use domain::{authorization::Prompt, transaction::Transaction};
use web::{Page, Visit};
use words::Words;

use crate::MESSAGES;

/// Which account to go on with.
#[derive(Template)]
#[template(path = "select.html")]
pub(crate) struct Select {
    words: Words,
    action: String,
    other: String,
    csrf: String,
    service: String,
    email: String,
}

impl Select {
    pub(crate) fn new(visit: &Visit, transaction: &Transaction, email: String) -> Self {
        let words = visit.words(&MESSAGES);
        Self {
            action: visit.way().href("/authorize/continue"),
            other: visit.way().href("/login"),
            csrf: visit.csrf(),
            service: transaction.service.name(words.language()).to_owned(),
            email,
            words,
        }
    }
}

impl Page for Select {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("select-title")
    }
}

/// Whether to share what the service asks for.
#[derive(Template)]
#[template(path = "ask.html")]
pub(crate) struct Ask {
    words: Words,
    action: String,
    csrf: String,
    selected: bool,
    service: String,
    /// The address that is shared; empty when nothing but an identifier is.
    shared: String,
    email: String,
}

impl Ask {
    pub(crate) fn new(visit: &Visit, (transaction, selected): (&Transaction, bool), email: String) -> Self {
        let words = visit.words(&MESSAGES);
        let selected = selected && transaction.request.prompts.contains(&Prompt::SelectAccount);
        Self {
            action: visit.way().href("/authorize/continue"),
            csrf: visit.csrf(),
            selected,
            service: transaction.service.name(words.language()).to_owned(),
            shared: if transaction.request.wants_email() { email.clone() } else { String::new() },
            email,
            words,
        }
    }
}

impl Page for Ask {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say1("ask-title", "service", self.service.as_str())
    }
}
