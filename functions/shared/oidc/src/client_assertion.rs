//! The assertions of `private_key_jwt`: JWTs by which a client authenticates at a token endpoint (RFC 7523 section 3,
//! OpenID Connect Core section 9).
//!
//! Services authenticate here by [`verify`]. We authenticate at sign-in partners by
//! [`relying_party::client_assertion`](crate::relying_party::client_assertion).

use domain::{SignedDuration, Timestamp, service::ClientId};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{Jwk, JwkSet, PublicKeyUse},
};
use serde::Deserialize;

/// The value of `client_assertion_type` (RFC 7523 section 2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The accepted signature algorithms.
pub const ALGORITHMS: [(&str, Algorithm); 3] =
    [("ES256", Algorithm::ES256), ("RS256", Algorithm::RS256), ("PS256", Algorithm::PS256)];

/// The accepted difference between the clock of a service and ours.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// The longest accepted time until `exp`. The `jti` is remembered until then.
const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// An assertion with a valid signature and valid claims. The caller still has to check that its `jti` is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAssertion {
    /// Identifies the assertion; unique for the service.
    pub jti: String,
    /// When the assertion has expired, so that the `jti` no longer has to be remembered.
    pub remember_until: Timestamp,
}

/// Why an assertion is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionError {
    /// No known key fits. The service may have published a new one.
    UnknownKey,
    /// The signature or a claim is invalid.
    Invalid,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// A single value: an assertion for several servers could be replayed by each at the others.
    aud: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
struct Subject {
    sub: ClientId,
}

/// The `sub` of an assertion, unverified: it only tells whose keys to call [`verify`] with.
#[must_use]
pub fn claimed_client(assertion: &str) -> Option<ClientId> {
    jsonwebtoken::dangerous::insecure_decode_claims::<Subject>(assertion).ok().map(|claims| claims.sub)
}

/// Verifies an assertion with the public keys of a service: signature, `iss` and `sub`, times, the presence of `jti`, and
/// that `aud` is our issuer identifier and nothing else, as draft-ietf-oauth-rfc7523bis and FAPI 2.0 require. The address
/// of the token endpoint is no audience: another server can name it as its own.
///
/// # Errors
/// [`AssertionError`].
pub fn verify(
    assertion: &str,
    client: &ClientId,
    keys: &JwkSet,
    issuer: &str,
    now: Timestamp,
) -> Result<VerifiedAssertion, AssertionError> {
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| AssertionError::Invalid)?;
    let is_accepted = ALGORITHMS.iter().any(|(_, algorithm)| *algorithm == header.alg);
    if !is_accepted || header.crit.is_some() {
        return Err(AssertionError::Invalid);
    }
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    // The claims have to have a single audience, which is compared below.
    validation.validate_aud = false;
    let fitting: Vec<_> =
        keys.keys.iter().filter(|key| fits(key, header.kid.as_deref(), header.alg)).collect();
    if fitting.is_empty() {
        return Err(AssertionError::UnknownKey);
    }
    let claims = fitting.into_iter().find_map(|key| {
        let key = DecodingKey::from_jwk(key).ok()?;
        jsonwebtoken::decode::<Claims>(assertion, &key, &validation).ok()
    });
    let claims = claims.ok_or(AssertionError::Invalid)?.claims;
    check(&claims, client, issuer, now).ok_or(AssertionError::Invalid)
}

fn fits(key: &Jwk, id: Option<&str>, algorithm: Algorithm) -> bool {
    let is_for_signing =
        key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    let key_algorithm = key.common.key_algorithm.map(|algorithm| algorithm.to_string());
    let is_of_algorithm = key_algorithm.is_none_or(|key_algorithm| {
        ALGORITHMS.iter().any(|(name, accepted)| *accepted == algorithm && *name == key_algorithm)
    });
    let has_id = id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
    is_for_signing && is_of_algorithm && has_id
}

