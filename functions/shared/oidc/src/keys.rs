//! The keys that sign ID tokens: previous, current and next (RULES 9.5).
//!
//! The next key is published long before it signs, and the previous one long after, so that a service which keeps our
//! public keys for a day verifies every token.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use domain::{SignedDuration, Timestamp, service::SigningAlgorithm};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use serde::{Deserialize, Serialize};

/// How long services may keep our public keys.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// How long a key is published before it signs, at least: as long as the keys are kept, and until every function has
/// read them.
pub const PUBLISHED_BEFORE: SignedDuration = SignedDuration::from_hours(25);

/// The keys as the secret store holds them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// Signed before; still published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Pair>,
    /// Signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<Pair>,
    /// Will sign; published already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Pair>,
}

/// A key for each algorithm, in PEM (PKCS #8).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    made_at: Timestamp,
    es256: String,
    rs256: String,
}

/// The keys can't be made or used.
#[derive(Debug, PartialEq, Eq)]
pub struct BadKeys;

impl Pair {
    /// Fresh keys: ECDSA on P-256, RSA of 3072 bits.
    ///
    /// # Errors
    /// [`BadKeys`] when the system has no randomness.
    pub fn generate(now: Timestamp) -> Result<Self, BadKeys> {
        let es256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| BadKeys)?;
        let rs256 = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa3072).map_err(|_| BadKeys)?;
        let pem = |der: &[u8]| pem::encode(&pem::Pem::new("PRIVATE KEY", der));
        Ok(Self {
            made_at: now,
            es256: pem(es256.to_pkcs8v1().map_err(|_| BadKeys)?.as_ref()),
            rs256: pem(AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rs256)
                .map_err(|_| BadKeys)?
                .as_ref()),
        })
    }
}

impl Ring {
    /// Reads the ring from the secret store's JSON; `{}` is one without keys.
    ///
    /// # Errors
    /// [`BadKeys`].
    pub fn parse(json: &str) -> Result<Self, BadKeys> {
        serde_json::from_str(json).map_err(|_| BadKeys)
    }

    /// As the secret store holds it.
    ///
    /// # Errors
    /// [`BadKeys`].
    pub fn to_json(&self) -> Result<String, BadKeys> {
        serde_json::to_string(self).map_err(|_| BadKeys)
    }

    /// The ring after a rotation: each key moves on, and `fresh` makes the next one. The same ring when the next key
    /// has not been published for long enough.
    ///
    /// # Errors
    /// [`BadKeys`] when `fresh` makes none.
    pub fn rotated(self, now: Timestamp, fresh: impl Fn() -> Result<Pair, BadKeys>) -> Result<Self, BadKeys> {
        match (self.current, self.next) {
            (Some(current), Some(next)) if now < next.made_at + PUBLISHED_BEFORE => {
                Ok(Self { previous: self.previous, current: Some(current), next: Some(next) })
            }
            (current, Some(next)) => {
                Ok(Self { previous: current, current: Some(next), next: Some(fresh()?) })
            }
            (Some(current), None) => {
                Ok(Self { previous: self.previous, current: Some(current), next: Some(fresh()?) })
            }
            (None, None) => Ok(Self { previous: None, current: Some(fresh()?), next: Some(fresh()?) }),
        }
    }
}

/// The keys, ready for use.
pub struct SigningKeys {
    es256: EncodingKey,
    rs256: EncodingKey,
    ids: [String; 2],
    published: JwkSet,
}

