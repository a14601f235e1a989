//! The way to the provider and back.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
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
    asked::{Asked, AskedQuery},
    cookies::Browser,
    failure::Failure,
    memory::Ticket,
    provider::Metadata,
    random,
    service::Service,
    session::Session,
};

/// A sign-in that a browser went to the provider for.
pub(crate) struct SignIn {
    state: String,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: PkceCodeVerifier,
    pub(crate) scope: String,
    pub(crate) max_age: Option<i64>,
    /// Where the service's page of the claims leads back to.
    pub(crate) back: String,
    /// Whether the provider says in its response who it is (RFC 9207).
    says_issuer: bool,
}

/// What a browser brings back from the provider.
#[derive(Deserialize)]
pub(crate) struct Returned {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Goes to the provider; the provider, or anybody, may send residents here to do so (OpenID Connect Core 4).
pub(crate) async fn begin(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Query(asked): AskedQuery,
) -> Response {
    match service.begin(&asked, &service.cookies.browser(&headers)).await {
        Ok(gone) => gone,
        Err(failure) => service.failed(&failure),
    }
}

/// The redirect URI, and the page of the claims of who is signed in.
pub(crate) async fn come_back(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Response {
    // A parameter that is there twice is no response (RFC 6749 section 3.1).
    let Ok(Query(returned)) = returned else {
        return service.failed(&Failure::refused("invalid_response", "a parameter is repeated"));
    };
    let browser = service.cookies.browser(&headers).secret;
    let state = returned.state.as_deref().unwrap_or_default();
    let sign_in = service.sign_ins.welcome(Ticket { state, browser: &browser, now: service.now() });

    match (sign_in, &returned.error) {
        (Some(sign_in), _) => match service.finish(returned, sign_in).await {
            Ok(session) => service.begin_session(&headers, session),
            Err(Ended::Refused(said)) => service.refused(&said),
            Err(Ended::Failed(failure)) => service.failed(&failure),
        },
        (None, Some(_)) => service.refused(&returned.said(false)),
        (None, None) => match service.session(&headers) {
            Some(session) => service.claims(&session),
            None => service.failed(&Failure::unknown_state()),
        },
    }
}

/// How a sign-in ends that signs nobody in.
enum Ended {
    /// The provider says so.
    Refused(Value),
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Service {
    async fn begin(&self, asked: &Asked, browser: &Browser) -> Result<Response, Failure> {
        let back = self.invited(asked)?;
        let metadata = self.provider.metadata(self.now()).await?;
        let sign_in = SignIn {
            state: random::secret(),
            nonce: Nonce::new(random::secret()),
            verifier: PkceCodeVerifier::new(random::secret()),
            scope: asked.scope().collect::<Vec<_>>().join(" "),
            max_age: asked.max_age(),
            back,
            says_issuer: metadata.additional_metadata().authorization_response_iss_parameter_supported,
        };
        let request = self.request(&metadata, asked, &sign_in);
        let state = sign_in.state.clone();
        let ticket = Ticket { state: &state, browser: &browser.secret, now: self.now() };
        self.sign_ins.send_off(ticket, sign_in);

        let cookie = self.cookies.keep_browser(browser).map(|cookie| [(header::SET_COOKIE, cookie)]);
        Ok((StatusCode::SEE_OTHER, cookie, [(header::LOCATION, String::from(request))]).into_response())
    }

    /// The authentication request.
    fn request(&self, metadata: &Metadata, asked: &Asked, sign_in: &SignIn) -> Url {
        let client = self.client(metadata);
        let (state, nonce) = (CsrfToken::new(sign_in.state.clone()), sign_in.nonce.clone());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, move || state, move || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&sign_in.verifier))
            .add_scopes(asked.scope().map(|scope| Scope::new(scope.to_owned())));
        for (name, value) in asked.passed_on() {
            request = request.add_extra_param(name, value);
        }
        request.url().0
    }

    /// Where an invitation to sign in wants to lead: only of our provider, and only to our own pages.
    fn invited(&self, asked: &Asked) -> Result<String, Failure> {
        if asked.first("iss").is_some_and(|issuer| issuer != self.provider.issuer.as_str()) {
            return Err(Failure::refused("unknown_issuer", "another provider's invitation"));
        }
        let Some(target) = asked.first("target_link_uri") else { return Ok("/".to_owned()) };
        own_page(target, &self.origin)
            .ok_or_else(|| Failure::refused("foreign_target", "target_link_uri is not this service's"))
    }

    async fn finish(&self, returned: Returned, sign_in: SignIn) -> Result<Session, Ended> {
        from_provider(returned.iss.as_deref(), &self.provider.issuer, sign_in.says_issuer)?;
        if returned.error.is_some() {
            return Err(Ended::Refused(returned.said(true)));
        }
        let code = returned.code.ok_or_else(|| Failure::answered("invalid_response", "no code, no error"))?;
        Ok(self.redeem(code, sign_in).await?)
    }

    /// Signs the resident in under a new secret, in place of whoever was in this browser.
    fn begin_session(&self, headers: &HeaderMap, session: Session) -> Response {
        if let Some(secret) = self.cookies.session(headers) {
            self.sessions.end(secret);
        }
        let secret = random::secret();
        let cookie = self.cookies.keep_session(&secret).map(|cookie| [(header::SET_COOKIE, cookie)]);
        let page = self.claims(&session);
        self.sessions.begin(secret, session);
        (cookie, page).into_response()
    }
}

impl Returned {
    /// An error response, as JSON; what it doesn't say is left out.
    fn said(&self, state_matches: bool) -> Value {
        let mut said = json!({"error": self.error, "state_matches": state_matches});
        for (name, value) in [("error_description", &self.error_description), ("iss", &self.iss)] {
            if let Some(value) = value {
                said[name] = value.as_str().into();
            }
        }
        said
    }
}

/// A response is from the provider that was asked (RFC 9207 section 2.4).
fn from_provider(iss: Option<&str>, issuer: &str, says_issuer: bool) -> Result<(), Failure> {
    match iss {
        Some(iss) if iss != issuer => Err(Failure::answered("wrong_issuer", format!("iss is {iss}"))),
        None if says_issuer => Err(Failure::answered("wrong_issuer", "iss is missing")),
        _ => Ok(()),
    }
}

/// A page of our own; `None` for another origin's.
fn own_page(target: &str, origin: &str) -> Option<String> {
    let (target, origin) = (Url::parse(target).ok()?, Url::parse(origin).ok()?);
    // In full: a path that begins with two slashes would lead elsewhere.
    (target.origin() == origin.origin()).then(|| target.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_led_to() {
        let own = |target| own_page(target, "http://localhost:4001");
        for ours in ["http://localhost:4001/?max_age=5", "http://localhost:4001//evil"] {
            assert_eq!(own(ours), Some(ours.to_owned()));
        }
        for foreign in [
            "/",
            "//evil",
            "http://localhost:4002/",
            "http://localhost:4001@evil/",
            "https://localhost:4001/",
        ] {
            assert_eq!(own(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_response_is_from_the_provider_that_was_asked() {
        let accepted = |iss, says_issuer| from_provider(iss, "http://localhost:4000", says_issuer).is_ok();
        assert!(accepted(Some("http://localhost:4000"), true));
        assert!(accepted(Some("http://localhost:4000"), false));
        assert!(accepted(None, false));
        assert!(!accepted(None, true));
        assert!(!accepted(Some("http://localhost:4000/"), true));
        assert!(!accepted(Some("http://localhost:4002"), false));
    }
}
