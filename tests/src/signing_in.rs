//! Signing in, counting attempts, locking and sessions (RULES 3).

use std::sync::Arc;

use domain::hashing::Hasher;
use table::SignInView;

use crate::support::{
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
};

#[tokio::test]
async fn rule_3_1_a_resident_signs_in_and_out() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let before = browser.jar.clone();
    let page = browser.post("/logout", &[]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/logout", "You are signed out"));
    assert!(!browser.jar.contains_key("__Host-session"));

    // The session has ended on the server, not only in this browser.
    let mut copy = env.browser();
    copy.jar = before;
    assert_eq!(copy.get("/services").await.path, "/login");

    assert_eq!(browser.sign_in(" Ana@EXEMPLE.ca", PASSWORD).await.path, "/services");
    assert_eq!(browser.get("/login").await.path, "/services", "who is signed in goes on");
}

#[tokio::test]
async fn rule_3_1_a_deep_link_asks_for_sign_in_and_returns_to_own_pages_only() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let page = browser.get("/services").await;
    assert_eq!(page.path, "/login");
    for (next, end) in
        [("/services", "/services"), ("//evil.example", "/services"), ("https://evil.example", "/services")]
    {
        let mut browser = env.browser();
        browser.get(&format!("/login?next={next}")).await;
        let page =
            browser.post(&format!("/login?next={next}"), &[("email", ANA), ("password", PASSWORD)]).await;
        assert_eq!((page.path.as_str(), page.left_for), (end, None), "{next}");
    }
}

#[tokio::test]
async fn rule_3_2_the_way_to_the_service_survives_toggle_error_double_click_and_back() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let way = format!("/login?interaction={}", env.interaction(&browser).await);
    assert!(browser.get(&way).await.html.contains("Health card"));
    let page = browser.post(&way, &[("email", ANA), ("password", PASSWORD), ("switch_language", "fr")]).await;
    assert!(page.html.contains("Carte Santé") && page.html.contains(&format!("value=\"{ANA}\"")));
    assert!(!page.html.contains(PASSWORD));
    assert!(browser.post(&way, &[("email", ANA), ("password", OTHER)]).await.html.contains("Carte Santé"));

    // A double click: the same form twice, the second time with the cookies from before.
    let mut twin = browser.clone();
    for browser in [&mut browser, &mut twin] {
        let page = browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
        assert_eq!(page.left_for.as_deref(), Some("https://service.example/return"));
    }
    // The back button requests the page again, in a browser that is signed in by now.
    assert_eq!(browser.get(&way).await.left_for.as_deref(), Some("https://service.example/return"));
}

#[tokio::test]
async fn rule_3_2_an_interaction_is_its_own_browsers_alone() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let (mut browser, mut thief) = (env.browser(), env.browser());
    browser.get("/login").await;
    let way = format!("/login?interaction={}", env.interaction(&browser).await);
    assert!(!thief.get(&way).await.html.contains("Health card"));
    let page = thief.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), page.left_for), ("/services", None));
}

#[tokio::test]
async fn rule_3_3_the_fifth_failure_locks_and_the_right_password_is_refused_then() {
    let env = TestEnv::begin().await;
    let signed_in = env.activated(ANA).await;
    let mut browser = env.browser();
    for n in 1..=5 {
        let page = browser.sign_in(ANA, OTHER).await;
        assert_eq!(
            (page.status, page.html.contains("Sign-in is locked for this email address")),
            (422, n == 5),
            "{n}"
        );
    }
    let page = browser.sign_in(ANA, PASSWORD).await;
    assert!(page.html.contains("Sign-in is locked for this email address"), "{page:?}");

    // Locking ends no session (RULES 3.4).
    assert_eq!(signed_in.clone().get("/services").await.status, 200);

    // The lock of an account does not expire, although the attempts do after a day.
    wait(24 * 3600 + 1);
    let page = browser.sign_in(ANA, PASSWORD).await;
    assert!(page.status == 422 && page.html.contains("Incorrect email"));
}

#[tokio::test]
async fn rule_3_4_a_locked_account_answers_the_right_password_like_a_wrong_one() {
    let env = TestEnv::begin().await;
    let signed_in = env.activated(ANA).await;
    let mut browser = env.browser();
    for _ in 0..5 {
        browser.sign_in(ANA, OTHER).await;
    }
    wait(24 * 3600);
    let right = browser.sign_in(ANA, PASSWORD).await;
    let wrong = browser.sign_in(ANA, OTHER).await;
    assert_eq!((right.status, right.words()), (wrong.status, wrong.words()));
    drop(signed_in);
}

#[tokio::test]
async fn rule_3_3_a_success_resets_the_count() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(browser.sign_in(ANA, OTHER).await.html.contains("Incorrect email"));
        }
        assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
        browser.jar.clear();
    }
}

#[tokio::test]
async fn rule_3_3_emails_with_and_without_an_account_are_told_apart_by_nothing() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut registering = env.browser();
    env.register(&mut registering, "waits@exemple.ca", PASSWORD).await;
    let (mut known, mut unknown, mut waits) = (env.browser(), env.browser(), env.browser());
    for n in 0..7 {
        let mut seen = Vec::new();
        for (browser, email) in
            [(&mut known, ANA), (&mut unknown, "nobody@exemple.ca"), (&mut waits, "waits@exemple.ca")]
        {
            browser.get("/login").await;
            let _ = env.watch.take_calls();
            let request = browser.posting("/login", &[("email", email), ("password", OTHER)]);
            let reply = browser.send(request).await;
            let mut headers: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            let html = reply.text().replace(email, "");
            let page = Page::shown(reply.status, String::new(), html.into());
            let calls: Vec<_> = env
                .watch
                .take_calls()
                .into_iter()
                .map(|call| (call.operation, call.body["TransactItems"].as_array().map(Vec::len)))
                .collect();
            seen.push((page.status, page.words(), headers, calls));
        }
        assert_eq!(seen[0], seen[1], "{n}");
        assert_eq!(seen[1], seen[2], "{n}");
    }
}

