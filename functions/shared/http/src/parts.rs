//! A request as it was read from the API Gateway event: method, path, query, cookies, body, source, language.

use std::sync::Arc;

use app::{Config, telemetry};
use domain::{
    device::{AddressBlock, Device},
    form::GuessId,
    keys::{FormKeys, KeyRing},
    language::Language,
    secret::{PreSession, Secret, kind},
    session::SessionCookie,
};
use lambda_http::{
    RequestExt,
    http::{HeaderMap, Method, header},
};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{
    Flow, HttpError, ReturnTo, Route, body,
    cookies::{self, Name},
    device,
    event::Sent,
    headers,
    language::{self, LanguageChoice},
    origin::{Front, Origin},
    same_page::{SHOW_AGAIN, UI_LOCALES},
};

mod forms;
mod links;

/// The parts of a request that are known before anything is read from the table.
///
/// Nothing in it changes: what a handler learns later (a session, an interaction, the account's language) is a value
/// of its own.
pub struct Parts {
    config: Arc<Config>,
    keys: Option<Arc<KeyRing>>,
    route: Option<&'static Route>,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    origin: Origin,
    cookies: Vec<(String, String)>,
    headers: HeaderMap,
    body: Vec<u8>,
    request_id: String,
    trace_id: Option<String>,
    browser: PreSession,
    browser_is_new: bool,
    kept_browsers: Vec<PreSession>,
    language: LanguageChoice,
}

impl Parts {
    /// Reads a request. The second value is why it is rejected before any handler sees it; its error page can be
    /// rendered from the parts all the same. Without a key ring nothing but an error page can be rendered, and neither can
    /// without a front: then nothing shows whether the request came through `CloudFront`.
    pub(crate) fn read(
        flow: &Flow,
        config: &Arc<Config>,
        keys: Option<Arc<KeyRing>>,
        front: Option<&Front>,
        request: lambda_http::Request,
    ) -> (Self, Option<HttpError>) {
        let origin = match front {
            Some(front) => front.origin(request.headers(), request.request_context_ref()),
            None => Some(Origin::unknown()),
        };
        let context = request.lambda_context_ref();
        let request_id = context.map(|context| context.request_id.clone()).unwrap_or_default();
        let trace_id = context.and_then(|context| context.xray_trace_id.clone());
        let (parts, _) = request.into_parts();
        let sent = parts.extensions.get::<Arc<Sent>>().cloned().unwrap_or_default();
        let cookies = cookies::read(&parts.headers);
        let kept_browsers = cookies::kept_browsers(&cookies);
        let browser: Option<PreSession> = cookies::find(&cookies, Name::Browser)
            .and_then(Secret::parse)
            .or_else(|| kept_browsers.first().cloned());
        let (body, error) = match body::read(&parts.headers, sent.body.as_deref()) {
            Ok(body) => (body, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let error = if origin.is_none() { Some(HttpError::around_the_front()) } else { error };
        let query = body::pairs(sent.query.as_bytes());
        let language = language::choose(&query, &body, &cookies, &parts.headers);
        let parts = Self {
            config: config.clone(),
            keys,
            route: flow.route(&parts.method, &sent.path),
            method: parts.method,
            path: sent.path.clone(),
            query,
            origin: origin.unwrap_or_else(Origin::unknown),
            cookies,
            headers: parts.headers,
            body,
            request_id,
            trace_id,
            browser_is_new: browser.is_none(),
            kept_browsers,
            browser: browser.unwrap_or_else(|| Secret::from_random(app::random())),
            language,
        };
        (parts, error)
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    /// Whether the request is to change something, rather than to show something.
    #[must_use]
    pub fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// The route that the method and the path match.
    pub(crate) fn route(&self) -> Option<&'static Route> {
        self.route
    }

    /// Whether browsers cross between us and another origin at this route.
    pub(crate) fn crosses_origins(&self) -> bool {
        self.route.is_some_and(Route::crosses_origins)
    }

    /// Whether this request is part of a sign-in to a service, which may run in a pop-up.
    pub(crate) fn is_sign_in_for_service(&self) -> bool {
        self.crosses_origins() || self.return_to().interaction().is_some()
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a query parameter that occurs exactly once.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        body::only(&self.query, name)
    }

    /// The query parameters, in their order.
    #[must_use]
    pub fn query_parameters(&self) -> &[(String, String)] {
        &self.query
    }

    /// Where the resident continues when this page is done (RULES 3.2).
    #[must_use]
    pub fn return_to(&self) -> ReturnTo {
        ReturnTo::from_query(&self.query)
    }

    /// The path of a page with this request's return target and the language that the service asked for.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        crate::href(path, &self.return_to(), self.ui_locale())
    }

    /// The language that the service asked for (`ui_locales`), until the resident toggles it (RULES 8.1).
    #[must_use]
    pub fn ui_locale(&self) -> Option<Language> {
        // A choice on this page replaces what the service asked for, from here on.
        if self.language.toggled.is_some() {
            return None;
        }
        body::only(&self.query, UI_LOCALES).and_then(Language::from_ui_locales)
    }

    /// The language of the page: toggled, asked for by the service, chosen before, or accepted by the browser.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.language
    }

