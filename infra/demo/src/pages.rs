//! The pages, each in both languages.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::language::Language;
use i18n::{Messages, Translator, time};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::{
    explanation::Explanation,
    failure::Failure,
    kind::{Assurance, Row, Texts, Value},
    language::PageLanguage,
    parameters::{Parameters, ParametersQuery, UI_LOCALES},
    service::Service,
    session::Session,
};

static MESSAGES: Messages = i18n::messages!();

/// What surrounds the content of a page.
struct Frame<'a> {
    translator: Translator,
    language: Language,
    service: &'a Service,
    /// The service's name.
    name: &'a str,
    /// The address of its support contact.
    support: &'a str,
    /// The page's title, and its first-level heading.
    title: String,
    /// The same page in the other language.
    toggle: String,
    is_signed_in: bool,
    email: Option<String>,
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    frame: Frame<'a>,
    texts: &'static Texts,
    sign_in: String,
    /// Start pages for other requests to the provider: address and parameters.
    variants: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "records.html")]
struct Records<'a> {
    frame: Frame<'a>,
    texts: &'static Texts,
    rows: [Row; 4],
    assurance: Option<Assurance>,
    /// The time at which the resident was authenticated, and how the page says it.
    since: Option<(Timestamp, String)>,
    /// The sign-in for the service's action; `None` if the session has the assurance already.
    step_up: Option<String>,
    account: String,
    json: String,
    back: &'a str,
    can_refresh: bool,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame<'a>,
    text: String,
    sign_in: String,
    json: String,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut<'a> {
    frame: Frame<'a>,
    text: String,
    sign_in: String,
}

/// The parameters that the start page offers to developers.
const VARIANTS: [&str; 6] =
    ["acr_values=two-step", "acr_values=mfa", "prompt=login", "prompt=none", "max_age=60", "scope=openid"];

/// The home page.
pub(crate) async fn start(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
    Query(parameters): ParametersQuery,
) -> Response {
    service.pages(language, &headers).start(&parameters)
}

/// The rules that the stylesheet of the product's pages lacks.
pub(crate) async fn stylesheet() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, include_str!("../templates/demo.css"))
}

/// The pages of a service for a request.
pub(crate) struct Pages<'a> {
    service: &'a Service,
    language: Language,
    session: Option<Session>,
}

impl Service {
    pub(crate) fn pages(&self, language: PageLanguage, headers: &HeaderMap) -> Pages<'_> {
        Pages { service: self, language: language.language, session: self.session(headers) }
    }
}

impl<'a> Pages<'a> {
    fn start(&self, parameters: &Parameters) -> Response {
        let texts = self.service.kind.texts();
        let toggle = parameters.start_in(self.language.other());
        let variants = VARIANTS.map(|query| (format!("/?{query}"), query)).to_vec();
        let sign_in = parameters.sign_in(self.language);
        let frame = self.frame(texts.title, toggle, self.session.as_ref());
        page(StatusCode::OK, &Start { frame, texts, sign_in, variants })
    }

    /// The page of a signed-in resident: records, and the session's claims.
    pub(crate) fn records(&self, session: &Session) -> Response {
        let claims = session.to_json();
        let texts = self.service.kind.texts();
        let acr = session.claim("acr");
        let assurance = acr.as_ref().and_then(Json::as_str).and_then(Assurance::from_acr);
        let required = texts.action.assurance;
        let step_up = format!("/sign-in?acr_values={}&{UI_LOCALES}={}", required.name(), self.language);
        let since = claims["auth_time"].as_i64().and_then(|second| Timestamp::from_second(second).ok());
        let records = Records {
            frame: self.frame("records-title", self.at("/return?"), Some(session)),
            texts,
            rows: self.service.kind.records(self.service.now(), self.language),
            assurance,
            since: since.map(|since| (since, time::in_ontario(since, self.language))),
            step_up: (assurance < Some(required)).then_some(step_up),
            account: self.account(),
            json: pretty(&claims),
            back: &session.back,
            can_refresh: session.refresh_token.is_some(),
        };
        page(StatusCode::OK, &records)
    }

    /// The page of an error response of the provider.
    pub(crate) fn provider_error(&self, error: &Json) -> Response {
        self.error(StatusCode::OK, error)
    }

    /// The page of an error.
    pub(crate) fn failed(&self, failure: &Failure) -> Response {
        self.error(failure.status, &failure.to_json())
    }

    fn error(&self, status: StatusCode, error: &Json) -> Response {
        let session = self.session.as_ref();
        let explanation = Explanation::of(error["error"].as_str().unwrap_or_default(), session.is_some());
        let parameters = ["error", "error_description", "iss"].map(|name| (name, error[name].as_str()));
        let parameters: Vec<_> =
            parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let query = serde_html_form::to_string(parameters).unwrap_or_default();
        let error = ErrorPage {
            frame: self.frame(explanation.title, self.at(&format!("/return?{query}&")), session),
            text: self.translator().message_with(explanation.text, "service", self.name()),
            sign_in: self.sign_in(),
            json: pretty(error),
        };
        page(status, &error)
    }

    /// The page after signing out; an error if no sign-out is `known` for this browser.
    pub(crate) fn signed_out(&self, known: bool) -> Response {
        let (status, title, text) = if known {
            (StatusCode::OK, "signed-out-title", "signed-out-text")
        } else {
            (StatusCode::BAD_REQUEST, "not-signed-out-title", "not-signed-out-text")
        };
        let frame = self.frame(title, self.at("/signed-out?"), None);
        page(status, &SignedOut { frame, text: self.translator().message(text), sign_in: self.sign_in() })
    }

    fn frame(&self, title: &str, toggle: String, session: Option<&Session>) -> Frame<'a> {
        let email = session.and_then(|session| session.to_json()["email"].as_str().map(ToOwned::to_owned));
        Frame {
            translator: self.translator(),
            language: self.language,
            service: self.service,
            name: self.name(),
            support: self.service.support.of(self.language),
            title: self.translator().message(title),
            toggle,
            is_signed_in: session.is_some(),
            email,
        }
    }

    fn translator(&self) -> Translator {
        Translator::new(self.language, &MESSAGES, &MESSAGES)
    }

    fn name(&self) -> &'a str {
        self.service.name.of(self.language)
    }

    /// The path of a page that ends in `?` or `&`, in the other language.
    fn at(&self, path: &str) -> String {
        format!("{path}{}={}", crate::language::TOGGLE, self.language.other())
    }

    /// The path that begins a sign-in with the usual parameters.
    fn sign_in(&self) -> String {
        Parameters::default().sign_in(self.language)
    }

    /// The settings of the resident's account at the provider.
    fn account(&self) -> String {
        format!("{}/settings?{UI_LOCALES}={}", self.service.provider.issuer.as_str(), self.language)
    }
}

fn pretty(json: &Json) -> String {
    format!("{json:#}")
}

/// Has no `form-action`: browsers also apply it to redirects, and the provider's pages after signing out are unknown here.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Keeps codes and claims out of caches, frames and other sites' logs.
fn page(status: StatusCode, page: &impl Template) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match page.render() {
        Ok(page) => (status, headers, Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
