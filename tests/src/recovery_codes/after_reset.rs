//! Recovery codes after a reset by email, and after *This wasn't me* (RULES 3.10, 5.7).

use domain::assurance::Assurance;

use super::{CODES, factors, make_codes};
use crate::{
    linking::{REVIEW, answer_review},
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    },
    verifying::{go, taking},
};

#[tokio::test]
async fn rule_5_7_after_a_reset_the_mailbox_is_no_second_factor_and_a_recovery_code_is() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.activated(ANA).await;
    let codes = make_codes(&mut browser).await;
    wait(60);
    browser.sign_in(ANA, PASSWORD).await;
    let mut other = reset(&env).await;
    other.get(&service.asks(&[("scope", "openid")])).await;
    let page = other.press("/login", &[("email", ANA), ("password", OTHER)]).await;
    assert_eq!(page.heading(), "Enter a recovery code");
    let page = other.get("/mfa?next=/factors&factor=email").await;
    assert!(page.html.contains("Use a recovery code instead"), "{}", page.html);
    other.get("/mfa?next=/factors&factor=recovery").await;
    assert_eq!(other.press("/mfa", &[("code", &codes[0])]).await.path, "/factors");
}

/// Resets the password.
async fn reset(env: &TestEnv) -> Browser {
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.press("/reset", &[("email", ANA)]).await;
    browser.get(&env.last_link().await).await;
    browser.press("/reset/link", &[("password", OTHER)]).await;
    browser
}

#[tokio::test]
async fn rule_5_7_a_reset_asks_about_codes_that_were_made_lately() {
    for answer in ["keep", "remove"] {
        let env = TestEnv::begin().await;
        let mfa = taking(&env, Assurance::Mfa).await;
        let mut browser = env.activated(ANA).await;
        wait(60);
        browser.sign_in(ANA, PASSWORD).await;
        wait(60);
        let mut thief = env.browser();
        thief.sign_in(ANA, PASSWORD).await;
        thief.get("/mfa?next=/factors&factor=email").await;
        env.verify_by_email(&mut thief).await;
        let codes = make_codes(&mut thief).await;
        let mut owner = reset(&env).await;
        assert!(factors(&env).await.has_in_review());
        // Meanwhile, they reach no `mfa`, and prove no change.
        let mut early = env.browser();
        early.sign_in(ANA, OTHER).await;
        let page = go(&mut early, &mfa).await;
        assert_eq!(page.heading(), "Set up an authenticator app");
        early.get("/mfa?next=/services&factor=recovery").await;
        early.press("/mfa", &[("code", &codes[0])]).await;
        assert_ne!(early.get(CODES).await.heading(), "New recovery codes");
        let page = owner.get("/reset/done").await;
        assert_eq!(page.heading(), REVIEW, "{page:?}");
        assert!(page.html.contains("Recovery codes, created on"), "{}", page.html);
        answer_review(&mut owner, answer).await;
        let kept = factors(&env).await;
        assert_eq!((kept.recovery_codes.is_some(), kept.has_in_review()), (answer == "keep", false));
        let told = env.emails().await.pop().unwrap();
        assert_eq!(told.subject.contains("were removed"), answer == "remove", "{}", told.subject);
    }
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_removes_the_codes_that_were_made_since() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(400);
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    let new_device = links(env.emails().await.last().unwrap()).pop().unwrap();
    wait(60);
    thief.get("/mfa?next=/factors&factor=email").await;
    env.verify_by_email(&mut thief).await;
    make_codes(&mut thief).await;
    let mut owner = env.browser();
    let page = owner.get(&new_device).await;
    assert!(page.html.contains("recovery codes"), "it says what it removes: {}", page.html);
    owner.press("/dispute", CONFIRMED).await;
    let left = factors(&env).await;
    assert!(left.recovery_codes.is_none() && left.had_second, "no restriction is lifted");
}
