//! Newer tokens for a refresh token, which is good once (RFC 9700 section 4.14.2).

use app::App;
use domain::grant::{OpaqueToken, RefreshOutcome};
use oidc::token::{self, RefreshRequest};
use table::{Conflict, WriteError};

use crate::{Authenticated, Exchanged, answer, replayed, worthless};

/// How often the grant is looked at when it changes meanwhile.
const ROUNDS: usize = 4;

pub(crate) async fn exchange(app: &App, service: &Authenticated, request: &RefreshRequest) -> Exchanged {
    let Some(OpaqueToken::Refresh(id, sequence)) = OpaqueToken::read(&request.token, &app.keys) else {
        return Ok(Err(worthless("the refresh token is none of ours")));
    };
    for _ in 0..ROUNDS {
        let now = app.now();
        let grant = app.table.grant(id, now).await?;
        let own = grant.filter(|grant| grant.client == service.client.registration.client_id);
        let Some(grant) = own else { return Ok(Err(worthless("the refresh token is over"))) };
        if grant.assurance < service.client.registration.assurance {
            return Ok(Err(worthless("the service asks for more assurance by now")));
        }
        let scopes = match token::narrowed(&grant, request) {
            Ok(scopes) => scopes,
            Err(refused) => return Ok(Err(refused)),
        };
        let written = match grant.refresh(sequence, now) {
            RefreshOutcome::Invalid => return Ok(Err(worthless("the refresh token is over"))),
            RefreshOutcome::Reused => {
                app.table.revoke_grant(id).await?;
                return Ok(Err(worthless("the refresh token was used before")));
            }
            RefreshOutcome::Rotate(newer) => {
                let written = app.table.exchange(&grant, newer, service.assertion.as_ref()).await;
                written.map(|()| newer)
            }
            RefreshOutcome::Repeat(newest) => again(app, service).await.map(|()| newest),
        };
        match written {
            Ok(tokens) => {
                let given = answer::Given { tokens, scopes, is_refreshed: true };
                return answer::tokens(app, service, &grant, &given).await;
            }
            Err(WriteError::Conflict(Conflict::Assertion)) => return Ok(Err(replayed())),
            // Somebody else exchanged it a moment ago: perhaps this service itself.
            Err(WriteError::Conflict(Conflict::Grant)) => {}
            Err(WriteError::Conflict(_)) => {
                return Ok(Err(worthless("the resident ended what was granted")));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a refresh was overtaken again and again").into())
}

/// The answer is given again: only the assertion is spent.
async fn again(app: &App, service: &Authenticated) -> Result<(), WriteError> {
    match &service.assertion {
        Some(assertion) => app.table.spend_assertion(assertion, app.now()).await,
        None => Ok(()),
    }
}
