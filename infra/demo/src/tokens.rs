//! Requests to the token endpoint and to userinfo.

use openidconnect::{
    AdditionalClaims, AuthorizationCode, OAuth2TokenResponse, RefreshToken, SubjectIdentifier, TokenResponse,
    UserInfoClaims,
    core::{CoreGenderClaim, CoreTokenResponse, CoreTokenType},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    failure::Failure,
    memory::SignIn,
    service::{Client, Service},
    session::Session,
    verify::{Expected, Received},
};

/// Additional claims of userinfo.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

impl Service {
    /// Redeems a code and verifies the tokens.
    ///
    /// # Errors
    /// [`Failure`] when the provider is unavailable, rejects the code, or sends invalid tokens.
    pub(crate) async fn redeem(&self, code: String, sign_in: SignIn) -> Result<Session, Failure> {
        let client = self.client(&*self.provider.metadata(self.now()).await?);
        let mut request =
            client.exchange_code(AuthorizationCode::new(code))?.set_pkce_verifier(sign_in.verifier);
        for (name, value) in self.authentication()? {
            request = request.add_extra_param(name, value);
        }
        let response = request.request_async(&self.provider.http).await?;
        let id_token = response.id_token().cloned();
        let id_token =
            id_token.ok_or_else(|| Failure::provider("no_id_token", "the response has no ID token"))?;

        let received = Received { id_token: &id_token, access_token: response.access_token() };
        let expected = Expected::SignIn { nonce: &sign_in.nonce, max_age: sign_in.max_age };
        let subject = self.verify(&received, &expected).await?;
        let userinfo = self.userinfo(&client, &response, &subject).await?;
        Ok(Session {
            id_token,
            subject,
            nonce: sign_in.nonce,
            userinfo,
            scope: granted(&response).unwrap_or(sign_in.scope),
            expires_in: response.expires_in().map(|lifetime| lifetime.as_secs()),
            refresh_token: response.refresh_token().cloned(),
            refreshed: false,
            back: sign_in.back,
        })
    }

    /// Redeems a refresh token.
    ///
    /// # Errors
    /// [`Failure`] when the provider is unavailable or rejects the token.
    pub(crate) async fn redeem_refresh_token(
        &self,
        token: &RefreshToken,
    ) -> Result<CoreTokenResponse, Failure> {
        let client = self.client(&*self.provider.metadata(self.now()).await?);
        let mut request = client.exchange_refresh_token(token)?;
        for (name, value) in self.authentication()? {
            request = request.add_extra_param(name, value);
        }
        Ok(request.request_async(&self.provider.http).await?)
    }

    /// Verifies the tokens of a refresh; without a new ID token the old one stays.
    ///
    /// # Errors
    /// As [`Service::redeem`].
    pub(crate) async fn refreshed(
        &self,
        before: Session,
        response: &CoreTokenResponse,
    ) -> Result<Session, Failure> {
        if let Some(id_token) = response.id_token() {
            let received = Received { id_token, access_token: response.access_token() };
            self.verify(&received, &Expected::Refresh { before: &before }).await?;
        }
        let client = self.client(&*self.provider.metadata(self.now()).await?);
        Ok(Session {
            userinfo: self.userinfo(&client, response, &before.subject).await?,
            id_token: response.id_token().cloned().unwrap_or(before.id_token),
            scope: granted(response).unwrap_or(before.scope),
            expires_in: response.expires_in().map(|lifetime| lifetime.as_secs()),
            refreshed: true,
            ..before
        })
    }

    /// The userinfo claims of the access token, which must have the same subject (OpenID Connect Core 5.3.2).
    async fn userinfo(
        &self,
        client: &Client,
        response: &CoreTokenResponse,
        subject: &SubjectIdentifier,
    ) -> Result<Map<String, Value>, Failure> {
        if *response.token_type() != CoreTokenType::Bearer {
            let kind = response.token_type().as_ref();
            return Err(Failure::provider("unsupported_token_type", kind));
        }
        if client.user_info_url().is_none() {
            return Ok(Map::new());
        }
        let request = client.user_info(response.access_token().clone(), Some(subject.clone()))?;
        let claims: UserInfoClaims<OtherClaims, CoreGenderClaim> =
            request.request_async(&self.provider.http).await?;
        serde_json::to_value(claims)
            .and_then(serde_json::from_value)
            .map_err(|error| Failure::internal(error.to_string()))
    }
}

/// The granted scope; `None` means the requested one (RFC 6749 section 5.1).
fn granted(response: &CoreTokenResponse) -> Option<String> {
    let scopes = response.scopes()?;
    Some(scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "))
}
