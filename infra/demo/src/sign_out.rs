//! Signs out of the service and of the provider (OpenID Connect RP-Initiated Logout).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use openidconnect::{CsrfToken, LogoutRequest};

use crate::{
    failure::Failure, language::PageLanguage, memory::PendingKey, parameters::ParametersQuery, random,
    service::Service, session::Session,
};

/// Ends the session and redirects to the provider to end its session.
pub(crate) async fn sign_out(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
) -> Response {
    if !service.is_same_origin(&headers) {
        return service
            .pages(language, &headers)
            .failed(&Failure::bad_request("foreign_form", "the form is from another site"));
    }
    let session = service.cookies.session(&headers).and_then(|secret| service.sessions.end(secret));
    let browser = service.cookies.browser(&headers);
    let state = random::secret();
    service.sign_outs.insert(PendingKey { state: &state, browser: &browser.secret, now: service.now() }, ());

    let cookies = [service.cookies.drop_session(), service.cookies.keep_browser(&browser)];
    let cookies = AppendHeaders(cookies.into_iter().flatten().map(|cookie| (header::SET_COOKIE, cookie)));
    match service.end_session_url(session, state).await {
        Ok(url) => (StatusCode::SEE_OTHER, cookies, [(header::LOCATION, url)]).into_response(),
        Err(failure) => (cookies, service.pages(language, &headers).failed(&failure)).into_response(),
    }
}

/// The post-logout redirect URI.
pub(crate) async fn signed_out(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
    Query(parameters): ParametersQuery,
) -> Response {
    let browser = service.cookies.browser(&headers).secret;
    let is_signed_out = match parameters.first("state") {
        Some(state) => {
            let key = PendingKey { state, browser: &browser, now: service.now() };
            service.sign_outs.take(key).is_some()
        }
        // The page in the other language.
        None => service.session(&headers).is_none(),
    };
    service.pages(language, &headers).signed_out(is_signed_out)
}

impl Service {
    /// The provider's end-session URL, or the post-logout page if it has none.
    async fn end_session_url(&self, session: Option<Session>, state: String) -> Result<String, Failure> {
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
