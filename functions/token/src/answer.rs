//! The token response (RFC 6749 section 5.1, OpenID Connect Core sections 3.1.3.3 and 12.2).

use app::{App, Failure};
use domain::{
    grant::{ACCESS_LIFETIME, AccessToken, Grant, OpaqueToken, Tokens},
    service::{Scope, Scopes},
};
use http_kernel::Response;
use oidc::id_token::{self, Occasion};
use provider::signing_keys;
use serde_json::json;

use crate::{Authenticated, Exchanged, worthless};

/// What is given.
pub(crate) struct Given {
    pub(crate) tokens: Tokens,
    pub(crate) scopes: Scopes,
    pub(crate) is_refreshed: bool,
}

pub(crate) async fn tokens(app: &App, service: &Authenticated, grant: &Grant, given: &Given) -> Exchanged {
    let now = app.now();
    let wants_email = grant.claims.email_in_id_token;
    // A grant whose answer is given again was not written: whether it still holds is looked at here.
    let email = if wants_email || given.is_refreshed {
        match app.table.granted_email(grant, now).await? {
            Some(email) => Some(email).filter(|_| wants_email),
            None => return Ok(Err(worthless("the resident ended what was granted"))),
        }
    } else {
        None
    };
    let gives_email = given.scopes.contains(&Scope::Email) || grant.claims.email_in_userinfo;
    let (ends_at, sequence) = (now + ACCESS_LIFETIME, given.tokens.sequence);
    let access = AccessToken { grant: grant.id, ends_at, gives_email, sequence };
    let access_token = OpaqueToken::Access(access).write(&app.keys);
    let occasion = Occasion {
        issuer: &app.config.origin,
        access_token: &access_token,
        email: email.as_ref().map(domain::email::EmailAddress::as_str),
        is_refreshed: given.is_refreshed,
        now,
    };
    let keys = signing_keys(app).await?;
    let algorithm = service.client.registration.id_token_signed_response_alg;
    let id_token = id_token::make(grant, &occasion, &keys, algorithm)
        .map_err(|_| Failure::new("an ID token can't be signed"))?;
    let mut body = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFETIME.as_secs(),
        "id_token": id_token,
        "scope": Scope::join(&given.scopes),
    });
    if grant.is_offline() {
        body["refresh_token"] = OpaqueToken::Refresh(grant.id, given.tokens.sequence).write(&app.keys).into();
    }
    Ok(Ok(Response::json(&body)))
}
