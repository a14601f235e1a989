//! Calls with a code or a token: the token endpoint and userinfo.

use openidconnect::{
    AdditionalClaims, AuthorizationCode, OAuth2TokenResponse, RefreshToken, SubjectIdentifier, TokenResponse,
    UserInfoClaims,
    core::{CoreGenderClaim, CoreTokenResponse, CoreTokenType},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    failure::Failure,
    service::{Client, Service},
    session::Session,
    sign_in::SignIn,
    verify::{Expected, Received},
};

/// Claims of userinfo beyond the standard ones.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
struct Others(Map<String, Value>);

impl AdditionalClaims for Others {}

impl Service {
    /// Redeems a sign-in's code, and checks what came for it.
    ///
    /// # Errors
    /// The provider refuses, doesn't answer, or says something that doesn't fit together.
    pub(crate) async fn redeem(&self, code: String, sign_in: SignIn) -> Result<Session, Failure> {
        let client = self.client(&*self.provider.metadata(self.now()).await?);
        let mut request =
            client.exchange_code(AuthorizationCode::new(code))?.set_pkce_verifier(sign_in.verifier);
        for (name, value) in self.proof()? {
            request = request.add_extra_param(name, value);
        }
        let answer = request.request_async(&self.provider.calls).await?;
        let id_token = answer.id_token().cloned();
        let id_token =
            id_token.ok_or_else(|| Failure::answered("no_id_token", "the answer has no ID token"))?;

        let received = Received { id_token: &id_token, access_token: answer.access_token() };
        let expected = Expected::SignIn { nonce: &sign_in.nonce, max_age: sign_in.max_age };
        let subject = self.verify(&received, &expected).await?;
        let userinfo = self.userinfo(&client, &answer, &subject).await?;
        Ok(Session {
            id_token,
            subject,
            nonce: sign_in.nonce,
            userinfo,
            scope: granted(&answer).unwrap_or(sign_in.scope),
            expires_in: answer.expires_in().map(|lifetime| lifetime.as_secs()),
            refresh_token: answer.refresh_token().cloned(),
            refreshed: false,
            back: sign_in.back,
        })
    }

    /// Redeems a refresh token.
    ///
    /// # Errors
    /// The provider refuses or doesn't answer.
    pub(crate) async fn redeem_again(&self, token: &RefreshToken) -> Result<CoreTokenResponse, Failure> {
        let client = self.client(&*self.provider.metadata(self.now()).await?);
        let mut request = client.exchange_refresh_token(token)?;
        for (name, value) in self.proof()? {
            request = request.add_extra_param(name, value);
        }
        Ok(request.request_async(&self.provider.calls).await?)
    }

    /// Checks what came for a refresh token; without an ID token the old one goes on.
    ///
    /// # Errors
    /// As [`Service::redeem`].
    pub(crate) async fn refreshed(
        &self,
        before: Session,
        answer: &CoreTokenResponse,
    ) -> Result<Session, Failure> {
        if let Some(id_token) = answer.id_token() {
            let received = Received { id_token, access_token: answer.access_token() };
            self.verify(&received, &Expected::Refresh { before: &before }).await?;
        }
        let client = self.client(&*self.provider.metadata(self.now()).await?);
        Ok(Session {
            userinfo: self.userinfo(&client, answer, &before.subject).await?,
            id_token: answer.id_token().cloned().unwrap_or(before.id_token),
            scope: granted(answer).unwrap_or(before.scope),
            expires_in: answer.expires_in().map(|lifetime| lifetime.as_secs()),
            refreshed: true,
            ..before
        })
    }

    /// What userinfo says of the resident whose access token this is, and of nobody else (OpenID Connect Core 5.3.2).
    async fn userinfo(
        &self,
        client: &Client,
        answer: &CoreTokenResponse,
        subject: &SubjectIdentifier,
    ) -> Result<Map<String, Value>, Failure> {
        if *answer.token_type() != CoreTokenType::Bearer {
            let kind = answer.token_type().as_ref();
            return Err(Failure::answered("unsupported_token_type", kind));
        }
        if client.user_info_url().is_none() {
            return Ok(Map::new());
        }
        let request = client.user_info(answer.access_token().clone(), Some(subject.clone()))?;
        let claims: UserInfoClaims<Others, CoreGenderClaim> =
            request.request_async(&self.provider.calls).await?;
        serde_json::to_value(claims)
            .and_then(serde_json::from_value)
            .map_err(|error| Failure::broken(error.to_string()))
    }
}

/// The scope that was granted; without a word about it, what was asked for (RFC 6749 section 5.1).
fn granted(answer: &CoreTokenResponse) -> Option<String> {
    let scopes = answer.scopes()?;
    Some(scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "))
}
