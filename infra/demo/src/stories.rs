//! Stories of a browser, the service and a provider that may lie.

mod provider;
mod visitor;

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::{
    provider::{ISSUER, NOW, Provider},
    visitor::{Page, Visitor},
};
use crate::{Credentials, key::Key};

async fn begin_with(credentials: Credentials) -> (Arc<Provider>, Visitor) {
    let provider = Provider::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let visitor = Visitor::new(&format!("http://{}", listener.local_addr().unwrap()), credentials).await;
    provider.serve(listener);
    (provider, visitor)
}

async fn begin() -> (Arc<Provider>, Visitor) {
    begin_with(Credentials::Secret("a secret:".to_owned())).await
}

/// Goes to the provider, which will say the right nonce, and says where it would lead back to.
async fn leave(provider: &Provider, visitor: &mut Visitor) -> String {
    let (_, query) = visitor.get("/sign-in").await.location();
    provider.say("nonce", query["nonce"].as_str());
    format!("/return?iss={ISSUER}&state={}", query["state"])
}

async fn sign_in(provider: &Provider, visitor: &mut Visitor) -> Page {
    let back = leave(provider, visitor).await;
    visitor.get(&format!("{back}&code=fresh")).await
}

fn error(page: &Page) -> Value {
    page.claims()["error"].clone()
}

#[tokio::test]
async fn a_sign_in_shows_the_claims() {
    let (provider, mut ana) = begin().await;
    let start = ana.get("/?max_age=90&scope=openid&other=1").await;
    assert!(start.text.contains("<h1>Fish &#38; game / <span lang=\"fr\">Pêche et chasse</span></h1>"));
    assert!(start.text.contains("href=\"/sign-in?max_age=90&#38;scope=openid\""), "{}", start.text);

    let (page, query) = ana.get("/sign-in?max_age=90&claims={}").await.location();
    assert_eq!(page, format!("{ISSUER}/authorize"));
    let expected =
        [("response_type", "code"), ("client_id", "demo"), ("scope", "openid email"), ("max_age", "90")];
    for (name, value) in expected.into_iter().chain([("code_challenge_method", "S256"), ("claims", "{}")]) {
        assert_eq!(query[name], value, "{name}");
    }
    assert!(query["redirect_uri"].ends_with("/return"));

    provider.say("nonce", query["nonce"].as_str());
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

    let asked = provider.asked.lock().unwrap().clone();
    assert_eq!(asked["authorization"], "Basic ZGVtbzphK3NlY3JldCUzQQ==");
    assert!(!asked.contains_key("client_id") && asked.contains_key("code_verifier"));
    assert!(ana.get("/").await.text.contains("/sign-out"));
}

