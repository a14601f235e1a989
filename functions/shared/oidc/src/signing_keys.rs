//! The keys that sign ID tokens and our own client assertions: previous, current and next (RULES 9.5).
//!
//! The next generation is published a day before it signs, and the previous one long after, so that a service that caches
//! our public keys for a day can verify every token. [`SigningKeyRing`] is what the secret store holds, and
//! [`SigningKeys`] are its private keys, ready for use. [`PublicKeys`] are in a secret of their own: most functions verify
//! and never sign.

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

/// How long services may cache our public keys.
pub const PUBLIC_KEY_MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// How long a key is published before it signs, at least: [`PUBLIC_KEY_MAX_AGE`], and the time until every function has
/// read it.
pub const PUBLISHED_BEFORE: SignedDuration = SignedDuration::from_hours(25);

/// How many rotated-out generations a ring keeps the public keys of, to verify old `id_token_hint`s: a year's, with a
/// rotation every 30 days.
const RETIRED: usize = 12;

/// The generations of keys, as stored in the secret store.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyRing {
    /// Published, but no longer used for signing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<KeyGeneration>,
    /// Used for signing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<KeyGeneration>,
    /// Published, and used for signing after the next rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<KeyGeneration>,
    /// The public keys of earlier generations, newest first. They are no longer published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<Jwk>,
}

/// One private key for each algorithm, in PEM (PKCS #8).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGeneration {
    made_at: Timestamp,
    es256: String,
    rs256: String,
}

/// The keys are missing or malformed, or an operation with them failed.
#[derive(Debug, PartialEq, Eq)]
pub struct SigningKeyError;

impl KeyGeneration {
    /// Generates keys: ECDSA on P-256, and RSA with 3072 bits.
    ///
    /// # Errors
    /// [`SigningKeyError`] when the system has no randomness.
    pub fn generate(now: Timestamp) -> Result<Self, SigningKeyError> {
        let es256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| SigningKeyError)?;
        let rs256 = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa3072).map_err(|_| SigningKeyError)?;
        let pem = |der: &[u8]| pem::encode(&pem::Pem::new("PRIVATE KEY", der));
        Ok(Self {
            made_at: now,
            es256: pem(es256.to_pkcs8v1().map_err(|_| SigningKeyError)?.as_ref()),
            rs256: pem(AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rs256)
                .map_err(|_| SigningKeyError)?
                .as_ref()),
        })
    }
}

impl SigningKeyRing {
    /// Parses the JSON of the secret store; `{}` is a ring without keys.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn parse(json: &str) -> Result<Self, SigningKeyError> {
        serde_json::from_str(json).map_err(|_| SigningKeyError)
    }

    /// The JSON for the secret store.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn to_json(&self) -> Result<String, SigningKeyError> {
        serde_json::to_string(self).map_err(|_| SigningKeyError)
    }

    /// The ring after a rotation: the next generation becomes the current one, and `generate` makes a new next one.
    /// Of the generation that is published no more, the public keys stay, to verify `id_token_hint`s (RULES 6.1). The
    /// ring stays as it is while the next generation has not been published for long enough.
    ///
    /// # Errors
    /// [`SigningKeyError`] when `generate` fails.
    pub fn rotated(
        self,
        now: Timestamp,
        generate: impl Fn() -> Result<KeyGeneration, SigningKeyError>,
    ) -> Result<Self, SigningKeyError> {
        let Self { previous, current, next, mut retired } = self;
        match (current, next) {
            (Some(current), Some(next)) if now < next.made_at + PUBLISHED_BEFORE => {
                Ok(Self { previous, current: Some(current), next: Some(next), retired })
            }
            (current, Some(next)) => {
                if let Some(previous) = &previous {
                    retired.splice(..0, public_keys(previous)?);
                    retired.truncate(RETIRED * ALGORITHMS.len());
                }
                Ok(Self { previous: current, current: Some(next), next: Some(generate()?), retired })
            }
            (Some(current), None) => {
                Ok(Self { previous, current: Some(current), next: Some(generate()?), retired })
            }
            (None, None) => {
                Ok(Self { previous: None, current: Some(generate()?), next: Some(generate()?), retired })
            }
        }
    }
}

