//! Authorization requests (OpenID Connect Core section 3.1.2.1).
//!
//! [`client_id`] and [`redirect_uri`] come first: until both are known to belong to a registered service, no response may be
//! sent there, and a page of ours shows the error ([`UntrustedRedirect`]). [`read`] then runs every check of [`CHECKS`] in
//! order; the first error is sent to the service as [`response_mode`] says, by [`response_url`] or in a form with the
//! [`response_parameters`].

use std::collections::BTreeSet;

use crate::{
    Parameters,
    error::{ErrorCode, OAuthError},
    redirect,
    signing_keys::PublicKeys,
};
use domain::{
    authorization::{AuthorizationRequest, Refusal, RequestedClaims, ResponseMode},
    service::{Client, ClientId, Scopes},
};

mod checks;

pub use checks::CHECKS;

/// Why the browser must not be redirected to the service (RFC 6749 section 4.1.2.1): a page of ours shows the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UntrustedRedirect {
    /// No service with this client id is registered.
    UnknownClient,
    /// The redirect URI is missing, or the service has not registered it.
    UnregisteredRedirectUri,
    /// An operator has disabled the service.
    ClientDisabled,
}

/// A request, and what it is checked against.
#[derive(Clone, Copy)]
pub struct RequestContext<'a> {
    /// The parameters of the request.
    pub parameters: Parameters<'a>,
    /// The service that `client_id` names.
    pub client: &'a Client,
    /// Our issuer identifier.
    pub issuer: &'a str,
    /// Our keys, if the request has an `id_token_hint`.
    pub keys: Option<&'a PublicKeys>,
}

/// A check: its source, and the function, which adds what it has read to the request.
pub type Check =
    (&'static str, fn(&RequestContext<'_>, AuthorizationRequest) -> Result<AuthorizationRequest, OAuthError>);

/// The client id of a request (RFC 6749 section 4.1.1).
///
/// # Errors
/// [`UntrustedRedirect::UnknownClient`].
pub fn client_id(parameters: Parameters<'_>) -> Result<ClientId, UntrustedRedirect> {
    parameters.get("client_id").and_then(|id| id.parse().ok()).ok_or(UntrustedRedirect::UnknownClient)
}

/// The redirect URI, if it is exactly one of the registered ones (RFC 6749 section 3.1.2.3, RFC 9700 section 2.1).
///
/// # Errors
/// [`UntrustedRedirect::UnregisteredRedirectUri`], [`UntrustedRedirect::ClientDisabled`].
pub fn redirect_uri<'a>(requested: Option<&str>, client: &'a Client) -> Result<&'a str, UntrustedRedirect> {
    let mut registered = client.registration.redirect_uris.iter().map(String::as_str);
    let found =
        registered.find(|uri| Some(*uri) == requested).ok_or(UntrustedRedirect::UnregisteredRedirectUri)?;
    if client.is_on { Ok(found) } else { Err(UntrustedRedirect::ClientDisabled) }
}

/// How the response is sent, an error included: by redirect unless the request says otherwise.
#[must_use]
pub fn response_mode(parameters: Parameters<'_>) -> ResponseMode {
    let requested = parameters.get("response_mode");
    ResponseMode::ALL.into_iter().find(|mode| Some(mode.as_str()) == requested).unwrap_or_default()
}

/// Runs all checks, and returns the request that they have read.
///
/// # Errors
/// The error of the first check that fails.
pub fn read(context: &RequestContext<'_>, redirect_uri: &str) -> Result<AuthorizationRequest, OAuthError> {
    let registration = &context.client.registration;
    let bare = AuthorizationRequest {
        client: registration.client_id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        response_mode: response_mode(context.parameters),
        state: context.parameters.get("state").map(ToOwned::to_owned),
        nonce: None,
        scopes: Scopes::new(),
        code_challenge: None,
        prompts: BTreeSet::new(),
        max_age: None,
        assurance: registration.assurance,
        claims: RequestedClaims::default(),
        login_hint: None,
        subject: None,
        language: None,
    };
    CHECKS.iter().try_fold(bare, |request, (_, check)| check(context, request))
}

/// The result of an authorization request.
#[derive(Clone, Copy, Debug)]
pub enum AuthorizationResponse<'a> {
    /// An authorization code.
    Code(&'a str),
    /// An error.
    Error(OAuthError),
}

/// The parameters of the response: the code or the error, the `state` of the request, and our `iss` (RFC 9207).
#[must_use]
pub fn response_parameters<'a>(
    state: Option<&'a str>,
    response: AuthorizationResponse<'a>,
    issuer: &'a str,
) -> Vec<(&'static str, &'a str)> {
    let mut parameters = match response {
        AuthorizationResponse::Code(code) => vec![("code", code)],
        AuthorizationResponse::Error(error) => {
            vec![("error", error.code.as_str()), ("error_description", error.description)]
        }
    };
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("iss", issuer));
    parameters
}

/// The redirect to the service: its redirect URI with the parameters added to the query. `None` when the redirect URI
/// can't be parsed.
#[must_use]
pub fn response_url(redirect_uri: &str, parameters: &[(&'static str, &str)]) -> Option<String> {
    redirect::with_parameters(redirect_uri, parameters)
}

/// The error that a service receives for a refusal.
#[must_use]
pub fn refusal_error(refusal: Refusal) -> OAuthError {
    match refusal {
        Refusal::LoginRequired => OAuthError::new(ErrorCode::LoginRequired, "the resident has to sign in"),
        Refusal::InteractionRequired => {
            OAuthError::new(ErrorCode::InteractionRequired, "the resident has to verify")
        }
        Refusal::ConsentRequired => {
            OAuthError::new(ErrorCode::ConsentRequired, "the resident has to agree to share")
        }
        Refusal::AccessDenied => OAuthError::new(ErrorCode::AccessDenied, "the resident has cancelled"),
        Refusal::UnmetAssurance => OAuthError::new(
            ErrorCode::UnmetAuthenticationRequirements,
            "no resident can reach this assurance",
        ),
    }
}
