//! Signs out: the session ends here (RULES 3.8).

use app::Failure;
use http_kernel::{Request, Response, Result};
use pages::Page;

use crate::{
    logout_request::{self, LogoutRequest},
    page::LogoutPage,
};

/// Asks the resident who is signed in whether to sign out. A service that proves by an ID token that this resident signed out
/// there is not asked about again, unless it names a return address that it has not registered (RULES 6.6).
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let logout = logout_request::read(request).await?;
    let Some((request, _)) = account::session(request).await? else {
        return Ok(done(request, &logout)?.without_pending(request.parts()));
    };
    if !logout.is_redirect_unregistered && is_proven(&request, &logout).await? {
        end_session(&request).await?;
        return Ok(request.without_session(done(&request, &logout)?));
    }
    ask(&request, &logout)
}

/// Whether the service's identifier is that of the resident who is signed in.
async fn is_proven(request: &Request<'_>, logout: &LogoutRequest) -> Result<bool> {
    let (Some(client), Some(subject)) = (&logout.client, &logout.subject) else { return Ok(false) };
    let Some(cookie) = request.session_cookie() else { return Ok(false) };
    let resident = request.table().resident(&cookie, &client.registration.client_id, request.now()).await?;
    let Some(resident) = resident else { return Ok(false) };
    let (account, subject_key) = (resident.session.account, resident.place.subject_key);
    let expected = oidc::subject(&client.registration, account, subject_key, request.keys().subject()?);
    Ok(expected.map_err(Failure::from)? == *subject)
}

/// Signs out after the resident confirmed.
pub(crate) async fn sign_out(request: &Request<'_>) -> Result<Response> {
    if request.session_cookie().is_none() {
        let response = done(request, &logout_request::read(request).await?)?;
        return Ok(response.without_pending(request.parts()));
    }
    request.verify_csrf()?;
    let logout = logout_request::read(request).await?;
    if request.is_language_toggle() {
        return ask(request, &logout);
    }
    end_session(request).await?;
    let redirect = Response::see_other(logout.redirect_uri.as_deref().unwrap_or("/logout"));
    Ok(request.without_session(redirect))
}

async fn end_session(request: &Request<'_>) -> Result<()> {
    if let Some(cookie) = request.session_cookie() {
        request.table().sign_out(&cookie, &request.device(), request.now()).await?;
    }
    Ok(())
}

/// Continues at the service, or at the page that says that nobody is signed in.
fn done(request: &Request<'_>, logout: &LogoutRequest) -> Result<Response> {
    match &logout.redirect_uri {
        Some(redirect_uri) => Ok(Response::see_other(redirect_uri)),
        None if request.is_post() => Ok(Response::see_other("/logout")),
        None => LogoutPage::done(request).respond(request),
    }
}

fn ask(request: &Request<'_>, logout: &LogoutRequest) -> Result<Response> {
    LogoutPage::ask(request, logout.client.as_deref()).respond(request)
}
