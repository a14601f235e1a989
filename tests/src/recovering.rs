//! Unlocking and resetting by emailed link (RULES 3.4 to 3.7), and the return to the service.

use domain::account::Account;

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    page::Page,
};

/// Locks Ana's account from an attacker's browser.
pub(crate) async fn lock(env: &TestEnv) {
    lock_address(env, ANA).await;
}

/// Locks the account of an address from an attacker's browser.
pub(crate) async fn lock_address(env: &TestEnv, email: &str) {
    let mut attacker = env.browser();
    for _ in 0..5 {
        attacker.sign_in(email, "Wrong-9-password").await;
    }
    env.emails().await;
}

/// Requests a link for Ana's address, half a minute after the last request; returns the newest email's link.
pub(crate) async fn ask(env: &TestEnv, browser: &mut Browser, path: &str) -> String {
    wait(31);
    browser.get(path).await;
    let page = browser.post(path, &[("email", ANA)]).await;
    assert_eq!((page.status, page.path.ends_with("/sent")), (200, true), "{}", page.html);
    env.last_link().await
}

async fn follow(browser: &mut Browser, link: &str) -> Page {
    browser.get(link).await
}

async fn choose(browser: &mut Browser, password: &str) -> Page {
    browser.post("/reset/link", &[("password", password)]).await
}

async fn is_locked(env: &TestEnv) -> bool {
    matches!(env.seen(ANA).await.account, Some(Account::Locked(_)))
}

#[tokio::test]
async fn rule_3_5_a_link_unlocks_once_and_changes_no_password() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    lock(&env).await;
    let mut browser = env.browser();
    let link = ask(&env, &mut browser, "/unlock").await;
    assert!(link.starts_with("/unlock/link?token="), "{link}");

    let page = follow(&mut browser, &link).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/unlock/link", "Unlock your account"));
    assert!(is_locked(&env).await, "following the link changes nothing");
    let page = browser.post("/unlock/link", CONFIRMED).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/unlock/done", "Your account is unlocked"));
    let page = browser.get("/unlock/done?switch_language=fr").await;
    assert_eq!(
        page.heading(),
        "Votre compte est déverrouillé",
        "it can be shown again, in the other language"
    );
    browser.get("/unlock/done?switch_language=en").await;
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");

    let mut again = env.browser();
    assert_eq!(follow(&mut again, &link).await.heading(), "This link has already been used");
    let subjects: Vec<_> = env.emails().await.into_iter().map(|email| email.subject).collect();
    assert!(subjects.iter().any(|subject| subject.contains("was unlocked")), "{subjects:?}");
}

#[tokio::test]
async fn rule_3_5_expired_and_unknown_links_say_which() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    lock(&env).await;
    let mut browser = env.browser();
    let link = ask(&env, &mut browser, "/unlock").await;
    wait(30 * 60);
    let page = follow(&mut browser, &link).await;
    assert_eq!((page.status, page.heading()), (410, "This link has expired"));
    assert!(page.html.contains("href=\"/unlock\""));
    let page = browser.get("/unlock/link?token=AAAA").await;
    assert_eq!((page.status, page.heading()), (404, "This link does not work"));

    // A link is valid for its own purpose alone.
    let third = ask(&env, &mut browser, "/unlock").await;
    let page = browser.get(&third.replace("/unlock/link", "/reset/link")).await;
    assert_eq!((page.status, page.heading()), (404, "This link does not work"));
    assert_eq!(browser.get(&third.replace("/unlock/link", "/dispute")).await.status, 404);
    assert!(is_locked(&env).await);
}

#[tokio::test]
async fn rule_3_5_a_link_can_be_requested_as_soon_as_the_account_is_locked() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(31);
    lock(&env).await;
    let mut browser = env.browser();
    browser.get("/unlock").await;
    let page = browser.press("/unlock", &[("email", ANA)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/unlock/sent"), "{page:?}");
}

#[tokio::test]
async fn rule_3_5_what_is_not_locked_is_not_unlocked() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let link = ask(&env, &mut browser, "/unlock").await;
    assert_eq!(link, "/login");
    assert!(env.emails().await.last().unwrap().text.contains("is not locked"));

    lock(&env).await;
    let (first, mut other) = (ask(&env, &mut browser, "/unlock").await, env.browser());
    follow(&mut browser, &first).await;
    follow(&mut other, &first).await;
    other.post("/unlock/link", CONFIRMED).await;
    lock(&env).await;
    let page = browser.post("/unlock/link", CONFIRMED).await;
    assert_eq!(page.heading(), "This link has already been used", "a link of an earlier lock");
    assert!(is_locked(&env).await);
}

