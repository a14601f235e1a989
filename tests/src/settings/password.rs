//! Changing the password while signed in, and setting the first one (RULES 7.2, 7.4).

use domain::proof::RootOfTrust;
use local::Incoming;
use table::AuditEvent;

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    page::Page,
    partner::{At, START},
};

const THIRD: &str = "Wq7!zPk4-otter";

/// Signs in again and verifies by email, which returns to the page that asked for it.
async fn prove(env: &TestEnv, browser: &mut Browser) -> Page {
    let page = browser.get("/settings/password").await;
    if page.html.count("input[type='password']") == 1 {
        return page;
    }
    if page.html.part("main").unwrap().contains("/login?again=true") {
        let again = browser.html.href("/login?again=true");
        browser.get(&again).await;
        let action = browser.html.attribute("main form", "action").unwrap();
        browser.post(&action, &[("email", ANA), ("password", PASSWORD)]).await;
    }
    browser.get("/mfa?next=/settings/password&factor=email").await;
    env.verify_by_email(browser).await
}

/// Changes the password to this one.
async fn change(env: &TestEnv, browser: &mut Browser, password: &str) -> Page {
    let page = prove(env, browser).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings/password"), "{}", page.html);
    browser.press("/settings/password", &[("password", password)]).await
}

#[tokio::test]
async fn rule_7_4_a_change_ends_the_other_sessions_and_this_one_continues_under_another_secret() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    wait(60);
    let service = env.service("health").await;
    let code = env.code(&mut other, &service, &[("scope", "openid offline_access")]).await;
    let tokens = env.tokens(&service, &code).await;
    let before = prove(&env, &mut browser).await;
    assert_eq!(before.heading(), "Change your password");
    let old = browser.jar["__Host-session"].clone();
    let page = browser.press("/settings/password", &[("password", OTHER)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings"), "{}", page.html);
    let success = "Your password was changed. You were signed out on all other devices and browsers.";
    assert_eq!(page.success().as_deref(), Some(success));
    assert!(page.html.contains("Last changed on "), "{}", page.html);
    assert_ne!(browser.jar["__Host-session"], old);
    let mut stolen = browser.clone();
    stolen.jar.insert("__Host-session".into(), old);
    assert_eq!(stolen.get("/services").await.path, "/login", "the secret from before");
    assert_eq!(other.get("/services").await.path, "/login");
    assert_eq!(browser.get("/services").await.path, "/services");
    let refreshed = env.call(service.refreshes(tokens["refresh_token"].as_str().unwrap())).await;
    assert_eq!(refreshed.1["error"], "invalid_grant", "grants end, too");
    let notice = env.emails().await.pop().unwrap();
    assert_eq!(notice.subject, "The password of your My Ontario Account was changed");
    assert!(notice.text.contains("Firefox, Windows") && notice.text.contains("/dispute?token="));
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.status, 422);
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.path, "/services");
    let account = env.seen(ANA).await.account.unwrap().details().clone();
    let trail = env.stack.app.table.audit_trail(account.id, env.now()).await.unwrap().entries;
    assert_eq!(trail.iter().filter(|entry| entry.event == AuditEvent::PasswordChanged).count(), 1);
}

#[tokio::test]
async fn rule_3_9_a_change_forgets_every_browser_but_the_one_in_use() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    assert_eq!(change(&env, &mut browser, OTHER).await.path, "/settings");
    let sent = env.emails().await.len();
    browser.post("/logout", &[]).await;
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
    assert_eq!(env.emails().await.len(), sent, "this browser is known");
    assert_eq!(thief.sign_in(ANA, OTHER).await.path, "/services");
    assert_eq!(env.emails().await.len(), sent + 1, "the other one is not");
}

