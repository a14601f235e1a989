//! Responses.

use cookie::Cookie;
use domain::{id::LinkId, language::Language, secret::Secret, session::SessionCookie};
use lambda_http::Body;
use lambda_http::http::{HeaderName, HeaderValue, StatusCode, header};

use crate::{
    PageContent, Parts, ServiceAhead, Visitor,
    cookies::{self, Name},
    headers::{self, Opener},
};

/// Whether the browser may store a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caching {
    /// Not at all, as nearly every response.
    Default,
    /// For the Back button.
    ForBack,
    /// Not even for the Back button: the page shows a secret.
    Never,
}

/// A response: a page, a redirect or JSON, with cookies and headers.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    location: Option<String>,
    body: Option<String>,
    /// The page that becomes the body in its layout.
    page: Option<Box<PageContent>>,
    /// Whom the page is shown to, if the handler knew.
    visitor: Option<Box<Visitor>>,
    /// The service that the page leads to, if its address doesn't say.
    ahead: Option<Box<ServiceAhead>>,
    content_type: &'static str,
    extra: Vec<(HeaderName, String)>,
    cookies: Vec<Cookie<'static>>,
    form_action: Option<String>,
    caching: Caching,
    retry_after: Option<i64>,
    sets_no_cookies: bool,
    language: Option<Language>,
    refusal: Option<&'static str>,
}

impl Response {
    /// A page, which gets its layout when the handler is done.
    #[must_use]
    pub fn page(content: PageContent) -> Self {
        let language = Some(content.language);
        Self { language, body: None, page: Some(Box::new(content)), ..Self::html(String::new()) }
    }

    /// Says whom the page is shown to. Otherwise, the kernel reads that.
    #[must_use]
    pub fn shown_to(self, visitor: Visitor) -> Self {
        Self { visitor: Some(Box::new(visitor)), ..self }
    }

    /// Says which service the page leads to, where its address has no interaction: the page of an emailed link.
    #[must_use]
    pub fn leading_to(self, ahead: Option<ServiceAhead>) -> Self {
        Self { ahead: ahead.map(Box::new), ..self }
    }

    /// The page, and whom it is shown to, if the handler knew.
    pub(crate) fn take_page(&mut self) -> Option<(PageContent, Option<Visitor>)> {
        Some((*self.page.take()?, self.visitor.take().map(|visitor| *visitor)))
    }

    /// The service that the handler said the page leads to.
    pub(crate) fn take_ahead(&mut self) -> Option<ServiceAhead> {
        self.ahead.take().map(|ahead| *ahead)
    }

    /// The response with this body.
    pub(crate) fn with_body(self, html: String) -> Self {
        Self { body: Some(html), ..self }
    }

    fn html(html: String) -> Self {
        Self {
            status: StatusCode::OK,
            location: None,
            body: Some(html),
            page: None,
            visitor: None,
            ahead: None,
            content_type: "text/html; charset=utf-8",
            extra: Vec::new(),
            cookies: Vec::new(),
            form_action: None,
            caching: Caching::Default,
            retry_after: None,
            sets_no_cookies: false,
            language: None,
            refusal: None,
        }
    }

    /// A JSON object for a service.
    #[must_use]
    pub fn json(value: &serde_json::Value) -> Self {
        Self { content_type: "application/json", ..Self::html(value.to_string()) }
    }

    /// As [`Response::json`], indented for people.
    #[must_use]
    pub fn readable_json(value: &serde_json::Value) -> Self {
        Self { content_type: "application/json", ..Self::html(format!("{value:#}\n")) }
    }

