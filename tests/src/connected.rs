//! *My connected services*: lists each service at once, and disconnects it with all of its grants (RULES 6.4).

use serde_json::json;

use crate::support::env::{ANA, TestEnv, wait};

const OFFLINE: &[(&str, &str)] = &[("scope", "openid email offline_access")];

#[tokio::test]
async fn rule_6_4_a_service_is_listed_as_soon_as_it_gets_its_first_code() {
    let env = TestEnv::begin().await;
    let (health, roads) = (env.service("health").await, env.service("roads").await);
    let mut browser = env.activated(ANA).await;
    assert!(browser.get("/services").await.html.contains("No government service is connected"));
    env.code(&mut browser, &health, &[]).await;
    wait(1);
    env.code(&mut browser, &roads, &[("scope", "openid")]).await;
    let page = browser.get("/services").await;
    let places = [
        "roads in English",
        "service: an ID that only this service can use.<",
        "health in English",
        "your email address",
    ];
    let found: Vec<_> = places
        .iter()
        .map(|text| page.html.find(text).unwrap_or_else(|| panic!("{text}: {}", page.html)))
        .collect();
    assert!(found.is_sorted(), "the last used first: {found:?}");
    for part in
        ["https://health.example/", "mailto:help@health.example", "/services/disconnect?service=health"]
    {
        assert!(page.html.contains(part), "{part}");
    }
    env.switch("roads", false).await;
    let page = browser.get("/services").await;
    assert!(page.html.contains("is not available right now"));
    assert!(
        !page.html.contains("href=\"https://roads.example/\"")
            && page.html.contains("mailto:help@roads.example")
    );
}

#[tokio::test]
async fn rule_6_5_tokens_for_while_the_resident_is_away_are_asked_about_and_listed() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let (english, french) = ("access to this for up to 180 days", "jusqu’à 180\u{a0}jours");
    let offline = service.asks(&[("scope", "openid offline_access")]);
    let page = browser.get(&offline).await;
    assert_eq!(page.heading(), "Share your information with health in English?");
    assert!(page.html.contains(english) && !page.html.contains("your email address:"), "{}", page.html);
    let silent = browser.get(&format!("{offline}&prompt=none")).await;
    assert_eq!(silent.with["error"], "consent_required");
    env.code(&mut browser, &service, &[("scope", "openid offline_access")]).await;
    assert!(browser.get(&offline).await.with.contains_key("code"), "it is remembered");
    let page = browser.get(&service.asks(OFFLINE)).await;
    assert!(page.html.contains("your email address:") && page.html.contains(english), "{}", page.html);
    env.code(&mut browser, &service, OFFLINE).await;
    for scope in ["openid", "openid email", "openid offline_access", "openid email offline_access"] {
        assert!(browser.get(&service.asks(&[("scope", scope)])).await.with.contains_key("code"), "{scope}");
    }
    let page = browser.get("/services").await;
    assert!(page.html.contains("The service may keep this access for up to 180 days"), "{}", page.html);
    for path in [&*format!("{offline}&prompt=consent&ui_locales=fr"), "/services?switch_language=fr"] {
        let page = browser.get(path).await;
        assert!(page.html.contains(french), "{path}: {}", page.html);
    }

    let roads = env.service("roads").await;
    env.code(&mut browser, &roads, &[]).await;
    let page = browser.get(&roads.asks(OFFLINE)).await;
    assert!(page.html.contains("180"), "it is asked when it is new: {}", page.html);
}

#[tokio::test]
async fn rule_6_4_disconnecting_ends_what_was_granted_and_is_told_by_email() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, OFFLINE).await;
    let tokens = env.tokens(&service, &code).await;
    let unused = env.code(&mut browser, &service, OFFLINE).await;
    let page = browser.get("/services/disconnect?service=health").await;
    assert_eq!(page.heading(), "Disconnect health in English?");
    let page = browser.post("/services/disconnect?service=health", &[]).await;
    assert_eq!(page.path, "/services");
    assert!(!page.html.contains("/services/disconnect?service=health"));
    assert_eq!(page.success().as_deref(), Some("health in English was disconnected."));
    let email = env.emails().await.pop().unwrap();
    assert_eq!(email.subject, "health in English was disconnected from your account");
    assert!(email.text.contains("/dispute?token="));

    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(env.userinfo(token).await.0, 401);
    for request in
        [service.refreshes(tokens["refresh_token"].as_str().unwrap()), service.exchanges(&unused, &[])]
    {
        let (reply, body) = env.call(request).await;
        assert_eq!((reply.status, &body["error"]), (400, &json!("invalid_grant")));
    }
    // A service that connects again asks for consent again, and its old grants stay revoked.
    let page = browser.get(&service.asks(OFFLINE)).await;
    assert_eq!(page.heading(), "Share your information with health in English?");
    let code = env.code(&mut browser, &service, OFFLINE).await;
    env.tokens(&service, &code).await;
    assert_eq!(env.userinfo(token).await.0, 401);
}

#[tokio::test]
async fn rule_6_4_disconnecting_twice_or_what_is_not_there_leads_to_the_list() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.code(&mut browser, &service, &[]).await;
    browser.get("/services/disconnect?service=health").await;
    let before = env.emails().await.len();
    for _ in 0..2 {
        let request = browser.posting("/services/disconnect?service=health", &[]);
        assert_eq!(browser.send(request).await.status, 303);
    }
    assert_eq!(env.emails().await.len(), before + 1);
    for path in
        ["/services/disconnect?service=health", "/services/disconnect", "/services/disconnect?service=%00"]
    {
        assert_eq!(browser.get(path).await.path, "/services");
    }
    browser.jar.remove("__Host-session");
    assert_eq!(browser.get("/services/disconnect?service=health").await.path, "/login");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_4_codes_and_disconnecting_side_by_side_leave_nothing_half_done() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.code(&mut browser, &service, &[]).await;
    for _ in 0..8 {
        browser.get("/services/disconnect?service=health").await;
        let request = browser.posting("/services/disconnect?service=health", &[]);
        let (mut asking, mut ending) = (browser.clone(), browser.clone());
        let asks = service.asks(&[("scope", "openid")]);
        let (page, ended) = tokio::join!(asking.get(&asks), ending.send(request));
        assert_eq!((page.left_for.as_deref(), ended.status), (Some("https://health.example/return"), 303));
        // In either order: the code works and its service is listed, or neither.
        let works = env.call(service.exchanges(&page.with["code"], &[])).await.0.status == 200;
        let is_listed = browser.get("/services").await.html.contains("health in English");
        assert_eq!(works, is_listed);
    }
}

#[tokio::test]
async fn rule_3_11_an_account_is_changed_twenty_times_a_day_with_a_notice_each() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    for n in 0..21 {
        env.code(&mut browser, &service, &[]).await;
        browser.get("/services/disconnect?service=health").await;
        let page = browser.post("/services/disconnect?service=health", &[]).await;
        if n < 20 {
            assert_eq!((page.status, page.path.as_str()), (200, "/services"), "{n}");
        } else {
            assert_eq!((page.status, page.heading()), (429, "Too many changes today"));
        }
    }
    let emails = env.emails().await;
    assert_eq!(emails.iter().filter(|email| email.subject.contains("was disconnected")).count(), 20);
    assert!(browser.get("/services").await.html.contains("health in English"), "nothing is done unnoticed");
}
