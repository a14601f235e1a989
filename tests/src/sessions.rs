//! Sessions are listed, ended, extended, and warn before they expire (RULES 3.8).

use domain::session::SessionCookie;
use table::{AuditEvent, AuditOutcome};

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    partner::{At, START},
    watch::Fault,
};

/// Another browser that signs in to Ana's account.
async fn signed_in(env: &TestEnv) -> Browser {
    let mut browser = env.browser();
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
    browser
}

#[tokio::test]
async fn rule_3_8_a_resident_sees_the_sessions_and_ends_one() {
    let env = TestEnv::begin().await;
    let mut own = env.activated(ANA).await;
    let (mut other, mut third) = (signed_in(&env).await, signed_in(&env).await);
    let page = own.get("/settings/sessions").await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/sessions", "Devices and sessions"));
    assert_eq!(
        page.html.matches("Firefox, Windows").count(),
        3 + 2,
        "each names its browser; two can be ended"
    );
    assert_eq!(page.html.matches("(this browser)").count(), 1);

    let hash = own.html.value("session").unwrap();
    let page = own.post("/settings/sessions", &[("session", &hash)]).await;
    assert_eq!(page.html.matches("(this browser)").count(), 1);
    let mut ended = 0;
    for browser in [&mut other, &mut third] {
        ended += usize::from(browser.get("/services").await.path == "/login");
    }
    assert_eq!(ended, 1);
    assert_eq!(own.get("/services").await.path, "/services");
}

#[tokio::test]
async fn rule_3_8_a_resident_ends_all_other_sessions() {
    let env = TestEnv::begin().await;
    let mut own = env.activated(ANA).await;
    let mut others = vec![signed_in(&env).await, signed_in(&env).await];
    own.get("/settings/sessions").await;
    own.post("/settings/sessions", &[("session", "")]).await;
    for browser in &mut others {
        assert_eq!(browser.get("/services").await.path, "/login");
    }
    assert_eq!(own.get("/settings/sessions").await.path, "/settings/sessions");
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let trail = env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries;
    assert_eq!(trail.iter().filter(|entry| entry.event == AuditEvent::OtherSessionsEnded).count(), 1);
    // Whoever signs in afterwards is signed in, and that session is listed.
    wait(1);
    let mut later = signed_in(&env).await;
    assert_eq!(later.get("/services").await.path, "/services");
    let page = own.get("/settings/sessions").await;
    assert_eq!(page.html.matches("Sign out<span").count(), 1, "{}", page.html);
    let main = page.html.part("main").unwrap();
    assert!(main.find("(this browser)") < main.find("Sign out<span"), "this browser comes first");
}

#[tokio::test]
async fn rule_3_8_all_others_end_by_one_write_however_many_they_are_and_grants_stay() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut own = env.activated(ANA).await;
    let code = env.code(&mut own, &service, &[("scope", "openid offline_access")]).await;
    let tokens = env.tokens(&service, &code).await;
    let mut others = Vec::new();
    for _ in 0..30 {
        others.push(signed_in(&env).await);
    }
    own.get("/settings/sessions").await;
    let _ = env.watch.take_calls();
    let page = own.post("/settings/sessions", &[("session", "")]).await;
    assert_eq!(page.success().as_deref(), Some("All your other devices were signed out."));
    let writes = env.watch.take_calls().into_iter().filter(|call| call.operation == "TransactWriteItems");
    assert_eq!(writes.count(), 1);
    for browser in &mut others {
        assert_eq!(browser.get("/services").await.path, "/login");
    }
    let refreshed = env.call(service.refreshes(tokens["refresh_token"].as_str().unwrap())).await;
    assert!(refreshed.1["access_token"].is_string(), "{:?}", refreshed.1);
}

#[tokio::test]
async fn rule_3_8_of_two_sessions_that_end_all_others_one_is_left() {
    for _ in 0..6 {
        let env = TestEnv::begin().await;
        let mut one = env.activated(ANA).await;
        let mut two = signed_in(&env).await;
        one.get("/settings/sessions").await;
        two.get("/settings/sessions").await;
        let (ends_one, ends_two) = (
            one.posting("/settings/sessions", &[("session", "")]),
            two.posting("/settings/sessions", &[("session", "")]),
        );
        tokio::join!(one.send(ends_one), two.send(ends_two));
        let live = [one.get("/services").await.path, two.get("/services").await.path];
        assert_eq!(live.iter().filter(|path| *path == "/services").count(), 1, "{live:?}");
    }
}

#[tokio::test]
async fn rule_3_8_a_visit_that_is_recorded_after_signing_out_leaves_the_session_ended() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let table = &env.stack.app.table;
    let cookie = SessionCookie::parse(&browser.jar["__Host-session"]).unwrap();
    let session = table.session(&cookie, env.now()).await.unwrap().unwrap();
    assert_eq!(browser.post("/logout", &[]).await.heading(), "You are signed out");
    wait(60);
    table.touch_session(&session, env.now()).await.unwrap();
    assert!(table.session(&cookie, env.now()).await.unwrap().is_none());
}

