//! The bank's RSA keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use pem::{EncodeConfig, LineEnding, Pem};
use serde::Serialize;
use tokio::{sync::Mutex as AsyncMutex, task::spawn_blocking};

use crate::Failure;

/// The signing key, and a key that is never published.
pub(crate) struct Keys {
    state: Mutex<State>,
    /// Serializes the generation of keys, so that concurrent callers don't generate two.
    generation: AsyncMutex<()>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Key>>,
    unpublished: Option<Arc<Key>>,
}

/// A key pair.
pub(crate) struct Key {
    pem: String,
    signing: EncodingKey,
    public: Jwk,
    /// The public key in PEM.
    public_pem: String,
}

/// Generates a signing key in PEM, for [`Options::key`](crate::Options::key). This takes seconds.
///
/// # Errors
/// [`Failure`] when the system has no randomness.
pub fn fresh_key() -> Result<String, Failure> {
    let pair = KeyPair::generate(KeySize::Rsa2048);
    let der = pair.and_then(|pair| AsDer::<Pkcs8V1Der<'_>>::as_der(&pair));
    let der = der.map_err(|_| Failure::new("a key can't be generated"))?;
    Ok(pem("PRIVATE KEY", der.as_ref()))
}

impl Keys {
    /// # Errors
    /// [`Failure`] when the key can't be parsed.
    pub(crate) fn new(first: Option<&str>) -> Result<Self, Failure> {
        let current = first.map(Key::read).transpose()?.map(Arc::new);
        let state = Mutex::new(State { current, unpublished: None });
        Ok(Self { state, generation: AsyncMutex::new(()) })
    }

    /// The signing key.
    ///
    /// # Errors
    /// [`Failure`] when it can't be generated.
    pub(crate) async fn current(&self) -> Result<Arc<Key>, Failure> {
        let _guard = self.generation.lock().await;
        if let Some(current) = &self.state().current {
            return Ok(current.clone());
        }
        let key = Key::generate().await?;
        self.state().current = Some(key.clone());
        Ok(key)
    }

    /// The key that is never published.
    ///
    /// # Errors
    /// [`Failure`] when it can't be generated.
    pub(crate) async fn unpublished(&self) -> Result<Arc<Key>, Failure> {
        let _guard = self.generation.lock().await;
        if let Some(unpublished) = &self.state().unpublished {
            return Ok(unpublished.clone());
        }
        let key = Key::generate().await?;
        self.state().unpublished = Some(key.clone());
        Ok(key)
    }

    /// Replaces the signing key.
    ///
    /// # Errors
    /// [`Failure`] when the new key can't be generated; the old one stays.
    pub(crate) async fn rotate(&self) -> Result<(), Failure> {
        let _guard = self.generation.lock().await;
        let key = Key::generate().await?;
        self.state().current = Some(key);
        Ok(())
    }

    pub(crate) fn pem(&self) -> Option<String> {
        self.state().current.as_ref().map(|key| key.pem.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    /// Generates a key on a blocking thread.
    async fn generate() -> Result<Arc<Self>, Failure> {
        let key = spawn_blocking(|| Self::read(&fresh_key()?)).await;
        key.map_err(|error| Failure::new(error.to_string()))?.map(Arc::new)
    }

    fn read(pem: &str) -> Result<Self, Failure> {
        Self::parse(pem).ok_or_else(|| Failure::new("the signing key can't be parsed"))
    }

    fn parse(text: &str) -> Option<Self> {
        let signing = EncodingKey::from_rsa_pem(text.as_bytes()).ok()?;
        let pair = KeyPair::from_der(signing.as_bytes()).ok()?;
        let der = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).ok()?;
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::RS256).ok()?;
        public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256).ok()?);
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(Self { pem: text.to_owned(), signing, public, public_pem: pem("PUBLIC KEY", der.as_ref()) })
    }

    /// The key ID.
    pub(crate) fn id(&self) -> Option<&str> {
        self.public.common.key_id.as_deref()
    }

    /// The key set while this is the signing key.
    pub(crate) fn published(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }

    /// Signs claims with this key ID in the header.
    ///
    /// # Errors
    /// [`Failure`] when the claims can't be signed.
    pub(crate) fn sign(&self, claims: &impl Serialize, id: Option<&str>) -> Result<String, Failure> {
        encode(&header(Algorithm::RS256, id), claims, &self.signing)
    }

    /// Signs claims with HMAC and the public key as the secret.
    ///
    /// # Errors
    /// [`Failure`] when the claims can't be signed.
    pub(crate) fn sign_with_public_key(&self, claims: &impl Serialize) -> Result<String, Failure> {
        let secret = EncodingKey::from_secret(self.public_pem.as_bytes());
        encode(&header(Algorithm::HS256, self.id()), claims, &secret)
    }
}

fn header(algorithm: Algorithm, id: Option<&str>) -> Header {
    Header { kid: id.map(ToOwned::to_owned), ..Header::new(algorithm) }
}

fn encode(header: &Header, claims: &impl Serialize, key: &EncodingKey) -> Result<String, Failure> {
    jsonwebtoken::encode(header, claims, key).map_err(|error| Failure::new(error.to_string()))
}

fn pem(tag: &str, der: &[u8]) -> String {
    let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new(tag, der), lines)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_public_key_verifies_signatures_and_is_the_hmac_secret() {
        let key = Key::read(&fresh_key().unwrap()).unwrap();
        let public = key.public_pem.as_bytes();
        let signed = key.sign(&json!({"sub": "s"}), key.id()).unwrap();
        let by_hmac = key.sign_with_public_key(&json!({"sub": "s"})).unwrap();
        for (token, algorithm, key) in [
            (signed, Algorithm::RS256, DecodingKey::from_rsa_pem(public).unwrap()),
            (by_hmac, Algorithm::HS256, DecodingKey::from_secret(public)),
        ] {
            let mut validation = Validation::new(algorithm);
            validation.required_spec_claims.clear();
            assert_eq!(decode::<Value>(&token, &key, &validation).unwrap().claims["sub"], "s");
        }
    }
}
