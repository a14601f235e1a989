//! The ID token of a sign-in, with its faults.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use crate::{Bank, Failure, Fault, memory::Grant};

/// The lifetime of an ID token, in seconds.
const LIFETIME: i64 = 300;
const AN_HOUR: i64 = 3_600;
const A_DAY: i64 = 86_400;

/// A client ID that does not exist.
pub(crate) const ANOTHER_CLIENT: &str = "another-client";
/// The issuer of another provider.
pub(crate) const ANOTHER_ISSUER: &str = "https://another-bank.example";

impl Bank {
    /// The ID token of a grant (OpenID Connect Core 2).
    ///
    /// # Errors
    /// [`Failure`] when a key can't be generated.
    pub(crate) async fn id_token(&self, grant: &Grant, fault: Option<Fault>) -> Result<String, Failure> {
        let keys = &self.inner.keys;
        if fault == Some(Fault::RotatedKeys) {
            keys.rotate().await?;
        }
        let (claims, key) = (self.claims(grant, fault), keys.current().await?);
        match fault {
            Some(Fault::BadSignature) => keys.unpublished().await?.sign(&claims, key.id()),
            Some(Fault::UnknownKey) => {
                let unpublished = keys.unpublished().await?;
                unpublished.sign(&claims, unpublished.id())
            }
            Some(Fault::AlgNone) => Ok(unsigned(&claims)),
            Some(Fault::AlgHs256) => key.sign_with_public_key(&claims),
            _ => key.sign(&claims, key.id()),
        }
    }

    fn claims(&self, grant: &Grant, fault: Option<Fault>) -> Map<String, Value> {
        let client = &self.inner.client_id;
        let now = self.now().as_second();
        let issued = match fault {
            Some(Fault::Expired) => now - AN_HOUR,
            Some(Fault::IssuedInFuture) => now + A_DAY,
            _ => now,
        };
        let mut claims = Map::new();
        let mut insert = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        insert(
            "iss",
            json!(if fault == Some(Fault::WrongIssuer) { ANOTHER_ISSUER } else { &self.inner.issuer }),
        );
        if fault != Some(Fault::NoSubject) {
            insert("sub", json!(grant.subject));
        }
        let audience = match fault {
            Some(Fault::WrongAudience) => json!(ANOTHER_CLIENT),
            Some(Fault::SecondAudience) => json!([client, ANOTHER_CLIENT]),
            _ => json!(client),
        };
        insert("aud", audience);
        insert("exp", json!(issued + LIFETIME));
        insert("iat", json!(issued));
        // A sign-in can't be later than its token.
        let auth_time = grant.signed_in_at.as_second().min(issued);
        match fault {
            Some(Fault::NoAuthTime) => None,
            Some(Fault::OldAuthTime) => insert("auth_time", json!(auth_time - AN_HOUR)),
            _ => insert("auth_time", json!(auth_time)),
        };
        match fault {
            Some(Fault::NoNonce) => None,
            Some(Fault::WrongNonce) => insert("nonce", json!(self.secret())),
            _ => insert("nonce", json!(grant.nonce)),
        };
        claims
    }
}

/// An unsecured JWT (RFC 7519 section 6).
fn unsigned(claims: &Map<String, Value>) -> String {
    let part = |json: &[u8]| BASE64URL_NOPAD.encode(json);
    let claims = Value::Object(claims.clone()).to_string();
    format!("{}.{}.", part(br#"{"typ":"JWT","alg":"none"}"#), part(claims.as_bytes()))
}
