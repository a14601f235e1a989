//! Problems become HTTP last. The resident reads what happened and the way on; the operator reads the reason.

use app::Failure;
use askama::Template;
use domain::{Timestamp, limits::RetryAfter};
use i18n::Translator;
use lambda_http::http::StatusCode;

use crate::{MESSAGES, Page, Request, Response};

/// Something that ends a request without its page.
#[derive(Debug)]
pub struct HttpError {
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
struct ErrorPage {
    translator: Translator,
    title: String,
    text: String,
    next: String,
    request_id: String,
}

impl Page for ErrorPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl HttpError {
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
    pub fn too_many_emails(until: RetryAfter, next: &str) -> Self {
        Self { until: Some(until.0), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-emails", next) }
    }

    /// Too much was tried from where the request comes from (RULES 3.11).
    #[must_use]
    pub fn too_many_attempts(until: RetryAfter, next: &str) -> Self {
        Self { until: Some(until.0), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", next) }
    }

    /// The same for a service: the specifications' error.
    pub(crate) fn json(self, request: &Request) -> Response {
        self.log(request);
        let error = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            _ => "invalid_request",
        };
        Response::json(&serde_json::json!({ "error": error })).with_status(self.status)
    }

    fn log(&self, request: &Request) {
        if let Some(reason) = &self.reason {
            tracing::error!(
                reason,
                request_id = request.request_id(),
                path = request.path(),
                "a request failed"
            );
        }
    }

    pub(crate) fn response(self, request: &Request) -> Response {
        self.log(request);
        let translator = request.translator(&MESSAGES);
        let wait = self.until.map(|until| until.duration_since(request.now()).as_secs().max(1));
        let text = format!("problem-{}-text", self.name);
        let page = ErrorPage {
            title: translator.message(&format!("problem-{}-title", self.name)),
            text: match wait {
                Some(seconds) => translator.message_with(&text, "wait", waiting(translator, seconds)),
                None => translator.message(&text),
            },
            next: if self.next.is_empty() { request.here() } else { self.next },
            request_id: if self.reason.is_some() { request.request_id().to_owned() } else { String::new() },
            translator,
        };
        let response = request.page(&page).unwrap_or_else(|_| Response::html(String::new()));
        let response = response.with_status(self.status);
        match wait {
            Some(seconds) => response.with_retry_after(seconds),
            None => response,
        }
    }
}

/// How long to wait, in words: rounded up, so that nobody comes back too early.
fn waiting(translator: Translator, seconds: i64) -> String {
    match seconds {
        ..=90 => translator.message_with("wait-seconds", "count", seconds),
        91..=5400 => translator.message_with("wait-minutes", "count", (seconds + 59) / 60),
        _ => translator.message_with("wait-hours", "count", (seconds + 3599) / 3600),
    }
}

impl From<Failure> for HttpError {
    fn from(failure: Failure) -> Self {
        Self { reason: Some(failure.reason), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "") }
    }
}

impl From<table::Unavailable> for HttpError {
    fn from(error: table::Unavailable) -> Self {
        Failure::from(error).into()
    }
}

/// For writes whose conditions can't refuse, or whose refusals the flow has answered before.
impl From<table::WriteError> for HttpError {
    fn from(error: table::WriteError) -> Self {
        match error {
            table::WriteError::Unavailable(error) => error.into(),
            table::WriteError::Conflict(conflict) => {
                Failure::new(format!("overtaken: {}", conflict.as_str())).into()
            }
        }
    }
}
