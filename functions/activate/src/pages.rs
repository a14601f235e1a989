//! The pages of activating.

use askama::Template;
use web::{Answer, Field, Fields, Page, StatusCode, Visit, Way, links::Outcome};
use words::Words;

use crate::{MESSAGES, Open};

/// The page whose button activates; in another browser it asks for the password first.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm {
    words: Words,
    email: String,
    csrf: String,
    needs_password: bool,
    fields: Fields,
}

impl Confirm {
    pub(crate) fn new(visit: &Visit, open: &Open, problem: Option<String>) -> Self {
        let words = visit.words(&MESSAGES);
        let password = Field::password(words.say("confirm-password"), "current-password").with_error(problem);
        Self {
            email: open.registration.email.as_str().to_owned(),
            csrf: visit.csrf(),
            needs_password: open.needs_password,
            fields: Fields(vec![password]),
            words,
        }
    }
}

impl Page for Confirm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("confirm-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// Why a link opens nothing.
#[derive(Clone, Copy)]
pub(crate) enum Why {
    /// It isn't one of ours, or was not copied whole.
    Unknown,
    /// Its 30 minutes are over.
    Expired,
    /// A newer link was sent.
    Overtaken,
    /// The email has an account.
    Done,
    /// The registration is gone (RULES 2.9).
    Gone,
    /// The registration was just deleted by *This wasn't me*.
    Refused,
}

/// The page of a link that opens nothing: it says why, and what to do next (RULES 2.7).
pub(crate) struct Dead;

impl Dead {
    pub(crate) fn page(visit: &Visit, why: Why, way: &Way) -> Answer {
        let (again, sign_in) = (Some(("/register/again", "link-again")), Some(("/login", "link-sign-in")));
        let register = Some(("/register", "dead-register"));
        let (title, text, next, status) = match why {
            Why::Unknown => ("link-unknown-title", "link-unknown-text", again, StatusCode::NOT_FOUND),
            Why::Expired => ("link-expired-title", "expired-text", again, StatusCode::GONE),
            Why::Overtaken => ("link-overtaken-title", "link-overtaken-text", again, StatusCode::GONE),
            Why::Done => ("done-title", "done-text", sign_in, StatusCode::OK),
            Why::Gone => ("gone-title", "gone-text", register, StatusCode::GONE),
            Why::Refused => ("refused-title", "refused-text", None, StatusCode::OK),
        };
        let next: Vec<_> = next.map(|(path, label)| (way.href(path), label)).into_iter().collect();
        Outcome::page(visit, (&MESSAGES, title, text), (&next, status))
    }
}
