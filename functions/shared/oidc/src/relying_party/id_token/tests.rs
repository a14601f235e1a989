use std::sync::LazyLock;

use serde_json::json;

use super::{IdTokenError as Error, *};
use crate::{
    id_token::tests::key_pairs,
    signing_keys::{KeyGeneration, PublicKeys, SigningKeyRing, SigningKeys},
};

const ISSUER: &str = "https://bank.example";
const CLIENT: &str = "us";
const NONCE: &str = "the nonce";
const NOW: i64 = 1_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// RSA keys take a while to generate.
static KEYS: LazyLock<(SigningKeys, PublicKeys)> = LazyLock::new(key_pairs);

fn published(keys: &PublicKeys) -> KeySet {
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
    KEYS.0.sign(domain::service::SigningAlgorithm::Rs256, claims).unwrap()
}

fn verify_with(token: &str, keys: &KeySet) -> Result<String, Error> {
    let expected = Expected { issuer: ISSUER, client_id: CLIENT, nonce: NONCE, keys, now: now() };
    let token = UnverifiedIdToken::parse(token).unwrap();
    token.verify(&expected).map(ToOwned::to_owned)
}

fn verify(token: &str) -> Result<String, Error> {
    verify_with(token, &published(&KEYS.1))
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
    let other = published(&key_pairs().1);
    assert_eq!(verify_with(&token, &other), Err(Error::UnknownKey));
    assert_eq!(verify_with(&token, &KeySet::default()), Err(Error::UnknownKey));
    // Without a kid, only a single key is unambiguous; ours has a current and a next one.
    assert_eq!(verify(&with_header(&token, &json!({ "kid": null }))), Err(Error::InvalidSignature));
    let ring = SigningKeyRing::default().rotated(now(), || KeyGeneration::generate(now())).unwrap();
    let strangers = SigningKeys::new(&ring).unwrap();
    let strangers_token = strangers.sign(domain::service::SigningAlgorithm::Rs256, &claims()).unwrap();
    let kid = serde_json::to_value(KEYS.1.published()).unwrap()["keys"][1]["kid"].clone();
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
