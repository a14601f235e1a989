//! The `UserInfo` endpoint (OpenID Connect Core section 5.3).

use domain::grant::{Grant, OpaqueToken, Stage};
use http_kernel::{Error, Flow, Request, Response, Result, Route, oauth_error::bearer_error};
use oidc::{ErrorCode, OAuthError, Parameters};
use serde_json::json;

/// The flow. Clients in browsers call it, with an access token that their back end gave them.
pub const FLOW: Flow = Flow::json(ROUTES).cross_origin();

static ROUTES: &[Route] = &[
    Route::get("/userinfo", |request| Box::pin(claims(request))),
    Route::post("/userinfo", |request| Box::pin(claims(request))),
];

async fn claims(request: &Request<'_>) -> Result<Response> {
    let token = access_token(request).map_err(|error| bearer_error(Some(error)))?;
    let token = token.ok_or_else(|| bearer_error(None))?;
    let access = grant(request, &token).await?;
    let email = request.table().granted_email(&access.grant, request.now()).await?;
    let email = email.ok_or_else(invalid_token)?;
    let mut claims = json!({ "sub": access.grant.subject });
    if access.gives_email {
        claims["email"] = email.as_str().into();
        claims["email_verified"] = true.into();
    }
    Ok(Response::json(&claims))
}

/// The access token of the header or of the form of a POST, but not of both (RFC 6750 section 2).
fn access_token(request: &Request<'_>) -> Result<Option<String>, OAuthError> {
    let form = if request.is_post() && request.has_body() {
        request.foreign_form().unwrap_or_default()
    } else {
        Vec::new()
    };
    let form = Parameters::new(&form);
    let in_form = form.get("access_token");
    if form.is_repeated("access_token") || (in_form.is_some() && request.authorization().is_some()) {
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "more than one access token"));
    }
    match request.authorization().map(|header| header.split_once(' ')) {
        None => Ok(in_form.map(ToOwned::to_owned)),
        Some(Some((scheme, token))) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Some(token.trim().to_owned()))
        }
        Some(_) => Err(OAuthError::new(ErrorCode::InvalidRequest, "the Authorization header must be Bearer")),
    }
}

/// What an access token grants.
struct AccessGrant {
    grant: Grant,
    gives_email: bool,
}

/// The grant of an access token, while the token is valid and the service is enabled.
async fn grant(request: &Request<'_>, token: &str) -> Result<AccessGrant> {
    let now = request.now();
    let Some(OpaqueToken::Access(access)) = OpaqueToken::read(token, request.keys().ticket()?) else {
        return Err(invalid_token());
    };
    if now >= access.ends_at {
        return Err(invalid_token());
    }
    let grant = request.table().grant(access.grant, now).await?.ok_or_else(invalid_token)?;
    let client = request.app().client(&grant.client).await?;
    if !matches!(grant.stage, Stage::Tokens(_)) || !client.is_some_and(|client| client.is_on) {
        return Err(invalid_token());
    }
    let gives_email = access.gives_email && grant.gives_email();
    Ok(AccessGrant { grant, gives_email })
}

fn invalid_token() -> Error {
    bearer_error(Some(OAuthError::new(ErrorCode::InvalidToken, "the access token is over or none of ours")))
        .into()
}
