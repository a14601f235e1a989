//! What every page shows around its content: who is signed in, where they are, and which service they are on the way to
//! (RULES 8.9).

use domain::assurance::Assurance;
use local::Incoming;

use crate::{
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv},
        page::Page,
        partner::{At, START},
    },
    verifying::{go, taking},
};

/// Labels, addresses and `aria-current` of the navigation.
fn navigation(page: &Page) -> Vec<(String, String)> {
    let addresses = page.html.attributes("header nav[aria-label] a", "href");
    addresses.into_iter().zip(page.html.attributes("header nav[aria-label] a", "aria-current")).collect()
}

fn is_signed_in(page: &Page) -> bool {
    let has_button = page.html.count("header form[action='/logout'] button") == 1;
    assert_eq!(has_button, page.html.text("header").unwrap().contains("Signed in as ana@exemple.ca"));
    assert_eq!(has_button, page.html.count("header nav") == 1, "{}", page.html);
    has_button
}

#[tokio::test]
async fn rule_8_9_every_page_of_a_signed_in_browser_says_so_error_pages_too() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for (path, status) in [
        ("/services", 200),
        ("/factors", 200),
        ("/federated", 200),
        ("/settings/sessions", 200),
        ("/contact", 200),
        ("/register", 200),
        ("/reset", 200),
        ("/unlock/sent", 200),
        ("/activate", 404),
        ("/nowhere", 404),
        ("/login?again=true&next=/factors", 200),
        ("/logout", 200),
    ] {
        let page = browser.get(path).await;
        assert_eq!((page.status, is_signed_in(&page)), (status, true), "{path}");
        assert!(!is_signed_in(&env.browser().get(path).await) || path == "/factors", "{path}");
    }
    // A form that has expired.
    let request = Incoming::post("/services/disconnect").header("sec-fetch-site", "same-origin");
    let page = browser.follow(request.form(&[("csrf", "old")])).await;
    assert_eq!((page.status, is_signed_in(&page)), (403, true));
    browser.get("/services").await;
    let page = browser.press("/logout", &[]).await;
    assert!(!is_signed_in(&page));
}

#[tokio::test]
async fn rule_8_9_the_navigation_marks_where_a_page_belongs() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for (path, marks) in [
        ("/services", ["page", "", ""]),
        ("/services/nowhere", ["true", "", ""]),
        ("/settings/sessions", ["", "true", ""]),
        ("/factors", ["", "true", ""]),
        ("/contact", ["", "", ""]),
    ] {
        let page = browser.get(path).await;
        let expected = ["/services", "/settings", "/help"].map(ToOwned::to_owned).into_iter();
        let expected: Vec<_> = expected.zip(marks.map(ToOwned::to_owned)).collect();
        assert_eq!(navigation(&page), expected, "{path}");
    }
    let page = browser.get("/services").await;
    assert_eq!(page.html.text("header [translate='no']").as_deref(), Some(ANA));
    for path in ["/help", "/accessibility", "/privacy", "/terms", "/contact"] {
        assert_eq!(page.html.count(&format!("footer a[href='{path}']")), 1, "{path}");
    }
    assert!(page.html.text("footer").unwrap().contains("King’s Printer for Ontario, 20"));
}

#[tokio::test]
async fn rule_8_9_every_page_of_an_interaction_names_the_service_and_leads_back_to_it() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.browser();
    let login = go(&mut browser, &service).await;
    let name = "in English";
    let at = |path: &str| login.html.href(path);
    let pages = [at("/register"), at("/register/again"), at("/reset"), at("/unlock"), at("/contact")];
    for path in pages.iter().map(String::as_str).chain(["/reset/sent", "/unlock/sent"]) {
        let interaction = login.html.href("/register").split_once('?').unwrap().1.to_owned();
        let path = if path.contains('?') { path.to_owned() } else { format!("{path}?{interaction}") };
        let page = browser.get(&path).await;
        assert!(page.html.part("main").unwrap().contains(name), "{path}: {}", page.html);
        cancels(browser.clone(), &path).await;
    }
    // A partner's first sign-in, registration, verification and activation.
    let mut other = env.browser();
    let start = go(&mut other, &service).await.html.href(START);
    let page = env.by_bank(&mut other, &start, At::SignIn(0)).await;
    assert!(page.html.part("main").unwrap().contains(name), "{page:?}");
    cancels_here(other).await;

    browser.get(&at("/register")).await;
    browser.press("/register", &[("email", ANA), ("password", PASSWORD)]).await;
    let link = env.last_link().await;
    // In another browser, the service is named alone.
    let mut stranger = env.browser();
    let page = stranger.get(&link).await;
    assert!(page.html.part("main").unwrap().contains(name), "{page:?}");
    assert_eq!(page.html.count("form[action^='/authorize/continue']"), 0);
    let page = browser.get(&link).await;
    assert!(page.html.part("main").unwrap().contains(name), "{page:?}");
    cancels_here(browser.clone()).await;
    let page = browser.post("/activate", &[]).await;
    if page.path == "/mfa" || page.path == "/factors/add" {
        assert!(is_signed_in(&page) && page.html.part("main").unwrap().contains(name), "{page:?}");
        cancels_here(browser).await;
    }
    // Outside of an interaction, nothing is on the way.
    let page = env.browser().get("/register").await;
    assert!(!page.html.contains("site-way"));
}