#[tokio::test]
async fn rule_3_3_an_abandoned_attempt_counts_as_failed_and_locks() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let app = &env.stack.app;
    for _ in 0..5 {
        // A function that ends after it reserved an attempt.
        crate::races::reserve(app, app.new_id()).await;
    }
    let mut browser = env.browser();
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.status, 503, "they are waited for");
    let view = env.seen(ANA).await;
    assert!(
        matches!(view.account, Some(domain::account::Account::Active(_))),
        "they may still come to an end"
    );
    wait(60);
    browser.sign_in(ANA, PASSWORD).await;
    let view = env.seen(ANA).await;
    assert!(matches!(view.account, Some(domain::account::Account::Locked(_))));
    assert_eq!(view.attempts.attempts.failed(), 5);
}

#[tokio::test]
async fn rule_3_8_a_session_ends_after_thirty_idle_minutes_or_twelve_hours() {
    let env = TestEnv::begin().await;
    let browser = env.activated(ANA).await;
    let mut idle = browser.clone();
    wait(29 * 60);
    assert_eq!(idle.get("/services").await.path, "/services");
    wait(29 * 60);
    assert_eq!(idle.get("/services").await.path, "/services", "a visit begins the idle time again");
    wait(30 * 60);
    assert_eq!(idle.get("/services").await.path, "/login");

    let mut busy = env.browser();
    busy.sign_in(ANA, PASSWORD).await;
    for _ in 0..36 {
        wait(19 * 60);
        assert_eq!(busy.get("/services").await.path, "/services");
    }
    wait(36 * 60);
    assert_eq!(busy.get("/services").await.path, "/login");
}

#[tokio::test]
async fn rule_3_8_signing_in_replaces_every_secret_of_the_browser() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let before = browser.jar["__Host-pre"].clone();
    browser.post("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    let (pre, session) = (browser.jar["__Host-pre"].clone(), browser.jar["__Host-session"].clone());
    assert_ne!(before, pre);
    browser.sign_in(ANA, PASSWORD).await;
    browser.jar.remove("__Host-session");
    browser.sign_in(ANA, PASSWORD).await;
    assert_ne!(browser.jar["__Host-session"], session);
}

#[tokio::test]
async fn a_hash_of_older_parameters_is_replaced_at_sign_in() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let phc = |view: SignInView| {
        let account = view.account.unwrap();
        env.stack.app.table.password_hash(account.details()).unwrap().unwrap().as_str().to_owned()
    };
    let before = phc(env.seen(ANA).await);
    assert!(before.starts_with("$argon2id$v=19$m=7168,t=5"), "{before}");

    let mut config = (*env.stack.app.config).clone();
    config.hasher = Hasher::new(9_216, 4).unwrap();
    let config = Arc::new(config);
    let newer = env.stack.gateway_of(&env.stack.app.configured(config)).unwrap();
    for _ in 0..2 {
        let mut browser = env.browser();
        browser.get("/login").await;
        let request = browser
            .posting("/login", &[("email", ANA), ("password", PASSWORD)])
            .header("host", "localhost:4000");
        let request = browser.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        assert_eq!(newer.answer(&request).await.status, 303);
    }
    let after = phc(env.seen(ANA).await);
    assert!(after.starts_with("$argon2id$v=19$m=9216,t=4"), "{after}");
}

#[tokio::test]
async fn rule_9_5_a_new_key_comes_into_use_without_losing_anyone() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut waiting = env.browser();
    env.register(&mut waiting, "bob@exemple.ca", PASSWORD).await;
    let link = env.last_link().await;

    let mut ring = env.stack.secrets.key_ring();
    for name in ["lookup", "seal", "password", "link", "session", "form"] {
        ring[name]["keys"]["2"] = local::fresh_key().unwrap().into();
        ring[name]["current"] = 2.into();
    }
    env.stack.secrets.replace_key_ring(ring).unwrap();
    let gateway = env.stack.gateway_of(&env.stack.another_app(None).await.unwrap()).unwrap();
    for (target, fields) in [
        ("/login", [("email", ANA), ("password", PASSWORD)]),
        ("/activate", [("email", ""), ("password", PASSWORD)]),
    ] {
        let mut browser = if target == "/login" { env.browser() } else { waiting.clone() };
        browser.get(if target == "/login" { "/login" } else { &link }).await;
        let request = browser.posting(target, &fields).header("host", "localhost:4000");
        let request = browser.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        let reply = gateway.answer(&request).await;
        assert_eq!((reply.status, reply.header("location")), (303, Some("/services")), "{target}");
    }
    // The address is taken under either lookup key.
    let mut browser = env.browser();
    browser.get("/register").await;
    let request =
        browser.posting("/register", &[("email", ANA), ("password", OTHER)]).header("host", "localhost:4000");
    let request = browser.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
    assert_eq!(gateway.answer(&request).await.status, 422);
}
