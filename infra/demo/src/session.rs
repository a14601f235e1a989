//! The session of a signed-in resident.

use data_encoding::BASE64URL_NOPAD;
use openidconnect::{Nonce, RefreshToken, SubjectIdentifier, core::CoreIdToken};
use serde_json::{Map, Value, json};

/// A signed-in resident, with the tokens and claims.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) id_token: CoreIdToken,
    pub(crate) subject: SubjectIdentifier,
    /// The nonce of the authentication request.
    pub(crate) nonce: Nonce,
    pub(crate) userinfo: Map<String, Value>,
    pub(crate) scope: String,
    pub(crate) expires_in: Option<u64>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) refreshed: bool,
    /// The address of the link on the page of records.
    pub(crate) back: String,
}

impl Session {
    /// The claims of the ID token, additional claims of userinfo, and properties of the tokens. Contains no access or
    /// refresh token.
    pub(crate) fn to_json(&self) -> Value {
        let mut claims = claims(&self.id_token);
        for (name, value) in &self.userinfo {
            claims.entry(name).or_insert_with(|| value.clone());
        }
        let token = json!({
            "scope": self.scope,
            "expires_in": self.expires_in,
            "refreshed": self.refreshed,
            "has_refresh_token": self.refresh_token.is_some(),
        });
        claims.insert("token".to_owned(), token);
        claims.into()
    }

    /// A claim of the ID token.
    pub(crate) fn claim(&self, name: &str) -> Option<Value> {
        claims(&self.id_token).remove(name)
    }
}

/// The claims of an ID token, as signed.
fn claims(id_token: &CoreIdToken) -> Map<String, Value> {
    let text = id_token.to_string();
    let payload = text.split('.').nth(1).and_then(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok());
    payload.and_then(|payload| serde_json::from_slice(&payload).ok()).unwrap_or_default()
}
