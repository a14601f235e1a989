//! ID token validation (OpenID Connect Core section 3.1.3.7).

use std::{fmt, ops::RangeInclusive};

use aws_lc_rs::constant_time;
use data_encoding::BASE64URL_NOPAD;
use domain::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Number, Value};

use super::key_set::KeySet;

/// How far the partner's clock may be ahead of ours.
const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// How long ago an ID token may have been issued.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// The length of a subject, in bytes (OpenID Connect Core section 2). Everyone would share an empty one.
const SUBJECT_LENGTH: RangeInclusive<usize> = 1..=255;

/// A parsed ID token. Nothing of it is true until [`UnverifiedIdToken::verify`] has succeeded.
#[derive(Clone)]
pub struct UnverifiedIdToken {
    header: Header,
    claims: Claims,
    /// The text that is signed.
    signed: String,
    signature: String,
}

/// The members of a JOSE header that matter here (RFC 7515 section 4.1). A key in the header (`jwk`, `jku`, `x5c`) is
/// never used.
#[derive(Clone, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<Value>,
    crit: Option<Value>,
}

#[derive(Clone, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    #[serde(default)]
    aud: Audience,
    #[serde(deserialize_with = "numeric_date")]
    exp: i64,
    #[serde(deserialize_with = "numeric_date")]
    iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
}

/// One audience, or a list (RFC 7519 section 4.1.3).
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    List(Vec<String>),
}

impl Default for Audience {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// What an ID token is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The partner's issuer identifier.
    pub issuer: &'a str,
    /// Our client id at the partner.
    pub client_id: &'a str,
    /// The nonce of the authentication request.
    pub nonce: &'a str,
    /// The partner's keys.
    pub keys: &'a KeySet,
    /// The time now.
    pub now: Timestamp,
}

/// Why an ID token is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenError {
    /// The type is not `JWT`, or a critical header is present.
    UnsupportedHeader,
    /// `iss` is not the partner.
    WrongIssuer,
    /// `aud` is not us alone.
    WrongAudience,
    /// `azp` is not us.
    WrongAuthorizedParty,
    /// `alg` is not RS256.
    DisallowedAlgorithm,
    /// The partner's key set has no key that fits. It may have published a new one.
    UnknownKey,
    /// The signature is missing or invalid, or it is not clear which key it is by.
    InvalidSignature,
    /// `exp` has passed.
    Expired,
    /// `iat` is this many seconds ago; negative for the future.
    NotIssuedRecently(i64),
    /// `nonce` is not that of the request.
    WrongNonce,
    /// `sub` is empty or too long.
    InvalidSubject,
}

/// A check: the step of OpenID Connect Core section 3.1.3.7 or another source, and the function.
pub type Check = (&'static str, fn(&UnverifiedIdToken, &Expected<'_>) -> Result<(), IdTokenError>);

/// The checks, in order. The first that fails decides the error.
///
/// Step 1 doesn't apply: we register for no encryption. Nor do steps 12 and 13: no `acr` or `auth_time` is requested.
pub const CHECKS: &[Check] = &[
    ("RFC 7515 sections 4.1.9 to 4.1.11: typ, cty, crit", header),
    ("step 2: iss", issuer),
    ("step 3: aud", audience),
    ("steps 4 and 5: azp", authorized_party),
    ("steps 7 and 8: alg", algorithm),
    ("step 6: signature, by a key with the token's kid", signature),
    ("step 9: exp", expiry),
    ("step 10: iat", issue_time),
    ("step 11: nonce", nonce),
    ("OpenID Connect Core section 2: sub", subject),
];

impl UnverifiedIdToken {
    /// Parses a token in JWS compact serialization (RFC 7515 section 7.1). `None` when it isn't one, or a required claim is
    /// missing or malformed.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        Some(Self {
            header: serde_json::from_slice(&decode(header)?).ok()?,
            claims: serde_json::from_slice(&decode(claims)?).ok()?,
            signed: signed.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// Runs all [`CHECKS`], and returns the subject.
    ///
    /// # Errors
    /// [`IdTokenError`]. After [`IdTokenError::UnknownKey`], another attempt with the partner's newest keys is useful.
    pub fn verify(&self, expected: &Expected<'_>) -> Result<&str, IdTokenError> {
        CHECKS.iter().try_for_each(|(_, check)| check(self, expected))?;
        Ok(&self.claims.sub)
    }
}

