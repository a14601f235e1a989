//! Signing out here and at the provider (OpenID Connect RP-Initiated Logout).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use openidconnect::{CsrfToken, LogoutRequest};

use crate::{
    asked::AskedQuery, failure::Failure, memory::Ticket, random, service::Service, session::Session,
};

/// Ends the session here, and goes on to end the provider's.
pub(crate) async fn sign_out(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    if !service.is_own_form(&headers) {
        return service.failed(&Failure::refused("foreign_form", "this form is another site's"));
    }
    let session = service.cookies.session(&headers).and_then(|secret| service.sessions.end(secret));
    let browser = service.cookies.browser(&headers);
    let state = random::secret();
    service.sign_outs.send_off(Ticket { state: &state, browser: &browser.secret, now: service.now() }, ());

    let cookies = [service.cookies.drop_session(), service.cookies.keep_browser(&browser)];
    let cookies = AppendHeaders(cookies.into_iter().flatten().map(|cookie| (header::SET_COOKIE, cookie)));
    match service.way_out(session, state).await {
        Ok(address) => (StatusCode::SEE_OTHER, cookies, [(header::LOCATION, address)]).into_response(),
        Err(failure) => (cookies, service.failed(&failure)).into_response(),
    }
}

/// Where the provider leads back to.
pub(crate) async fn signed_out(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Query(asked): AskedQuery,
) -> Response {
    let browser = service.cookies.browser(&headers).secret;
    let state = asked.first("state").unwrap_or_default();
    let errand = service.sign_outs.welcome(Ticket { state, browser: &browser, now: service.now() });
    service.signed_out(errand.is_some())
}

impl Service {
    /// The provider's page that ends its session; straight back when it has none.
    async fn way_out(&self, session: Option<Session>, state: String) -> Result<String, Failure> {
        let metadata = self.provider.metadata(self.now()).await?;
        let Some(page) = metadata.additional_metadata().end_session_endpoint.clone() else {
            return Ok(format!("/signed-out?state={state}"));
        };
        let mut request = LogoutRequest::from(page)
            .set_client_id(self.client_id.clone())
            .set_post_logout_redirect_uri(self.signed_out.clone())
            .set_state(CsrfToken::new(state));
        if let Some(session) = session {
            request = request.set_id_token_hint(&session.id_token);
        }
        Ok(request.http_get_url().into())
    }
}
