//! Tests of the service with a browser and a provider that can send invalid tokens.

mod browser;
mod pages;
mod provider;

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::{
    browser::{Browser, Page},
    provider::{ISSUER, NOW, Provider},
};
use crate::{Credentials, key::Key};

async fn start_with(credentials: Credentials) -> (Arc<Provider>, Browser) {
    let provider = Provider::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let browser = Browser::new(&format!("http://{}", listener.local_addr().unwrap()), credentials).await;
    provider.serve(listener);
    (provider, browser)
}

async fn start() -> (Arc<Provider>, Browser) {
    start_with(Credentials::Secret("a secret:".to_owned())).await
}

/// Begins a sign-in and gives the provider its nonce; returns the callback without a code.
async fn begin_sign_in(provider: &Provider, browser: &mut Browser) -> String {
    let (_, query) = browser.get("/sign-in").await.location();
    provider.set_claim("nonce", query["nonce"].as_str());
    format!("/return?iss={ISSUER}&state={}", query["state"])
}

async fn sign_in(provider: &Provider, browser: &mut Browser) -> Page {
    let back = begin_sign_in(provider, browser).await;
    browser.get(&format!("{back}&code=fresh")).await
}

fn error(page: &Page) -> Value {
    page.claims()["error"].clone()
}

#[tokio::test]
async fn a_sign_in_shows_the_claims() {
    let (provider, mut ana) = start().await;
    let start = ana.get("/?max_age=90&scope=openid&other=1").await;
    let sign_in = start.attribute("main a[href^='/sign-in']", "href");
    assert_eq!(sign_in, "/sign-in?max_age=90&scope=openid&ui_locales=en");

    let (page, query) = ana.get("/sign-in?max_age=90&claims={}").await.location();
    assert_eq!(page, format!("{ISSUER}/authorize"));
    let expected =
        [("response_type", "code"), ("client_id", "demo"), ("scope", "openid email"), ("max_age", "90")];
    for (name, value) in expected.into_iter().chain([("code_challenge_method", "S256"), ("claims", "{}")]) {
        assert_eq!(query[name], value, "{name}");
    }
    assert!(query["redirect_uri"].ends_with("/return"));

    provider.set_claim("nonce", query["nonce"].as_str());
    let state = &query["state"];
    let page = ana.get(&format!("/return?iss={ISSUER}&state={state}&code=fresh")).await;
    let token =
        json!({"expires_in": 300, "has_refresh_token": true, "refreshed": false, "scope": "openid email"});
    let claims = page.claims();
    assert_eq!(claims["token"], token);
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!("demo"), &json!("pairwise")));
    assert_eq!(claims["email"], "ana@exemple.ca");
    assert_eq!(claims["acr"], "two-step", "what is signed comes first");
    assert_eq!(page.headers["cache-control"], "no-store");

    let received = provider.received.lock().unwrap().clone();
    assert_eq!(received["authorization"], "Basic ZGVtbzphK3NlY3JldCUzQQ==");
    assert!(!received.contains_key("client_id") && received.contains_key("code_verifier"));
    assert!(ana.get("/").await.text.contains("/sign-out"));
}