#[tokio::test]
async fn rule_3_8_a_visit_that_cannot_be_recorded_is_none() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(60);
    env.watch.decide_by(|call| match call.operation.as_str() {
        "UpdateItem" => Fault::Refused("InternalServerError"),
        _ => Fault::None,
    });
    assert_eq!(browser.get("/services").await.status, 503);
    env.watch.recover();
    assert_eq!(browser.get("/services").await.status, 200);
}

#[tokio::test]
async fn rule_3_8_nobody_ends_a_session_of_another_account() {
    let env = TestEnv::begin().await;
    let mut ana = env.activated(ANA).await;
    let mut bob = env.activated("bob@exemple.ca").await;
    let other = signed_in(&env).await;
    ana.get("/settings/sessions").await;
    let hash = ana.html.value("session").unwrap();
    bob.get("/settings/sessions").await;
    // Bob's page has no such form; he forges one.
    let csrf = bob.html.value("csrf").unwrap();
    let page = bob.post("/settings/sessions", &[("session", &hash), ("csrf", &csrf)]).await;
    assert!(page.status == 200 || page.status == 403, "{}", page.html);
    assert_eq!(other.clone().get("/services").await.path, "/services");
}

#[tokio::test]
async fn rule_3_8_signing_in_again_ends_the_session_the_browser_had() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let before = browser.clone();
    browser.get("/logout").await;
    // The form of a page that was opened in another tab before signing in.
    let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    assert_eq!(browser.send(request).await.status, 303);
    assert_ne!(browser.jar["__Host-session"], before.jar["__Host-session"]);
    assert_eq!(before.clone().get("/services").await.path, "/login");
    assert_eq!(browser.get("/services").await.path, "/services");
}

#[tokio::test]
async fn rule_3_8_the_warning_comes_two_minutes_before_and_looking_at_it_is_no_visit() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let page = browser.get("/services").await;
    assert!(page.html.contains("data-warn-in=\"1680\"") && page.html.contains("data-ends-in=\"120\""));
    let page = browser.get("/settings/stay?next=/settings/sessions").await;
    assert_eq!((page.status, page.heading()), (200, "Stay signed in"), "it does not end soon");
    wait(28 * 60);
    let page = browser.get("/settings/stay?next=/settings/sessions").await;
    assert_eq!((page.status, page.heading()), (200, "Your session is about to end"));
    assert!(page.html.contains("data-warn-in=\"120\"") && page.html.contains("data-ends-in=\"0\""));
    wait(60);
    browser.get("/settings/stay?next=/settings/sessions").await;
    // The header's form comes first on the page; this is the other one.
    let main = browser.html.part("main").unwrap();
    browser.html = main;
    let page = browser.post("/settings/stay?next=/settings/sessions", &[]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings/sessions"));
    wait(29 * 60);
    assert_eq!(browser.get("/services").await.path, "/services");
    wait(28 * 60);
    for minute in 0..2 {
        let page = browser.get("/settings/stay").await;
        assert_eq!(page.heading(), "Your session is about to end", "{minute}");
        wait(60);
    }
    let page = browser.get("/settings/stay?next=/settings/sessions").await;
    assert_eq!(page.heading(), "Your session has ended");
    assert!(page.html.contains("href=\"/login?next=/settings/sessions\""));
    let page = browser.get("/settings/stay?next=//evil.example").await;
    assert!(page.html.contains("href=\"/login\""));
}

#[tokio::test]
async fn rule_3_8_after_twelve_hours_staying_is_not_offered() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for _ in 0..25 {
        wait(28 * 60);
        assert_eq!(browser.get("/services").await.path, "/services");
    }
    wait(18 * 60 + 30);
    let page = browser.get("/settings/stay").await;
    assert_eq!(page.heading(), "Your session is about to end");
    assert!(!page.html.part("main").unwrap().contains("/settings/stay"), "{}", page.html);
    wait(91);
    assert_eq!(browser.get("/services").await.path, "/login");
}

#[tokio::test]
async fn rule_3_8_a_session_that_begins_while_the_password_is_reset_is_over_or_new() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut reset = env.browser();
    wait(31);
    reset.get("/reset").await;
    reset.post("/reset", &[("email", ANA)]).await;
    reset.get(&env.last_link().await).await;
    let mut signing_in = Vec::new();
    for _ in 0..16 {
        let mut browser = env.browser();
        browser.get("/login").await;
        signing_in.push(tokio::spawn(async move {
            browser.post("/login", &[("email", ANA), ("password", PASSWORD)]).await;
            browser
        }));
    }
    assert_eq!(reset.post("/reset/link", &[("password", OTHER)]).await.heading(), "Password changed");
    for browser in signing_in {
        assert_ne!(browser.await.unwrap().get("/services").await.path, "/services", "by the old password");
    }
}

