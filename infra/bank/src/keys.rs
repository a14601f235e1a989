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

/// The key that signs, and one that is nobody's.
pub(crate) struct Keys {
    held: Mutex<Held>,
    /// Held by whoever makes a key, so that those who come meanwhile don't make another.
    making: AsyncMutex<()>,
}

#[derive(Default)]
struct Held {
    current: Option<Arc<Key>>,
    stranger: Option<Arc<Key>>,
}

/// A key pair.
pub(crate) struct Key {
    pem: String,
    signing: EncodingKey,
    public: Jwk,
    /// The public key in PEM.
    public_pem: String,
}

/// A new signing key in PEM, for [`Options::key`](crate::Options::key). Making it takes a while.
///
/// # Errors
/// [`Failure`] when the system has no randomness.
pub fn fresh_key() -> Result<String, Failure> {
    let pair = KeyPair::generate(KeySize::Rsa2048);
    let der = pair.and_then(|pair| AsDer::<Pkcs8V1Der<'_>>::as_der(&pair));
    let der = der.map_err(|_| Failure::new("a key can't be made"))?;
    Ok(pem("PRIVATE KEY", der.as_ref()))
}

impl Keys {
    /// # Errors
    /// The first key can't be read.
    pub(crate) fn new(first: Option<&str>) -> Result<Self, Failure> {
        let current = first.map(Key::read).transpose()?.map(Arc::new);
        let held = Mutex::new(Held { current, stranger: None });
        Ok(Self { held, making: AsyncMutex::new(()) })
    }

    /// The key that signs now.
    ///
    /// # Errors
    /// It can't be made.
    pub(crate) async fn current(&self) -> Result<Arc<Key>, Failure> {
        let _alone = self.making.lock().await;
        if let Some(current) = &self.held().current {
            return Ok(current.clone());
        }
        let made = Key::make().await?;
        self.held().current = Some(made.clone());
        Ok(made)
    }

    /// A key that is never published.
    ///
    /// # Errors
    /// It can't be made.
    pub(crate) async fn stranger(&self) -> Result<Arc<Key>, Failure> {
        let _alone = self.making.lock().await;
        if let Some(stranger) = &self.held().stranger {
            return Ok(stranger.clone());
        }
        let made = Key::make().await?;
        self.held().stranger = Some(made.clone());
        Ok(made)
    }

    /// # Errors
    /// The new key can't be made; then the old one signs on.
    pub(crate) async fn rotate(&self) -> Result<(), Failure> {
        let _alone = self.making.lock().await;
        let made = Key::make().await?;
        self.held().current = Some(made);
        Ok(())
    }

    pub(crate) fn pem(&self) -> Option<String> {
        self.held().current.as_ref().map(|key| key.pem.clone())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    /// Off the thread that serves.
    async fn make() -> Result<Arc<Self>, Failure> {
        let made = spawn_blocking(|| Self::read(&fresh_key()?)).await;
        made.map_err(|error| Failure::new(error.to_string()))?.map(Arc::new)
    }

    fn read(pem: &str) -> Result<Self, Failure> {
        Self::parse(pem).ok_or_else(|| Failure::new("the signing key can't be read"))
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

    /// Its id.
    pub(crate) fn id(&self) -> Option<&str> {
        self.public.common.key_id.as_deref()
    }

    /// What `jwks_uri` shows while this key signs.
    pub(crate) fn published(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }

    /// Signs claims, under this key's id or another one.
    ///
    /// # Errors
    /// It can't be done.
    pub(crate) fn sign(&self, claims: &impl Serialize, id: Option<&str>) -> Result<String, Failure> {
        encode(&header(Algorithm::RS256, id), claims, &self.signing)
    }

    /// Signs claims by HMAC, as if what everybody knows were a secret.
    ///
    /// # Errors
    /// It can't be done.
    pub(crate) fn sign_by_public_key(&self, claims: &impl Serialize) -> Result<String, Failure> {
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
    fn the_public_key_in_pem_verifies_what_is_signed_and_is_the_secret_of_hmac() {
        let key = Key::read(&fresh_key().unwrap()).unwrap();
        let public = key.public_pem.as_bytes();
        let signed = key.sign(&json!({"sub": "s"}), key.id()).unwrap();
        let by_hmac = key.sign_by_public_key(&json!({"sub": "s"})).unwrap();
        for (token, algorithm, key) in [
            (signed, Algorithm::RS256, DecodingKey::from_rsa_pem(public).unwrap()),
            (by_hmac, Algorithm::HS256, DecodingKey::from_secret(public)),
        ] {
            let mut signature_alone = Validation::new(algorithm);
            signature_alone.required_spec_claims.clear();
            assert_eq!(decode::<Value>(&token, &key, &signature_alone).unwrap().claims["sub"], "s");
        }
    }
}
