//! Authorization requests (OpenID Connect Core section 3.1.2.1).
//!
//! [`client_id`] and [`redirect_uri`] come first: until both are known to belong to a registered service, no response may be
//! sent there, and a page of ours shows the error ([`UntrustedRedirect`]). [`read`] then runs every check of [`CHECKS`] in
//! order; the first error is sent to the service by [`response_url`].

use std::collections::BTreeSet;

use domain::{
    authorization::{AuthorizationRequest, Claims, Refusal},
    service::{Client, ClientId, Scopes},
};
use url::Url;

use crate::{
    Parameters,
    error::{ErrorCode, OAuthError},
    signing_keys::SigningKeys,
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
    pub keys: Option<&'a SigningKeys>,
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

/// Runs all checks, and returns the request that they have read.
///
/// # Errors
/// The error of the first check that fails.
pub fn read(context: &RequestContext<'_>, redirect_uri: &str) -> Result<AuthorizationRequest, OAuthError> {
    let registration = &context.client.registration;
    let bare = AuthorizationRequest {
        client: registration.client_id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: context.parameters.get("state").map(ToOwned::to_owned),
        nonce: None,
        scopes: Scopes::new(),
        code_challenge: None,
        prompts: BTreeSet::new(),
        max_age: None,
        assurance: registration.assurance,
        claims: Claims::default(),
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

/// The redirect to the service: its redirect URI with the response, the `state` of the request and our `iss` (RFC 9207)
/// added to the query. `None` when the redirect URI can't be parsed.
#[must_use]
pub fn response_url(
    redirect_uri: &str,
    state: Option<&str>,
    response: AuthorizationResponse<'_>,
    issuer: &str,
) -> Option<String> {
    let mut url = Url::parse(redirect_uri).ok()?;
    {
        let mut query = url.query_pairs_mut();
        match response {
            AuthorizationResponse::Code(code) => query.append_pair("code", code),
            AuthorizationResponse::Error(error) => query
                .append_pair("error", error.code.as_str())
                .append_pair("error_description", error.description),
        };
        if let Some(state) = state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
    }
    Some(url.into())
}

/// The error that a service receives for a refusal.
#[must_use]
pub fn refusal_error(refusal: Refusal) -> OAuthError {
    match refusal {
        Refusal::LoginRequired => OAuthError::new(ErrorCode::LoginRequired, "the resident has to sign in"),
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