    /// The language of a page for the resident of this account: the account's, unless the service or the resident asked
    /// for another one (RULES 8.1).
    #[must_use]
    pub fn language_for(&self, account: Language) -> Language {
        if self.language.is_explicit { self.language.language } else { account }
    }

    /// The language that this request toggles to.
    pub(crate) fn toggled(&self) -> Option<Language> {
        self.language.toggled
    }

    /// Whether a form's button toggled the language, or the page of an expired form leads back to the form: then the form is
    /// shown again, and nothing else is done.
    #[must_use]
    pub fn is_language_toggle(&self) -> bool {
        self.is_post() && (self.language.toggled.is_some() || self.is_shown_again())
    }

    /// Whether the page of an expired form leads back to the form, with what was typed.
    #[must_use]
    pub fn is_shown_again(&self) -> bool {
        self.is_post() && self.form_has(SHOW_AGAIN)
    }

    /// The fields of a form that another site or a program posted. Nothing shows that a page of ours sent it.
    ///
    /// # Errors
    /// [`HttpError`] when the body isn't a form.
    pub fn foreign_form(&self) -> Result<Vec<(String, String)>, HttpError> {
        body::form(&self.headers, &self.body)
    }

    /// Whether the posted form has a field of this name, whoever posted it.
    #[must_use]
    pub fn form_has(&self, name: &str) -> bool {
        body::pairs(&self.body).iter().any(|(field, _)| field == name)
    }