impl SigningKeys {
    /// The keys of this ring.
    ///
    /// # Errors
    /// [`BadKeys`] when there is no current key, or one can't be read.
    pub fn new(ring: &Ring) -> Result<Self, BadKeys> {
        let current = ring.current.as_ref().ok_or(BadKeys)?;
        let mut keys = Vec::new();
        for pair in [Some(current), ring.next.as_ref(), ring.previous.as_ref()].into_iter().flatten() {
            for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::Rs256] {
                keys.push(public(&private(pair, algorithm)?, algorithm)?);
            }
        }
        let id = |n: usize| keys.get(n).and_then(|key: &Jwk| key.common.key_id.clone()).ok_or(BadKeys);
        Ok(Self {
            es256: private(current, SigningAlgorithm::Es256)?,
            rs256: private(current, SigningAlgorithm::Rs256)?,
            ids: [id(0)?, id(1)?],
            published: JwkSet { keys },
        })
    }

    /// What `jwks_uri` shows (RFC 7517).
    #[must_use]
    pub fn published(&self) -> &JwkSet {
        &self.published
    }

    /// Signs claims by the current key.
    ///
    /// # Errors
    /// [`BadKeys`] when it can't be done.
    pub fn sign(&self, algorithm: SigningAlgorithm, claims: &impl Serialize) -> Result<String, BadKeys> {
        let (key, id) = match algorithm {
            SigningAlgorithm::Es256 => (&self.es256, &self.ids[0]),
            SigningAlgorithm::Rs256 => (&self.rs256, &self.ids[1]),
        };
        let header = Header { kid: Some(id.clone()), ..Header::new(jwa(algorithm)) };
        jsonwebtoken::encode(&header, claims, key).map_err(|_| BadKeys)
    }

    /// The published key of this id, and its algorithm.
    pub(crate) fn verifying(&self, id: &str) -> Option<(DecodingKey, Algorithm)> {
        let key = self.published.find(id)?;
        let algorithm = match key.common.key_algorithm? {
            KeyAlgorithm::RS256 => Algorithm::RS256,
            _ => Algorithm::ES256,
        };
        Some((DecodingKey::from_jwk(key).ok()?, algorithm))
    }
}

fn jwa(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Es256 => Algorithm::ES256,
        SigningAlgorithm::Rs256 => Algorithm::RS256,
    }
}

fn private(pair: &Pair, algorithm: SigningAlgorithm) -> Result<EncodingKey, BadKeys> {
    match algorithm {
        SigningAlgorithm::Es256 => EncodingKey::from_ec_pem(pair.es256.as_bytes()),
        SigningAlgorithm::Rs256 => EncodingKey::from_rsa_pem(pair.rs256.as_bytes()),
    }
    .map_err(|_| BadKeys)
}

/// The public key, under its thumbprint as its id (RFC 7638).
fn public(key: &EncodingKey, algorithm: SigningAlgorithm) -> Result<Jwk, BadKeys> {
    let mut public = Jwk::from_encoding_key(key, jwa(algorithm)).map_err(|_| BadKeys)?;
    let id = public.thumbprint(ThumbprintHash::SHA256).map_err(|_| BadKeys)?;
    public.common.key_id = Some(id);
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok(public)
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys")
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ring")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3600).unwrap()
    }

    fn ids(ring: &Ring) -> Vec<String> {
        let keys = SigningKeys::new(ring).unwrap();
        keys.published().keys.iter().map(|key| key.common.key_id.clone().unwrap()).collect()
    }

    #[test]
    fn rule_9_5_each_key_is_published_before_it_signs_and_after() {
        let fresh = |hours| move || Pair::generate(at(hours));
        let first = Ring::parse("{}").unwrap().rotated(at(0), fresh(0)).unwrap();
        let [es_1, rs_1, es_2, rs_2] = <[String; 4]>::try_from(ids(&first)).unwrap();
        assert_eq!(first.clone().rotated(at(24), fresh(24)).unwrap(), first, "too soon");

        let second = first.rotated(at(25), fresh(25)).unwrap();
        let now = ids(&second);
        assert_eq!([&now[0], &now[1]], [&es_2, &rs_2], "what was next signs");
        assert_eq!([&now[4], &now[5]], [&es_1, &rs_1], "what signed is still published");
        assert_eq!(now.len(), 6);
        let third = second.rotated(at(50), fresh(50)).unwrap();
        assert!(!ids(&third).contains(&es_1));
        assert_eq!(Ring::parse(&third.to_json().unwrap()).unwrap(), third);
    }

    #[test]
    fn rule_9_5_nothing_private_is_published() {
        let ring = Ring::default().rotated(at(0), || Pair::generate(at(0))).unwrap();
        let keys = SigningKeys::new(&ring).unwrap();
        let json = serde_json::to_value(keys.published()).unwrap();
        for key in json["keys"].as_array().unwrap() {
            let mut names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            match key["kty"].as_str().unwrap() {
                "EC" => assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]),
                _ => assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]),
            }
        }
        assert_eq!(format!("{ring:?} {keys:?}"), "Ring SigningKeys");
    }

    #[test]
    fn a_ring_without_keys_signs_nothing() {
        assert!(SigningKeys::new(&Ring::parse("{}").unwrap()).is_err());
        assert!(Ring::parse("no").is_err());
        assert!(Ring::default().rotated(at(0), || Err(BadKeys)).is_err());
    }
}
