//! Checks of authorization requests, and responses to them.

use domain::service::Client;

use super::*;
use crate::{
    Parameters,
    authorize::{
        AuthorizationResponse, UntrustedRedirect, client_id, read, redirect_uri, response_parameters,
        response_url,
    },
    registration::tests::{client, pairs},
};

const ISSUER: &str = "https://account.example";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const RETURN: &str = "https://health.example/return";

const GOOD: [(&str, &str); 7] = [
    ("client_id", "health"),
    ("redirect_uri", RETURN),
    ("response_type", "code"),
    ("scope", "openid"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
    ("state", "s"),
];

/// The valid request with these parameters changed; an empty value removes a parameter.
fn request(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let kept = GOOD.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let all: Vec<_> = kept.chain(changes).filter(|(_, value)| !value.is_empty()).copied().collect();
    pairs(&all)
}

fn checked(client: &Client, pairs: &[(String, String)]) -> CheckResult {
    let parameters = Parameters::new(pairs);
    let context = RequestContext { parameters, client, issuer: ISSUER, keys: None };
    read(&context, RETURN)
}

fn error(changes: &[(&str, &str)]) -> ErrorCode {
    checked(&client(), &request(changes)).unwrap_err().code
}

fn good(changes: &[(&str, &str)]) -> AuthorizationRequest {
    checked(&client(), &request(changes)).unwrap()
}

#[test]
fn rule_6_1_a_request_that_passes_every_check_is_read() {
    let read = good(&[
        ("nonce", "n"),
        ("scope", "email profile openid"),
        ("prompt", "login consent"),
        ("max_age", "60"),
        ("acr_values", "urn:x password"),
        ("claims", r#"{"id_token":{"email":null,"sub":{"value":"ana"}}}"#),
        ("login_hint", "ana@exemple.ca"),
        ("ui_locales", "de fr-CA"),
        ("display", "popup"),
        ("claims_locales", "se"),
        ("extra", "foobar"),
        ("extra", "again"),
        ("resource", "https://api.example/"),
        ("resource", "https://api.example/"),
        ("utm_source", "a"),
        ("utm_source", "b"),
        ("response_mode", "form_post"),
        ("id_token_hint", "a.b.c"),
    ]);
    let expected = AuthorizationRequest {
        client: "health".parse().unwrap(),
        redirect_uri: RETURN.into(),
        response_mode: ResponseMode::FormPost,
        state: Some("s".into()),
        nonce: Some("n".into()),
        scopes: Scopes::from([Scope::OpenId, Scope::Email]),
        code_challenge: Some(CHALLENGE.into()),
        prompts: [Prompt::Login, Prompt::Consent].into(),
        max_age: Some(60),
        assurance: Assurance::Password,
        claims: RequestedClaims { email_in_id_token: true, email_in_userinfo: false },
        login_hint: Some("ana@exemple.ca".into()),
        subject: Some("ana".into()),
        language: Some(Language::French),
    };
    assert_eq!(read, expected);
}

#[test]
fn rule_6_1_each_check_has_its_own_error() {
    for (changes, expected) in [
        (&[("scope", "openid"), ("scope", "openid")][..], ErrorCode::InvalidRequest),
        (&[("request", "a.b.")], ErrorCode::RequestNotSupported),
        (
            &[("request", "a.b."), ("response_type", ""), ("code_challenge", "")],
            ErrorCode::RequestNotSupported,
        ),
        (&[("request_uri", "https://x.example/")], ErrorCode::RequestUriNotSupported),
        (&[("registration", "{}")], ErrorCode::RegistrationNotSupported),
        (&[("response_type", "")], ErrorCode::InvalidRequest),
        (&[("response_type", "token")], ErrorCode::UnsupportedResponseType),
        (&[("response_type", "code id_token")], ErrorCode::UnsupportedResponseType),
        (&[("response_mode", "fragment")], ErrorCode::InvalidRequest),
        (&[("state", &"s".repeat(2049))], ErrorCode::InvalidRequest),
        (&[("nonce", &"s".repeat(2049))], ErrorCode::InvalidRequest),
        (&[("login_hint", &"s".repeat(2049))], ErrorCode::InvalidRequest),
        (
            &[("state", &"s".repeat(2048)), ("nonce", &"s".repeat(2048)), ("login_hint", "s")],
            ErrorCode::InvalidRequest,
        ),
        (
            &[("resource", "https://api.example/"), ("resource", "https://other.example/")],
            ErrorCode::InvalidTarget,
        ),
        (&[("scope", "")], ErrorCode::InvalidScope),
        (&[("scope", "email")], ErrorCode::InvalidScope),
        (&[("scope", "openid offline_access")], ErrorCode::InvalidScope),
        (&[("code_challenge", "")], ErrorCode::InvalidRequest),
        (&[("code_challenge", "short")], ErrorCode::InvalidRequest),
        (&[("code_challenge_method", "")], ErrorCode::InvalidRequest),
        (&[("code_challenge_method", "plain")], ErrorCode::InvalidRequest),
        (&[("prompt", "none login")], ErrorCode::InvalidRequest),
        (&[("prompt", "other")], ErrorCode::InvalidRequest),
        (&[("max_age", "-1")], ErrorCode::InvalidRequest),
        (&[("max_age", "+1")], ErrorCode::InvalidRequest),
        (&[("max_age", "99999999999999999999")], ErrorCode::InvalidRequest),
        (&[("claims", "{")], ErrorCode::InvalidRequest),
        (
            &[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#)],
            ErrorCode::UnmetAuthenticationRequirements,
        ),
    ] {
        assert_eq!(error(changes), expected, "{changes:?}");
    }
}

#[test]
fn rule_6_1_each_known_parameter_counts_once() {
    for name in KNOWN {
        let twice = pairs(&[(name, "x"), (name, "x")]);
        let all = [request(&[(name, "")]), twice].concat();
        let error = checked(&client(), &all).unwrap_err();
        assert_eq!(
            (error.code, error.description),
            (ErrorCode::InvalidRequest, "a parameter is repeated"),
            "{name}"
        );
    }
}

#[test]
fn rule_6_1_pkce_and_nonce_are_optional_where_the_registration_says_so() {
    let mut client = client();
    client.registration.require_pkce = false;
    let without = request(&[("code_challenge", ""), ("code_challenge_method", ""), ("nonce", "")]);
    assert_eq!(checked(&client, &without).unwrap().code_challenge, None);
    let half = request(&[("code_challenge", "")]);
    assert!(checked(&client, &half).is_err());
    assert_eq!(checked(&client, &request(&[])).unwrap().code_challenge.unwrap(), CHALLENGE);
}

#[test]
fn rule_6_2_the_lowest_requested_level_counts_but_no_less_than_is_registered() {
    let level = |changes: &[(&str, &str)]| good(changes).assurance;
    assert_eq!(level(&[("acr_values", "mfa two-step")]), Assurance::TwoStep);
    assert_eq!(level(&[("acr_values", "urn:x mfa")]), Assurance::Mfa);
    assert_eq!(level(&[("acr_values", "urn:x 1")]), Assurance::Password, "unknown values are ignored");
    assert_eq!(level(&[("acr_values", "https://account.example/assurance/mfa")]), Assurance::Mfa);
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["phishing-resistant"]}}}"#;
    assert_eq!(level(&[("acr_values", "mfa"), ("claims", essential)]), Assurance::PhishingResistant);
    let mut client = client();
    client.registration.assurance = Assurance::Mfa;
    let read = checked(&client, &request(&[("acr_values", "password")])).unwrap();
    assert_eq!(read.assurance, Assurance::Mfa);
}

