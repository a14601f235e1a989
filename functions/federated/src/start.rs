//! A resident goes to a partner. Nothing that goes there depends on the service that they are going to (RULES 4.2).

use app::App;
use domain::{
    language::Language,
    partner::{Partner, PartnerLogin, State},
};
use http_kernel::{Answer, Request, Response, partner::FormError};
use oidc::relying_party::authentication_request::AuthenticationRequest;
use tokio::time::timeout;

use crate::{
    back, partner,
    relying::{self, PartnerError, WITHIN},
};

pub(crate) async fn start(app: &App, request: &Request) -> Answer {
    let (return_to, is_linking) = (request.return_to(), request.query("link").is_some());
    let id = request.query("partner").and_then(|id| id.parse().ok());
    let Some(partner) = id.and_then(|id| partner(app, &id)) else {
        return Ok(Response::see_other(&return_to.href("/login")));
    };
    let state: State = app.new_secret();
    let url = match timeout(WITHIN, authentication_url(app, partner, &state, request.language())).await {
        Ok(Ok(url)) => url,
        Ok(Err(PartnerError::Unavailable(reason) | PartnerError::InvalidResponse(reason))) => {
            tracing::warn!(partner = %partner.id, reason, "a partner can't be reached");
            return Ok(back(FormError::Unavailable, &return_to, is_linking));
        }
        Err(_) => return Ok(back(FormError::Unavailable, &return_to, is_linking)),
    };
    app.table
        .begin_partner_login(&PartnerLogin {
            state: state.hash(),
            browser: request.own_browser().hash(),
            partner: partner.id.clone(),
            interaction: return_to.interaction,
            next: return_to.next,
            language: return_to.language,
            started_at: app.now(),
            is_linking,
            is_used: false,
        })
        .await?;
    Ok(Response::see_other(&url))
}

/// Where the browser is sent: the partner's authorization endpoint, with our authentication request.
async fn authentication_url(
    app: &App,
    partner: &Partner,
    state: &State,
    language: Language,
) -> Result<String, PartnerError> {
    let provider = relying::provider(app, partner).await?;
    let request = AuthenticationRequest {
        client_id: &partner.client_id,
        redirect_uri: &relying::redirect_uri(app, partner),
        state: &state.expose(),
        nonce: &state.nonce(&app.keys),
        code_verifier: &state.verifier(&app.keys),
        ui_locales: &format!("{language}-CA"),
    };
    Ok(request.url(&provider.metadata.authorization_endpoint).into())
}
