//! The token response (RFC 6749 section 5.1, OpenID Connect Core sections 3.1.3.3 and 12.2).

use app::Failure;
use domain::{
    grant::{ACCESS_LIFETIME, AccessToken, Grant, OpaqueToken, Tokens},
    service::{Scope, Scopes},
};
use http_kernel::{Request, Response};
use oidc::id_token::{self, IdTokenContext};
use serde_json::json;

use crate::{AuthenticatedClient, TokenError, invalid_grant};

/// The tokens of a response.
pub(crate) struct IssuedTokens {
    pub(crate) tokens: Tokens,
    pub(crate) scopes: Scopes,
    pub(crate) is_refreshed: bool,
}

pub(crate) async fn respond(
    request: &Request<'_>,
    client: &AuthenticatedClient,
    grant: &Grant,
    issued: &IssuedTokens,
) -> Result<Response, TokenError> {
    let now = request.now();
    let wants_email = grant.claims.email_in_id_token;
    // A refresh that repeats an earlier response writes nothing, so the grant is checked here.
    let email = if wants_email || issued.is_refreshed {
        match request.table().granted_email(grant, now).await? {
            Some(email) => Some(email).filter(|_| wants_email),
            None => return Err(invalid_grant("the resident ended what was granted").into()),
        }
    } else {
        None
    };
    let gives_email = issued.scopes.contains(&Scope::Email) || grant.claims.email_in_userinfo;
    let (ends_at, sequence) = (now + ACCESS_LIFETIME, issued.tokens.sequence);
    let access = AccessToken { grant: grant.id, ends_at, gives_email, sequence };
    let access_token = OpaqueToken::Access(access).write(request.keys().ticket()?);
    let context = IdTokenContext {
        issuer: &request.config().origin,
        access_token: &access_token,
        email: email.as_ref().map(domain::email::EmailAddress::as_str),
        is_refreshed: issued.is_refreshed,
        now,
    };
    let keys = request.app().signing_keys().await?;
    let algorithm = client.client.registration.id_token_signed_response_alg;
    let id_token = id_token::issue(grant, &context, &keys, algorithm)
        .map_err(|_| Failure::new("an ID token can't be signed"))?;
    let mut body = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFETIME.as_secs(),
        "id_token": id_token,
        "scope": Scope::join(&issued.scopes),
    });
    if grant.is_offline() {
        body["refresh_token"] =
            OpaqueToken::Refresh(grant.id, issued.tokens.sequence).write(request.keys().ticket()?).into();
    }
    Ok(Response::json(&body))
}
