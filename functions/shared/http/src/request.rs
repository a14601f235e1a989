//! A request, read: who comes, from where, in which language, with what.

use std::sync::{Arc, OnceLock};

use app::{App, Config};
use domain::{
    Timestamp,
    device::{AddressBlock, Device},
    keys::KeyRing,
    language::Language,
    link::{LinkPurpose, Token},
    secret::{PreSession, Secret},
    session::{Session, SessionCookie},
};
use i18n::{Messages, Translator};
use lambda_http::http::{Method, header};
use lambda_http::{Body, RequestExt};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{
    Answer, Format, HttpError, MESSAGES, Page, Response, ReturnTo, body,
    cookies::{self, Name},
    device, headers, language, origin,
    origin::Origin,
    page,
};

/// One request of a browser.
pub struct Request {
    config: Arc<Config>,
    keys: Option<Arc<KeyRing>>,
    speaks: Format,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    origin: Origin,
    cookies: Vec<(String, String)>,
    headers: lambda_http::http::HeaderMap,
    body: Vec<u8>,
    request_id: String,
    browser: PreSession,
    browser_is_new: bool,
    language: Language,
    toggled: Option<Language>,
    is_asked: bool,
    preferred: OnceLock<Language>,
    leaves_cookies: OnceLock<()>,
}

/// A request that can't even be read; its problem page is in the language the browser asks for.
pub(crate) struct Unread {
    request: Box<Request>,
    problem: HttpError,
}

impl Unread {
    pub(crate) fn response(self) -> lambda_http::http::Response<Body> {
        self.request.finish(Err(self.problem))
    }
}

impl Request {
    /// Reads a request. Without a key ring only problem pages can be answered.
    pub(crate) fn read(
        config: &Arc<Config>,
        keys: Option<Arc<KeyRing>>,
        speaks: Format,
        request: lambda_http::Request,
    ) -> Result<Self, Unread> {
        let origin = origin::of(config, request.headers(), request.request_context_ref());
        let request_id =
            request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default();
        let (parts, body) = request.into_parts();
        let cookies = cookies::read(&parts.headers);
        let browser: Option<PreSession> = cookies::find(&cookies, Name::Browser).and_then(Secret::parse);
        let (body, problem) = match body::read(&parts.headers, body) {
            Ok(body) => (body, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let problem = if origin.is_none() { Some(HttpError::around_the_front()) } else { problem };
        let query = body::pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let (language, toggled, is_asked) = language::choose(&query, &body, &cookies, &parts.headers);
        let request = Self {
            config: config.clone(),
            keys,
            speaks,
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query,
            origin: origin.unwrap_or(Origin { block: AddressBlock::unknown(), country: String::new() }),
            cookies,
            headers: parts.headers,
            body,
            request_id,
            browser_is_new: browser.is_none(),
            browser: browser.unwrap_or_else(|| Secret::from_random(app::random())),
            language,
            toggled,
            is_asked,
            preferred: OnceLock::new(),
            leaves_cookies: OnceLock::new(),
        };
        match problem {
            None => Ok(request),
            Some(problem) => Err(Unread { request: Box::new(request), problem }),
        }
    }

    /// Whether something is to be done, rather than shown.
    #[must_use]
    pub fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A value of the query, when it stands there once.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        body::only(&self.query, name)
    }

    /// Where the resident is going to.
    #[must_use]
    pub fn return_to(&self) -> ReturnTo {
        let return_to = ReturnTo::read(&self.query);
        // What the resident chose on this page counts from here on.
        if self.toggled.is_some() { ReturnTo { language: None, ..return_to } } else { return_to }
    }

    /// The parameters of the query, in their order.
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        &self.query
    }

    /// The parameters of a form that somebody else's page or program posted: nothing of ours is in it.
    ///
    /// # Errors
    /// [`HttpError`] when it isn't a form.
    pub fn foreign_form(&self) -> Result<Vec<(String, String)>, HttpError> {
        body::form(&self.headers, &self.body)
    }

    /// Whether the posted form has a field of this name; nothing is known of who posted it.
    #[must_use]
    pub fn form_has(&self, name: &str) -> bool {
        body::pairs(&self.body).iter().any(|(own, _)| own == name)
    }