fn check(claims: &Claims, client: &ClientId, issuer: &str, now: Timestamp) -> Option<VerifiedAssertion> {
    let time = |second: i64| Timestamp::from_second(second).ok();
    let expires_at = time(claims.exp)?;
    let is_from_client = claims.iss == client.as_str() && claims.sub == client.as_str();
    let is_for_us = claims.aud == issuer;
    let has_jti = !claims.jti.is_empty() && claims.jti.len() <= 255;
    let is_fresh = now < expires_at.checked_add(LEEWAY).ok()? && expires_at < now + MAX_LIFETIME;
    let has_begun = [claims.nbf, claims.iat]
        .into_iter()
        .flatten()
        .all(|second| time(second).is_some_and(|begins| begins <= now + LEEWAY));
    (is_from_client && is_for_us && has_jti && is_fresh && has_begun)
        .then(|| VerifiedAssertion { jti: claims.jti.clone(), remember_until: expires_at + LEEWAY })
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, jwk::KeyAlgorithm};
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://account.example";
    const ENDPOINT: &str = "https://account.example/token";

    struct Service {
        key: EncodingKey,
        keys: JwkSet,
    }

    fn service() -> Service {
        let pair = aws_lc_rs::signature::EcdsaKeyPair::generate(
            &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        )
        .unwrap();
        let key = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
        let mut public = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        public.common.key_id = Some("k".into());
        Service { key, keys: JwkSet { keys: vec![public] } }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(10_000).unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "a", "sub": "a", "aud": ISSUER, "exp": 10_060, "iat": 10_000, "jti": "1" })
    }

    fn signed(service: &Service, claims: &Value) -> String {
        let header = Header { kid: Some("k".into()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &service.key).unwrap()
    }

    fn verified(service: &Service, claims: &Value) -> Result<VerifiedAssertion, AssertionError> {
        let client = "a".parse().unwrap();
        verify(&signed(service, claims), &client, &service.keys, ISSUER, now())
    }

    #[test]
    fn rule_6_1_an_assertion_is_for_our_issuer_alone() {
        let service = service();
        let remember_until = Timestamp::from_second(10_120).unwrap();
        let accepted = Ok(VerifiedAssertion { jti: "1".into(), remember_until });
        assert_eq!(verified(&service, &claims()), accepted);
        for audience in [
            json!(ENDPOINT),
            json!([ISSUER]),
            json!([ISSUER, "https://other.example"]),
            json!("https://other.example"),
            json!("https://account.example/"),
            json!([]),
            json!(""),
        ] {
            let mut claims = claims();
            claims["aud"] = audience.clone();
            assert_eq!(verified(&service, &claims), Err(AssertionError::Invalid), "{audience}");
        }
    }

    #[test]
    fn rule_6_1_each_claim_of_an_assertion_counts() {
        let service = service();
        for (name, value) in [
            ("iss", json!("b")),
            ("sub", json!("b")),
            ("exp", json!(9_940)),
            ("exp", json!(13_600)),
            ("exp", json!("soon")),
            ("nbf", json!(10_061)),
            ("iat", json!(10_061)),
            ("jti", json!("")),
            ("jti", json!("x".repeat(256))),
            ("iss", Value::Null),
            ("sub", Value::Null),
            ("aud", Value::Null),
            ("exp", Value::Null),
            ("jti", Value::Null),
        ] {
            let mut claims = claims();
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
            assert_eq!(verified(&service, &claims), Err(AssertionError::Invalid), "{name} {value}");
        }
        let mut late = claims();
        late["exp"] = json!(9_941);
        assert!(verified(&service, &late).is_ok(), "within the leeway");
    }

    #[test]
    fn rule_6_1_only_the_key_of_the_service_verifies() {
        let (signer, other) = (service(), service());
        let client = "a".parse().unwrap();
        let verify = |text: &str, keys: &JwkSet| verify(text, &client, keys, ISSUER, now());
        let assertion = signed(&signer, &claims());
        assert_eq!(verify(&assertion, &other.keys), Err(AssertionError::Invalid));
        assert_eq!(verify(&assertion, &JwkSet { keys: vec![] }), Err(AssertionError::UnknownKey));
        for change in [
            (|key: &mut Jwk| key.common.key_id = Some("other".into())) as fn(&mut Jwk),
            |key| key.common.public_key_use = Some(PublicKeyUse::Encryption),
            |key| key.common.key_algorithm = Some(KeyAlgorithm::ES384),
        ] {
            let mut keys = signer.keys.clone();
            change(&mut keys.keys[0]);
            assert_eq!(verify(&assertion, &keys), Err(AssertionError::UnknownKey));
        }
        let hmac = Header { kid: Some("k".into()), ..Header::new(Algorithm::HS256) };
        let forged =
            jsonwebtoken::encode(&hmac, &claims(), &EncodingKey::from_secret(b"public key")).unwrap();
        for junk in ["", "a.b", &forged, "eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(verify(junk, &signer.keys), Err(AssertionError::Invalid), "{junk}");
        }
        assert_eq!(claimed_client(&assertion), Some("a".parse().unwrap()));
        assert_eq!(claimed_client("a.b.c"), None);
    }
}