#[tokio::test]
async fn a_service_with_a_key_sends_no_secret() {
    let (provider, mut ana) = begin_with(Credentials::Key).await;
    assert_eq!(sign_in(&provider, &mut ana).await.claims()["sub"], "pairwise");
    let asked = provider.asked.lock().unwrap().clone();
    assert_eq!(asked["client_id"], "demo");
    assert_eq!(asked["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(asked.contains_key("client_assertion"));
    assert!(!asked.contains_key("authorization") && !asked.contains_key("client_secret"));
    assert!(ana.get("/jwks.json").await.text.contains("\"ES256\""));
}

#[tokio::test]
async fn an_id_token_that_does_not_hold_signs_nobody_in() {
    let lies = [
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
    let (provider, mut ana) = begin().await;
    for (name, lie) in lies {
        let back = leave(&provider, &mut ana).await;
        let nonce = provider.claims.lock().unwrap()["nonce"].clone();
        *provider.claims.lock().unwrap() = json!({"nonce": nonce, name: lie}).as_object().unwrap().clone();
        let page = ana.get(&format!("{back}&code=fresh")).await;
        assert_eq!(error(&page), "invalid_id_token", "{name}: {lie}");
        provider.claims.lock().unwrap().clear();
    }
    assert!(!ana.get("/").await.text.contains("/sign-out"));
}

#[tokio::test]
async fn a_max_age_is_held() {
    let (provider, mut ana) = begin().await;
    for (auth_time, accepted) in [(json!(NOW - 150), true), (json!(NOW - 151), false), (json!(null), false)] {
        let (_, query) = ana.get("/sign-in?max_age=90").await.location();
        provider.say("nonce", query["nonce"].as_str());
        provider.say("auth_time", auth_time);
        let page = ana.get(&format!("/return?iss={ISSUER}&code=fresh&state={}", query["state"])).await;
        assert_eq!(page.claims().get("error").is_none(), accepted, "{}", page.text);
    }
}

#[tokio::test]
async fn a_new_key_is_asked_for_and_a_foreign_one_refused() {
    let (provider, mut ana) = begin().await;
    sign_in(&provider, &mut ana).await;
    *provider.key.lock().unwrap() = Key::generate().unwrap();
    assert_eq!(sign_in(&provider, &mut ana).await.claims()["sub"], "pairwise");

    *provider.published.lock().unwrap() = Some(provider.key.lock().unwrap().published());
    *provider.key.lock().unwrap() = Key::generate().unwrap();
    assert_eq!(error(&sign_in(&provider, &mut ana).await), "invalid_id_token");
}

#[tokio::test]
async fn userinfo_of_another_resident_is_refused() {
    let (provider, mut ana) = begin().await;
    *provider.userinfo.lock().unwrap() = json!({"sub": "eve"});
    assert_eq!(error(&sign_in(&provider, &mut ana).await), "invalid_userinfo");
}

#[tokio::test]
async fn what_the_provider_refuses_is_shown() {
    let (provider, mut ana) = begin().await;
    let back = leave(&provider, &mut ana).await;
    let page = ana.get(&format!("{back}&error=login_required&error_description=%3Cb%3E")).await;
    let said = json!({
        "error": "login_required", "error_description": "<b>", "iss": ISSUER, "state_matches": true
    });
    assert_eq!((page.status, page.claims()), (StatusCode::OK, said));
    let again = ana.get(&format!("{back}&error=login_required")).await.claims();
    assert_eq!(again, json!({"error": "login_required", "iss": ISSUER, "state_matches": false}));

    let back = leave(&provider, &mut ana).await;
    let page = ana.get(&format!("{back}&code=spent")).await;
    let said = json!({"error": "invalid_grant", "error_description": "the code is spent"});
    assert_eq!((page.status, page.claims()), (StatusCode::OK, said));
}

#[tokio::test]
async fn a_response_is_used_once_in_its_own_browser_and_names_the_provider() {
    let (provider, mut ana) = begin().await;
    let back = leave(&provider, &mut ana).await;
    let mut eve = ana.stranger();
    let page = eve.get(&format!("{back}&code=fresh")).await;
    assert_eq!((page.status, page.claims()), (StatusCode::BAD_REQUEST, json!({"error": "unknown_state"})));
    assert_eq!(ana.get(&format!("{back}&code=fresh")).await.claims()["sub"], "pairwise");

    provider.asked.lock().unwrap().clear();
    assert_eq!(ana.get(&format!("{back}&code=fresh")).await.claims()["sub"], "pairwise", "the Back button");
    assert!(provider.asked.lock().unwrap().is_empty());

    for iss in ["", "&iss=https://evil.example"] {
        let (_, query) = ana.get("/sign-in").await.location();
        let page = ana.get(&format!("/return?code=fresh&state={}{iss}", query["state"])).await;
        assert_eq!(error(&page), "wrong_issuer");
    }
    assert_eq!(error(&ana.get("/return?state=a&state=b").await), "invalid_response");
}

#[tokio::test]
async fn a_refresh_keeps_the_resident_and_takes_the_new_token() {
    let (provider, mut ana) = begin().await;
    assert_eq!(error(&ana.post("/refresh", None).await), "not_signed_in");
    let before = sign_in(&provider, &mut ana).await;
    assert!(before.text.contains("action=\"/refresh\""));
    assert_eq!(error(&ana.post("/refresh", Some("http://localhost:4002")).await), "foreign_form");

    provider.say("nonce", json!(null));
    let mut spent = Vec::new();
    for _ in 0..2 {
        let claims = ana.post("/refresh", None).await.claims();
        assert_eq!((&claims["sub"], &claims["token"]["refreshed"]), (&json!("pairwise"), &json!(true)));
        spent.push(provider.asked.lock().unwrap()["refresh_token"].clone());
    }
    assert_ne!(spent[0], spent[1]);
    assert_eq!(ana.get("/return").await.claims()["token"]["refreshed"], true);

    for (name, lie) in [("sub", json!("eve")), ("auth_time", json!(NOW)), ("nonce", json!("another"))] {
        provider.say(name, lie);
        assert_eq!(error(&ana.post("/refresh", None).await), "invalid_id_token", "{name}");
        *provider.claims.lock().unwrap() = serde_json::Map::new();
    }
}

#[tokio::test]
async fn signing_out_goes_on_to_the_provider() {
    let (provider, mut ana) = begin().await;
    sign_in(&provider, &mut ana).await;
    assert_eq!(error(&ana.post("/sign-out", Some("http://localhost:4002")).await), "foreign_form");
    let (page, query) = ana.post("/sign-out", None).await.location();
    assert_eq!(page, format!("{ISSUER}/logout"));
    assert_eq!(query["client_id"], "demo");
    assert_eq!(query["id_token_hint"].split('.').count(), 3);
    assert!(query["post_logout_redirect_uri"].ends_with("/signed-out"));

    let end = format!("/signed-out?state={}", query["state"]);
    assert_eq!(ana.stranger().get(&end).await.status, StatusCode::BAD_REQUEST);
    assert!(ana.get(&end).await.text.contains("You have signed out"));
    assert_eq!(error(&ana.get("/return").await), "unknown_state");
}

#[tokio::test]
async fn an_invitation_is_the_providers_and_leads_to_our_pages() {
    let (_provider, mut ana) = begin().await;
    let page = ana.get("/sign-in?iss=https://evil.example").await;
    assert_eq!((page.status, error(&page)), (StatusCode::BAD_REQUEST, json!("unknown_issuer")));
    let page = ana.get(&format!("/sign-in?iss={ISSUER}&target_link_uri=https://evil.example/")).await;
    assert_eq!(error(&page), "foreign_target");
    let (_, query) = ana.get(&format!("/sign-in?iss={ISSUER}&login_hint=ana")).await.location();
    assert_eq!(query["login_hint"], "ana");
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut ana = Visitor::new(&format!("http://{address}"), Credentials::Key).await;
    drop(listener);
    let page = ana.get("/sign-in").await;
    assert_eq!((page.status, error(&page)), (StatusCode::BAD_GATEWAY, json!("provider_unreachable")));

    let provider = Provider::new();
    provider.serve(TcpListener::bind(address).await.unwrap());
    assert_eq!(sign_in(&provider, &mut ana).await.claims()["sub"], "pairwise");
}