/// The current private keys of a ring, ready for use.
pub struct SigningKeys {
    es256: EncodingKey,
    rs256: EncodingKey,
    ids: [String; 2],
}

/// The public keys of a ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    published: JwkSet,
    retired: JwkSet,
}

impl SigningKeys {
    /// Reads the keys of a ring.
    ///
    /// # Errors
    /// [`SigningKeyError`] when there is no current key, or a key is malformed.
    pub fn new(ring: &SigningKeyRing) -> Result<Self, SigningKeyError> {
        let current = ring.current.as_ref().ok_or(SigningKeyError)?;
        let keys = public_keys(current)?;
        let id =
            |n: usize| keys.get(n).and_then(|key: &Jwk| key.common.key_id.clone()).ok_or(SigningKeyError);
        Ok(Self {
            es256: private(current, SigningAlgorithm::Es256)?,
            rs256: private(current, SigningAlgorithm::Rs256)?,
            ids: [id(0)?, id(1)?],
        })
    }

    /// Signs claims with the current key.
    ///
    /// # Errors
    /// [`SigningKeyError`] when the claims can't be written.
    pub fn sign(
        &self,
        algorithm: SigningAlgorithm,
        claims: &impl Serialize,
    ) -> Result<String, SigningKeyError> {
        let (key, id) = match algorithm {
            SigningAlgorithm::Es256 => (&self.es256, &self.ids[0]),
            SigningAlgorithm::Rs256 => (&self.rs256, &self.ids[1]),
        };
        let header = Header { kid: Some(id.clone()), ..Header::new(jwa(algorithm)) };
        jsonwebtoken::encode(&header, claims, key).map_err(|_| SigningKeyError)
    }
}

impl PublicKeys {
    /// The public keys of a ring.
    ///
    /// # Errors
    /// [`SigningKeyError`] when there is no current key, or a key is malformed.
    pub fn of(ring: &SigningKeyRing) -> Result<Self, SigningKeyError> {
        let current = ring.current.as_ref().ok_or(SigningKeyError)?;
        let mut keys = Vec::new();
        for pair in [Some(current), ring.next.as_ref(), ring.previous.as_ref()].into_iter().flatten() {
            keys.extend(public_keys(pair)?);
        }
        Ok(Self { published: JwkSet { keys }, retired: JwkSet { keys: ring.retired.clone() } })
    }

    /// Parses the JSON of the secret store.
    ///
    /// # Errors
    /// [`SigningKeyError`] when there are none yet, or the JSON is malformed.
    pub fn parse(json: &str) -> Result<Self, SigningKeyError> {
        serde_json::from_str(json).map_err(|_| SigningKeyError)
    }

    /// The JSON for the secret store.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn to_json(&self) -> Result<String, SigningKeyError> {
        serde_json::to_string(self).map_err(|_| SigningKeyError)
    }

    /// The keys for our `jwks_uri` (RFC 7517).
    #[must_use]
    pub fn published(&self) -> &JwkSet {
        &self.published
    }

    /// The public key with this `kid`, published or retired, and its algorithm.
    pub(crate) fn find(&self, id: &str) -> Option<(DecodingKey, Algorithm)> {
        let key = self.published.find(id).or_else(|| self.retired.find(id))?;
        let algorithm = match key.common.key_algorithm? {
            KeyAlgorithm::RS256 => Algorithm::RS256,
            _ => Algorithm::ES256,
        };
        Some((DecodingKey::from_jwk(key).ok()?, algorithm))
    }
}

/// The algorithms, in the order of the keys of a generation.
const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Es256, SigningAlgorithm::Rs256];

fn public_keys(pair: &KeyGeneration) -> Result<Vec<Jwk>, SigningKeyError> {
    ALGORITHMS.into_iter().map(|algorithm| public(&private(pair, algorithm)?, algorithm)).collect()
}

fn jwa(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Es256 => Algorithm::ES256,
        SigningAlgorithm::Rs256 => Algorithm::RS256,
    }
}

fn private(pair: &KeyGeneration, algorithm: SigningAlgorithm) -> Result<EncodingKey, SigningKeyError> {
    match algorithm {
        SigningAlgorithm::Es256 => EncodingKey::from_ec_pem(pair.es256.as_bytes()),
        SigningAlgorithm::Rs256 => EncodingKey::from_rsa_pem(pair.rs256.as_bytes()),
    }
    .map_err(|_| SigningKeyError)
}