    /// Whether a body was sent.
    #[must_use]
    pub fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// The `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default())
    }

    /// The posted form, once it is certain that a page of ours posted it from this browser.
    ///
    /// # Errors
    /// [`HttpError`] when another site posted it, the browser keeps no cookies, the form is stale, or it isn't a form.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        headers::same_origin(&self.headers, &self.config.origin)?;
        if self.browser_is_new {
            return Err(HttpError::no_cookies(&self.here()));
        }
        let form = body::form(&self.headers, &self.body)?;
        let token = body::only(&form, "csrf").unwrap_or_default();
        let is_ours =
            self.keys.as_ref().is_some_and(|keys| keys.is_form_token(self.browser.hash().as_str(), token));
        if !is_ours {
            return Err(HttpError::stale_form(&self.here()));
        }
        if body::has_doubled_names(&form) {
            return Err(HttpError::malformed());
        }
        serde_html_form::from_bytes(&self.body).map_err(|_| HttpError::malformed())
    }

    /// As [`Request::form`], of a form that is a button and nothing else.
    ///
    /// # Errors
    /// As [`Request::form`].
    pub fn verify_csrf(&self) -> Result<(), HttpError> {
        self.form().map(|IgnoredAny| ())
    }

    /// Whether the language was toggled by a form's button: then nothing is done but showing the form again.
    #[must_use]
    pub fn is_toggle(&self) -> bool {
        self.is_post() && self.toggled.is_some()
    }

    /// The token that a form of this browser carries.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.keys.as_ref().map(|keys| keys.form_token(self.browser.hash().as_str())).unwrap_or_default()
    }

    /// This browser, before anyone has signed in.
    #[must_use]
    pub fn browser(&self) -> Option<&PreSession> {
        (!self.browser_is_new).then_some(&self.browser)
    }

    /// This browser's secret: the response brings it to one that had none.
    #[must_use]
    pub fn own_browser(&self) -> &PreSession {
        &self.browser
    }

    /// Brings the browser no cookies with this answer: the request came without the ones it has, as browsers send forms
    /// of other sites.
    pub fn leave_cookies(&self) {
        let _ = self.leaves_cookies.set(());
    }

    /// A secret that this browser keeps in a cookie.
    #[must_use]
    pub fn secret<K>(&self, name: Name) -> Option<Secret<K>> {
        cookies::find(&self.cookies, name).and_then(Secret::parse)
    }

    /// The reply, with a fresh secret of this name for a browser that has none yet.
    #[must_use]
    pub fn with_new_secret<K>(&self, app: &App, response: Response, name: Name) -> Response {
        match self.secret::<K>(name) {
            Some(_) => response,
            None => response.with_secret(name, &app.new_secret::<K>()),
        }
    }

    /// The token of an emailed link that was followed in this browser.
    #[must_use]
    pub fn link_token<U: LinkPurpose>(&self, name: Name) -> Option<Token<U>> {
        let keys = self.keys.as_ref()?;
        cookies::find(&self.cookies, name).and_then(|text| Token::parse(text, keys))
    }

    /// The token of an emailed link in the query: the link is being followed.
    #[must_use]
    pub fn followed<U: LinkPurpose>(&self) -> Option<Option<Token<U>>> {
        let text = self.query("token")?;
        Some(self.keys.as_ref().and_then(|keys| Token::parse(text, keys)))
    }

    /// The browser as a person would call it, and its country.
    #[must_use]
    pub fn device(&self) -> Device {
        let name = device::describe(self.headers.get(header::USER_AGENT));
        Device { name, country: self.origin.country.clone() }
    }

    /// The source that the request counts for (RULES 3.11).
    #[must_use]
    pub fn block(&self) -> AddressBlock {
        self.origin.block
    }

    /// The session cookie of this browser.
    #[must_use]
    pub fn session_cookie(&self) -> Option<SessionCookie> {
        cookies::find(&self.cookies, Name::Session).and_then(SessionCookie::parse)
    }

    /// The language of the page.
    #[must_use]
    pub fn language(&self) -> Language {
        self.preferred.get().copied().unwrap_or(self.language)
    }

    /// Shows pages in the account's language from here on, unless the service or the resident asked for another one
    /// (RULES 8.1).
    pub fn prefer(&self, language: Language) {
        if !self.is_asked {
            // The first account that is met decides; there is one.
            let _ = self.preferred.set(language);
        }
    }

    /// A flow's words, in the language of the page.
    #[must_use]
    pub fn translator(&self, own: &'static Messages) -> Translator {
        Translator::new(self.language(), own, &MESSAGES)
    }

    /// Where residents write for help.
    #[must_use]
    pub fn support_email(&self) -> &str {
        self.config.support_email.as_str()
    }

    /// This page's own address, to come back to: path and query, without what was consumed.
    #[must_use]
    pub fn here(&self) -> String {
        self.return_to().href(&self.path)
    }

    /// This page's own path and query, as they came.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let cached = self.query.iter().filter(|(name, _)| name != "switch_language").collect::<Vec<_>>();
        match serde_html_form::to_string(&cached) {
            Ok(query) if !query.is_empty() => format!("{}?{query}", self.path),
            _ => self.path.clone(),
        }
    }

    /// Shows a page.
    ///
    /// # Errors
    /// [`HttpError`] when its template can't be written.
    pub fn page(&self, page: &impl Page) -> Answer {
        self.show(page, None)
    }

    /// Shows a page to a signed-in resident, whose session it warns of the end of (RULES 3.8).
    ///
    /// # Errors
    /// [`HttpError`] when its template can't be written.
    pub fn page_signed_in(&self, page: &impl Page, session: &Session) -> Answer {
        self.show(page, Some(session))
    }

    fn show(&self, page: &impl Page, session: Option<&Session>) -> Answer {
        let html = page::render(self, page, session)
            .map_err(|error| HttpError::from(app::Failure::new(error.to_string())))?;
        Ok(Response::html(html))
    }

    /// The response: the answer's page, or its problem's, with the headers and cookies that every response has.
    pub(crate) fn finish(&self, answer: Answer) -> lambda_http::http::Response<Body> {
        let response = match answer {
            Ok(response) => response,
            Err(problem) if self.speaks == Format::Json => problem.json(self),
            Err(problem) => problem.response(self),
        };
        if self.speaks == Format::Json || self.leaves_cookies.get().is_some() {
            return response.response(self.language, false);
        }
        let response = match self.toggled {
            Some(language) => response.with_cookie(cookies::set(Name::Language, &language.to_string())),
            None => response,
        };
        // A page may hold a form, and the form's token needs its cookie.
        let sets_browser = response.sets(Name::Browser);
        let response = if self.browser_is_new && !sets_browser {
            response.with_cookie(cookies::set(Name::Browser, &self.browser.expose()))
        } else {
            response
        };
        response.response(self.language(), self.is_post())
    }

    pub(crate) fn page_context(&self) -> page::Context<'_> {
        page::Context { config: &self.config, path: &self.path, query: &self.query }
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        app::clock::now()
    }
}
