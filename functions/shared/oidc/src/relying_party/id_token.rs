//! ID token validation (OpenID Connect Core section 3.1.3.7).

use std::{fmt, ops::RangeInclusive};

use aws_lc_rs::constant_time;
use data_encoding::BASE64URL_NOPAD;
use domain::{SignedDuration, Timestamp, partner::MAX_CLOCK_SKEW};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Number, Value};

use super::key_set::KeySet;

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
    #[serde(default, deserialize_with = "optional_numeric_date")]
    auth_time: Option<i64>,
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
/// Step 1 doesn't apply: we register for no encryption. Nor does step 12: no `acr` is requested. Step 13 depends on the login:
/// `PartnerLogin::authenticated_at`.
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

    /// When the resident authenticated (`auth_time`), of a token that was verified.
    #[must_use]
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.claims.auth_time.and_then(|second| Timestamp::from_second(second).ok())
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

fn optional_numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    numeric_date(deserializer).map(Some)
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
mod tests;
