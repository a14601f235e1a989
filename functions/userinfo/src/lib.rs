//! Tells services about the resident who signed in (OpenID Connect Core section 5.3).

use app::App;
use domain::grant::{Grant, OpaqueToken, Stage};
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request, Response};
use oidc::{Error, Parameters, Refused};
use provider::invalid_token;
use serde_json::json;

/// `/userinfo`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match token(request) {
            Ok(Some(token)) => tell(app, &token).await,
            Ok(None) => Ok(invalid_token(None)),
            Err(refused) => Ok(invalid_token(Some(refused))),
        }
    })
}

/// The access token: in the header, or in the form of a POST, and in one of them (RFC 6750 section 2).
fn token(request: &Request) -> Result<Option<String>, Refused> {
    let form = if request.is_post() && request.has_body() {
        request.foreign_form().unwrap_or_default()
    } else {
        Vec::new()
    };
    let form = Parameters::new(&form);
    let in_form = form.get("access_token");
    if form.has_doubled("access_token") || (in_form.is_some() && request.authorization().is_some()) {
        return Err(Refused::new(Error::InvalidRequest, "more than one access token"));
    }
    match request.authorization().map(|header| header.split_once(' ')) {
        None => Ok(in_form.map(ToOwned::to_owned)),
        Some(Some((scheme, token))) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Some(token.trim().to_owned()))
        }
        Some(_) => Err(Refused::new(Error::InvalidRequest, "the Authorization header must be Bearer")),
    }
}

async fn tell(app: &App, token: &str) -> Answer {
    let Some((grant, gives_email)) = open(app, token).await? else { return Ok(over()) };
    let Some(email) = app.table.granted_email(&grant, app.now()).await? else { return Ok(over()) };
    let mut body = json!({ "sub": grant.subject });
    if gives_email {
        body["email"] = email.as_str().into();
        body["email_verified"] = true.into();
    }
    Ok(Response::json(&body))
}

/// What an access token opens, while it lasts and the service is switched on.
async fn open(app: &App, token: &str) -> Result<Option<(Grant, bool)>, HttpError> {
    let now = app.now();
    let Some(OpaqueToken::Access(access)) = OpaqueToken::read(token, &app.keys) else { return Ok(None) };
    if now >= access.ends_at {
        return Ok(None);
    }
    let Some(grant) = app.table.grant(access.grant, now).await? else { return Ok(None) };
    let client = provider::client(app, &grant.client).await?;
    let holds = matches!(grant.stage, Stage::Tokens(_)) && client.is_some_and(|client| client.is_on);
    Ok(holds.then(|| (grant.clone(), access.gives_email && grant.gives_email())))
}

fn over() -> Response {
    invalid_token(Some(Refused::new(Error::InvalidToken, "the access token is over or none of ours")))
}
