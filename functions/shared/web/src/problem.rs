//! Problems become HTTP last. The resident reads what happened and the way on; the operator reads the reason.

use app::Failure;
use askama::Template;
use domain::{Timestamp, limits::Until};
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
    /// When the same can be done again, if it was done too often.
    until: Option<Timestamp>,
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
        Self { status, name, next: next.to_owned(), until: None, reason: None }
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

    /// The request got around what stands in front of the API, which alone may pass requests on.
    pub(crate) fn around_the_front() -> Self {
        Self::new(StatusCode::FORBIDDEN, "around-the-front", "/services")
    }

    /// An address was sent too many emails (RULES 3.11); `next` is where the resident goes on.
    #[must_use]
    pub fn too_many_emails(until: Until, next: &str) -> Self {
        Self { until: Some(until.0), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-emails", next) }
    }

    /// Too much was tried from where the request comes from (RULES 3.11).
    #[must_use]
    pub fn too_many_tries(until: Until, next: &str) -> Self {
        Self { until: Some(until.0), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", next) }
    }

    /// The same for a service: the specifications' error.
    pub(crate) fn json(self, visit: &Visit) -> Reply {
        self.log(visit);
        let error = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            _ => "invalid_request",
        };
        Reply::json(&serde_json::json!({ "error": error })).with_status(self.status)
    }

    fn log(&self, visit: &Visit) {
        if let Some(reason) = &self.reason {
            tracing::error!(reason, request_id = visit.request_id(), path = visit.path(), "a request failed");
        }
    }

    pub(crate) fn reply(self, visit: &Visit) -> Reply {
        self.log(visit);
        let words = visit.words(&MESSAGES);
        let wait = self.until.map(|until| until.duration_since(visit.now()).as_secs().max(1));
        let text = format!("problem-{}-text", self.name);
        let page = ProblemPage {
            title: words.say(&format!("problem-{}-title", self.name)),
            text: match wait {
                Some(seconds) => words.say1(&text, "wait", waiting(words, seconds)),
                None => words.say(&text),
            },
            next: if self.next.is_empty() { visit.here() } else { self.next },
            request_id: if self.reason.is_some() { visit.request_id().to_owned() } else { String::new() },
            words,
        };
        let reply = visit.page(&page).unwrap_or_else(|_| Reply::html(String::new()));
        let reply = reply.with_status(self.status);
        match wait {
            Some(seconds) => reply.with_retry_after(seconds),
            None => reply,
        }
    }
}

/// How long to wait, in words: rounded up, so that nobody comes back too early.
fn waiting(words: Words, seconds: i64) -> String {
    match seconds {
        ..=90 => words.say1("wait-seconds", "count", seconds),
        91..=5400 => words.say1("wait-minutes", "count", (seconds + 59) / 60),
        _ => words.say1("wait-hours", "count", (seconds + 3599) / 3600),
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