#[tokio::test]
async fn rule_3_5_an_unactivated_registration_gets_its_activation_link() {
    for path in ["/unlock", "/reset"] {
        let env = TestEnv::begin().await;
        let mut browser = env.browser();
        env.register(&mut browser, ANA, PASSWORD).await;
        env.emails().await;
        let link = ask(&env, &mut browser, path).await;
        assert!(link.starts_with("/activate?token="), "{link}");
        browser.get(&link).await;
        assert_eq!(browser.post("/activate", &[]).await.path, "/services");
    }
}

#[tokio::test]
async fn rule_3_6_a_link_resets_the_password_once_and_ends_every_session() {
    let env = TestEnv::begin().await;
    let mut signed_in = env.activated(ANA).await;
    let mut browser = env.browser();
    for _ in 0..4 {
        browser.sign_in(ANA, OTHER).await;
    }
    let link = ask(&env, &mut browser, "/reset").await;
    assert!(link.starts_with("/reset/link?token="), "{link}");
    let page = follow(&mut browser, &link).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/reset/link", "Choose a new password"));
    let page = choose(&mut browser, "weak").await;
    assert!(page.status == 422 && page.html.contains("site-rules__unmet"), "{}", page.html);
    assert_eq!(choose(&mut browser, "").await.status, 422);
    assert_eq!(signed_in.get("/services").await.path, "/services");
    let page = choose(&mut browser, OTHER).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/reset/done", "Password changed"));
    assert_eq!(browser.get("/reset/done").await.heading(), "Password changed", "again");
    assert_eq!(env.browser().get("/reset/done").await.path, "/reset/link", "for who has used a link alone");
    assert_eq!(signed_in.get("/services").await.path, "/login");
    assert!(browser.sign_in(ANA, PASSWORD).await.html.contains("Incorrect email"));
    assert_eq!(env.seen(ANA).await.attempts.attempts.failed(), 1, "the reset cleared the count");
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
    assert_eq!(follow(&mut env.browser(), &link).await.heading(), "This link has already been used");
    let email = env.emails().await.into_iter().find(|email| email.subject.contains("password"));
    assert!(email.is_some(), "it is told by email");
}

#[tokio::test]
async fn rule_3_6_a_locked_account_is_unlocked_before_its_password_is_reset() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    // The account is locked while the link is open.
    let reset = ask(&env, &mut browser, "/reset").await;
    follow(&mut browser, &reset).await;
    let form = browser.html.clone();
    lock(&env).await;
    let page = choose(&mut browser, OTHER).await;
    assert_eq!((page.status, page.heading()), (409, "Unlock your account first"));
    assert!(page.html.contains("href=\"/unlock\""));

    // A link that is requested now unlocks, and so does each further one.
    let unlock = ask(&env, &mut browser, "/reset").await;
    assert!(unlock.starts_with("/unlock/link?token="), "{unlock}");
    assert!(env.emails().await.last().unwrap().subject.contains("unlock it first"));
    let unlock = ask(&env, &mut env.browser(), "/reset").await;
    follow(&mut browser, &unlock).await;
    assert_eq!(browser.post("/unlock/link", CONFIRMED).await.heading(), "Your account is unlocked");

    // The link to reset, which stayed open, still works.
    browser.html = form;
    assert_eq!(choose(&mut browser, OTHER).await.heading(), "Password changed");
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_3_6_one_link_opened_in_two_browsers_works_once() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let (mut first, mut second) = (env.browser(), env.browser());
    let link = ask(&env, &mut first, "/reset").await;
    follow(&mut first, &link).await;
    follow(&mut second, &link).await;
    assert_eq!(choose(&mut first, OTHER).await.heading(), "Password changed");
    assert_eq!(choose(&mut second, "Qz7!pWx3-okapi").await.heading(), "This link has already been used");
    assert_eq!(second.sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_3_2_the_way_to_the_service_survives_unlocking_and_resetting() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for (path, lead) in [("/unlock", "unlock"), ("/reset", "reset")] {
        let mut browser = env.browser();
        browser.get("/login").await;
        let way = env.interaction(&browser).await;
        browser.get(&format!("/login?interaction={way}")).await;
        if lead == "unlock" {
            lock(&env).await;
        }
        assert!(browser.html.contains(&format!("href=\"{path}?interaction={way}\"")), "the page leads there");
        let asking = format!("{path}?interaction={way}");
        let link = ask(&env, &mut browser, &asking).await;

        // Another browser is led to the service's start page.
        let mut elsewhere = env.browser();
        follow(&mut elsewhere, &link).await;
        let fields: &[(&str, &str)] = if lead == "reset" { &[("password", PASSWORD)] } else { CONFIRMED };
        let toggled = elsewhere.post(&format!("{path}/link"), &[("switch_language", "fr")]).await;
        assert_eq!(toggled.status, 200);
        let page = elsewhere.post(&format!("{path}/link"), fields).await;
        assert!(page.html.contains("href=\"https://service.example/start\""), "{}", page.html);
        assert!(page.html.contains("Carte Santé"));

        // The browser that started the sign-in returns to the service.
        let page = browser.get(&format!("/login?interaction={way}")).await;
        assert!(page.html.contains("Health card"));
        let fields = [("email", ANA), ("password", PASSWORD)];
        let page = browser.post(&format!("/login?interaction={way}"), &fields).await;
        assert_eq!(page.left_for.as_deref(), Some("https://service.example/return"));
    }
}