    /// Whether there is a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// The `Authorization` header; empty when it isn't visible ASCII.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default())
    }

    /// The posted form, once it is certain that a page of ours posted it from this browser.
    ///
    /// # Errors
    /// [`HttpError`] when another site posted it, the browser keeps no cookies, the form is stale, or the body isn't
    /// this form.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        if self.is_foreign() {
            return Err(HttpError::other_site());
        }
        if self.browser_is_new {
            return Err(HttpError::no_cookies());
        }
        let form = body::form(&self.headers, &self.body)?;
        let token = body::only(&form, "csrf").unwrap_or_default();
        if !self.is_own_form(token) {
            return Err(HttpError::stale_form());
        }
        if body::has_doubled_names(&form) {
            return Err(HttpError::malformed());
        }
        serde_html_form::from_bytes(&self.body).map_err(|_| HttpError::malformed())
    }

    /// Whether the token is that of a form of this browser. A secret that the browser had before counts until somebody signs
    /// in: whoever knew it then must not forge a form of the session.
    fn is_own_form(&self, token: &str) -> bool {
        let Some(keys) = self.form_keys() else { return false };
        let kept = if self.session_cookie().is_none() { self.kept_browsers.as_slice() } else { &[] };
        let secrets = [&self.browser].into_iter().chain(kept);
        secrets.into_iter().any(|secret| keys.is_csrf_token(secret.hash().as_str(), token))
    }

    /// As [`Parts::form`], for a form that has nothing but a button.
    ///
    /// # Errors
    /// As [`Parts::form`].
    pub fn verify_csrf(&self) -> Result<(), HttpError> {
        self.form().map(|IgnoredAny| ())
    }

    /// The CSRF token for the forms of this browser.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.form_keys().map(|keys| keys.csrf_token(self.browser.hash().as_str())).unwrap_or_default()
    }

    /// The keys of forms. There are none on the error page of a function that could not read its keys.
    fn form_keys(&self) -> Option<&FormKeys> {
        self.keys.as_ref()?.form().ok()
    }

    /// A fresh id for a form with a guess: [`Parts::guess_id`].
    #[must_use]
    pub fn new_form_id(&self) -> String {
        Secret::<kind::Form>::from_random(app::random()).expose()
    }

    /// The id of the guess in the posted form, if the page gave the form an id in the field `form`. The same form with the
    /// same values has the same (RULES 3.3).
    #[must_use]
    pub fn guess_id(&self) -> Option<GuessId> {
        let keys = self.form_keys().filter(|_| self.is_post() && self.posted_form().is_some())?;
        Some(keys.guess_id(&self.browser.hash(), &self.path, &self.body))
    }

    /// Whether the browser came with a secret.
    pub(crate) fn is_known_browser(&self) -> bool {
        !self.browser_is_new
    }

    /// Every secret that this browser came with, or the one that the response brings. Interactions belong to any of them.
    pub fn browser_secrets(&self) -> impl Iterator<Item = &PreSession> {
        [&self.browser].into_iter().chain(&self.kept_browsers)
    }

    /// The secrets that this browser had before, or that other tabs got at the same time.
    pub(crate) fn kept_browsers(&self) -> &[PreSession] {
        &self.kept_browsers
    }

    /// Whether the browser says that a page of another origin made this request.
    pub(crate) fn is_foreign(&self) -> bool {
        headers::is_foreign(&self.headers, &self.config.origin)
    }

    /// The secret of this browser; the response brings a new one to a browser that came with none.
    #[must_use]
    pub fn browser(&self) -> &PreSession {
        &self.browser
    }

    /// The value of this cookie.
    pub(crate) fn cookie(&self, name: Name) -> Option<&str> {
        cookies::find(&self.cookies, name)
    }

    /// The secret in this cookie.
    #[must_use]
    pub fn secret<K>(&self, name: Name) -> Option<Secret<K>> {
        cookies::find(&self.cookies, name).and_then(Secret::parse)
    }

    /// The browser and its country, as emails and lists name them.
    #[must_use]
    pub fn device(&self) -> Device {
        let name = device::describe(self.headers.get(header::USER_AGENT));
        Device { name, country: self.origin.country.clone() }
    }

    /// The source of the request, which rate limits count by (RULES 3.11).
    #[must_use]
    pub fn source(&self) -> AddressBlock {
        self.origin.block
    }

    /// Whether a response may show whose account it is about: there is a session, a followed link, or a sign-in at a partner.
    #[must_use]
    pub(crate) fn may_name_somebody(&self) -> bool {
        let is_set = |name| cookies::find(&self.cookies, name).is_some();
        is_set(Name::Session) || is_set(Name::PendingIdentity) || cookies::has_links(&self.cookies)
    }

    /// The session cookie.
    #[must_use]
    pub fn session_cookie(&self) -> Option<SessionCookie> {
        cookies::find(&self.cookies, Name::Session).and_then(SessionCookie::parse)
    }

    /// The configuration of the deployment.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Says on the line of the request what it was. Methods and paths of a client's choice may be personal (RULES 9.6).
    pub(crate) fn describe(&self, route: &'static str) {
        let is_known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS].contains(&self.method);
        telemetry::note("level", "INFO");
        telemetry::note("message", "a request was answered");
        telemetry::note("route", route);
        telemetry::note("method", if is_known { self.method.as_str() } else { "other" });
        telemetry::note("request_id", self.request_id.as_str());
        if let Some(trace) = &self.trace_id {
            telemetry::note("xrayTraceId", trace.as_str());
        }
    }

    /// The id of the Lambda invocation, which error pages show and logs carry.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }
}
