//! What a page confirms after an action that succeeded (RULES 8.8).

use local::Incoming;

use crate::support::{
    browser::Browser,
    env::{ANA, TestEnv, wait},
};

/// A signed-in browser that has disconnected a service, and not followed the redirect yet.
async fn disconnected(env: &TestEnv) -> Browser {
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.code(&mut browser, &service, &[]).await;
    browser.get("/services/disconnect?service=health").await;
    let reply = browser.send(browser.posting("/services/disconnect?service=health", &[])).await;
    assert_eq!(reply.status, 303);
    let cookie = reply.set_cookies().find(|line| line.starts_with("__Host-success=")).unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"), "{cookie}");
    browser
}

const DONE: Option<&str> = Some("health in English was disconnected.");

#[tokio::test]
async fn rule_8_8_a_success_is_confirmed_once_on_the_next_page_whichever_it_is() {
    let env = TestEnv::begin().await;
    let browser = disconnected(&env).await;
    // A page of another function, an error page, and a page for nobody in particular.
    for (path, status) in [("/services", 200), ("/factors", 200), ("/nowhere", 404), ("/contact", 200)] {
        let mut browser = browser.clone();
        let page = browser.get(path).await;
        assert_eq!((page.status, page.success().as_deref()), (status, DONE), "{path}");
        assert_eq!(page.html.count(".ontario-alert--success[autofocus] h2"), 1);
        assert_eq!(browser.get("/services").await.success(), None, "{path}");
    }
}

#[tokio::test]
async fn rule_8_8_a_success_outlives_what_shows_nothing_and_is_forgotten_after_a_minute() {
    let env = TestEnv::begin().await;
    let mut browser = disconnected(&env).await;
    for request in [
        Incoming::new("HEAD", "/services"),
        Incoming::get("/.well-known/openid-configuration"),
        Incoming::get("/"),
    ] {
        let reply = browser.send(request).await;
        assert!(!reply.set_cookies().any(|line| line.starts_with("__Host-success")));
    }
    let mut late = browser.clone();
    assert_eq!(browser.get("/services").await.success().as_deref(), DONE);
    wait(61);
    late.drop_expired();
    assert_eq!(late.get("/services").await.success(), None);
}

#[tokio::test]
async fn rule_8_8_a_value_that_the_system_did_not_write_confirms_nothing() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    for (value, shown) in [
        ("success-code-sent", Some("We sent you a new code.")),
        ("success-of-another-release", None),
        ("success-partner-removed.%3Cb%3E", None),
        // <script>
        ("success-partner-removed.PHNjcmlwdD4", Some("<script> was removed.")),
    ] {
        browser.jar.insert("__Host-success".into(), value.into());
        let page = browser.get("/login").await;
        assert_eq!(page.success().as_deref(), shown, "{value}");
        assert!(!page.html.contains("<script>"));
    }
}
