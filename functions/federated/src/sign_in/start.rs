//! Sends a browser to a partner. What is sent there depends on the service only in whether a new sign-in is required
//! (RULES 4.2, 4.5).

use account::PartnerError;
use domain::{
    keys::SessionKeys,
    partner::{Partner, PartnerId, PartnerLogin, State},
    secret::kind,
};
use http_kernel::{CookieName, Error, OrRedirect, Request, Response, Result, retry_on_conflict};
use oidc::relying_party::authentication_request::AuthenticationRequest;
use table::LimitedAction;
use tokio::time::timeout;

use crate::{
    partner_return::PartnerReturn,
    relying::{self, ProviderError, WITHIN},
};

/// What isn't opened as a page, such as an image, begins nothing: another site could use up the sign-ins of its reader's
/// source (RULES 3.11).
pub(crate) async fn start(request: &Request<'_>) -> Result<Response> {
    if !request.is_navigation() {
        return Ok(Response::nothing());
    }
    let is_linking = request.query("link").is_some();
    let is_reauthentication = request.query("again").is_some();
    let partner_return =
        PartnerReturn { is_linking, is_reauthentication, ..PartnerReturn::from_request(request) };
    let id: Option<PartnerId> = request.query("partner").and_then(|id| id.parse().ok());
    let partner = id.and_then(|id| request.config().partners_on().find(|partner| partner.id == id));
    let partner = partner.or_redirect(&request.href("/login"))?;
    let (state, keys): (State, _) = (request.new_secret(), request.keys().session()?);
    let url = authentication_url(request, keys, partner, &state, is_reauthentication);
    let url = match timeout(WITHIN, url).await {
        Ok(Ok(url)) => url,
        Ok(Err(ProviderError::Unavailable(reason) | ProviderError::InvalidResponse(reason))) => {
            tracing::warn!(partner = %partner.id, reason, "a partner can't be reached");
            return Ok(partner_return.error_redirect(PartnerError::Unavailable));
        }
        Err(_) => return Ok(partner_return.error_redirect(PartnerError::Unavailable)),
    };
    let login = PartnerLogin {
        state: state.hash(),
        browser: request.browser().hash(),
        partner: partner.id.clone(),
        interaction: partner_return.return_to.interaction(),
        next: partner_return.return_to.page().cloned(),
        language: partner_return.ui_locale,
        started_at: request.now(),
        is_linking,
        is_reauthentication,
        is_used: false,
        slot: None,
    };
    let again = partner_return.href(if is_linking { "/federated" } else { "/login" });
    retry_on_conflict("leave for partner", || async {
        let slot = request.rate_slot(LimitedAction::Starts, &again).await?;
        Ok::<_, Error>(request.table().begin_partner_login(&login, &slot).await?)
    })
    .await?;
    // The browser has its device cookie before the callback, whose response may be lost: a repeated sign-in is then not
    // reported as one in a new browser (RULES 3.9).
    Ok(request.with_new_secret::<kind::Device>(Response::see_other(&url), CookieName::Device))
}

/// The partner's authorization endpoint, with our authentication request.
async fn authentication_url(
    request: &Request<'_>,
    keys: &SessionKeys,
    partner: &Partner,
    state: &State,
    reauthenticate: bool,
) -> Result<String, ProviderError> {
    let provider = relying::provider(request.app(), partner).await?;
    let authentication_request = AuthenticationRequest {
        client_id: &partner.client_id,
        redirect_uri: &relying::redirect_uri(request.app(), partner),
        state: &state.expose(),
        nonce: &state.nonce(keys),
        code_verifier: &state.verifier(keys),
        ui_locales: &format!("{}-CA", request.language()),
        reauthenticate,
    };
    Ok(authentication_request.url(&provider.metadata.authorization_endpoint).into())
}
