//! What a service asks for when a resident signed out there (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use domain::service::Client;
use http_kernel::{Answer, HttpError, Request, Response};
use oidc::{Parameters, id_token, logout};

/// The parameters that make a request one of a service.
const PARAMETERS: [&str; 6] =
    ["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// Whether somebody else's page posted the request.
pub(crate) fn is_foreign(request: &Request<'_>) -> bool {
    !request.form_has("csrf") && PARAMETERS.iter().any(|name| request.form_has(name))
}

/// The same by a GET, which brings the browser's cookies.
pub(crate) fn by_get(request: &Request<'_>) -> Result<Response> {
    request.leave_cookies();
    let form = request.foreign_form()?;
    let cached: Vec<_> = form.iter().filter(|(name, _)| PARAMETERS.contains(&name.as_str())).collect();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(cached).finish();
    Ok(Response::see_other(&format!("/logout?{query}")))
}

/// What is asked for, as far as it holds.
#[derive(Default)]
pub(crate) struct PendingLogout {
    /// The service.
    pub(crate) client: Option<Arc<Client>>,
    /// Its identifier of the resident, proven by an ID token.
    pub(crate) subject: Option<String>,
    /// Where the resident goes on to afterwards.
    pub(crate) way_back: Option<String>,
}

/// Reads the request; nothing of one that doesn't hold together counts.
pub(crate) async fn read(request: &Request<'_>) -> Result<PendingLogout> {
    let parameters = Parameters::new(request.query_parameters());
    let hint = match parameters.get("id_token_hint") {
        Some(token) => id_token::verify_hint(token, &request.config().origin, &*app.signing_keys().await?),
        None => None,
    };
    let Some(request) = logout::read(parameters, hint) else { return Ok(PendingLogout::default()) };
    let client = match &request.client {
        Some(id) => app.client(id).await?,
        None => None,
    };
    let way_back = client.as_ref().and_then(|client| logout::post_logout_redirect(parameters, client));
    Ok(PendingLogout { client, subject: request.subject, way_back })
}
