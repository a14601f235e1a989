//! *My connected services*: shown at once, disconnected with all that was granted (RULES 6.4).

use serde_json::json;

use crate::story::{ANA, Story, wait};

const OFFLINE: &[(&str, &str)] = &[("scope", "openid email offline_access")];

#[tokio::test]
async fn rule_6_4_a_service_is_listed_as_soon_as_it_gets_its_first_code() {
    let story = Story::begin().await;
    let (health, roads) = (story.service("health").await, story.service("roads").await);
    let mut browser = story.activated(ANA).await;
    assert!(browser.get("/services").await.html.contains("will be listed here"));
    story.code(&mut browser, &health, &[]).await;
    wait(1);
    story.code(&mut browser, &roads, &[("scope", "openid")]).await;
    let page = browser.get("/services").await;
    let places =
        ["roads in English", "an identifier made for it alone.<", "health in English", "your email address"];
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
    story.switch("roads", false).await;
    let page = browser.get("/services").await;
    assert!(page.html.contains("not available through your account right now"));
    assert!(
        !page.html.contains("href=\"https://roads.example/\"")
            && page.html.contains("mailto:help@roads.example")
    );
}

#[tokio::test]
async fn rule_6_4_disconnecting_ends_what_was_granted_and_is_told_by_email() {
    let story = Story::begin().await;
    let service = story.service("health").await;
    let mut browser = story.activated(ANA).await;
    let code = story.code(&mut browser, &service, OFFLINE).await;
    let tokens = story.tokens(&service, &code).await;
    let unused = story.code(&mut browser, &service, OFFLINE).await;
    let page = browser.get("/services/disconnect?service=health").await;
    assert_eq!(page.heading(), "Disconnect health in English?");
    let page = browser.post("/services/disconnect?service=health", &[]).await;
    assert_eq!(page.path, "/services");
    assert!(!page.html.contains("health in English"));
    let email = story.emails().await.pop().unwrap();
    assert_eq!(email.subject, "health in English was disconnected from your account");
    assert!(email.text.contains("/dispute?token="));

    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(story.userinfo(token).await.0, 401);
    for request in
        [service.refreshes(tokens["refresh_token"].as_str().unwrap()), service.exchanges(&unused, &[])]
    {
        let (reply, body) = story.call(request).await;
        assert_eq!((reply.status, &body["error"]), (400, &json!("invalid_grant")));
    }
    // Connected again it is asked again, and what was granted before stays over.
    let page = browser.get(&service.asks(OFFLINE)).await;
    assert_eq!(page.heading(), "Share with health in English?");
    let code = story.code(&mut browser, &service, OFFLINE).await;
    story.tokens(&service, &code).await;
    assert_eq!(story.userinfo(token).await.0, 401);
}

#[tokio::test]
async fn rule_6_4_disconnecting_twice_or_what_is_not_there_leads_to_the_list() {
    let story = Story::begin().await;
    let service = story.service("health").await;
    let mut browser = story.activated(ANA).await;
    story.code(&mut browser, &service, &[]).await;
    browser.get("/services/disconnect?service=health").await;
    let before = story.emails().await.len();
    for _ in 0..2 {
        let request = browser.posting("/services/disconnect?service=health", &[]);
        assert_eq!(browser.send(request).await.status, 303);
    }
    assert_eq!(story.emails().await.len(), before + 1);
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
    let story = Story::begin().await;
    let service = story.service("health").await;
    let mut browser = story.activated(ANA).await;
    story.code(&mut browser, &service, &[]).await;
    for _ in 0..8 {
        browser.get("/services/disconnect?service=health").await;
        let request = browser.posting("/services/disconnect?service=health", &[]);
        let (mut asking, mut ending) = (browser.clone(), browser.clone());
        let asks = service.asks(&[("scope", "openid")]);
        let (page, ended) = tokio::join!(asking.get(&asks), ending.send(request));
        assert_eq!((page.left_for.as_deref(), ended.status), (Some("https://health.example/return"), 303));
        // Whichever came first: a code either works and its service is listed, or it is worth nothing.
        let works = story.call(service.exchanges(&page.with["code"], &[])).await.0.status == 200;
        let is_listed = browser.get("/services").await.html.contains("health in English");
        assert_eq!(works, is_listed);
    }
}