#[tokio::test]
async fn rule_3_2_the_same_browser_goes_on_after_unlocking() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    lock(&env).await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let way = env.interaction(&browser).await;
    let link = ask(&env, &mut browser, &format!("/unlock?interaction={way}")).await;
    follow(&mut browser, &link).await;
    let page = browser.post("/unlock/link", CONFIRMED).await;
    assert!(page.html.contains(&format!("href=\"/login?interaction={way}\"")), "{}", page.html);
    assert!(page.html.contains(&format!("href=\"/reset?interaction={way}\"")));
}

#[tokio::test]
async fn rule_3_3_what_was_tried_before_activation_locks_nobody_out() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    for n in 1..=5 {
        assert_eq!(
            browser.sign_in(ANA, OTHER).await.html.contains("Sign-in is locked for this email address"),
            n == 5
        );
    }
    env.activated(ANA).await;
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
}

#[tokio::test]
async fn rule_3_3_every_failure_offers_the_ways_out() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    for _ in 0..6 {
        let page = browser.sign_in(ANA, OTHER).await;
        for path in ["/reset", "/unlock", "/register/again"] {
            assert!(page.html.contains(&format!("href=\"{path}\"")), "{path}");
        }
    }
}

#[tokio::test]
async fn rule_3_7_links_that_unlock_or_reset_sign_nobody_in() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for path in ["/reset", "/unlock"] {
        let mut browser = env.browser();
        if path == "/unlock" {
            lock(&env).await;
        }
        let link = ask(&env, &mut browser, path).await;
        follow(&mut browser, &link).await;
        let fields = [CONFIRMED[0], ("password", PASSWORD)];
        let page = browser.post(&format!("{path}/link"), &fields).await;
        assert_eq!(page.status, 200);
        assert!(!browser.jar.contains_key("__Host-session"), "{path}");
        assert_eq!(browser.get("/services").await.path, "/login", "{path}");
    }
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_and_the_reset_after_it_are_no_endless_source_of_emails() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/reset").await;
    browser.press("/reset", &[("email", ANA)]).await;
    for n in 1..=6 {
        wait(60);
        let password = if n % 2 == 0 { PASSWORD } else { OTHER };
        browser.get(&env.last_link().await).await;
        assert_eq!(browser.press("/reset/link", &[("password", password)]).await.path, "/reset/done");
        browser.get(&links(env.emails().await.last().unwrap()).pop().unwrap()).await;
        let emails = env.emails().await.len();
        let page = browser.press("/dispute", CONFIRMED).await;
        if n < 6 {
            assert_eq!(page.path, "/dispute/done", "{n}: {page:?}");
        } else {
            assert_eq!((page.status, page.heading()), (429, "Too many changes today"));
            assert_eq!(env.emails().await.len(), emails);
        }
    }
    wait(24 * 3600);
    browser.get(&links(env.emails().await.last().unwrap()).pop().unwrap()).await;
    assert_eq!(browser.press("/dispute", CONFIRMED).await.path, "/dispute/done", "the next day");
}
