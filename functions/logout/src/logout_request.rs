//! The logout request of a service (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use domain::service::Client;
use http_kernel::{Request, Response, Result};
use oidc::{Parameters, id_token, logout};

/// The parameters of a logout request.
const PARAMETERS: [&str; 6] =
    ["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// Whether a service posted the request, rather than a page of ours.
pub(crate) fn is_posted_by_service(request: &Request<'_>) -> bool {
    !request.form_has("csrf") && PARAMETERS.iter().any(|name| request.form_has(name))
}

/// Redirects to the same request by GET, which brings the browser's cookies.
pub(crate) fn continue_by_get(request: &Request<'_>) -> Result<Response> {
    let form = request.foreign_form()?;
    let parameters: Vec<_> = form.iter().filter(|(name, _)| PARAMETERS.contains(&name.as_str())).collect();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    Ok(Response::see_other(&format!("/logout?{query}")))
}

/// A logout request, as far as it is valid.
#[derive(Default)]
pub(crate) struct LogoutRequest {
    /// The service.
    pub(crate) client: Option<Arc<Client>>,
    /// The service's identifier of the resident, proven by an ID token.
    pub(crate) subject: Option<String>,
    /// Where the resident continues after signing out.
    pub(crate) redirect_uri: Option<String>,
    /// Whether it names a `post_logout_redirect_uri` that is not the service's. The resident is then asked, and stays here.
    pub(crate) is_redirect_unregistered: bool,
}

/// Reads the logout request. One that contradicts itself is empty.
pub(crate) async fn read(request: &Request<'_>) -> Result<LogoutRequest> {
    let parameters = Parameters::new(request.query_parameters());
    let hint = match parameters.get("id_token_hint") {
        Some(token) => {
            let keys = request.app().public_keys().await?;
            id_token::verify_hint(token, &request.config().origin, &keys)
        }
        None => None,
    };
    let Some(parsed) = logout::read(parameters, hint) else { return Ok(LogoutRequest::default()) };
    let client = match &parsed.client {
        Some(id) => request.app().client(id).await?,
        None => None,
    };
    let redirect_uri = logout::post_logout_redirect(parameters, client.as_deref());
    let is_redirect_unregistered = redirect_uri.is_err();
    let redirect_uri = redirect_uri.unwrap_or_default();
    Ok(LogoutRequest { client, subject: parsed.subject, redirect_uri, is_redirect_unregistered })
}
