//! Problems become HTTP last. The resident reads what happened and the way on; the operator reads the reason.

use app::Failure;
use askama::Template;
use http::StatusCode;
use words::Words;

use crate::{MESSAGES, Page, Reply, Visit};

/// Something that ends a request without its page.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    /// The messages `problem-<name>-title` and `problem-<name>-text`.
    name: &'static str,
    /// Where the way goes on.
    next: String,
    /// For the operator.
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    words: Words,
    title: String,
    text: String,
    next: String,
    request_id: String,
}

impl Page for ProblemPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl Problem {
    fn new(status: StatusCode, name: &'static str, next: &str) -> Self {
        Self { status, name, next: next.to_owned(), reason: None }
    }

    /// There is no such page.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "/services")
    }

    /// The request is larger than any of our forms.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "/services")
    }

    /// What was sent is not one of our forms.
    #[must_use]
    pub fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "/services")
    }

    /// Another site posted the form.
    #[must_use]
    pub fn other_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "other-site", "/services")
    }

    /// The browser sent no cookie with the form: it keeps none, or the page lay open for too long.
    #[must_use]
    pub fn no_cookies(next: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "no-cookies", next)
    }

    /// The form was made for another visit of this browser: a stale tab, the Back button after signing in.
    #[must_use]
    pub fn stale_form(next: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "stale-form", next)
    }

    pub(crate) fn reply(self, visit: &Visit) -> Reply {
        if let Some(reason) = &self.reason {
            tracing::error!(reason, request_id = visit.request_id(), path = visit.path(), "a request failed");
        }
        let words = visit.words(&MESSAGES);
        let page = ProblemPage {
            title: words.say(&format!("problem-{}-title", self.name)),
            text: words.say(&format!("problem-{}-text", self.name)),
            next: if self.next.is_empty() { visit.here() } else { self.next },
            request_id: if self.reason.is_some() { visit.request_id().to_owned() } else { String::new() },
            words,
        };
        let reply = visit.page(&page).unwrap_or_else(|_| Reply::html(String::new()));
        reply.with_status(self.status)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self { reason: Some(failure.reason), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "") }
    }
}

impl From<table::Unavailable> for Problem {
    fn from(error: table::Unavailable) -> Self {
        Failure::from(error).into()
    }
}

/// For writes whose conditions can't refuse, or whose refusals the flow has answered before.
impl From<table::WriteError> for Problem {
    fn from(error: table::WriteError) -> Self {
        match error {
            table::WriteError::Unavailable(error) => error.into(),
            table::WriteError::Overtaken(table::Overtaken(name)) => {
                Failure::new(format!("overtaken: {name}")).into()
            }
        }
    }
}
