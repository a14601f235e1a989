//! Exchanges an authorization code, once (RFC 6749 section 4.1.2).

use domain::{
    grant::{OpaqueToken, first_tokens},
    id::GrantId,
};
use http_kernel::{Request, Response};
use oidc::token::{self, CodeError, CodeRequest};
use table::{Conflict, WriteError};

use crate::{
    AuthenticatedClient, TokenError, invalid_grant, replayed_assertion,
    response::{self, IssuedTokens},
};

pub(crate) async fn exchange(
    request: &Request<'_>,
    client: &AuthenticatedClient,
    code_request: &CodeRequest,
) -> Result<Response, TokenError> {
    let Some(OpaqueToken::Code(id)) = OpaqueToken::read(&code_request.code, request.keys().ticket()?) else {
        return Err(invalid_grant("the code is none of ours").into());
    };
    let now = request.now();
    let grant = request.table().grant(id, now).await?.ok_or(invalid_grant("the code has run out"))?;
    match token::check_code(&grant, &client.client.registration.client_id, code_request) {
        Ok(()) => {}
        Err(CodeError::Reused) => return Err(reused(request, id).await),
        Err(CodeError::Invalid(description)) => return Err(invalid_grant(description).into()),
    }
    if grant.assurance < client.client.registration.assurance {
        return Err(invalid_grant("the service asks for more assurance by now").into());
    }
    let tokens = first_tokens(now);
    match request.table().exchange(&grant, tokens, client.assertion.as_ref()).await {
        Ok(()) => {
            let issued = IssuedTokens { tokens, scopes: grant.scopes.clone(), is_refreshed: false };
            response::respond(request, client, &grant, &issued).await
        }
        Err(WriteError::Conflict(Conflict::Assertion)) => Err(replayed_assertion().into()),
        // Another request exchanged the code.
        Err(WriteError::Conflict(Conflict::Grant)) => Err(reused(request, id).await),
        Err(WriteError::Conflict(_)) => {
            Err(invalid_grant("the resident ended what the code was given for").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A code that its client uses again may have been stolen: its tokens are revoked.
async fn reused(request: &Request<'_>, id: GrantId) -> TokenError {
    match request.table().revoke_grant(id).await {
        Ok(()) => invalid_grant("the code was used before").into(),
        Err(error) => error.into(),
    }
}