#[tokio::test]
async fn a_service_with_a_key_sends_no_secret() {
    let (provider, mut ana) = start_with(Credentials::Key).await;
    assert_eq!(sign_in(&provider, &mut ana).await.claims()["sub"], "pairwise");
    let received = provider.received.lock().unwrap().clone();
    assert_eq!(received["client_id"], "demo");
    assert_eq!(received["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(received.contains_key("client_assertion"));
    assert!(!received.contains_key("authorization") && !received.contains_key("client_secret"));
    assert!(ana.get("/jwks.json").await.text.contains("\"ES256\""));
}

#[tokio::test]
async fn an_invalid_id_token_signs_nobody_in() {
    let invalid = [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another")),
        ("aud", json!(["demo", "another"])),
        ("azp", json!("another")),
        ("exp", json!(NOW)),
        ("iat", json!(NOW + 61)),
        ("iat", json!(NOW - 301)),
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("at_hash", json!("another")),
    ];
    let (provider, mut ana) = start().await;
    for (name, value) in invalid {
        let back = begin_sign_in(&provider, &mut ana).await;
        let nonce = provider.claims.lock().unwrap()["nonce"].clone();
        *provider.claims.lock().unwrap() = json!({"nonce": nonce, name: value}).as_object().unwrap().clone();
        let page = ana.get(&format!("{back}&code=fresh")).await;
        assert_eq!(error(&page), "invalid_id_token", "{name}: {value}");
        provider.claims.lock().unwrap().clear();
    }
    assert!(!ana.get("/").await.text.contains("/sign-out"));
}

#[tokio::test]
async fn max_age_is_enforced() {
    let (provider, mut ana) = start().await;
    for (auth_time, accepted) in [(json!(NOW - 150), true), (json!(NOW - 151), false), (json!(null), false)] {
        let (_, query) = ana.get("/sign-in?max_age=90").await.location();
        provider.set_claim("nonce", query["nonce"].as_str());
        provider.set_claim("auth_time", auth_time);
        let page = ana.get(&format!("/return?iss={ISSUER}&code=fresh&state={}", query["state"])).await;
        assert_eq!(page.claims().get("error").is_none(), accepted, "{}", page.text);
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_and_an_unpublished_key_is_rejected() {
    let (provider, mut ana) = start().await;
    sign_in(&provider, &mut ana).await;
    *provider.key.lock().unwrap() = Key::generate().unwrap();
    assert_eq!(sign_in(&provider, &mut ana).await.claims()["sub"], "pairwise");

    *provider.published.lock().unwrap() = Some(provider.key.lock().unwrap().published());
    *provider.key.lock().unwrap() = Key::generate().unwrap();
    assert_eq!(error(&sign_in(&provider, &mut ana).await), "invalid_id_token");
}

#[tokio::test]
async fn userinfo_of_another_resident_is_rejected() {
    let (provider, mut ana) = start().await;
    *provider.userinfo.lock().unwrap() = json!({"sub": "eve"});
    assert_eq!(error(&sign_in(&provider, &mut ana).await), "invalid_userinfo");
}

#[tokio::test]
async fn errors_of_the_provider_are_shown() {
    let (provider, mut ana) = start().await;
    let back = begin_sign_in(&provider, &mut ana).await;
    let page = ana.get(&format!("{back}&error=login_required&error_description=%3Cb%3E")).await;
    let expected = json!({
        "error": "login_required", "error_description": "<b>", "iss": ISSUER, "state_matches": true
    });
    assert_eq!((page.status, page.claims()), (StatusCode::OK, expected));
    let again = ana.get(&format!("{back}&error=login_required")).await.claims();
    assert_eq!(again, json!({"error": "login_required", "iss": ISSUER, "state_matches": false}));

    let back = begin_sign_in(&provider, &mut ana).await;
    let page = ana.get(&format!("{back}&code=spent")).await;
    let expected = json!({"error": "invalid_grant", "error_description": "the code is spent"});
    assert_eq!((page.status, page.claims()), (StatusCode::OK, expected));
}

#[tokio::test]
async fn a_response_is_used_once_in_its_own_browser_and_names_the_provider() {
    let (provider, mut ana) = start().await;
    let back = begin_sign_in(&provider, &mut ana).await;
    let mut eve = ana.another_browser();
    let page = eve.get(&format!("{back}&code=fresh")).await;
    assert_eq!((page.status, page.claims()), (StatusCode::BAD_REQUEST, json!({"error": "unknown_state"})));
    assert_eq!(ana.get(&format!("{back}&code=fresh")).await.claims()["sub"], "pairwise");

    provider.received.lock().unwrap().clear();
    assert_eq!(ana.get(&format!("{back}&code=fresh")).await.claims()["sub"], "pairwise", "the Back button");
    assert!(provider.received.lock().unwrap().is_empty());

    for iss in ["", "&iss=https://evil.example"] {
        let (_, query) = ana.get("/sign-in").await.location();
        let page = ana.get(&format!("/return?code=fresh&state={}{iss}", query["state"])).await;
        assert_eq!(error(&page), "wrong_issuer");
    }
    assert_eq!(error(&ana.get("/return?state=a&state=b").await), "invalid_response");
}

#[tokio::test]
async fn a_refresh_keeps_the_resident_and_stores_the_new_token() {
    let (provider, mut ana) = start().await;
    assert_eq!(error(&ana.post("/refresh", None).await), "not_signed_in");
    let before = sign_in(&provider, &mut ana).await;
    assert!(before.text.contains("action=\"/refresh\""));
    assert_eq!(error(&ana.post("/refresh", Some("http://localhost:4002")).await), "foreign_form");

    provider.set_claim("nonce", json!(null));
    let mut spent = Vec::new();
    for _ in 0..2 {
        let claims = ana.post("/refresh", None).await.claims();
        assert_eq!((&claims["sub"], &claims["token"]["refreshed"]), (&json!("pairwise"), &json!(true)));
        spent.push(provider.received.lock().unwrap()["refresh_token"].clone());
    }
    assert_ne!(spent[0], spent[1]);
    assert_eq!(ana.get("/return").await.claims()["token"]["refreshed"], true);

    for (name, value) in [("sub", json!("eve")), ("auth_time", json!(NOW)), ("nonce", json!("another"))] {
        provider.set_claim(name, value);
        assert_eq!(error(&ana.post("/refresh", None).await), "invalid_id_token", "{name}");
        *provider.claims.lock().unwrap() = serde_json::Map::new();
    }
}

#[tokio::test]
async fn signing_out_continues_at_the_provider() {
    let (provider, mut ana) = start().await;
    sign_in(&provider, &mut ana).await;
    assert_eq!(error(&ana.post("/sign-out", Some("http://localhost:4002")).await), "foreign_form");
    let (page, query) = ana.post("/sign-out", None).await.location();
    assert_eq!(page, format!("{ISSUER}/logout"));
    assert_eq!(query["client_id"], "demo");
    assert_eq!(query["id_token_hint"].split('.').count(), 3);
    assert!(query["post_logout_redirect_uri"].ends_with("/signed-out"));

    let end = format!("/signed-out?state={}", query["state"]);
    assert_eq!(ana.another_browser().get(&end).await.status, StatusCode::BAD_REQUEST);
    assert!(ana.get(&end).await.text.contains("You have signed out"));
    assert_eq!(error(&ana.get("/return").await), "unknown_state");
}

#[tokio::test]
async fn a_login_initiation_is_from_the_provider_and_returns_to_this_service() {
    let (_provider, mut ana) = start().await;
    let page = ana.get("/sign-in?iss=https://evil.example").await;
    assert_eq!((page.status, error(&page)), (StatusCode::BAD_REQUEST, json!("unknown_issuer")));
    let page = ana.get(&format!("/sign-in?iss={ISSUER}&target_link_uri=https://evil.example/")).await;
    assert_eq!(error(&page), "foreign_target");
    let (_, query) = ana.get(&format!("/sign-in?iss={ISSUER}&login_hint=ana")).await.location();
    assert_eq!(query["login_hint"], "ana");
}

#[tokio::test]
async fn an_unavailable_provider_is_retried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut ana = Browser::new(&format!("http://{address}"), Credentials::Key).await;
    drop(listener);
    let page = ana.get("/sign-in").await;
    assert_eq!((page.status, error(&page)), (StatusCode::BAD_GATEWAY, json!("provider_unreachable")));

    let provider = Provider::new();
    provider.serve(TcpListener::bind(address).await.unwrap());
    assert_eq!(sign_in(&provider, &mut ana).await.claims()["sub"], "pairwise");
}
