//! New tokens for a session that has a refresh token.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use openidconnect::OAuth2TokenResponse;

use crate::{failure::Failure, service::Service, session::Session};

/// Gets new tokens, and shows what they say.
pub(crate) async fn refresh(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    if !service.is_own_form(&headers) {
        return service.failed(&Failure::refused("foreign_form", "this form is another site's"));
    }
    match service.refresh(&headers).await {
        Ok(session) => service.claims(&session),
        Err(failure) => service.failed(&failure),
    }
}

impl Service {
    async fn refresh(&self, headers: &HeaderMap) -> Result<Session, Failure> {
        let secret = self.cookies.session(headers).ok_or_else(Failure::not_signed_in)?;
        let _one_at_a_time = self.refreshing.lock().await;
        let mut session = self.sessions.find(secret).ok_or_else(Failure::not_signed_in)?;
        let Some(token) = session.refresh_token.clone() else {
            return Err(Failure::refused("no_refresh_token", "offline_access was not asked for"));
        };
        let answer = self.redeem_again(&token).await?;
        // Kept whatever comes of the rest: the old one is spent.
        session.refresh_token = answer.refresh_token().cloned().or(session.refresh_token);
        self.sessions.renew(secret, session.clone());

        let session = self.refreshed(session, &answer).await?;
        self.sessions.renew(secret, session.clone());
        Ok(session)
    }
}
