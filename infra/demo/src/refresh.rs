//! Refreshes the tokens of a session.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use openidconnect::OAuth2TokenResponse;

use crate::{failure::Failure, language::PageLanguage, service::Service, session::Session};

/// Refreshes the tokens and shows the new claims.
pub(crate) async fn refresh(
    State(service): State<Arc<Service>>,
    language: PageLanguage,
    headers: HeaderMap,
) -> Response {
    let pages = service.pages(language, &headers);
    if !service.is_same_origin(&headers) {
        return pages.failed(&Failure::bad_request("foreign_form", "the form is from another site"));
    }
    match service.refresh(&headers).await {
        Ok(session) => pages.records(&session),
        Err(failure) => pages.failed(&failure),
    }
}

impl Service {
    async fn refresh(&self, headers: &HeaderMap) -> Result<Session, Failure> {
        let secret = self.cookies.session(headers).ok_or_else(Failure::not_signed_in)?;
        let _guard = self.refreshing.lock().await;
        let mut session = self.sessions.find(secret).ok_or_else(Failure::not_signed_in)?;
        let Some(token) = session.refresh_token.clone() else {
            return Err(Failure::bad_request("no_refresh_token", "offline_access was not requested"));
        };
        let response = self.redeem_refresh_token(&token).await?;
        // The new token is stored even if the rest fails: the old one has been used.
        session.refresh_token = response.refresh_token().cloned().or(session.refresh_token);
        self.sessions.renew(secret, session.clone());

        let session = self.refreshed(session, &response).await?;
        self.sessions.renew(secret, session.clone());
        Ok(session)
    }
}
