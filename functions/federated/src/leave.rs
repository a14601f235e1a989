//! A resident goes to a partner. Nothing that goes there depends on the service that they are going to (RULES 4.2).

use app::App;
use domain::{
    language::Language,
    partner::{Departure, Partner, State},
};
use openidconnect::{
    AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, core::CoreResponseType,
};
use tokio::time::timeout;
use web::{Answer, Reply, Visit, partner::Trouble};

use crate::{
    back, partner,
    relying::{self, Unreliable, WITHIN},
};

pub(crate) async fn leave(app: &App, visit: &Visit) -> Answer {
    let (way, is_linking) = (visit.way(), visit.query("link").is_some());
    let id = visit.query("partner").and_then(|id| id.parse().ok());
    let Some(partner) = id.and_then(|id| partner(app, &id)) else {
        return Ok(Reply::see_other(&way.href("/login")));
    };
    let state: State = app.new_secret();
    let url = match timeout(WITHIN, authorization(app, (partner, &state), visit.language())).await {
        Ok(Ok(url)) => url,
        Ok(Err(Unreliable::Away(reason) | Unreliable::Wrong(reason))) => {
            tracing::warn!(partner = %partner.id, reason, "a partner can't be reached");
            return Ok(back(Trouble::Unavailable, (&way, is_linking)));
        }
        Err(_) => return Ok(back(Trouble::Unavailable, (&way, is_linking))),
    };
    app.table
        .depart(&Departure {
            state: state.hash(),
            browser: visit.own_browser().hash(),
            partner: partner.id.clone(),
            transaction: way.transaction,
            next: way.next,
            language: way.language,
            left_at: app.now(),
            is_linking,
            is_used: false,
        })
        .await?;
    Ok(Reply::see_other(&url))
}

/// The authentication request (OpenID Connect Core section 3.1.2.1), with PKCE.
async fn authorization(
    app: &App,
    (partner, state): (&Partner, &State),
    language: Language,
) -> Result<String, Unreliable> {
    let metadata = relying::metadata(app, partner).await?;
    let client = relying::client(app, (partner, &metadata))?;
    let (csrf, nonce) = (CsrfToken::new(state.expose()), Nonce::new(state.nonce(&app.keys)));
    let verifier = PkceCodeVerifier::new(state.verifier(&app.keys));
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let request = client
        .authorize_url(flow, move || csrf, move || nonce)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("ui_locales", format!("{language}-CA"));
    Ok(request.url().0.to_string())
}
