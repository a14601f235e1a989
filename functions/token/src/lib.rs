//! The token endpoint: exchanges codes and refresh tokens for tokens (RULES 6.1, RFC 6749 section 3.2).

use std::sync::Arc;

use app::Failure;
use domain::{keys::MissingKeys, service::Client};
use http_kernel::{Error, Flow, Request, Response, Result, Retryable, Route, oauth_error::token_error};
use oidc::{
    ErrorCode, OAuthError, Parameters,
    token::{self, TokenRequest},
};
use table::{Assertion, Conflict, Unavailable, WriteError};

mod authenticate;
mod code;
mod refresh;
mod response;

/// The flow. Every client is confidential, so no script of a page calls it.
pub const FLOW: Flow = Flow::json(ROUTES);

static ROUTES: &[Route] = &[Route::post("/token", |request| Box::pin(tokens(request)))];

/// A service that was authenticated.
struct AuthenticatedClient {
    client: Arc<Client>,
    /// The assertion that authenticated it, if one did. It can be used once.
    assertion: Option<Assertion>,
}

/// Why a request gets no tokens.
enum TokenError {
    /// An error that the service is told.
    OAuth(OAuthError),
    /// Any other error.
    Other(Error),
}

impl From<OAuthError> for TokenError {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<MissingKeys> for TokenError {
    fn from(missing: MissingKeys) -> Self {
        Failure::from(missing).into()
    }
}

impl From<Failure> for TokenError {
    fn from(failure: Failure) -> Self {
        Self::Other(failure.into())
    }
}

impl From<Unavailable> for TokenError {
    fn from(error: Unavailable) -> Self {
        Self::Other(error.into())
    }
}

impl From<WriteError> for TokenError {
    fn from(error: WriteError) -> Self {
        Self::Other(error.into())
    }
}

impl Retryable for TokenError {
    fn conflict(&self) -> Option<Conflict> {
        match self {
            Self::OAuth(_) => None,
            Self::Other(error) => error.conflict(),
        }
    }
}

async fn tokens(request: &Request<'_>) -> Result<Response> {
    let form =
        request.foreign_form().map_err(|_| token_error(invalid_request("the request is not a form")))?;
    let form = Parameters::new(&form);
    let client = match authenticate::client(request, form).await {
        Ok(client) => client,
        Err(TokenError::OAuth(error)) => return Ok(token_error(error)),
        Err(TokenError::Other(error)) => return Err(error),
    };
    match exchange(request, &client, form).await {
        Ok(response) => Ok(response),
        Err(TokenError::OAuth(error)) => reject(request, &client, error).await,
        Err(TokenError::Other(error)) => Err(error),
    }
}

async fn exchange(
    request: &Request<'_>,
    client: &AuthenticatedClient,
    form: Parameters<'_>,
) -> Result<Response, TokenError> {
    if !client.client.is_on {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "the client is switched off").into());
    }
    match token::read(form)? {
        TokenRequest::Code(code_request) => code::exchange(request, client, &code_request).await,
        TokenRequest::Refresh(refresh_request) => refresh::exchange(request, client, &refresh_request).await,
    }
}

/// Rejects the request. Its assertion is used all the same.
async fn reject(request: &Request<'_>, client: &AuthenticatedClient, error: OAuthError) -> Result<Response> {
    let Some(assertion) = client.assertion.as_ref().filter(|_| error.code != ErrorCode::InvalidClient) else {
        return Ok(token_error(error));
    };
    match request.table().spend_assertion(assertion, request.now()).await {
        Ok(()) => Ok(token_error(error)),
        Err(WriteError::Conflict(_)) => Ok(token_error(replayed_assertion())),
        Err(error) => Err(error.into()),
    }
}

fn invalid_request(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

fn invalid_grant(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, description)
}

fn replayed_assertion() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, "the client assertion came before")
}