/// The public key, with its thumbprint as `kid` (RFC 7638).
fn public(key: &EncodingKey, algorithm: SigningAlgorithm) -> Result<Jwk, SigningKeyError> {
    let mut public = Jwk::from_encoding_key(key, jwa(algorithm)).map_err(|_| SigningKeyError)?;
    let id = public.thumbprint(ThumbprintHash::SHA256).map_err(|_| SigningKeyError)?;
    public.common.key_id = Some(id);
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok(public)
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys")
    }
}

impl fmt::Debug for SigningKeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeyRing")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3600).unwrap()
    }

    fn ids(ring: &SigningKeyRing) -> Vec<String> {
        let keys = PublicKeys::of(ring).unwrap();
        keys.published().keys.iter().map(|key| key.common.key_id.clone().unwrap()).collect()
    }

    #[test]
    fn rule_9_5_each_key_is_published_before_it_signs_and_after() {
        let generate = |hours| move || KeyGeneration::generate(at(hours));
        let first = SigningKeyRing::parse("{}").unwrap().rotated(at(0), generate(0)).unwrap();
        let [es_1, rs_1, es_2, rs_2] = <[String; 4]>::try_from(ids(&first)).unwrap();
        assert_eq!(first.clone().rotated(at(24), generate(24)).unwrap(), first, "too soon");

        let second = first.rotated(at(25), generate(25)).unwrap();
        let now = ids(&second);
        assert_eq!([&now[0], &now[1]], [&es_2, &rs_2], "what was next signs");
        assert_eq!([&now[4], &now[5]], [&es_1, &rs_1], "what signed is still published");
        assert_eq!(now.len(), 6);
        let third = second.rotated(at(50), generate(50)).unwrap();
        assert!(!ids(&third).contains(&es_1));
        assert!(PublicKeys::of(&third).unwrap().find(&es_1).is_some(), "it still verifies");
        assert_eq!(SigningKeyRing::parse(&third.to_json().unwrap()).unwrap(), third);
    }

    #[test]
    fn rule_6_1_the_public_keys_of_a_year_are_kept() {
        let generation = KeyGeneration::generate(at(0)).unwrap();
        let mut ring = SigningKeyRing::default();
        for number in 0..20 {
            let generate = || Ok(KeyGeneration { made_at: at(30 * number), ..generation.clone() });
            ring = ring.rotated(at(30 * number), generate).unwrap();
        }
        assert_eq!(ring.retired.len(), 24);
        let json = ring.to_json().unwrap();
        assert!(json.len() < 40_000, "the secret store takes 64 KiB: {}", json.len());
        let retired = serde_json::to_value(&ring.retired).unwrap();
        assert!(retired.as_array().unwrap().iter().all(|key| key.get("d").is_none()), "{retired}");
    }

    #[test]
    fn rule_9_5_nothing_private_is_published() {
        let ring = SigningKeyRing::default().rotated(at(0), || KeyGeneration::generate(at(0))).unwrap();
        let keys = SigningKeys::new(&ring).unwrap();
        let public = PublicKeys::of(&ring).unwrap();
        assert_eq!(PublicKeys::parse(&public.to_json().unwrap()).unwrap(), public);
        let json = serde_json::to_value(public.published()).unwrap();
        for key in json["keys"].as_array().unwrap() {
            let mut names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            match key["kty"].as_str().unwrap() {
                "EC" => assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]),
                _ => assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]),
            }
        }
        assert_eq!(format!("{ring:?} {keys:?}"), "SigningKeyRing SigningKeys");
    }

    #[test]
    fn a_ring_without_keys_has_no_signing_keys() {
        assert!(SigningKeys::new(&SigningKeyRing::parse("{}").unwrap()).is_err());
        assert!(PublicKeys::of(&SigningKeyRing::default()).is_err() && PublicKeys::parse("{}").is_err());
        assert!(SigningKeyRing::parse("no").is_err());
        assert!(SigningKeyRing::default().rotated(at(0), || Err(SigningKeyError)).is_err());
    }
}
