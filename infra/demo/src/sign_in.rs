//! Signs residents in at the provider.

use std::sync::Arc;

use axum::{
    extract::{
        Form, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use openidconnect::{
    AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope, core::CoreResponseType,
    url::Url,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cookies::Browser,
    failure::Failure,
    language::PageLanguage,
    memory::{PendingKey, SignIn},
    pages::Pages,
    parameters::{Parameters, ParametersQuery, UI_LOCALES},
    provider::Metadata,
    random,
    service::Service,
    session::Session,
};

/// The parameters of an authorization response.
#[derive(Deserialize)]
pub(crate) struct AuthorizationResponse {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Redirects to the provider. Other sites can link here (OpenID Connect Core 4): without a language that was chosen here,
/// the provider chooses it.
pub(crate) async fn begin(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
    Query(parameters): ParametersQuery,
) -> Response {
    let chosen = language.is_chosen.then(|| language.language.to_string());
    let parameters = parameters.with_default(UI_LOCALES, chosen);
    match service.begin(&parameters, &service.cookies.browser(&headers)).await {
        Ok(redirect) => redirect,
        Err(failure) => service.pages(language, &headers).failed(&failure),
    }
}

/// The redirect URI; without a pending sign-in, the page of the session's records.
pub(crate) async fn callback(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
    response: Result<Query<AuthorizationResponse>, QueryRejection>,
) -> Response {
    respond(&service, language, &headers, response.ok().map(|Query(response)| response)).await
}

/// The redirect URI, for a response that a page of the provider posts (OAuth 2.0 Form Post Response Mode).
pub(crate) async fn posted_callback(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
    response: Result<Form<AuthorizationResponse>, FormRejection>,
) -> Response {
    respond(&service, language, &headers, response.ok().map(|Form(response)| response)).await
}

async fn respond(
    service: &Service,
    language: PageLanguage,
    headers: &HeaderMap,
    response: Option<AuthorizationResponse>,
) -> Response {
    let pages = service.pages(language, headers);
    // A repeated parameter makes a response invalid (RFC 6749 section 3.1).
    let Some(response) = response else {
        return pages.failed(&Failure::bad_request("invalid_response", "a parameter is repeated"));
    };
    let browser = service.cookies.browser(headers).secret;
    let state = response.state.as_deref().unwrap_or_default();
    let sign_in = service.sign_ins.take(PendingKey { state, browser: &browser, now: service.now() });

    match (sign_in, &response.error) {
        (Some(sign_in), _) => match service.finish(response, sign_in).await {
            Ok(session) => service.begin_session(&pages, headers, session),
            Err(SignInError::Provider(error)) => pages.provider_error(&error),
            Err(SignInError::Failure(failure)) => pages.failed(&failure),
        },
        (None, Some(_)) => pages.provider_error(&response.error_json(false)),
        (None, None) => match service.session(headers) {
            Some(session) => pages.records(&session),
            None => pages.failed(&Failure::unknown_state()),
        },
    }
}

/// The reason why a sign-in failed.
enum SignInError {
    /// The error response of the provider.
    Provider(Value),
    Failure(Failure),
}

impl From<Failure> for SignInError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Service {
    async fn begin(&self, parameters: &Parameters, browser: &Browser) -> Result<Response, Failure> {
        let back = self.target(parameters)?;
        let metadata = self.provider.metadata(self.now()).await?;
        let sign_in = SignIn {
            state: random::secret(),
            nonce: Nonce::new(random::secret()),
            verifier: PkceCodeVerifier::new(random::secret()),
            scope: parameters.scope().collect::<Vec<_>>().join(" "),
            max_age: parameters.max_age(),
            back,
            sends_issuer: metadata.additional_metadata().authorization_response_iss_parameter_supported,
        };
        let request = self.request(&metadata, parameters, &sign_in);
        let state = sign_in.state.clone();
        let key = PendingKey { state: &state, browser: &browser.secret, now: self.now() };
        self.sign_ins.insert(key, sign_in);

        let cookie = self.cookies.keep_browser(browser).map(|cookie| [(header::SET_COOKIE, cookie)]);
        Ok((StatusCode::SEE_OTHER, cookie, [(header::LOCATION, String::from(request))]).into_response())
    }

    /// The URL of the authentication request.
    fn request(&self, metadata: &Metadata, parameters: &Parameters, sign_in: &SignIn) -> Url {
        let client = self.client(metadata);
        let (state, nonce) = (CsrfToken::new(sign_in.state.clone()), sign_in.nonce.clone());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, move || state, move || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&sign_in.verifier))
            .add_scopes(parameters.scope().map(|scope| Scope::new(scope.to_owned())));
        for (name, value) in parameters.forwarded() {
            request = request.add_extra_param(name, value);
        }
        request.url().0
    }

    /// The page to return to, from `target_link_uri`. Only the trusted provider can name it, and only a page of this
    /// service.
    fn target(&self, parameters: &Parameters) -> Result<String, Failure> {
        if parameters.first("iss").is_some_and(|issuer| issuer != self.provider.issuer.as_str()) {
            return Err(Failure::bad_request("unknown_issuer", "iss is another provider"));
        }
        let Some(target) = parameters.first("target_link_uri") else { return Ok("/".to_owned()) };
        local_page(target, &self.origin).ok_or_else(|| {
            Failure::bad_request("foreign_target", "target_link_uri is not a page of this service")
        })
    }

    async fn finish(&self, response: AuthorizationResponse, sign_in: SignIn) -> Result<Session, SignInError> {
        verify_issuer(response.iss.as_deref(), &self.provider.issuer, sign_in.sends_issuer)?;
        if response.error.is_some() {
            return Err(SignInError::Provider(response.error_json(true)));
        }
        let code = response.code.ok_or_else(|| Failure::provider("invalid_response", "no code, no error"))?;
        Ok(self.redeem(code, sign_in).await?)
    }

    /// Begins a session with a new secret and ends the previous session of this browser.
    fn begin_session(&self, pages: &Pages<'_>, headers: &HeaderMap, session: Session) -> Response {
        if let Some(secret) = self.cookies.session(headers) {
            self.sessions.end(secret);
        }
        let secret = random::secret();
        let cookie = self.cookies.keep_session(&secret).map(|cookie| [(header::SET_COOKIE, cookie)]);
        let page = pages.records(&session);
        self.sessions.begin(secret, session);
        (cookie, page).into_response()
    }
}

impl AuthorizationResponse {
    /// An error response as JSON, without missing parameters.
    fn error_json(&self, state_matches: bool) -> Value {
        let mut error = json!({"error": self.error, "state_matches": state_matches});
        for (name, value) in [("error_description", &self.error_description), ("iss", &self.iss)] {
            if let Some(value) = value {
                error[name] = value.as_str().into();
            }
        }
        error
    }
}

/// Verifies that a response comes from the provider (RFC 9207 section 2.4).
fn verify_issuer(iss: Option<&str>, issuer: &str, sends_issuer: bool) -> Result<(), Failure> {
    match iss {
        Some(iss) if iss != issuer => Err(Failure::provider("wrong_issuer", format!("iss is {iss}"))),
        None if sends_issuer => Err(Failure::provider("wrong_issuer", "iss is missing")),
        _ => Ok(()),
    }
}

/// The address of a page of this service; `None` for another origin.
fn local_page(target: &str, origin: &str) -> Option<String> {
    let (target, origin) = (Url::parse(target).ok()?, Url::parse(origin).ok()?);
    // An absolute URL: a path that begins with two slashes would name another host.
    (target.origin() == origin.origin()).then(|| target.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_service_are_accepted() {
        let page = |target| local_page(target, "http://localhost:4001");
        for local in ["http://localhost:4001/?max_age=5", "http://localhost:4001//evil"] {
            assert_eq!(page(local), Some(local.to_owned()));
        }
        for foreign in [
            "/",
            "//evil",
            "http://localhost:4002/",
            "http://localhost:4001@evil/",
            "https://localhost:4001/",
        ] {
            assert_eq!(page(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn only_responses_of_the_provider_are_accepted() {
        let accepted = |iss, sends_issuer| verify_issuer(iss, "http://localhost:4000", sends_issuer).is_ok();
        assert!(accepted(Some("http://localhost:4000"), true));
        assert!(accepted(Some("http://localhost:4000"), false));
        assert!(accepted(None, false));
        assert!(!accepted(None, true));
        assert!(!accepted(Some("http://localhost:4000/"), true));
        assert!(!accepted(Some("http://localhost:4002"), false));
    }
}
