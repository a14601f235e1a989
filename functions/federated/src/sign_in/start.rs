//! A resident goes to a partner. Nothing that goes there depends on the service that they are going to (RULES 4.2).

use app::App;
use domain::{
    language::Language,
    partner::{Partner, PartnerLogin, State},
};
use http_kernel::{Answer, Request, Response, partner::FormError};
use openidconnect::{
    AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, core::CoreResponseType,
};
use tokio::time::timeout;

use crate::{
    back, partner,
    relying::{self, Unreliable, WITHIN},
};

pub(crate) async fn start(app: &App, request: &Request) -> Answer {
    let (return_to, is_linking) = (request.return_to(), request.query("link").is_some());
    let id = request.query("partner").and_then(|id| id.parse().ok());
    let Some(partner) = id.and_then(|id| partner(app, &id)) else {
        return Ok(Response::see_other(&return_to.href("/login")));
    };
    let state: State = app.new_secret();
    let url = match timeout(WITHIN, authorization(app, partner, &state, request.language())).await {
        Ok(Ok(url)) => url,
        Ok(Err(Unreliable::Away(reason) | Unreliable::Wrong(reason))) => {
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

/// The authentication request (OpenID Connect Core section 3.1.2.1), with PKCE.
async fn authorization(
    app: &App,
    partner: &Partner,
    state: &State,
    language: Language,
) -> Result<String, Unreliable> {
    let metadata = relying::metadata(app, partner).await?;
    let client = relying::client(app, partner, &metadata)?;
    let (csrf, nonce) = (CsrfToken::new(state.expose()), Nonce::new(state.nonce(&app.keys)));
    let verifier = PkceCodeVerifier::new(state.verifier(&app.keys));
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let request = client
        .authorize_url(flow, move || csrf, move || nonce)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("ui_locales", format!("{language}-CA"));
    Ok(request.url().0.to_string())
}
