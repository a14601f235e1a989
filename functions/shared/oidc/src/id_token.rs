//! ID tokens: made for services (OpenID Connect Core section 2), and read when they come back as hints.

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

use crate::keys::{BadKeys, SigningKeys};

/// How long a service may take an ID token for fresh.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: String,
    /// Left out when nothing can be said in the registry's words: how a partner recognizes residents is its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<&'static str>,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

/// What an ID token is made for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Who makes it.
    pub issuer: &'a str,
    /// The access token it is given with.
    pub access_token: &'a str,
    /// The resident's email address, if the service asked for it here.
    pub email: Option<&'a str>,
    /// Whether it is given for a refresh token: then it has no `nonce` (OpenID Connect Core section 12.2).
    pub is_refreshed: bool,
    /// When.
    pub now: Timestamp,
}

/// Makes the ID token of a grant.
///
/// # Errors
/// [`BadKeys`] when it can't be signed.
pub fn make(
    grant: &Grant,
    occasion: &Occasion<'_>,
    keys: &SigningKeys,
    algorithm: SigningAlgorithm,
) -> Result<String, BadKeys> {
    let token = IdToken {
        iss: occasion.issuer,
        sub: &grant.subject,
        aud: grant.client.as_str(),
        exp: (occasion.now + LIFETIME).as_second(),
        iat: occasion.now.as_second(),
        auth_time: grant.authenticated_at.as_second(),
        nonce: grant.nonce.as_deref().filter(|_| !occasion.is_refreshed),
        acr: grant.assurance.acr(occasion.issuer),
        amr: amr(grant),
        at_hash: half_hash(occasion.access_token),
        email: occasion.email,
        email_verified: occasion.email.map(|_| true),
    };
    keys.sign(algorithm, &token)
}

/// The factors that were proven (RFC 8176 section 2), and `mfa` beside them when one was a second factor of its own.
fn amr(grant: &Grant) -> Vec<&'static str> {
    let mut values: Vec<_> = grant.methods.iter().filter_map(|factor| factor.amr()).collect();
    values.dedup();
    values.extend((grant.assurance >= Assurance::Mfa).then_some("mfa"));
    values
}

/// The left half of a token's hash, by the hash of both algorithms (OpenID Connect Core section 3.1.3.6).
fn half_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    BASE64URL_NOPAD.encode(&hash.as_ref()[..16])
}

/// What an ID token of ours that came back says. It may have run out since: it only says who is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The service it was made for.
    pub client: ClientId,
    /// The service's identifier of the resident.
    pub subject: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
}

/// Reads an ID token that came back as a hint; `None` when it is none of ours.
#[must_use]
pub fn read_hint(token: &str, issuer: &str, keys: &SigningKeys) -> Option<Hint> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let (key, algorithm) = keys.verifying(header.kid.as_deref()?)?;
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["iss", "sub", "aud"]);
    validation.set_issuer(&[issuer]);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    Some(Hint { client: claims.aud.parse().ok()?, subject: claims.sub })
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::{
        authorization::RequestedClaims,
        factors::FactorKind,
        grant::{Stage, Tokens},
        id::{AccountId, ConnectionId, GrantId},
        keys::EmailKey,
        service::Scopes,
    };
    use serde_json::Value;

    use super::*;
    use crate::keys::{Pair, Ring, tests::at};

    pub(crate) const ISSUER: &str = "https://account.example";

    pub(crate) fn signing_keys() -> SigningKeys {
        let ring = Ring::default().rotated(at(0), || Pair::generate(at(0))).unwrap();
        SigningKeys::new(&ring).unwrap()
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

    fn occasion() -> Occasion<'static> {
        // The example of OpenID Connect Core appendix A.3.
        let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        Occasion { issuer: ISSUER, access_token, email: None, is_refreshed: false, now: at(2) }
    }

    fn claims(token: &str) -> Value {
        jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap()
    }

    #[test]
    fn rule_6_1_an_id_token_says_what_was_granted() {
        let keys = signing_keys();
        let made = make(&grant(), &occasion(), &keys, SigningAlgorithm::Es256).unwrap();
        let expected = serde_json::json!({
            "iss": ISSUER, "sub": "pairwise", "aud": "health", "exp": 7800, "iat": 7200, "auth_time": 3600, "nonce": "n",
            "acr": "https://account.example/assurance/password", "amr": ["pwd"], "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        });
        assert_eq!(claims(&made), expected);
        let refreshed = Occasion { is_refreshed: true, email: Some("ana@exemple.ca"), ..occasion() };
        let made = claims(&make(&grant(), &refreshed, &keys, SigningAlgorithm::Rs256).unwrap());
        assert_eq!(
            (&made["nonce"], &made["email"], &made["email_verified"]),
            (&Value::Null, &"ana@exemple.ca".into(), &true.into())
        );
    }

    #[test]
    fn a_hint_is_an_id_token_of_ours_however_old_and_nothing_else() {
        let (keys, others) = (signing_keys(), signing_keys());
        for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::Rs256] {
            let made = make(&grant(), &occasion(), &keys, algorithm).unwrap();
            let hint = Hint { client: "health".parse().unwrap(), subject: "pairwise".into() };
            assert_eq!(read_hint(&made, ISSUER, &keys), Some(hint));
            assert_eq!(read_hint(&made, "https://other.example", &keys), None);
            assert_eq!(read_hint(&made, ISSUER, &others), None);
            let (body, _) = made.rsplit_once('.').unwrap();
            assert_eq!(read_hint(&format!("{body}."), ISSUER, &keys), None, "without its signature");
            let (_, rest) = made.split_once('.').unwrap();
            let none = BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
            assert_eq!(read_hint(&format!("{none}.{rest}"), ISSUER, &keys), None);
        }
        for junk in ["", "a", "a.b.c", "é.é.é"] {
            assert_eq!(read_hint(junk, ISSUER, &keys), None, "{junk}");
        }
    }
}