/// Other types of JWT, such as access tokens, can have the same claims (RFC 8725 section 3.11). Critical extensions have to
/// be understood, and none are.
fn header(token: &UnverifiedIdToken, _: &Expected<'_>) -> Result<(), IdTokenError> {
    let header = &token.header;
    let is_jwt = header
        .typ
        .as_ref()
        .is_none_or(|typ| typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("application/jwt"));
    let is_plain = header.cty.is_none() && header.crit.is_none();
    (is_jwt && is_plain).then_some(()).ok_or(IdTokenError::UnsupportedHeader)
}

fn issuer(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    (token.claims.iss == expected.issuer).then_some(()).ok_or(IdTokenError::WrongIssuer)
}

/// No other audience is trusted.
fn audience(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let audiences = match &token.claims.aud {
        Audience::One(audience) => std::slice::from_ref(audience),
        Audience::List(audiences) => audiences,
    };
    let is_ours = !audiences.is_empty() && audiences.iter().all(|audience| audience == expected.client_id);
    is_ours.then_some(()).ok_or(IdTokenError::WrongAudience)
}

fn authorized_party(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let is_ours = token.claims.azp.as_ref().is_none_or(|azp| azp == expected.client_id);
    is_ours.then_some(()).ok_or(IdTokenError::WrongAuthorizedParty)
}

/// The algorithm is ours to choose, not the token's (RFC 8725 section 3.1): no MAC can be made with a public key. A token
/// without a signature has its own error.
fn algorithm(token: &UnverifiedIdToken, _: &Expected<'_>) -> Result<(), IdTokenError> {
    match token.header.alg.as_str() {
        "RS256" => Ok(()),
        "none" => Err(IdTokenError::InvalidSignature),
        _ => Err(IdTokenError::DisallowedAlgorithm),
    }
}

/// A token without `kid` is accepted when there is only one key (OpenID Connect Core section 10.1).
fn signature(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let mut candidates = expected.keys.candidates(token.header.kid.as_deref());
    let key = candidates.next().ok_or(IdTokenError::UnknownKey)?;
    if candidates.next().is_some() {
        return Err(IdTokenError::InvalidSignature);
    }
    let is_valid = DecodingKey::from_jwk(key)
        .and_then(|key| crypto::verify(&token.signature, token.signed.as_bytes(), &key, Algorithm::RS256));
    is_valid.unwrap_or(false).then_some(()).ok_or(IdTokenError::InvalidSignature)
}

/// Without leeway: partners issue tokens that are valid for minutes.
fn expiry(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    (expected.now.as_second() < token.claims.exp).then_some(()).ok_or(IdTokenError::Expired)
}

fn issue_time(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let age = expected.now.as_second().saturating_sub(token.claims.iat);
    let is_recent = (-MAX_CLOCK_SKEW.as_secs()..=MAX_AGE.as_secs()).contains(&age);
    is_recent.then_some(()).ok_or(IdTokenError::NotIssuedRecently(age))
}

/// In constant time.
fn nonce(token: &UnverifiedIdToken, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let nonce = token.claims.nonce.as_deref().unwrap_or_default();
    let is_equal = constant_time::verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes());
    is_equal.map_err(|_| IdTokenError::WrongNonce)
}

fn subject(token: &UnverifiedIdToken, _: &Expected<'_>) -> Result<(), IdTokenError> {
    SUBJECT_LENGTH.contains(&token.claims.sub.len()).then_some(()).ok_or(IdTokenError::InvalidSubject)
}

/// A `NumericDate` (RFC 7519 section 2), which may have a fraction, in whole seconds.
fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = Number::deserialize(deserializer)?;
    let whole = number.as_i64().or_else(|| {
        let seconds = SignedDuration::try_from_secs_f64(number.as_f64()?).ok()?;
        Some(seconds.as_secs())
    });
    whole.ok_or_else(|| de::Error::custom("not a time"))
}

impl fmt::Debug for UnverifiedIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedIdToken")
    }
}

