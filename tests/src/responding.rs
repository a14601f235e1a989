//! Authorization responses: errors, by redirect or by form, and what is no error (RULES 6.1).

use std::collections::BTreeMap;

use domain::service::{Scope, Scopes};
use local::{GatewayResponse, Incoming};

use crate::{
    authorizing::posted,
    support::{
        browser::Browser,
        env::{ANA, TestEnv, wait},
        html::Html,
        services::{Changes, VERIFIER, told},
    },
};

/// A change to a valid request, and the error that it gets.
const ERRORS: &[(Changes<'static>, &str)] = &[
    (&[("response_type", "")], "invalid_request"),
    (&[("response_type", "token")], "unsupported_response_type"),
    (&[("state", "s"), ("state", "t")], "invalid_request"),
    (&[("resource", "https://a.example/"), ("resource", "https://b.example/")], "invalid_target"),
    (&[("request", "a.b.c"), ("nonce", ""), ("code_challenge", "")], "request_not_supported"),
    (&[("request_uri", "urn:x")], "request_uri_not_supported"),
    (&[("registration", "{}")], "registration_not_supported"),
    (&[("scope", "profile")], "invalid_scope"),
    (&[("scope", "openid email")], "invalid_scope"),
    (&[("code_challenge", "")], "invalid_request"),
    (&[("prompt", "none login")], "invalid_request"),
    (&[("max_age", "soon")], "invalid_request"),
    (&[("claims", "no")], "invalid_request"),
    (
        &[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#)],
        "unmet_authentication_requirements",
    ),
    (&[("acr_values", "phishing-resistant")], "unmet_authentication_requirements"),
    (&[("prompt", "none"), ("max_age", "0")], "login_required"),
    (&[("prompt", "none"), ("acr_values", "two-step")], "interaction_required"),
];

#[tokio::test]
async fn rule_6_1_each_error_goes_back_to_the_service_with_its_state() {
    let env = TestEnv::begin().await;
    let service = env.service_with("health", |r| r.scopes = Scopes::from([Scope::OpenId])).await;
    let mut browser = env.activated(ANA).await;
    let long: String = "x".repeat(123) + "-._~9";
    for (changes, error) in ERRORS {
        wait(1);
        for (state, mode) in [(&*long, "query"), ("", "query"), (&*long, "form_post"), ("", "form_post")] {
            let usual = [("state", state), ("response_mode", mode), ("scope", "openid")];
            let is_kept = |(name, _): &&(&str, &str)| !changes.iter().any(|(changed, _)| changed == name);
            let usual: Vec<_> = usual.iter().filter(is_kept).copied().collect();
            let asks = service.asks(&[&usual, *changes].concat());
            let has_state = !state.is_empty() && usual.iter().any(|(name, _)| *name == "state");
            for request in [Incoming::get(&asks), posted(&asks)] {
                let with = sent_back(&mut browser, request, mode).await;
                assert_eq!(told(&with), (*error, Some(state).filter(|_| has_state)), "{changes:?}");
                assert!(with["iss"] == "http://localhost:4000" && !with.contains_key("code"));
                let is_legal = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
                assert!(with["error_description"].bytes().all(is_legal), "{with:?}");
            }
        }
    }
}

/// The parameters that a request sends the browser back to the service with, by redirect or by a page that posts them.
async fn sent_back(browser: &mut Browser, request: Incoming, mode: &str) -> BTreeMap<String, String> {
    let mut reply = browser.send(request).await;
    // A valid POST redirects to the GET that decides it.
    if let Some(own) = reply.header("location").filter(|location| location.starts_with('/')) {
        reply = browser.send(Incoming::get(own)).await;
    }
    if mode == "query" {
        // The end of the chain of a form is a page that continues at the service.
        let html = Html::from(reply.text().into_owned());
        let refresh = || html.attribute("meta[http-equiv='refresh']", "content");
        let onward = || refresh()?.split_once("url=").map(|(_, url)| url.to_owned());
        let location = reply.header("location").map(ToOwned::to_owned).or_else(onward);
        let location = location.unwrap_or_else(|| panic!("{reply:?}"));
        assert!(!location.contains('+'), "{location}");
        return url::Url::parse(&location).unwrap().query_pairs().into_owned().collect();
    }
    posted_back(&reply)
}

/// The parameters that the page of a `form_post` response posts to the service.
fn posted_back(reply: &GatewayResponse) -> BTreeMap<String, String> {
    assert_eq!((reply.status, reply.header("location")), (200, None), "{}", reply.text());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://health.example https:;"), "{policy}");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let html = Html::from(reply.text().into_owned());
    assert_eq!(html.attribute("#form-post", "method").unwrap(), "post");
    assert_eq!(html.attribute("#form-post", "action").unwrap(), "https://health.example/return");
    html.form("https://health.example/return").hidden.into_iter().collect()
}

#[tokio::test]
async fn rule_6_1_a_response_is_posted_where_the_service_wants() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let state = "%&#\"<> é-._~+'";
    let asks = service.asks(&[("response_mode", "form_post"), ("state", state)]);
    browser.get(&asks).await;
    assert_eq!(browser.html.text("h1").unwrap(), "Share your information with health in English?");
    let action = browser.html.action("/authorize");
    let no = browser.posting(&action, &[("answer", "no")]);
    let refused = posted_back(&browser.send(no).await);
    assert_eq!(told(&refused), ("access_denied", Some(state)));
    let yes = browser.posting(&action, &[("answer", "yes")]);
    let with = posted_back(&browser.send(yes).await);
    assert_eq!((&*with["state"], &*with["iss"]), (state, "http://localhost:4000"));
    env.tokens(&service, &with["code"]).await;

    let page = browser.get(&format!("{asks}&ui_locales=fr_CA")).await;
    assert_eq!(page.heading(), "Continuer vers «\u{a0}health en français\u{a0}»");
    let silent = Incoming::get(&format!("{asks}&prompt=none"));
    assert_eq!(told(&posted_back(&env.browser().send(silent).await)), ("login_required", Some(state)));
    let unknown = browser.get(&service.asks(&[("response_mode", "fragment")])).await;
    assert_eq!(
        told(&unknown.with),
        ("invalid_request", Some("a state")),
        "an unknown mode is told by redirect"
    );
}

#[tokio::test]
async fn rule_6_1_what_is_not_known_ends_no_request() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let (api, openid) = (("resource", "https://api.example/"), ("scope", "openid"));
    for unknown in [
        &[("acr_values", "urn:unknown 1")][..],
        &[("id_token_hint", "a.b.c")],
        &[("id_token_hint", "a.b.c"), ("prompt", "none")],
        &[("utm_source", "a"), ("utm_source", "b")],
        &[api, api],
        &[("ui_locales", "se")],
    ] {
        for request in [Incoming::get, |asks: &str| posted(asks)] {
            let asks = service.asks(&[&[openid][..], unknown].concat());
            let with = sent_back(&mut browser, request(&asks), "query").await;
            let code = with.get("code").unwrap_or_else(|| panic!("{unknown:?} {with:?}"));
            let twice = Incoming::post("/token").header("authorization", &service.basic());
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &service.redirect_uri),
                ("code_verifier", VERIFIER),
                api,
                api,
                ("utm_source", "a"),
                ("utm_source", "b"),
            ];
            assert_eq!(env.call(twice.form(&fields)).await.0.status, 200, "{unknown:?}");
        }
    }
}
