//! Several tabs, expired cookies and other sites' forms lose no sign-in in progress (RULES 3.2).

use local::Incoming;

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
};

/// Opens the service's sign-in in a tab whose request carries these cookies; the response brings its own to the browser.
async fn opens_tab(env: &TestEnv, browser: &mut Browser, sends: &Browser, asks: &str) -> String {
    let mut tab = env.browser();
    tab.jar.clone_from(&sends.jar);
    let reply = tab.send(Incoming::get(asks).header("sec-fetch-site", "cross-site")).await;
    browser.keep_cookies(&reply);
    reply.header("location").unwrap().to_owned()
}

fn is_at_the_service(page: &Page) -> bool {
    page.left_for.as_deref() == Some("https://health.example/return") && page.with.contains_key("code")
}

const ASKS: &[(&str, &str)] = &[("scope", "openid")];

#[tokio::test]
async fn rule_3_2_tabs_that_open_at_once_on_a_first_visit_all_return() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let service = env.service("health").await;
    let (mut browser, none) = (env.browser(), env.browser());
    let mut tabs = Vec::new();
    for _ in 0..4 {
        tabs.push(opens_tab(&env, &mut browser, &none, &service.asks(ASKS)).await);
    }
    let mut pages = Vec::new();
    for tab in &tabs {
        let page = browser.get(tab).await;
        assert!(page.html.contains("health in English"), "{tab}: {}", page.html);
        pages.push(page.html);
    }
    // The forms of all tabs are good, and one signs in.
    browser.html = pages[0].clone();
    assert_eq!(browser.post(&tabs[0], &[("email", ANA), ("password", OTHER)]).await.status, 422);
    browser.html = pages[1].clone();
    assert!(is_at_the_service(&browser.post(&tabs[1], &[("email", ANA), ("password", PASSWORD)]).await));
    assert!(is_at_the_service(&browser.get(&tabs[2]).await), "reloaded");
    browser.html = pages[3].clone();
    let page = browser.post(&tabs[3], &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!((page.status, page.heading()), (403, "This page has expired"));
    browser.html = page.html.part("main").unwrap();
    assert!(is_at_the_service(&browser.press("/login", &[]).await), "continued");
}

#[tokio::test]
async fn rule_3_2_signing_in_in_one_tab_leaves_the_other_its_return() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let sends = browser.clone();
    let first = opens_tab(&env, &mut browser, &sends, &service.asks(ASKS)).await;
    let second = opens_tab(&env, &mut browser, &sends, &service.asks(ASKS)).await;
    let login = browser.get(&first).await;
    assert!(is_at_the_service(&browser.post(&first, &[("email", ANA), ("password", PASSWORD)]).await));
    let mut signed_in = browser.clone();
    assert!(is_at_the_service(&browser.get(&second).await));

    // A form from before the sign-in is no form of the session: whoever knew the secret then cannot forge one.
    signed_in.html = login.html;
    let page = signed_in.post("/settings/sessions", &[("session", "")]).await;
    assert_eq!((page.status, page.heading()), (403, "This page has expired"));

    // Signing out ends what is in progress: the next user of the computer continues nothing.
    let third = opens_tab(&env, &mut browser, &sends, &service.asks(&[("prompt", "login")])).await;
    browser.get("/services").await;
    let before: Vec<_> = browser.jar.clone().into_iter().collect();
    browser.press("/logout", &[]).await;
    assert!(
        before
            .iter()
            .all(|(name, value)| { !name.starts_with("__Host-pre") || browser.jar.get(name) != Some(value) })
    );
    assert!(!browser.get(&third).await.html.contains("health in English"));
}

#[tokio::test]
async fn rule_3_2_cookies_live_as_long_as_what_hangs_on_them() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    browser.get("/login").await;
    wait(23 * 3600 + 50 * 60);
    browser.drop_expired();
    let sends = browser.clone();
    let tab = opens_tab(&env, &mut browser, &sends, &service.asks(ASKS)).await;
    browser.get(&tab).await;
    let form = browser.html.clone();
    wait(20 * 60);
    browser.drop_expired();
    browser.html = form;
    assert_eq!(browser.post(&tab, &[("email", ANA), ("password", OTHER)]).await.status, 422, "in a form");

    // The browser is closed and opened again, a while before the interaction ends.
    wait(23 * 3600);
    browser.restart();
    let page = browser.get(&tab).await;
    assert!(page.html.contains("health in English"));
    assert!(is_at_the_service(&browser.post(&tab, &[("email", ANA), ("password", PASSWORD)]).await));

    // A second registration in a browser is known for as long as the first.
    let mut browser = env.browser();
    env.register(&mut browser, "first@exemple.ca", PASSWORD).await;
    wait(23 * 3600);
    browser.drop_expired();
    env.register(&mut browser, "second@exemple.ca", PASSWORD).await;
    wait(2 * 3600);
    browser.drop_expired();
    assert!(browser.jar.contains_key("__Host-registering"));
}

#[tokio::test]
async fn rule_3_2_a_form_of_another_site_replaces_no_cookie() {
    let env = TestEnv::begin().await;
    // Such a form comes without the cookies that the browser has.
    for target in ["/login", "/nothing", "/contact", "/logout", "/register/sent", "/authorize"] {
        for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = Incoming::post(target).header(header.0, header.1).form(&[("email", ANA)]);
            let reply = env.browser().send(request).await;
            let cookies: Vec<_> = reply.set_cookies().collect();
            assert!(cookies.iter().all(|line| !line.starts_with("__Host-pre")), "{target}: {cookies:?}");
        }
    }
}
