//! A partner's key set (RFC 7517 section 5).

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;

/// The RSA keys of a partner that may verify RS256 signatures.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Jwk>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Parses a key set. Keys that can't verify RS256 are skipped (RFC 7517 section 5): of another type, for encryption, of
    /// another algorithm, or malformed.
    ///
    /// # Errors
    /// The JSON error, when the document is no key set.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let Document { keys } = serde_json::from_slice(json)?;
        let keys = keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(keys.filter(verifies_rs256).collect()))
    }

    /// The keys that a token may be signed with: those with its `kid`, or all of them when it has none.
    pub(super) fn candidates(&self, kid: Option<&str>) -> impl Iterator<Item = &Jwk> {
        self.0.iter().filter(move |key| kid.is_none() || key.common.key_id.as_deref() == kid)
    }
}

fn verifies_rs256(key: &Jwk) -> bool {
    let is_rsa = matches!(key.algorithm, AlgorithmParameters::RSA(_));
    let is_for_signatures =
        key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let is_for_rs256 = key.common.key_algorithm.is_none_or(|algorithm| algorithm == KeyAlgorithm::RS256);
    is_rsa && is_for_signatures && is_for_rs256
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rule_4_1_only_rsa_keys_for_rs256_signatures_count() {
        let key = |more: Value| {
            let mut key = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k" });
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            key
        };
        let count = |keys: Value| {
            let set = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
            [set.candidates(None).count(), set.candidates(Some("k")).count()]
        };
        assert_eq!(count(json!([key(json!({}))])), [1, 1]);
        assert_eq!(count(json!([key(json!({ "use": "sig", "alg": "RS256" }))])), [1, 1]);
        assert_eq!(count(json!([key(json!({ "kid": "other" }))])), [1, 0]);
        for unusable in [
            key(json!({ "use": "enc" })),
            key(json!({ "alg": "PS256" })),
            key(json!({ "alg": "RSA-OAEP" })),
            key(json!({ "n": 1 })),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k" }),
            json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "k" }),
            json!({ "kty": "oct", "k": "AA", "kid": "k" }),
            json!({ "kty": "new", "kid": "k" }),
            json!(1),
        ] {
            assert_eq!(count(json!([unusable, key(json!({}))])), [1, 1], "the others are still read");
        }
        for malformed in ["", "[]", "{}", r#"{"keys":1}"#] {
            assert!(KeySet::parse(malformed.as_bytes()).is_err(), "{malformed}");
        }
    }
}
