//! RP-initiated logout (RULES 6.6).

use local::Incoming;

use crate::support::{
    browser::Browser,
    env::{ANA, TestEnv},
    services::{Changes, Service},
};

const BYE: &str = "https://health.example/bye";

/// A resident who signed in to the service, and its ID token.
async fn signed_in(env: &TestEnv) -> (Browser, Service, String) {
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    (browser, service, tokens["id_token"].as_str().unwrap().to_owned())
}

fn asks(parameters: Changes<'_>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/logout?{query}")
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/services").await.path == "/services"
}

#[tokio::test]
async fn rule_6_6_a_proven_request_signs_out_and_leads_back() {
    let env = TestEnv::begin().await;
    let (browser, service, hint) = signed_in(&env).await;
    let state = "%&#\"<> +/?=é-._~".repeat(6);
    let cases: [(Changes<'_>, Option<&str>); 4] = [
        (&[("post_logout_redirect_uri", BYE), ("state", &state)], Some(BYE)),
        (&[("post_logout_redirect_uri", BYE)], Some(BYE)),
        (&[], None),
        (&[("state", "s")], None),
    ];
    for (parameters, end) in cases {
        let mut own = env.browser();
        own.jar.clone_from(&browser.jar);
        own.sign_in(ANA, crate::support::env::PASSWORD).await;
        let parameters = [&[("id_token_hint", &*hint)], parameters].concat();
        let page = own.get(&asks(&parameters)).await;
        assert_eq!(page.left_for.as_deref(), end);
        let expected = parameters.iter().find(|(name, _)| *name == "state" && end.is_some());
        assert_eq!(page.with.get("state").map(String::as_str), expected.map(|(_, state)| *state));
        assert_eq!(page.with.len(), usize::from(expected.is_some()), "nothing else is said");
        if end.is_none() {
            assert_eq!(page.heading(), "You are signed out");
        }
        assert!(!is_signed_in(&mut own).await);
        let silent = own.get(&service.asks(&[("prompt", "none")])).await;
        assert_eq!(silent.with["error"], "login_required");
        let again = own.get(&asks(&parameters)).await;
        assert_eq!(again.left_for.as_deref(), end, "signed out already");
    }
}

#[tokio::test]
async fn rule_6_6_what_is_not_proven_is_asked_and_leads_nowhere_else() {
    let env = TestEnv::begin().await;
    let (mut browser, _, hint) = signed_in(&env).await;
    let (body, _) = hint.rsplit_once('.').unwrap();
    let none = format!("eyJhbGciOiAibm9uZSJ9.{}.", body.split('.').nth(1).unwrap());
    let hs256 = jsonwebtoken::encode(
        &jsonwebtoken::Header::default(),
        &serde_json::json!({ "iss": "health", "aud": "http://localhost:4000", "sub": "x" }),
        &jsonwebtoken::EncodingKey::from_secret(b"secret"),
    )
    .unwrap();
    let uri = ("post_logout_redirect_uri", BYE);
    let cases: [Changes<'_>; 6] = [
        &[uri, ("state", "s")],
        &[("id_token_hint", &none), uri],
        &[("id_token_hint", &hs256), uri],
        &[("id_token_hint", &hint), ("client_id", "other"), uri],
        &[("state", "s")],
        &[],
    ];
    for parameters in cases {
        let page = browser.get(&asks(parameters)).await;
        assert_eq!((page.status, page.heading()), (200, "Sign out of your account?"), "{parameters:?}");
        assert!(is_signed_in(&mut browser).await);
        let mut other = browser.clone();
        other.get(&asks(parameters)).await;
        let request = other.posting(&asks(parameters), &[]);
        let reply = env.stack.call(&other.jar.iter().fold(request, |r, (n, v)| r.cookie(n, v))).await;
        assert_eq!(reply.header("location"), Some("/logout"), "{parameters:?}");
        browser = env.browser();
        browser.sign_in(ANA, crate::support::env::PASSWORD).await;
    }
    for uri in ["https://health.example/bye?foo=bar", "https://health.example/bad", "https://evil.example/"] {
        browser.sign_in(ANA, crate::support::env::PASSWORD).await;
        let target = asks(&[("id_token_hint", &hint), ("post_logout_redirect_uri", uri), ("state", "s")]);
        let page = browser.get(&target).await;
        assert_eq!((page.left_for.as_deref(), page.heading()), (None, "Sign out of your account?"), "{uri}");
        assert!(!page.html.contains("\"https://evil"), "{}", page.html);
        assert!(is_signed_in(&mut browser).await, "{uri}: nobody is signed out without a question");
        browser.get(&target).await;
        let page = browser.post(&target, &[]).await;
        assert_eq!((page.left_for.as_deref(), page.heading()), (None, "You are signed out"), "{uri}");
    }
}

#[tokio::test]
async fn rule_6_6_a_services_name_alone_is_asked_about_and_leads_back() {
    let env = TestEnv::begin().await;
    let (mut browser, ..) = signed_in(&env).await;
    let named = [("client_id", "health"), ("post_logout_redirect_uri", BYE), ("state", "s t")];
    // A hint that no key verifies proves nothing, and takes nothing back.
    for target in [asks(&named), asks(&[&named[..], &[("id_token_hint", "a.b.c")]].concat())] {
        browser.sign_in(ANA, crate::support::env::PASSWORD).await;
        let page = browser.get(&target).await;
        assert!(page.html.contains("You signed out of health in English."), "{}", page.html);
        let request = browser.posting(&target, &[]);
        let reply = browser.send(request).await;
        assert!(reply.text().contains("url=https://health.example/bye?state=s%20t"), "{}", reply.text());
        assert!(!is_signed_in(&mut browser).await);
    }
}

#[tokio::test]
async fn rule_6_6_somebody_elses_token_signs_nobody_out() {
    let env = TestEnv::begin().await;
    let (_, _, hint) = signed_in(&env).await;
    let mut bob = env.activated("bob@exemple.ca").await;
    let page = bob.get(&asks(&[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)])).await;
    assert_eq!(page.heading(), "Sign out of your account?");
    assert!(is_signed_in(&mut bob).await);
}

#[tokio::test]
async fn rule_6_6_a_request_by_post_from_a_service_goes_on_by_get() {
    let env = TestEnv::begin().await;
    let (mut browser, _, hint) = signed_in(&env).await;
    let post = Incoming::post("/logout")
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://health.example")
        .form(&[("id_token_hint", &*hint), ("post_logout_redirect_uri", BYE), ("other", "x")]);
    let reply = env.browser().send(post).await;
    assert_eq!((reply.status, reply.set_cookies().count()), (303, 0));
    let page = browser.get(reply.header("location").unwrap()).await;
    assert_eq!(page.left_for.as_deref(), Some(BYE));
    assert!(!is_signed_in(&mut browser).await);
}