#[tokio::test]
async fn rule_7_2_a_change_needs_a_proof_once_and_returns_to_its_page() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(301);
    // Neither the page nor the form without a recent proof.
    assert_eq!(browser.get("/settings/password").await.heading(), "Confirm it’s you");
    let csrf = browser.html.value("csrf").unwrap();
    let form = [("password", OTHER), ("csrf", csrf.as_str())];
    let reply = browser.send(Incoming::post("/settings/password").form(&form)).await;
    assert!(reply.status != 303 || reply.header("location") != Some("/settings"));
    let page = prove(&env, &mut browser).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/password", "Change your password"));
    // It lasts through mistakes and the language toggle.
    for (password, error) in [("", true), ("short", true)] {
        let page = browser.press("/settings/password", &[("password", password)]).await;
        assert_eq!((page.status, page.html.count("#password-error") == 1), (422, error), "{password}");
        assert_eq!(page.html.value("username").as_deref(), Some(ANA));
        assert!(!page.html.contains("short"));
    }
    let page = browser.press("/settings/password", &[("password", OTHER), ("switch_language", "fr")]).await;
    assert_eq!((page.status, page.heading()), (200, "Changer votre mot de passe"));
    assert_eq!(browser.press("/settings/password", &[("password", OTHER)]).await.path, "/settings");
}

#[tokio::test]
async fn rule_8_7_the_well_known_address_signs_in_first_and_returns_to_the_change() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    assert_eq!(browser.get("/.well-known/change-password").await.path, "/login");
    let action = browser.html.attribute("main form", "action").unwrap();
    browser.post(&action, &[("email", ANA), ("password", PASSWORD)]).await;
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/password", "Change your password"));
}

#[tokio::test]
async fn rule_7_4_a_double_click_changes_the_password_once_and_stays_signed_in() {
    for together in [false, true] {
        let env = TestEnv::begin().await;
        let mut browser = env.activated(ANA).await;
        prove(&env, &mut browser).await;
        let (first, second) =
            (browser.pressing("/settings/password", &[("password", OTHER)]), browser.clone());
        let mut second = second;
        let again = first.clone();
        let (first, again) = if together {
            tokio::join!(browser.send(first), second.send(again))
        } else {
            (browser.send(first).await, second.send(again).await)
        };
        for reply in [&first, &again] {
            assert_eq!((reply.status, reply.header("location")), (303, Some("/settings")), "{together}");
        }
        assert_eq!(browser.jar["__Host-session"], second.jar["__Host-session"], "{together}");
        assert_eq!(browser.get("/settings").await.path, "/settings");
        let changed = "The password of your My Ontario Account was changed";
        let emails = env.emails().await;
        assert_eq!(emails.iter().filter(|email| email.subject == changed).count(), 1, "{together}");
    }
}

#[tokio::test]
async fn rule_7_4_of_two_tabs_one_password_counts() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    prove(&env, &mut browser).await;
    let mut tab = browser.clone();
    tab.get("/settings/password").await;
    let (first, second) = (
        browser.pressing("/settings/password", &[("password", OTHER)]),
        tab.pressing("/settings/password", &[("password", THIRD)]),
    );
    tokio::join!(browser.send(first), tab.send(second));
    let mut works = Vec::new();
    for password in [PASSWORD, OTHER, THIRD] {
        works.push(env.browser().sign_in(ANA, password).await.path == "/services");
    }
    assert!(works == [false, true, false] || works == [false, false, true], "{works:?}");
    let live = [browser.get("/services").await.path, tab.get("/services").await.path];
    assert_eq!(live.iter().filter(|path| *path == "/services").count(), 1, "{live:?}");
}

#[tokio::test]
async fn rule_7_4_a_change_raced_against_a_reset_leaves_one_password_and_its_sessions() {
    for _ in 0..4 {
        let env = TestEnv::begin().await;
        let mut browser = env.activated(ANA).await;
        let mut reset = env.browser();
        wait(31);
        reset.get("/reset").await;
        reset.press("/reset", &[("email", ANA)]).await;
        reset.get(&env.last_link().await).await;
        prove(&env, &mut browser).await;
        let changes = browser.pressing("/settings/password", &[("password", OTHER)]);
        let resets = reset.pressing("/reset/link", &[("password", THIRD)]);
        tokio::join!(browser.send(changes), reset.send(resets));
        let by_change = env.browser().sign_in(ANA, OTHER).await.path == "/services";
        let by_reset = env.browser().sign_in(ANA, THIRD).await.path == "/services";
        assert!(by_change != by_reset, "one of them counts");
        assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.status, 422);
        // The session that continues is the one of the change, and only if that came last.
        assert!(by_change || browser.get("/services").await.path == "/login");
        // The link is void either way, also for the form that is no double click any more.
        wait(11);
        let page = reset.press("/reset/link", &[("password", PASSWORD)]).await;
        assert_ne!((page.status, page.heading()), (200, "Password changed"));
        assert!(env.seen(ANA).await.account.unwrap().details().reset_links.ids().is_empty());
    }
}

