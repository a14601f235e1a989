//! Errors of handlers: each is or becomes a response.

use app::{Failure, clock};
use domain::{Timestamp, keys::MissingKeys, language::Language, limits::RetryAfter};
use lambda_http::http::StatusCode;
use table::Conflict;

use crate::{Parts, Response};

/// The result of a handler and of what it calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What ends a handler early.
#[derive(Debug)]
pub enum Error {
    /// A response: a redirect, or a page that says why nothing was done.
    Response(Box<Response>),
    /// An error that becomes an error page, or an OAuth error for services.
    Http(Box<HttpError>),
    /// A write was rejected, since what it was decided on has changed. [`retry_on_conflict`](crate::retry_on_conflict)
    /// attempts it again; anywhere else it becomes a 503.
    Conflict(Conflict),
}

/// An error with a status and a message for the resident, and a reason for the operator.
#[derive(Debug)]
pub struct HttpError {
    status: StatusCode,
    /// Names the messages `problem-<name>-title` and `problem-<name>-text`.
    name: &'static str,
    next: Next,
    until: Option<Timestamp>,
    reason: Option<String>,
    language: Option<Language>,
    sets_no_cookies: bool,
    allowed: Option<String>,
}

/// Where the page of an error leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To the page of the request, whole.
    Page,
    /// To the form of the page, with what was typed where that is no secret.
    Form,
    /// To where the resident continues: the page of the request does not exist.
    Return,
    /// To this address.
    Address(String),
}

impl HttpError {
    fn new(status: StatusCode, name: &'static str, next: Next) -> Self {
        Self {
            status,
            name,
            next,
            until: None,
            reason: None,
            language: None,
            sets_no_cookies: false,
            allowed: None,
        }
    }

    /// There is no such page.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", Next::Return)
    }

    /// The page, or the endpoint, has these methods only (RFC 9110 section 15.5.6). Programs rather than browsers
    /// send others, so it sets no cookies.
    pub(crate) fn method_not_allowed(allowed: String, next: Next) -> Self {
        let error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", next);
        Self { allowed: Some(allowed), sets_no_cookies: true, ..error }
    }

    /// The body is larger than any of our forms.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", Next::Page)
    }

    /// The body is none of our forms.
    #[must_use]
    pub fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", Next::Page)
    }

    /// Another site posted the form.
    #[must_use]
    pub fn other_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "other-site", Next::Page)
    }

    /// The browser sent no cookie with the form: it keeps none, or the page was open for longer than the cookie lasts.
    #[must_use]
    pub fn no_cookies() -> Self {
        Self::new(StatusCode::FORBIDDEN, "no-cookies", Next::Form)
    }

    /// The form belongs to an earlier state of this browser: another tab signed in since, or the Back button was used.
    #[must_use]
    pub fn stale_form() -> Self {
        Self::new(StatusCode::FORBIDDEN, "stale-form", Next::Form)
    }

    /// The request did not come through `CloudFront`, which alone may send requests.
    pub(crate) fn around_the_front() -> Self {
        Self::new(StatusCode::FORBIDDEN, "around-the-front", Next::Return)
    }

    /// The address was sent too many emails (RULES 3.11). `next` is where the page leads.
    #[must_use]
    pub fn too_many_emails(until: RetryAfter, next: &str) -> Self {
        Self::limited("too-many-emails", until, next)
    }

    /// The address was sent an email a moment ago (RULES 3.11). `next` is where the page leads.
    #[must_use]
    pub fn email_just_sent(until: RetryAfter, next: &str) -> Self {
        Self::limited("email-just-sent", until, next)
    }

    /// The address was sent too many emails, and its newest link works until it can be sent another one (RULES 3.11).
    /// `next` is where the page leads.
    #[must_use]
    pub fn link_kept(until: RetryAfter, next: &str) -> Self {
        Self::limited("link-kept", until, next)
    }

    /// As [`HttpError::link_kept`], for a source that has used up its half of the emails, while others may request one.
    #[must_use]
    pub fn link_kept_elsewhere(until: RetryAfter, next: &str) -> Self {
        Self::limited("link-kept-elsewhere", until, next)
    }

    /// The source requested too many emails (RULES 3.11). `next` is where the page leads.
    #[must_use]
    pub fn too_many_requests(until: RetryAfter, next: &str) -> Self {
        Self::limited("too-many-requests", until, next)
    }

    fn limited(name: &'static str, until: RetryAfter, next: &str) -> Self {
        let next = Next::Address(next.to_owned());
        Self { until: Some(until.0), ..Self::new(StatusCode::TOO_MANY_REQUESTS, name, next) }
    }

    /// The source made too many attempts (RULES 3.11). `next` is where the page leads.
    #[must_use]
    pub fn too_many_attempts(until: RetryAfter, next: &str) -> Self {
        let next = Next::Address(next.to_owned());
        Self { until: Some(until.0), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", next) }
    }

    /// The account was changed often enough today, by changes that its owner is notified of (RULES 3.11).
    #[must_use]
    pub fn too_many_changes(now: Timestamp) -> Self {
        let until = table::changes_counted_until(now).0;
        Self {
            until: Some(until),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-changes",
                Next::Address("/services".to_owned()),
            )
        }
    }

    /// The source sent too many messages by *Contact us* (RULES 3.11).
    #[must_use]
    pub fn too_many_messages(until: RetryAfter, next: &str) -> Self {
        Self {
            until: Some(until.0),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-messages", Next::Address(next.to_owned()))
        }
    }

    /// The same error, whose page is in this language.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language: Some(language), ..self }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The name in the messages `problem-<name>-title` and `problem-<name>-text`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the page leads.
    #[must_use]
    pub fn next(&self) -> &Next {
        &self.next
    }

    /// When the request may be made again, if a limit rejected it.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether the fault is ours: the page then shows the id by which an operator finds the reason.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.reason.is_some()
    }

    /// The language of the page, if the handler had learned it.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.language
    }

    /// The methods that the path has, if it doesn't have the request's.
    pub(crate) fn allowed(&self) -> Option<&str> {
        self.allowed.as_deref()
    }

    /// The OAuth error that a service gets (RFC 6749 section 5.2).
    pub(crate) fn json_response(&self) -> Response {
        let code = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            _ => "invalid_request",
        };
        let mut body = serde_json::json!({ "error": code });
        if let Some(allowed) = self.allowed() {
            body["error_description"] = format!("the method must be one of {allowed}").into();
        }
        Response::json(&body).with_status(self.status)
    }

    pub(crate) fn log(&self, parts: &Parts, route: &str) {
        if let Some(reason) = &self.reason {
            tracing::error!(reason, request_id = parts.request_id(), route, "a request failed");
        }
    }

    pub(crate) fn sets_no_cookies(&self) -> bool {
        self.sets_no_cookies
    }
}

