//! What a service asks for when a resident signed out there (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use app::App;
use domain::service::Client;
use oidc::{Parameters, id_token, logout};
use provider::signing_keys;
use web::{Answer, Problem, Reply, Visit};

/// The parameters that make a request one of a service.
const PARAMETERS: [&str; 6] =
    ["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// Whether somebody else's page posted the request.
pub(crate) fn is_foreign(visit: &Visit) -> bool {
    !visit.form_has("csrf") && PARAMETERS.iter().any(|name| visit.form_has(name))
}

/// The same by a GET, which brings the browser's cookies.
pub(crate) fn by_get(visit: &Visit) -> Answer {
    visit.leave_cookies();
    let form = visit.foreign_form()?;
    let kept: Vec<_> = form.iter().filter(|(name, _)| PARAMETERS.contains(&name.as_str())).collect();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    Ok(Reply::see_other(&format!("/logout?{query}")))
}

/// What is asked for, as far as it holds.
#[derive(Default)]
pub(crate) struct Asked {
    /// The service.
    pub(crate) client: Option<Arc<Client>>,
    /// Its identifier of the resident, proven by an ID token.
    pub(crate) subject: Option<String>,
    /// Where the resident goes on to afterwards.
    pub(crate) way_back: Option<String>,
}

/// Reads the request; nothing of one that doesn't hold together counts.
pub(crate) async fn read(app: &App, visit: &Visit) -> Result<Asked, Problem> {
    let parameters = Parameters::new(visit.parameters());
    let hint = match parameters.get("id_token_hint") {
        Some(token) => id_token::read_hint(token, &app.config.origin, &*signing_keys(app).await?),
        None => None,
    };
    let Some(request) = logout::read(parameters, hint) else { return Ok(Asked::default()) };
    let client = match &request.client {
        Some(id) => provider::client(app, id).await?,
        None => None,
    };
    let way_back = client.as_ref().and_then(|client| logout::way_back(parameters, client));
    Ok(Asked { client, subject: request.subject, way_back })
}
