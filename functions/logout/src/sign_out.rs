//! Signing out: the session ends here (RULES 3.8).

use domain::secret;
use http_kernel::{Answer, CookieName, HttpError, Request, Response};

use crate::{
    pages::Logout,
    request::{self, PendingLogout},
};

/// Says that nobody is signed in, or asks whoever is. A service that proves by an ID token who signed out there is not
/// asked about again (RULES 6.6).
pub(crate) async fn asked(request: &Request<'_>) -> Result<Response> {
    let asked = request::read(request).await?;
    if request.session(app).await?.is_none() {
        return done(request, &asked);
    }
    if is_proven(request, &asked).await? {
        end(request).await?;
        return Ok(without_session(app, done(request, &asked)?));
    }
    ask(request, &asked)
}

/// Whether the service's identifier is that of who is signed in.
async fn is_proven(request: &Request<'_>, asked: &PendingLogout) -> Result<bool> {
    let (Some(client), Some(subject)) = (&asked.client, &asked.subject) else { return Ok(false) };
    let Some(cookie) = request.session_cookie() else { return Ok(false) };
    let resident = request.table().resident(&cookie, &client.registration.client_id, request.now()).await?;
    match resident {
        Some(resident) => {
            let account = resident.session.account;
            let expected =
                oidc::subject(&client.registration, account, resident.place.subject_key, request.keys());
            Ok(expected.map_err(app::Failure::from)? == *subject)
        }
        None => Ok(false),
    }
}

/// The resident said so.
pub(crate) async fn confirmed(request: &Request<'_>) -> Result<Response> {
    if request.session_cookie().is_none() {
        return Ok(Response::see_other("/logout"));
    }
    request.verify_csrf()?;
    let asked = request::read(request).await?;
    if request.is_language_toggle() {
        return ask(request, &asked);
    }
    end(request).await?;
    Ok(without_session(app, Response::see_other(asked.way_back.as_deref().unwrap_or("/logout"))))
}

async fn end(request: &Request<'_>) -> Result<()> {
    if let Some(cookie) = request.session_cookie() {
        request.table().sign_out(&cookie, &request.device(), request.now()).await?;
    }
    Ok(())
}

fn without_session(app: &App, response: Response) -> Response {
    response
        .without(CookieName::Session)
        .with_secret(CookieName::Browser, &request.new_secret::<secret::kind::PreSession>())
}

/// Back to the service, or the page that says it.
fn done(request: &Request<'_>, asked: &PendingLogout) -> Result<Response> {
    match &asked.way_back {
        Some(way_back) => Ok(Response::see_other(way_back)),
        None => request.page(&Logout::done(request)),
    }
}

fn ask(request: &Request<'_>, asked: &PendingLogout) -> Result<Response> {
    let response = request.page(&Logout::asking(request, asked.client.as_deref()))?;
    Ok(match &asked.way_back {
        Some(way_back) => response.with_form_action(way_back),
        None => response,
    })
}
