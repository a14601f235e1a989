//! The service's key pair for client authentication (`private_key_jwt`).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    errors::Error,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;

use crate::{SetupError, random};

const LIFETIME_SECONDS: i64 = 60;

/// An ES256 key pair.
pub(crate) struct Key {
    signing: EncodingKey,
    public: Jwk,
}

/// The claims of a client assertion (OpenID Connect Core 9, RFC 7523 section 3).
#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

impl Key {
    /// Generates a key pair.
    ///
    /// # Errors
    /// [`SetupError`] when the system has no randomness.
    pub(crate) fn generate() -> Result<Self, SetupError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = pair.and_then(|pair| pair.to_pkcs8v1());
        let document = document.map_err(|error| SetupError::new("generating a key", &error))?;
        Self::new(EncodingKey::from_ec_der(document.as_ref()))
            .map_err(|error| SetupError::new("reading the key", &error))
    }

    fn new(signing: EncodingKey) -> Result<Self, Error> {
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::ES256)?;
        public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256)?);
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { signing, public })
    }

    /// Signs an assertion that authenticates `client_id` at `issuer`.
    ///
    /// # Errors
    /// [`Error`] when the claims can't be signed.
    pub(crate) fn assertion(&self, client_id: &str, issuer: &str, now: Timestamp) -> Result<String, Error> {
        let iat = now.as_second();
        self.sign(&Assertion {
            iss: client_id,
            sub: client_id,
            aud: issuer,
            jti: random::secret(),
            iat,
            exp: iat + LIFETIME_SECONDS,
        })
    }

    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, Error> {
        let header = Header { kid: self.public.common.key_id.clone(), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &self.signing)
    }

    /// The public key as a key set.
    pub(crate) fn published(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_published_key_verifies_an_assertion() {
        let key = Key::generate().unwrap();
        let assertion = key.assertion("demo", "http://localhost:4000", Timestamp::UNIX_EPOCH).unwrap();
        let published = key.published();
        let kid = decode_header(&assertion).unwrap().kid.unwrap();
        let public = DecodingKey::from_jwk(published.find(&kid).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false; // The assertion is from 1970.
        validation.set_audience(&["http://localhost:4000"]);

        let mut claims = decode::<Value>(&assertion, &public, &validation).unwrap().claims;
        assert_eq!(claims["jti"].take().as_str().unwrap().len(), 43);
        let issuer = "http://localhost:4000";
        let expected = json!({"iss": "demo", "sub": "demo", "aud": issuer, "jti": null, "iat": 0, "exp": 60});
        assert_eq!(claims, expected);
    }

    #[test]
    fn the_published_key_has_only_public_members() {
        let published = serde_json::to_value(Key::generate().unwrap().published()).unwrap();
        let key = published["keys"][0].as_object().unwrap();
        assert_eq!(key.keys().collect::<Vec<_>>(), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&key["alg"], &key["use"]), (&json!("ES256"), &json!("sig")));
    }
}
