//! The pages of activating.

use askama::Template;
use http_kernel::{Answer, Field, Fields, Page, Request, ReturnTo, StatusCode, links::OutcomePage};
use i18n::Translator;

use crate::{MESSAGES, Open};

/// The page whose button activates; in another browser it asks for the password first.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm {
    translator: Translator,
    email: String,
    csrf: String,
    needs_password: bool,
    fields: Fields,
}

impl Confirm {
    pub(crate) fn new(request: &Request<'_>, open: &Open, message: Option<String>) -> Self {
        let translator = request.translator(&MESSAGES);
        let password =
            Field::password(translator.message("confirm-password"), "current-password").with_error(message);
        Self {
            email: open.registration.email.as_str().to_owned(),
            csrf: request.csrf(),
            needs_password: open.needs_password,
            fields: Fields(vec![password]),
            translator,
        }
    }
}

impl Page for Confirm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("confirm-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// Why a link opens nothing.
#[derive(Clone, Copy)]
pub(crate) enum LinkProblem {
    /// It isn't one of ours, or was not copied whole.
    Unknown,
    /// Its 30 minutes are over.
    Expired,
    /// A newer link was sent.
    Superseded,
    /// The email has an account.
    Done,
    /// The registration is gone (RULES 2.9).
    Gone,
    /// The registration was just deleted by *This wasn't me*.
    Refused,
}

/// The page of a link that opens nothing: it says why, and what to do next (RULES 2.7).
pub(crate) struct DeadLinkPage;

impl DeadLinkPage {
    pub(crate) fn page(request: &Request<'_>, problem: LinkProblem, return_to: &ReturnTo) -> Result<Response> {
        let (again, sign_in) = (Some(("/register/again", "link-again")), Some(("/login", "link-sign-in")));
        let register = Some(("/register", "dead-register"));
        let (title, text, next, status) = match problem {
            LinkProblem::Unknown => ("link-unknown-title", "link-unknown-text", again, StatusCode::NOT_FOUND),
            LinkProblem::Expired => ("link-expired-title", "expired-text", again, StatusCode::GONE),
            LinkProblem::Superseded => {
                ("link-overtaken-title", "link-overtaken-text", again, StatusCode::GONE)
            }
            LinkProblem::Done => ("done-title", "done-text", sign_in, StatusCode::OK),
            LinkProblem::Gone => ("gone-title", "gone-text", register, StatusCode::GONE),
            LinkProblem::Refused => ("refused-title", "refused-text", None, StatusCode::OK),
        };
        let next: Vec<_> = next.map(|(path, label)| (return_to.href(path), label)).into_iter().collect();
        OutcomePage::page(request, &MESSAGES, title, text, &next, status)
    }
}