#[test]
fn rule_6_3_claims_that_are_not_registered_are_ignored() {
    let mut client = client();
    client.registration.scopes = Scopes::from([Scope::OpenId]);
    let pairs = request(&[("claims", r#"{"userinfo":{"email":null},"id_token":{"email":null}}"#)]);
    assert!(!checked(&client, &pairs).unwrap().wants_email());
}

#[test]
fn rule_6_1_redirect_uris_are_compared_exactly() {
    let client = client();
    let found = |uri: &str| {
        redirect_uri(Parameters::new(&request(&[("redirect_uri", uri)])).get("redirect_uri"), &client)
            .map(ToOwned::to_owned)
    };
    assert_eq!(found(RETURN).unwrap(), RETURN);
    for other in [
        "",
        "https://health.example/return/",
        "https://health.example/return?a=b",
        "https://health.example/return#a",
        "https://HEALTH.example/return",
        "https://health.example:443/return",
        "https://health.example/return/../return",
        "https://health.example.evil/return",
        "//health.example/return",
    ] {
        assert_eq!(found(other), Err(UntrustedRedirect::UnregisteredRedirectUri), "{other}");
    }
    let twice = pairs(&[("redirect_uri", RETURN), ("redirect_uri", "https://evil.example/")]);
    assert!(redirect_uri(Parameters::new(&twice).get("redirect_uri"), &client).is_err());
    let mut off = client.clone();
    off.is_on = false;
    let pairs = request(&[]);
    assert_eq!(
        redirect_uri(Parameters::new(&pairs).get("redirect_uri"), &off),
        Err(UntrustedRedirect::ClientDisabled)
    );
    for id in ["", "a b", "é"] {
        let pairs = request(&[("client_id", id)]);
        assert_eq!(client_id(Parameters::new(&pairs)), Err(UntrustedRedirect::UnknownClient));
    }
}

#[test]
fn rule_6_1_the_response_keeps_the_registered_query_and_the_state() {
    let url = |redirect_uri, state, response| {
        response_url(redirect_uri, &response_parameters(state, response, ISSUER)).unwrap()
    };
    let state = "%&#\"<> é-._~+";
    let code = url("https://a.example/r?x=%2F1", Some(state), AuthorizationResponse::Code("c"));
    assert!(code.starts_with("https://a.example/r?x=%2F1&code=c&state="), "{code}");
    assert!(!code.contains('+'), "{code}");
    let read = url::Url::parse(&code).unwrap();
    let pairs: Vec<_> = read.query_pairs().collect();
    assert_eq!(pairs[2].1, state);
    assert_eq!(pairs[3], ("iss".into(), ISSUER.into()));
    let error = OAuthError::new(ErrorCode::AccessDenied, "not now");
    assert_eq!(
        url(RETURN, None, AuthorizationResponse::Error(error)),
        format!("{RETURN}?error=access_denied&error_description=not%20now&iss=https%3A%2F%2Faccount.example")
    );
}
