//! What the service has of a resident who is signed in.

use data_encoding::BASE64URL_NOPAD;
use openidconnect::{Nonce, RefreshToken, SubjectIdentifier, core::CoreIdToken};
use serde_json::{Map, Value, json};

/// A signed-in resident: the ID token that says so, and what came with it.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) id_token: CoreIdToken,
    pub(crate) subject: SubjectIdentifier,
    /// What the sign-in sent.
    pub(crate) nonce: Nonce,
    pub(crate) userinfo: Map<String, Value>,
    pub(crate) scope: String,
    pub(crate) expires_in: Option<u64>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) refreshed: bool,
    /// Where the service's page of the claims leads back to.
    pub(crate) back: String,
}

impl Session {
    /// The ID token's claims, with those of userinfo that it doesn't have, and what is said of the tokens. The access
    /// and refresh tokens themselves stay here.
    pub(crate) fn shown(&self) -> Value {
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

/// An ID token's claims as they were signed.
fn claims(id_token: &CoreIdToken) -> Map<String, Value> {
    let text = id_token.to_string();
    let payload = text.split('.').nth(1).and_then(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok());
    payload.and_then(|payload| serde_json::from_slice(&payload).ok()).unwrap_or_default()
}