#[tokio::test]
async fn rule_3_1_settings_ask_for_sign_in_and_come_back() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    assert_eq!(browser.get("/settings").await.path, "/login");
    let page =
        browser.post("/login?next=/settings/sessions", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/settings/sessions");
}

#[tokio::test]
async fn the_audit_trail_says_what_when_in_which_browser_and_country_and_how_it_came_out() {
    let env = TestEnv::begin_with(vec![("AUDIT_DAYS", "12".into())]).await;
    let mut browser = env.activated(ANA).await;
    let began = env.now();
    wait(60);
    env.browser().sign_in(ANA, OTHER).await;
    wait(60);
    browser.get("/services").await;
    browser.post("/logout", &[]).await;
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let trail = env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries;
    let told: Vec<_> = trail
        .iter()
        .map(|entry| (entry.event, entry.outcome, entry.at.duration_since(began).as_secs() / 60))
        .collect();
    let expected = [
        (AuditEvent::SignedOut, AuditOutcome::Succeeded, 2),
        (AuditEvent::SignInFailed, AuditOutcome::Failed, 1),
        (AuditEvent::Activated, AuditOutcome::Succeeded, 0),
    ];
    assert_eq!(told, expected);
    for entry in &trail {
        assert_eq!((entry.device.name.as_str(), entry.device.country.as_str()), ("Firefox, Windows", "CA"));
    }
    // For as long as the configuration says.
    wait(12 * 24 * 3600);
    assert_eq!(env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries, []);
}

#[tokio::test]
async fn rule_3_8_no_cache_keeps_a_page_that_names_somebody() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Phone").await;
    wait(301);
    let remove = browser.get("/factors").await.html.href("/factors/remove");
    let toggle = [("switch_language", "fr"), ("factor", "email")];
    // Who is signed in is led on from the page for signing in.
    for (target, status) in [
        ("/mfa?next=/services", 200),
        (&*remove, 200),
        ("/factors/add", 200),
        ("/contact", 200),
        ("/login", 303),
    ] {
        let reply = browser.send(browser.posting(target, &toggle)).await;
        assert_eq!((reply.status, reply.header("cache-control")), (status, Some("no-store")), "{target}");
    }
    // Nobody is signed in, and a link names the account.
    for asks in ["/unlock", "/reset"] {
        if asks == "/unlock" {
            for _ in 0..5 {
                env.browser().sign_in(ANA, OTHER).await;
            }
        }
        let mut other = env.browser();
        other.get(asks).await;
        other.press(asks, &[("email", ANA)]).await;
        other.get(&env.last_link().await).await;
        let form = other.html.action("/");
        let reply =
            other.send(other.posting(&form, &[("switch_language", "fr"), ("password", "short")])).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{form}");
        wait(31);
    }
}

#[tokio::test]
async fn rule_3_8_signing_out_leaves_nothing_for_the_next_user() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    env.activated("bob@exemple.ca").await;
    wait(31);
    browser.get("/reset").await;
    browser.press("/reset", &[("email", "bob@exemple.ca")]).await;
    browser.get(&env.last_link().await).await;
    browser.sign_in("bob@exemple.ca", PASSWORD).await;
    let pending = |browser: &Browser| {
        let kept = ["__Host-pre", "__Host-device", "__Host-language"];
        browser
            .jar
            .keys()
            .filter(|name| !name.starts_with("__Host-pre") && !kept.contains(&name.as_str()))
            .count()
    };
    assert!(pending(&browser) >= 3, "a session, a bank log-in and a link: {:?}", browser.jar);
    browser.get("/logout").await;
    let reply = browser.send(browser.pressing("/logout", &[])).await;
    assert_eq!(reply.header("clear-site-data"), Some("\"cache\""));
    assert_eq!(pending(&browser), 0, "{:?}", browser.jar);
    // Somebody else on a shared computer, who never signed in.
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    let page = browser.get(&page.html.href("/login?not_you")).await;
    assert_eq!((page.path.as_str(), pending(&browser)), ("/login", 0), "{:?}", browser.jar);
}

#[tokio::test]
async fn rule_3_8_who_was_not_signed_in_leaves_no_followed_link_after_signing_out() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    owner.get("/reset").await;
    owner.press("/reset", &[("email", ANA)]).await;
    for is_post in [false, true] {
        let mut shared = env.browser();
        shared.get(&env.last_link().await).await;
        let page = shared.get("/reset/link").await;
        assert_eq!(page.status, 200);
        if is_post {
            shared.post("/logout", &[]).await
        } else {
            shared.get("/logout").await
        };
        assert_eq!(shared.get("/reset/link").await.status, 404);
    }
}
