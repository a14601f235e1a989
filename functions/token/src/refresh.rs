//! Exchanges a refresh token, which can be used once (RFC 9700 section 4.14.2).

use domain::grant::{OpaqueToken, RefreshOutcome};
use http_kernel::{Request, Response, retry_on_conflict};
use oidc::token::{self, RefreshRequest};
use table::{Conflict, WriteError};

use crate::{
    AuthenticatedClient, TokenError, invalid_grant, replayed_assertion,
    response::{self, IssuedTokens},
};

pub(crate) async fn exchange(
    request: &Request<'_>,
    client: &AuthenticatedClient,
    refresh_request: &RefreshRequest,
) -> Result<Response, TokenError> {
    let Some(OpaqueToken::Refresh(id, sequence)) =
        OpaqueToken::read(&refresh_request.token, request.keys().ticket()?)
    else {
        return Err(invalid_grant("the refresh token is none of ours").into());
    };
    retry_on_conflict("refresh tokens", || async move {
        let (table, now) = (request.table(), request.now());
        let grant = table.grant(id, now).await?;
        let grant = grant.filter(|grant| grant.client == client.client.registration.client_id);
        let grant = grant.ok_or(invalid_grant("the refresh token is over"))?;
        if grant.assurance < client.client.registration.assurance {
            return Err(invalid_grant("the service asks for more assurance by now").into());
        }
        let scopes = token::narrowed(&grant, refresh_request)?;
        let written = match grant.refresh(sequence, now) {
            RefreshOutcome::Invalid => return Err(invalid_grant("the refresh token is over").into()),
            RefreshOutcome::Reused => {
                table.revoke_grant(id).await?;
                return Err(invalid_grant("the refresh token was used before").into());
            }
            RefreshOutcome::Rotate(newer) => {
                table.exchange(&grant, newer, client.assertion.as_ref()).await.map(|()| newer)
            }
            RefreshOutcome::Repeat(newest) => use_assertion(request, client).await.map(|()| newest),
        };
        match written {
            Ok(tokens) => {
                let issued = IssuedTokens { tokens, scopes, is_refreshed: true };
                response::respond(request, client, &grant, &issued).await
            }
            Err(WriteError::Conflict(Conflict::Assertion)) => Err(replayed_assertion().into()),
            // Another request refreshed the grant, perhaps the service's own: read it again.
            Err(error @ WriteError::Conflict(Conflict::Grant)) => Err(error.into()),
            Err(WriteError::Conflict(_)) => Err(invalid_grant("the resident ended what was granted").into()),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Uses the assertion of a request that gets the tokens of an earlier response again.
async fn use_assertion(request: &Request<'_>, client: &AuthenticatedClient) -> Result<(), WriteError> {
    match &client.assertion {
        Some(assertion) => request.table().spend_assertion(assertion, request.now()).await,
        None => Ok(()),
    }
}
