//! The authorization request (OpenID Connect Core section 3.1.2.1): read, and checked in order.

use std::collections::BTreeSet;

use domain::{
    authorization::{AuthorizationRequest, Refusal, RequestedClaims},
    service::{Client, ClientId, Scopes},
};
use url::Url;

use crate::{
    Parameters,
    error::{Error, Refused},
    keys::SigningKeys,
};

mod checks;

pub use checks::CHECKS;

/// Why a request can't be answered at the service: a page of ours says so (RFC 6749 section 4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswerable {
    /// No service of this name is registered.
    UnknownClient,
    /// The redirect URI is none of the service's, or there is none.
    UnknownRedirectUri,
    /// The service is switched off.
    SwitchedOff,
}

/// A request, the service it comes from, and what it is checked against.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The request.
    pub parameters: Parameters<'a>,
    /// Its service.
    pub client: &'a Client,
    /// Who is asked.
    pub issuer: &'a str,
    /// The keys that hints were signed by, where there is a hint.
    pub keys: Option<&'a SigningKeys>,
}

/// A check: what it comes from, and what it makes of the request as far as it is read.
pub type Check =
    (&'static str, fn(&Asked<'_>, AuthorizationRequest) -> Result<AuthorizationRequest, Refused>);

/// The service that a request says to come from (RFC 6749 section 4.1.1).
///
/// # Errors
/// [`Unanswerable::UnknownClient`].
pub fn client_id(parameters: Parameters<'_>) -> Result<ClientId, Unanswerable> {
    parameters.get("client_id").and_then(|id| id.parse().ok()).ok_or(Unanswerable::UnknownClient)
}

/// Where the answer goes: exactly one of the URIs that are registered (RFC 6749 section 3.1.2.3, RFC 9700 section 2.1).
///
/// # Errors
/// [`Unanswerable::UnknownRedirectUri`], [`Unanswerable::SwitchedOff`].
pub fn redirect_uri<'a>(asked: Option<&str>, client: &'a Client) -> Result<&'a str, Unanswerable> {
    let mut registered = client.registration.redirect_uris.iter().map(String::as_str);
    let found = registered.find(|uri| Some(*uri) == asked).ok_or(Unanswerable::UnknownRedirectUri)?;
    if client.is_on { Ok(found) } else { Err(Unanswerable::SwitchedOff) }
}

/// The request, if every check lets it pass.
///
/// # Errors
/// The refusal of the first check that doesn't.
pub fn read(asked: &Asked<'_>, redirect_uri: &str) -> Result<AuthorizationRequest, Refused> {
    let registration = &asked.client.registration;
    let bare = AuthorizationRequest {
        client: registration.client_id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: asked.parameters.get("state").map(ToOwned::to_owned),
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
    CHECKS.iter().try_fold(bare, |request, (_, check)| check(asked, request))
}

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub enum AuthorizationResponse<'a> {
    /// The code.
    Code(&'a str),
    /// Why there is none.
    Refused(Refused),
}

/// Where the browser is sent with the answer: the redirect URI, with the answer, the request's state and the issuer
/// (RFC 9207) in its query.
#[must_use]
pub fn answer_url(
    redirect_uri: &str,
    state: Option<&str>,
    answer: AuthorizationResponse<'_>,
    issuer: &str,
) -> Option<String> {
    let mut url = Url::parse(redirect_uri).ok()?;
    {
        let mut query = url.query_pairs_mut();
        match answer {
            AuthorizationResponse::Code(code) => query.append_pair("code", code),
            AuthorizationResponse::Refused(refused) => query
                .append_pair("error", refused.error.as_str())
                .append_pair("error_description", refused.description),
        };
        if let Some(state) = state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
    }
    Some(url.into())
}

/// Why the service gets no code, as it is told.
#[must_use]
pub fn refusal(why: Refusal) -> Refused {
    match why {
        Refusal::LoginRequired => Refused::new(Error::LoginRequired, "the resident has to sign in"),
        Refusal::ConsentRequired => {
            Refused::new(Error::ConsentRequired, "the resident has to agree to share")
        }
        Refusal::AccessDenied => Refused::new(Error::AccessDenied, "the resident does not want to go on"),
        Refusal::UnmetAssurance => {
            Refused::new(Error::UnmetAuthenticationRequirements, "no resident can reach this assurance")
        }
    }
}