impl Error {
    /// The response, or the error that becomes one.
    pub(crate) fn into_response(self) -> Result<Response, HttpError> {
        match self {
            Self::Response(response) => Ok(*response),
            Self::Http(error) => Err(*error),
            Self::Conflict(conflict) => Err(Failure::new(format!("conflict: {}", conflict.as_str())).into()),
        }
    }
}

impl From<Response> for Error {
    fn from(response: Response) -> Self {
        Self::Response(Box::new(response))
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::Http(Box::new(error))
    }
}

/// A page that ends a handler early, whether it could be rendered or not.
impl From<Result<Response>> for Error {
    fn from(page: Result<Response>) -> Self {
        page.map_or_else(|error| error, Into::into)
    }
}

impl From<MissingKeys> for Error {
    fn from(missing: MissingKeys) -> Self {
        Failure::from(missing).into()
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        HttpError::from(failure).into()
    }
}

impl From<table::Unavailable> for Error {
    fn from(error: table::Unavailable) -> Self {
        Failure::from(error).into()
    }
}

impl From<table::WriteError> for Error {
    fn from(error: table::WriteError) -> Self {
        match error {
            table::WriteError::Unavailable(error) => error.into(),
            table::WriteError::Conflict(Conflict::DailyLimit) => {
                HttpError::too_many_changes(clock::now()).into()
            }
            table::WriteError::Conflict(conflict) => Self::Conflict(conflict),
        }
    }
}

impl From<Failure> for HttpError {
    fn from(failure: Failure) -> Self {
        Self {
            reason: Some(failure.reason),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", Next::Page)
        }
    }
}

/// `?` on what isn't there.
pub trait OrRedirect<T> {
    /// The value, or a redirect to this address.
    ///
    /// # Errors
    /// The redirect.
    fn or_redirect(self, location: &str) -> Result<T>;
}

impl<T> OrRedirect<T> for Option<T> {
    fn or_redirect(self, location: &str) -> Result<T> {
        self.ok_or_else(|| Response::see_other(location).into())
    }
}

/// The result of a handler, without cookies: the request came without the cookies that the browser has, as browsers send
/// forms of other sites (`SameSite=Lax`), so that a new cookie would replace the browser's own.
///
/// # Errors
/// The error, without cookies.
pub fn without_cookies(result: Result<Response>) -> Result<Response> {
    match result.map_err(Error::into_response) {
        Ok(response) | Err(Ok(response)) => Ok(response.without_cookies()),
        Err(Err(error)) => Err(HttpError { sets_no_cookies: true, ..error }.into()),
    }
}