/// The reason in the operator's log, without any claim but the age.
impl fmt::Display for IdTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnsupportedHeader => "its type, or a critical header",
            Self::WrongIssuer => "another issuer",
            Self::WrongAudience => "another audience",
            Self::WrongAuthorizedParty => "azp is another client",
            Self::DisallowedAlgorithm => "not signed by RS256",
            Self::UnknownKey => "no such key is published",
            Self::InvalidSignature => "its signature",
            Self::Expired => "expired",
            Self::NotIssuedRecently(age) => return write!(f, "iat is {age} seconds ago"),
            Self::WrongNonce => "another nonce",
            Self::InvalidSubject => "its subject names nobody, or is too long",
        })
    }
}

impl std::error::Error for IdTokenError {}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::json;

    use super::{IdTokenError as Error, *};
    use crate::{
        id_token::tests::signing_keys,
        signing_keys::{KeyGeneration, SigningKeyRing, SigningKeys},
    };

    const ISSUER: &str = "https://bank.example";
    const CLIENT: &str = "us";
    const NONCE: &str = "the nonce";
    const NOW: i64 = 1_000_000;

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }

    /// RSA keys take a while to generate.
    static KEYS: LazyLock<SigningKeys> = LazyLock::new(signing_keys);

    fn published(keys: &SigningKeys) -> KeySet {
        KeySet::parse(&serde_json::to_vec(keys.published()).unwrap()).unwrap()
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER, "sub": "ana", "aud": CLIENT, "exp": NOW + 600, "iat": NOW, "nonce": NONCE,
            "email": { "of": "no interest" },
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    fn sign(claims: &Value) -> String {
        KEYS.sign(domain::service::SigningAlgorithm::Rs256, claims).unwrap()
    }

    fn verify_with(token: &str, keys: &KeySet) -> Result<String, Error> {
        let expected = Expected { issuer: ISSUER, client_id: CLIENT, nonce: NONCE, keys, now: now() };
        let token = UnverifiedIdToken::parse(token).unwrap();
        token.verify(&expected).map(ToOwned::to_owned)
    }

    fn verify(token: &str) -> Result<String, Error> {
        verify_with(token, &published(&KEYS))
    }

    /// The token with other members in its header.
    fn with_header(token: &str, more: &Value) -> String {
        let (header, rest) = token.split_once('.').unwrap();
        let header = BASE64URL_NOPAD.decode(header.as_bytes()).unwrap();
        let mut header: Value = serde_json::from_slice(&header).unwrap();
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        format!("{}.{rest}", BASE64URL_NOPAD.encode(header.to_string().as_bytes()))
    }

    #[test]
    fn rule_4_1_an_id_token_that_passes_every_check_names_its_subject() {
        for claims in [
            claims(),
            with("aud", json!([CLIENT])),
            with("azp", json!(CLIENT)),
            with("sub", json!("x".repeat(255))),
            with("exp", json!(NOW + 1)),
            with("exp", json!(1_000_001.5)),
            with("iat", json!(NOW + 60)),
            with("iat", json!(NOW - 300)),
        ] {
            assert_eq!(verify(&sign(&claims)).as_deref(), Ok(claims["sub"].as_str().unwrap()), "{claims}");
        }
    }

    #[test]
    fn rule_4_7_each_claim_of_an_id_token_counts() {
        for (claims, expected) in [
            (with("iss", json!("https://bank.example/")), Error::WrongIssuer),
            (with("aud", json!("other")), Error::WrongAudience),
            (with("aud", json!([CLIENT, "other"])), Error::WrongAudience),
            (with("aud", json!([])), Error::WrongAudience),
            (without("aud"), Error::WrongAudience),
            (with("azp", json!("other")), Error::WrongAuthorizedParty),
            (with("exp", json!(NOW)), Error::Expired),
            (with("iat", json!(NOW + 61)), Error::NotIssuedRecently(-61)),
            (with("iat", json!(NOW - 301)), Error::NotIssuedRecently(301)),
            (with("iat", json!(i64::MIN)), Error::NotIssuedRecently(i64::MAX)),
            (with("nonce", json!("the other")), Error::WrongNonce),
            (with("nonce", json!("")), Error::WrongNonce),
            (without("nonce"), Error::WrongNonce),
            (with("sub", json!("")), Error::InvalidSubject),
            (with("sub", json!("x".repeat(256))), Error::InvalidSubject),
        ] {
            assert_eq!(verify(&sign(&claims)), Err(expected), "{claims}");
        }
    }

    #[test]
    fn rule_4_7_an_id_token_without_a_required_claim_is_malformed() {
        for claims in [
            without("iss"),
            without("sub"),
            without("exp"),
            without("iat"),
            with("exp", json!("soon")),
            with("iat", json!(1e300)),
            with("sub", json!(1)),
            with("aud", json!(1)),
        ] {
            assert!(UnverifiedIdToken::parse(&sign(&claims)).is_none(), "{claims}");
        }
        for junk in ["", "a", "a.b", "a.b.c", "e30.e30.", "é.é.é"] {
            assert!(UnverifiedIdToken::parse(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn rule_4_7_only_rs256_by_a_published_key_is_accepted() {
        let token = sign(&claims());
        for (algorithm, expected) in [
            ("none", Error::InvalidSignature),
            ("HS256", Error::DisallowedAlgorithm),
            ("RS512", Error::DisallowedAlgorithm),
            ("PS256", Error::DisallowedAlgorithm),
            ("ES256", Error::DisallowedAlgorithm),
            ("rs256", Error::DisallowedAlgorithm),
        ] {
            assert_eq!(verify(&with_header(&token, &json!({ "alg": algorithm }))), Err(expected));
        }
        let (body, signature) = token.rsplit_once('.').unwrap();
        let forged = sign(&with("sub", json!("mallory")));
        let (forged, _) = forged.rsplit_once('.').unwrap();
        for forged in
            [format!("{body}."), format!("{body}.AAAA"), format!("{body}.é"), format!("{forged}.{signature}")]
        {
            assert_eq!(verify(&forged), Err(Error::InvalidSignature), "{forged}");
        }
    }

    #[test]
    fn rule_4_1_the_key_is_the_one_with_the_tokens_kid() {
        let token = sign(&claims());
        let other = published(&signing_keys());
        assert_eq!(verify_with(&token, &other), Err(Error::UnknownKey));
        assert_eq!(verify_with(&token, &KeySet::default()), Err(Error::UnknownKey));
        // Without a kid, only a single key is unambiguous; ours has a current and a next one.
        assert_eq!(verify(&with_header(&token, &json!({ "kid": null }))), Err(Error::InvalidSignature));
        let ring = SigningKeyRing::default().rotated(now(), || KeyGeneration::generate(now())).unwrap();
        let strangers = SigningKeys::new(&ring).unwrap();
        let strangers_token = strangers.sign(domain::service::SigningAlgorithm::Rs256, &claims()).unwrap();
        let kid = serde_json::to_value(KEYS.published()).unwrap()["keys"][1]["kid"].clone();
        let under_our_kid = with_header(&strangers_token, &json!({ "kid": kid }));
        assert_eq!(verify(&under_our_kid), Err(Error::InvalidSignature));
    }

    #[test]
    fn rule_4_7_unsupported_headers_are_rejected() {
        let token = sign(&claims());
        for header in [
            json!({ "typ": "at+jwt" }),
            json!({ "typ": "application/at+jwt" }),
            json!({ "cty": "JWT" }),
            json!({ "crit": ["urn:ext"], "urn:ext": 1 }),
            json!({ "crit": [] }),
        ] {
            assert_eq!(verify(&with_header(&token, &header)), Err(Error::UnsupportedHeader), "{header}");
        }
        // These pass the check of the header, and then fail that of the signature, since the header is signed.
        for header in [json!({ "typ": "jwt" }), json!({ "typ": "application/JWT" }), json!({ "jwk": {} })] {
            assert_eq!(verify(&with_header(&token, &header)), Err(Error::InvalidSignature), "{header}");
        }
    }

    #[test]
    fn rule_9_6_an_error_and_a_token_hold_no_claim_for_the_log() {
        let token = UnverifiedIdToken::parse(&sign(&claims())).unwrap();
        assert_eq!(format!("{token:?}"), "UnverifiedIdToken");
        assert_eq!(Error::NotIssuedRecently(-61).to_string(), "iat is -61 seconds ago");
    }
}
