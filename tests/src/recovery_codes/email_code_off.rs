//! The code by email is turned off, and on again (RULES 5.9).

use domain::assurance::Assurance;

use super::{CODES, factors, make_codes, use_code};
use crate::{
    operating_accounts::operator,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, PASSWORD, TestEnv, links, wait},
        page::Page,
        phone::Phone,
    },
    verifying::{go, learned, taking},
};

const SWITCH: &str = "/factors/email-code";

/// An account with an authenticator and recovery codes, whose code by email is off.
async fn turned_off(env: &TestEnv) -> (Browser, Phone, Vec<String>) {
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    let codes = make_codes(&mut browser).await;
    let page = switch(&mut browser).await;
    assert_eq!(page.success().unwrap(), "Codes by email are turned off.");
    wait(60);
    (browser, phone, codes)
}

async fn switch(browser: &mut Browser) -> Page {
    let page = browser.get("/factors").await;
    browser.get(&page.html.href(SWITCH)).await;
    browser.press(SWITCH, &[]).await
}

async fn is_off(env: &TestEnv) -> bool {
    factors(env).await.is_email_code_off(env.now())
}

async fn told(env: &TestEnv) -> Vec<String> {
    let emails = env.emails().await.into_iter();
    emails.map(|email| email.subject).filter(|subject| subject.starts_with("Codes by email")).collect()
}

#[tokio::test]
async fn rule_5_9_while_it_is_off_it_is_not_offered_sent_or_accepted() {
    let env = TestEnv::begin().await;
    let two_step = taking(&env, Assurance::TwoStep).await;
    let (mut browser, phone, codes) = turned_off(&env).await;
    let notice = env.emails().await.pop().unwrap();
    assert_eq!(notice.subject, "Codes by email were turned off for your My Ontario Account");
    assert!(links(&notice)[0].starts_with("/dispute?"));
    assert!(browser.get("/settings").await.html.contains("Code by email (turned off)"));
    assert!(browser.get("/settings/activity").await.html.contains("Codes by email turned off"));
    let mut other = env.browser();
    other.get(&two_step.asks(&[("scope", "openid")])).await;
    let page = other.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let choose = page.html.href("/mfa/choose");
    let page = other.get(&choose).await;
    assert!(!page.html.contains("A code by email to"), "{}", page.html);
    let help = "Use a recovery code instead. If you have none, we can help you.";
    assert!(page.html.contains(help) && page.html.href_of("Contact us").starts_with("/contact"));
    let sent = env.emails().await.len();
    for path in ["/mfa?next=/factors&factor=email", "/factors/add"] {
        let page = other.get(path).await;
        assert!(!page.html.contains("/mfa/send") && !page.html.contains("code by email"), "{path}");
    }
    let csrf = other.get("/mfa?next=/factors").await.html.value("csrf").unwrap();
    other.post("/mfa/send?next=/factors&factor=email", &[("csrf", &csrf)]).await;
    other.post("/mfa/choose?next=/factors", &[("csrf", &csrf), ("factor", "email")]).await;
    assert_eq!(env.emails().await.len(), sent, "no code is sent");
    let page = other.get("/factors/add").await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app", "nor is a device removed by it");
    wait(30);
    other.get("/mfa?next=/factors").await;
    assert_eq!(other.press("/mfa", &[("code", &phone.code())]).await.path, "/factors");
    let (mut third, page) = use_code(&env, &codes[0]).await;
    assert_eq!(page.path, "/factors");
    let page = go(&mut third, &two_step).await;
    assert_eq!(learned(&env, &two_step, &page).await.0, "mfa");
    // And on again; a double click switches once.
    third.get(SWITCH).await;
    let request = third.pressing(SWITCH, &[]);
    third.follow(request.clone()).await;
    let page = third.follow(request).await;
    assert_eq!(page.success().unwrap(), "Codes by email are turned on.");
    assert!(!is_off(&env).await);
    assert_eq!(told(&env).await.len(), 2);
}

#[tokio::test]
async fn rule_5_9_a_code_that_was_emailed_before_does_not_verify_once_it_is_off() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Phone").await;
    make_codes(&mut browser).await;
    wait(60);
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    other.get("/mfa?next=/factors/add&factor=email").await;
    other.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    let late = other.pressing("/mfa", &[("code", &code)]);
    switch(&mut browser).await;
    let page = other.follow(late).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app", "{page:?}");
    assert_ne!(other.get("/factors/add").await.heading(), "Set up an authenticator app");
}

#[tokio::test]
async fn rule_7_2_turning_it_off_needs_a_recent_proof_an_app_and_recovery_codes() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Phone").await;
    assert!(browser.get("/factors").await.html.contains("you need an authenticator app and recovery codes"));
    assert_eq!(browser.get(SWITCH).await.path, "/factors");
    let codes = make_codes(&mut browser).await;
    browser.get(SWITCH).await;
    wait(301);
    let page = browser.press(SWITCH, &[]).await;
    assert_eq!(page.heading(), "Confirm it’s you");
    assert!(page.html.contains("Sign in again, then enter a code that we email you") && !is_off(&env).await);
    let (mut browser, _) = use_code(&env, &codes[0]).await;
    browser.get(SWITCH).await;
    browser.press(SWITCH, &[]).await;
    wait(301);
    let page = browser.get(SWITCH).await;
    assert!(page.html.contains("If you have none, we can help you"), "{}", page.html);
}

#[tokio::test]
async fn rule_5_9_it_works_again_when_an_app_or_the_codes_are_gone() {
    for what in ["app", "codes", "used", "operator", "operator removes"] {
        let env = TestEnv::begin().await;
        let (_, _, codes) = turned_off(&env).await;
        let (mut browser, page) = use_code(&env, &codes[0]).await;
        match what {
            "app" => {
                browser.get(&page.html.href("/factors/remove")).await;
                browser.press("/factors/remove", &[]).await;
            }
            "codes" => {
                browser.get(&format!("{CODES}/remove")).await;
                browser.press(&format!("{CODES}/remove"), &[]).await;
            }
            "used" => {
                for code in &codes[1..] {
                    assert!(is_off(&env).await);
                    use_code(&env, code).await;
                }
            }
            "operator" => {
                let command = ["accounts", "turn-on-email-code", ANA, "--yes"];
                operator(&env, &command, "").await.unwrap();
                assert!(operator(&env, &command, "").await.is_err(), "it is on");
            }
            _ => {
                let command = ["accounts", "remove-factor", ANA, "recovery-codes", "--yes"];
                operator(&env, &command, "").await.unwrap();
            }
        }
        assert!(!is_off(&env).await, "{what}");
        let told = told(&env).await;
        assert_eq!(
            told.last().unwrap(),
            "Codes by email were turned on for your My Ontario Account",
            "{what}"
        );
        assert!(factors(&env).await.email_code_off_at.is_none(), "{what}");
    }
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_turns_it_on_if_it_was_turned_off_since() {
    let env = TestEnv::begin().await;
    turned_off(&env).await;
    let notice = links(env.emails().await.last().unwrap()).pop().unwrap();
    let mut owner = env.browser();
    owner.get(&notice).await;
    owner.press("/dispute", CONFIRMED).await;
    assert!(!is_off(&env).await && factors(&env).await.email_code_off_at.is_none());
}
