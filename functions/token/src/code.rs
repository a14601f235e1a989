//! Tokens for a code: once (RFC 6749 section 4.1.2).

use app::App;
use domain::{
    grant::{OpaqueToken, Stage, first_tokens},
    id::GrantId,
};
use oidc::token::{self, CodeRequest};
use table::{Conflict, WriteError};

use crate::{Authenticated, Exchanged, answer, replayed, worthless};

pub(crate) async fn exchange(app: &App, service: &Authenticated, request: &CodeRequest) -> Exchanged {
    let Some(OpaqueToken::Code(id)) = OpaqueToken::read(&request.code, &app.keys) else {
        return Ok(Err(worthless("the code is none of ours")));
    };
    let now = app.now();
    let Some(grant) = app.table.grant(id, now).await? else {
        return Ok(Err(worthless("the code has run out")));
    };
    if matches!(grant.stage, Stage::Tokens(_)) {
        return used(app, id).await;
    }
    if let Err(refused) = token::check_code(&grant, &service.client.registration.client_id, request) {
        return Ok(Err(refused));
    }
    if grant.assurance < service.client.registration.assurance {
        return Ok(Err(worthless("the service asks for more assurance by now")));
    }
    let tokens = first_tokens(now);
    match app.table.exchange(&grant, tokens, service.assertion.as_ref()).await {
        Ok(()) => {
            let given = answer::Given { tokens, scopes: grant.scopes.clone(), is_refreshed: false };
            answer::tokens(app, service, &grant, &given).await
        }
        Err(WriteError::Conflict(Conflict::Assertion)) => Ok(Err(replayed())),
        // Somebody else exchanged it a moment ago.
        Err(WriteError::Conflict(Conflict::Grant)) => used(app, id).await,
        Err(WriteError::Conflict(_)) => Ok(Err(worthless("the resident ended what the code was given for"))),
        Err(error) => Err(error.into()),
    }
}

/// A code that comes again was seen by somebody else: what it gave is taken back.
async fn used(app: &App, id: GrantId) -> Exchanged {
    app.table.revoke_grant(id).await?;
    Ok(Err(worthless("the code was used before")))
}
