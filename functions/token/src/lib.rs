//! Exchanges codes and refresh tokens for tokens (RULES 6.1).

use std::sync::Arc;

use app::App;
use domain::service::Client;
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request, Response, oauth_error::token_error};
use oidc::{
    ErrorCode, OAuthError, Parameters,
    token::{self, TokenRequest},
};
use table::{Assertion, WriteError};

mod answer;
mod authenticate;
mod code;
mod refresh;

/// `/token`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match request.foreign_form() {
            Ok(form) => tokens(app, request, Parameters::new(&form)).await,
            Err(_) => Ok(token_error(invalid("the request is not a form"))),
        }
    })
}

/// A service that proved to be itself.
struct Authenticated {
    client: Arc<Client>,
    /// The assertion by which it did, if it was one: good once.
    assertion: Option<Assertion>,
}

/// What an exchange comes to: an answer, or the error that the service is told.
type Exchanged = Result<Result<Response, OAuthError>, HttpError>;

async fn tokens(app: &App, request: &Request, form: Parameters<'_>) -> Answer {
    let service = match authenticate::client(app, request, form).await? {
        Ok(service) => service,
        Err(refused) => return Ok(token_error(refused)),
    };
    match exchange(app, &service, form).await? {
        Ok(response) => Ok(response),
        Err(refused) => fail(app, &service, refused).await,
    }
}

async fn exchange(app: &App, service: &Authenticated, form: Parameters<'_>) -> Exchanged {
    if !service.client.is_on {
        return Ok(Err(OAuthError::new(ErrorCode::UnauthorizedClient, "the client is switched off")));
    }
    match token::read(form) {
        Ok(TokenRequest::Code(request)) => code::exchange(app, service, &request).await,
        Ok(TokenRequest::Refresh(request)) => refresh::exchange(app, service, &request).await,
        Err(refused) => Ok(Err(refused)),
    }
}

/// An assertion is spent, whatever became of the request it came with.
async fn fail(app: &App, service: &Authenticated, refused: OAuthError) -> Answer {
    let Some(assertion) = service.assertion.as_ref().filter(|_| refused.code != ErrorCode::InvalidClient)
    else {
        return Ok(token_error(refused));
    };
    match app.table.spend_assertion(assertion, app.now()).await {
        Ok(()) => Ok(token_error(refused)),
        Err(WriteError::Conflict(_)) => Ok(token_error(replayed())),
        Err(error) => Err(error.into()),
    }
}

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

fn worthless(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, description)
}

fn replayed() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, "the client assertion came before")
}
