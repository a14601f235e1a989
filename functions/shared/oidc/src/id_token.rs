//! The ID tokens that we issue (OpenID Connect Core section 2), and verify when services send them back as
//! `id_token_hint`.
//!
//! The ID tokens of sign-in partners are verified in [`relying_party`](crate::relying_party).

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use domain::{
    SignedDuration, Timestamp,
    assurance::Assurance,
    grant::Grant,
    service::{ClientId, SigningAlgorithm},
};
use jsonwebtoken::Validation;
use serde::{Deserialize, Serialize};

use crate::signing_keys::{PublicKeys, SigningKeyError, SigningKeys};

/// How long an ID token is valid.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    /// Absent when a sign-in partner did not say when the resident authenticated (RULES 4.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: String,
    /// Omitted when no value of RFC 8176 applies: how a partner authenticates residents is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<&'static str>,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

/// What an ID token holds besides its grant.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenContext<'a> {
    /// Our issuer identifier.
    pub issuer: &'a str,
    /// The access token of the same response, for `at_hash`.
    pub access_token: &'a str,
    /// The resident's email address, if the service requested it in the ID token.
    pub email: Option<&'a str>,
    /// Whether the request had a refresh token; then there is no `nonce` (OpenID Connect Core section 12.2).
    pub is_refreshed: bool,
    /// The time of issue.
    pub now: Timestamp,
}

/// Issues the ID token of a grant.
///
/// # Errors
/// [`SigningKeyError`] when it can't be signed.
pub fn issue(
    grant: &Grant,
    context: &IdTokenContext<'_>,
    keys: &SigningKeys,
    algorithm: SigningAlgorithm,
) -> Result<String, SigningKeyError> {
    let token = IdToken {
        iss: context.issuer,
        sub: &grant.subject,
        aud: grant.client.as_str(),
        exp: (context.now + LIFETIME).as_second(),
        iat: context.now.as_second(),
        auth_time: Some(grant.authenticated_at.as_second()).filter(|second| *second > 0),
        nonce: grant.nonce.as_deref().filter(|_| !context.is_refreshed),
        acr: grant.assurance.acr(context.issuer),
        amr: amr(grant),
        at_hash: half_hash(context.access_token),
        email: context.email,
        email_verified: context.email.map(|_| true),
    };
    keys.sign(algorithm, &token)
}

/// The authentication methods (RFC 8176 section 2), and `mfa` at its level and above, which takes two distinct factors.
fn amr(grant: &Grant) -> Vec<&'static str> {
    let mut values: Vec<_> = grant.methods.iter().filter_map(|factor| factor.amr()).collect();
    values.dedup();
    values.extend((grant.assurance >= Assurance::Mfa).then_some("mfa"));
    values
}

/// The left half of the SHA-256 hash of a token, which ES256 and RS256 both use (OpenID Connect Core section 3.1.3.6).
fn half_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    BASE64URL_NOPAD.encode(&hash.as_ref()[..16])
}

/// A verified `id_token_hint`. The token may have expired: it only tells which resident is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenHint {
    /// The service that it was issued to.
    pub client: ClientId,
    /// The subject identifier of the resident.
    pub subject: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
}

/// Verifies an `id_token_hint`; `None` when none of our keys, retired ones included, verifies it.
#[must_use]
pub fn verify_hint(token: &str, issuer: &str, keys: &PublicKeys) -> Option<IdTokenHint> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let (key, algorithm) = keys.find(header.kid.as_deref()?)?;
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["iss", "sub", "aud"]);
    validation.set_issuer(&[issuer]);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    Some(IdTokenHint { client: claims.aud.parse().ok()?, subject: claims.sub })
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::{
        authorization::RequestedClaims,
        grant::{Stage, Tokens},
        id::{AccountId, ConnectionId, GrantId},
        keys::EmailKey,
        proof::FactorKind,
        service::Scopes,
    };
    use serde_json::Value;

    use super::*;
    use crate::signing_keys::{KeyGeneration, SigningKeyRing, tests::at};

    pub(crate) const ISSUER: &str = "https://account.example";

    pub(crate) fn key_pairs() -> (SigningKeys, PublicKeys) {
        let ring = SigningKeyRing::default().rotated(at(0), || KeyGeneration::generate(at(0))).unwrap();
        (SigningKeys::new(&ring).unwrap(), PublicKeys::of(&ring).unwrap())
    }

    pub(crate) fn grant() -> Grant {
        Grant {
            id: GrantId::from_random([1; 16]),
            client: "health".parse().unwrap(),
            account: AccountId::from_random([2; 16]),
            place: EmailKey::stored("1.a".into()),
            generation: 1,
            connection: ConnectionId::from_random([3; 16]),
            subject: "pairwise".into(),
            scopes: Scopes::new(),
            claims: RequestedClaims::default(),
            nonce: Some("n".into()),
            authenticated_at: at(1),
            assurance: Assurance::Password,
            methods: [FactorKind::Password].into(),
            issued_at: at(1),
            stage: Stage::Tokens(Tokens { sequence: 1, at: at(1) }),
        }
    }

    fn context() -> IdTokenContext<'static> {
        // The example of OpenID Connect Core appendix A.3.
        let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        IdTokenContext { issuer: ISSUER, access_token, email: None, is_refreshed: false, now: at(2) }
    }

    fn claims(token: &str) -> Value {
        jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap()
    }

    #[test]
    fn rule_6_1_an_id_token_holds_what_was_granted() {
        let (keys, _) = key_pairs();
        let token = issue(&grant(), &context(), &keys, SigningAlgorithm::Es256).unwrap();
        let expected = serde_json::json!({
            "iss": ISSUER, "sub": "pairwise", "aud": "health", "exp": 7800, "iat": 7200, "auth_time": 3600, "nonce": "n",
            "acr": "https://account.example/assurance/password", "amr": ["pwd"], "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        });
        assert_eq!(claims(&token), expected);
        let refreshed = IdTokenContext { is_refreshed: true, email: Some("ana@exemple.ca"), ..context() };
        let token = claims(&issue(&grant(), &refreshed, &keys, SigningAlgorithm::Rs256).unwrap());
        assert_eq!(
            (&token["nonce"], &token["email"], &token["email_verified"]),
            (&Value::Null, &"ana@exemple.ca".into(), &true.into())
        );
    }

    #[test]
    fn a_hint_is_an_id_token_that_we_issued_however_old() {
        let ((keys, public), (_, others)) = (key_pairs(), key_pairs());
        for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::Rs256] {
            let token = issue(&grant(), &context(), &keys, algorithm).unwrap();
            let hint = IdTokenHint { client: "health".parse().unwrap(), subject: "pairwise".into() };
            assert_eq!(verify_hint(&token, ISSUER, &public), Some(hint));
            assert_eq!(verify_hint(&token, "https://other.example", &public), None);
            assert_eq!(verify_hint(&token, ISSUER, &others), None);
            let (body, _) = token.rsplit_once('.').unwrap();
            assert_eq!(verify_hint(&format!("{body}."), ISSUER, &public), None, "without its signature");
            let (_, rest) = token.split_once('.').unwrap();
            let none = BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
            assert_eq!(verify_hint(&format!("{none}.{rest}"), ISSUER, &public), None);
        }
        for junk in ["", "a", "a.b.c", "é.é.é"] {
            assert_eq!(verify_hint(junk, ISSUER, &public), None, "{junk}");
        }
    }
}