    /// The answer to a preflight request (CORS), and to any other `OPTIONS`. The wildcard does not include `Authorization`.
    pub(crate) fn preflight(allowed: String) -> Self {
        Self { body: None, ..Self::json(&serde_json::Value::Null) }
            .with_status(StatusCode::NO_CONTENT)
            .with_header(header::ALLOW, &*allowed)
            .with_header(header::ACCESS_CONTROL_ALLOW_METHODS, allowed)
            .with_header(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, *")
            .with_header(header::ACCESS_CONTROL_MAX_AGE, "3600")
    }

    /// Lets scripts of any origin read the response. They send no cookies with such a request.
    pub(crate) fn for_any_origin(self) -> Self {
        self.with_header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
            .with_header(header::ACCESS_CONTROL_EXPOSE_HEADERS, "www-authenticate")
            .with_header(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin")
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// A redirect that the browser follows by GET (303, RFC 9110 section 15.4.4).
    #[must_use]
    pub fn see_other(location: &str) -> Self {
        let location = Some(location.to_owned());
        Self { status: StatusCode::SEE_OTHER, location, body: None, ..Self::html(String::new()) }
    }

    /// An empty response, for a request that does nothing. It sets no cookie.
    #[must_use]
    pub fn nothing() -> Self {
        let empty = Self { status: StatusCode::NO_CONTENT, body: None, ..Self::html(String::new()) };
        empty.without_cookies()
    }

    /// Sets the status.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Names why the request was refused, for the log and the metric `Refusals`. The word is fixed, so that nothing
    /// personal is logged (RULES 9.6).
    #[must_use]
    pub fn refused(self, reason: &'static str) -> Self {
        Self { refusal: Some(reason), ..self }
    }

    /// The status and the reason, if the request was refused: where no handler named one, that of the status.
    pub(crate) fn refusal(&self) -> Option<(StatusCode, &'static str)> {
        let of_status = || self.status.is_client_error().then(|| self.status.canonical_reason()).flatten();
        self.refusal.or_else(of_status).map(|reason| (self.status, reason))
    }

    /// Sets a cookie with a secret.
    #[must_use]
    pub fn with_secret<K>(self, name: Name, secret: &Secret<K>) -> Self {
        self.with_cookie(cookies::set(name, &secret.expose()))
    }

    /// Sets the session cookie.
    #[must_use]
    pub fn with_session(self, cookie: &SessionCookie) -> Self {
        self.with_cookie(cookies::set(Name::Session, &cookie.expose()))
    }

    /// Makes this the language that the resident chose in this browser (RULES 8.1).
    #[must_use]
    pub fn with_chosen_language(self, language: Language) -> Self {
        self.with_cookie(cookies::set(Name::Language, &language.to_string()))
    }

    /// Removes a cookie.
    #[must_use]
    pub fn without(self, name: Name) -> Self {
        self.with_cookie(cookies::remove(name))
    }

    /// Removes the cookie of a followed link.
    #[must_use]
    pub fn without_link(self, id: LinkId) -> Self {
        self.with_cookie(cookies::remove_link(id))
    }

    /// Removes what is pending in this browser: followed links, a sign-in at a partner, a typed address, and what the next
    /// page would confirm (RULES 3.8).
    #[must_use]
    pub fn without_pending(self, parts: &Parts) -> Self {
        [Name::PendingIdentity, Name::TypedAddress, Name::Success]
            .into_iter()
            .fold(parts.without_links(self), Self::without)
    }

    /// Allows a form of this page to be posted to the origin of `url`.
    #[must_use]
    pub fn with_form_action(self, url: &str) -> Self {
        let origin = url
            .parse::<lambda_http::http::Uri>()
            .ok()
            .and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
        Self { form_action: origin.or(self.form_action), ..self }
    }

    /// Allows the form of this page to be posted to `url`, and to end at any secure origin that this one redirects to. What
    /// the form holds works once, so no cache stores the page.
    #[must_use]
    pub fn allow_post_to(self, url: &str) -> Self {
        let page = self.with_form_action(url).holding_secret();
        Self { form_action: page.form_action.map(|origin| format!("{origin} https:")), ..page }
    }

    /// Sets the language of the page that a redirect to another origin may become.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language: Some(language), ..self }
    }

    /// Sets after how many seconds the request may be made again (RFC 9110 section 10.2.3).
    #[must_use]
    pub fn with_retry_after(self, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Marks a page that shows a secret: no cache stores it, not even for the Back button.
    #[must_use]
    pub fn holding_secret(self) -> Self {
        Self { caching: Caching::Never, ..self }
    }

    /// Lets the Back button show this response to a POST again, unless it is a redirect, holds a secret, or responds to
    /// another site's form.
    pub(crate) fn let_back_show_it(self) -> Self {
        match self.caching {
            Caching::Default if self.location.is_none() && !self.sets_no_cookies => {
                Self { caching: Caching::ForBack, ..self }
            }
            Caching::Default | Caching::ForBack | Caching::Never => self,
        }
    }

    /// The address of another origin that this response redirects to.
    pub(crate) fn foreign_location(&self) -> Option<&str> {
        self.location.as_deref().filter(|location| !location.starts_with('/') || location.starts_with("//"))
    }

    /// The language of the page.
    pub(crate) fn language(&self) -> Option<Language> {
        self.language
    }

    /// This page, with the cookies that the other response sets.
    pub(crate) fn with_cookies_of(self, other: Self) -> Self {
        Self { cookies: other.cookies, sets_no_cookies: other.sets_no_cookies, ..self }
    }

    /// Sets no cookie of its own accord: see [`without_cookies`](crate::without_cookies).
    pub(crate) fn without_cookies(self) -> Self {
        Self { sets_no_cookies: true, ..self }
    }

    pub(crate) fn sets_no_cookies(&self) -> bool {
        self.sets_no_cookies
    }

    pub(crate) fn with_cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }

    pub(crate) fn sets(&self, name: Name) -> bool {
        self.cookies.iter().any(|cookie| cookie.name() == name.as_str())
    }

    pub(crate) fn removes(&self, name: Name) -> bool {
        let is_removed = |cookie: &&Cookie<'_>| cookie.max_age() == Some(cookie::time::Duration::ZERO);
        self.cookies.iter().filter(is_removed).any(|cookie| cookie.name() == name.as_str())
    }

    /// The HTTP response. `language` is that of a response without a page.
    pub(crate) fn into_http(self, language: Language, opener: Opener) -> lambda_http::Response<Body> {
        let mut response = lambda_http::Response::new(self.body.map_or(Body::Empty, Body::Text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if self.content_type != "application/json" {
            let language = match self.language.unwrap_or(language) {
                Language::English => "en-CA",
                Language::French => "fr-CA",
            };
            headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
            headers.insert(header::LOCATION, location);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        for cookie in &self.cookies {
            if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
                headers.append(header::SET_COOKIE, value);
            }
        }
        headers::secure(headers, self.form_action.as_deref(), opener);
        if self.caching == Caching::ForBack {
            headers::let_back_show_it(headers);
        }
        for (name, value) in self.extra {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