#[tokio::test]
async fn rule_7_4_a_change_voids_the_links_that_reset_the_password() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut reset = env.browser();
    wait(31);
    reset.get("/reset").await;
    reset.press("/reset", &[("email", ANA)]).await;
    let link = env.last_link().await;
    assert_eq!(change(&env, &mut browser, OTHER).await.path, "/settings");
    let page = reset.get(&link).await;
    assert_eq!((page.status, page.html.count("input[type='password']")), (410, 0), "{}", page.html);
}

#[tokio::test]
async fn rule_3_10_a_change_can_be_disputed() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    // The thief reads the mailbox, too.
    assert_eq!(change(&env, &mut thief, OTHER).await.path, "/settings");
    assert_eq!(owner.get("/services").await.path, "/login");
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    owner.get(&dispute).await;
    owner.post("/dispute", CONFIRMED).await;
    assert_eq!(thief.get("/services").await.path, "/login");
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.status, 422);
    owner.get(&env.last_link().await).await;
    owner.press("/reset/link", &[("password", THIRD)]).await;
    assert_eq!(env.browser().sign_in(ANA, THIRD).await.path, "/services");
}

#[tokio::test]
async fn rule_7_4_the_password_of_a_locked_account_is_changed_and_the_lock_stays() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for _ in 0..5 {
        env.browser().sign_in(ANA, THIRD).await;
    }
    let page = prove(&env, &mut browser).await;
    assert!(page.html.part("main").unwrap().contains("Your account is locked."), "{}", page.html);
    assert_eq!(page.html.part("main").unwrap().href_of("Unlock your account"), "/unlock");
    let page = browser.press("/settings/password", &[("password", OTHER)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings"), "{}", page.html);
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.status, 422, "locked for unknown browsers");
    let mut known = browser.clone();
    known.jar.remove("__Host-session");
    assert_eq!(known.sign_in(ANA, OTHER).await.status, 200, "a known browser signs in");
}

#[tokio::test]
async fn rule_7_4_an_account_that_a_partner_made_sets_its_first_password() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    assert_eq!(browser.press("/federated/code", &[("code", &code)]).await.path, "/services");
    assert!(browser.get("/settings").await.html.contains("Not set"));
    let page = browser.get("/settings/password").await;
    assert_eq!(page.heading(), "Set a password", "the partner and the code are recent: {}", page.html);
    let page = browser.press("/settings/password", &[("password", OTHER)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings"));
    let notice = env.emails().await.pop().unwrap();
    assert_eq!(notice.subject, "Your My Ontario Account now has a password");
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.path, "/services");
    let details = env.seen(ANA).await.account.unwrap().details().clone();
    assert_eq!(details.password_proof(env.now()).root, RootOfTrust::Password, "the proofs had two roots");
    assert_eq!(env.by_bank(&mut env.browser(), START, At::SignIn(0)).await.path, "/services");
}

#[tokio::test]
async fn rule_5_7_a_password_that_was_changed_by_the_mailbox_has_that_root_for_a_day() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Phone").await;
    // The lost-device procedure: password and email code.
    wait(301);
    let page = prove(&env, &mut browser).await;
    assert_eq!(page.path, "/settings/password", "{}", page.html);
    browser.press("/settings/password", &[("password", OTHER)]).await;
    let root = async || {
        let details = env.seen(ANA).await.account.unwrap().details().clone();
        details.password_proof(env.now()).root
    };
    assert_eq!(root().await, RootOfTrust::Mailbox);
    wait(24 * 3600);
    assert_eq!(root().await, RootOfTrust::Password);
}