/// Opens the page, and cancels.
async fn cancels(mut browser: Browser, path: &str) {
    browser.get(path).await;
    cancels_here(browser).await;
}

/// Cancels on the page that is open: the service learns it.
async fn cancels_here(mut browser: Browser) {
    let page = browser.press("/authorize/continue", &[("answer", "no")]).await;
    assert_eq!(page.with.get("error").map(String::as_str), Some("access_denied"), "{page:?}");
}

/// Heading and text of the alert that says why a page is shown.
fn reason(page: &Page) -> String {
    page.html
        .text(".ontario-alert--informational")
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn rule_8_10_the_sign_in_page_says_why_it_is_shown() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    assert_eq!(reason(&env.browser().get("/login").await), "", "it was opened itself");
    let page = env.browser().get("/settings/sessions").await;
    assert!(reason(&page).contains("Sign in to continue to “Devices and sessions”"), "{page:?}");
    // A service wants a new sign-in.
    let service = env.service("health").await;
    let page = browser.get(&service.asks(&[("scope", "openid"), ("prompt", "login")])).await;
    assert!(reason(&page).starts_with("health in English asks you to sign in again"), "{page:?}");
    assert!(is_signed_in(&page));
    // The session ended elsewhere.
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    other.get("/settings/sessions").await;
    other.post("/settings/sessions", &[("session", "")]).await;
    let page = browser.get("/factors").await;
    assert_eq!(page.path, "/login");
    let text = reason(&page);
    assert!(text.contains("You were signed out") && text.contains("“Verification methods”"), "{text}");
    let page = browser.get("/factors?switch_language=fr").await;
    assert!(reason(&page).contains("Votre session a été fermée"), "{page:?}");
}

#[tokio::test]
async fn rule_8_10_failed_sign_ins_say_what_helps_and_fill_it_in() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let rule = "After 5 failed attempts in a row";
    for attempt in 1..=5 {
        let page = browser.sign_in(ANA, "Wrong-9-password").await;
        let alert = page.html.part(".ontario-alert--error").unwrap();
        assert_eq!(alert.contains(rule), (3..5).contains(&attempt), "{attempt}: {alert}");
        assert_eq!(alert.count("a[href='/reset']"), usize::from(attempt < 5));
        assert_eq!(alert.count("a.ontario-button[href='/unlock']"), usize::from(attempt == 5));
    }
    for path in ["/reset", "/unlock", "/register"] {
        let page = browser.get(path).await;
        assert_eq!(page.html.value("email").as_deref(), Some(ANA), "{path}");
    }
}

#[tokio::test]
async fn rule_8_10_who_is_signed_in_confirms_that_it_is_them_on_a_page_of_its_own() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    let again = "/login?again=true&next=/factors/add";
    let page = browser.get(again).await;
    assert_eq!((page.heading(), is_signed_in(&page)), ("Confirm it’s you", true));
    assert_eq!(page.html.attribute("input[name='email'][readonly]", "value").as_deref(), Some(ANA));
    assert_eq!(page.html.count("main a[href='/factors']") + page.html.count("main a[href^='/register']"), 1);
    let page = browser.press("/login", &[("email", ANA), ("password", "Wrong-9-password")]).await;
    assert_eq!((page.status, page.heading(), is_signed_in(&page)), (422, "Confirm it’s you", true));
    assert_eq!(page.html.value("email").as_deref(), Some(ANA));
    let page = browser.press("/login", &[("switch_language", "fr")]).await;
    assert_eq!(page.heading(), "Confirmez votre identité");
    // An account that the bank made has no password to ask for.
    let mut by_bank = env.browser();
    crate::federating::first_time(&env, &mut by_bank, START, (1, "bo@exemple.ca")).await;
    let page = by_bank.get(again).await;
    assert_eq!(page.html.count("input[type='password']"), 0);
    let first = page.html.attribute("main a.ontario-button--primary", "href").unwrap();
    assert!(first.starts_with("/federated/start?partner=demo-bank&again=true"), "{first}");
    let page = by_bank.press("/login", &[("switch_language", "fr")]).await;
    assert_eq!((page.heading(), page.html.count("input[type='password']")), ("Confirmez votre identité", 0));
    // Nobody is signed in: the sign-in page.
    assert_eq!(env.browser().get(again).await.heading(), "Sign in");
}
