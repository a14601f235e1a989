//! Limits by email address and by source (RULES 3.11).

use domain::{account::Account, device::AddressBlock, limits::RetryAfter};
use futures_util::future::join_all;
use local::Incoming;
use table::LimitedAction;

use crate::support::{
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
};

async fn ask(
    browser: &mut crate::support::browser::Browser,
    path: &str,
    email: &str,
) -> (u16, Option<String>) {
    browser.get(path).await;
    let request = browser.posting(path, &[("email", email)]);
    let reply = browser.send(request).await;
    (reply.status, reply.header("retry-after").map(ToOwned::to_owned))
}

/// Requests a link twice concurrently, and once more a moment later.
async fn asks_twice(env: &TestEnv, path: &str, email: &str) {
    let mut browser = env.browser();
    browser.get(path).await;
    let request = browser.pressing(path, &[("email", email)]);
    let mut both = [browser.clone(), browser.clone()];
    let replies = join_all(both.iter_mut().map(|browser| browser.send(request.clone()))).await;
    for reply in replies.into_iter().chain([browser.send(request.clone()).await]) {
        assert_eq!(reply.status, 303, "{path} {email}: {}", reply.text());
    }
    wait(11);
    assert_eq!(browser.send(request).await.status, 429, "that is no double click");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_11_a_double_click_is_one_email_and_meets_no_limit() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for path in ["/reset", "/unlock", "/register/again", "/federated/remove"] {
        wait(31);
        let before = env.emails().await.len();
        asks_twice(&env, path, ANA).await;
        asks_twice(&env, path, "nobody@exemple.ca").await;
        assert_eq!(env.emails().await.len(), before + 1, "{path}");
    }
    // A request for something else is not a double click, nor is one from another browser.
    wait(3600);
    let mut browser = env.browser();
    assert_eq!(ask(&mut browser, "/reset", ANA).await.0, 303);
    assert_eq!(ask(&mut browser, "/unlock", ANA).await.0, 429);
    assert_eq!(ask(&mut env.browser(), "/reset", ANA).await.0, 429);
}

#[tokio::test]
async fn rule_3_11_an_email_flood_stops_and_the_resident_is_reached_after_it() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for email in [ANA, "nobody@exemple.ca"] {
        let before = env.emails().await.len();
        wait(3600);
        // All pages and sources share the limit of the address.
        let pages = ["/reset", "/unlock", "/register/again"];
        let mut sent = 0;
        for n in 0..120 {
            let mut attacker = env.browser();
            let (status, retry) = ask(&mut attacker, pages[n % 3], email).await;
            assert!(status == 303 || status == 429);
            assert_eq!(retry.is_some(), status == 429);
            sent += usize::from(status == 303);
            wait(15);
        }
        assert_eq!(sent, 5, "five in half an hour, for {email}");
        let arrived = env.emails().await.len() - before;
        assert_eq!(arrived, if email == ANA { 5 } else { 0 });

        let mut resident = env.browser();
        let (status, retry) = ask(&mut resident, "/reset", email).await;
        let seconds: i64 = retry.unwrap().parse().unwrap();
        assert!(status == 429 && seconds > 0 && seconds <= 3600, "{seconds}");
        wait(seconds);
        assert_eq!(ask(&mut resident, "/reset", email).await, (303, None), "after the window");
    }
}

#[tokio::test]
async fn rule_3_11_an_address_gets_twenty_emails_a_day() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut sent = 1;
    for _ in 0..23 * 4 {
        wait(15 * 60);
        sent += usize::from(ask(&mut env.browser(), "/reset", ANA).await.0 == 303);
    }
    assert_eq!(sent, 20);
    assert_eq!(env.emails().await.len(), 20);
}

#[tokio::test]
async fn rule_3_11_the_page_says_how_long_to_wait_in_both_languages_and_leads_on() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for (language, heading, wait_for) in [
        ("en", "Wait before asking for another email", "seconds"),
        ("fr-CA", "Attendez avant de demander un autre courriel", "secondes"),
    ] {
        let mut browser = env.browser();
        browser.language = language;
        browser.get("/reset").await;
        browser.post("/reset", &[("email", ANA)]).await;
        wait(11);
        browser.get("/reset").await;
        let page = browser.post("/reset", &[("email", ANA)]).await;
        assert_eq!((page.status, page.heading()), (429, heading));
        assert!(page.html.contains(wait_for) && page.html.contains("action=\"/reset\""), "{}", page.html);
        wait(20);
    }
}

#[tokio::test]
async fn rule_3_11_a_source_registers_twenty_times_an_hour_and_finds_out_no_more_emails() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let mut statuses = Vec::new();
    for n in 0..22 {
        // Half of the addresses have accounts: those responses count as well (RULES 2.1).
        let email = if n % 2 == 0 { ANA.to_owned() } else { format!("new{n}@exemple.ca") };
        browser.get("/register").await;
        statuses.push(browser.post("/register", &[("email", &email), ("password", PASSWORD)]).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 10);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 10);
    assert_eq!(statuses[20..], [429, 429]);
    let page = env.register(&mut env.browser(), "other@exemple.ca", PASSWORD).await;
    assert_eq!(page.path, "/register/sent", "another source is not touched");
    wait(3600);
    browser.get("/register").await;
    let page = browser.post("/register", &[("email", "later@exemple.ca"), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/register/sent");
}

#[tokio::test]
async fn rule_3_11_what_a_source_limit_refuses_is_no_attempt_on_the_account() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "8/15m".into())]).await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    for n in 0..8 {
        let page = browser.sign_in(&format!("nobody{n}@exemple.ca"), OTHER).await;
        assert_eq!(page.status, 422);
    }
    for password in [OTHER, PASSWORD, OTHER, OTHER, OTHER, OTHER] {
        let page = browser.sign_in(ANA, password).await;
        assert_eq!((page.status, page.heading()), (429, "Too many attempts"));
    }
    let view = env.seen(ANA).await;
    assert_eq!((view.attempts.attempts.reserved(), view.attempts.attempts.failed()), (0, 0));
    assert!(matches!(view.account, Some(Account::Active(_))));
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services", "from elsewhere");
    wait(900);
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services", "after the window");
}

#[tokio::test]
async fn rule_3_11_successes_do_not_count() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "4/15m".into())]).await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    for _ in 0..12 {
        assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
        browser.jar.remove("__Host-session");
    }
}

#[tokio::test]
async fn rule_3_11_tries_and_registrations_of_a_source_are_counted_apart() {
    let limits = vec![("TRY_LIMIT", "4/1h".into()), ("REGISTRATION_LIMIT", "4/1h".into())];
    let env = TestEnv::begin_with(limits).await;
    let mut browser = env.browser();
    for status in [422, 422, 422, 422, 429] {
        assert_eq!(browser.sign_in("nobody@exemple.ca", OTHER).await.status, status);
    }
    for n in 0..4 {
        let page = env.register(&mut browser, &format!("new{n}@exemple.ca"), PASSWORD).await;
        assert_eq!(page.path, "/register/sent", "{n}");
    }
}

#[tokio::test]
async fn rule_3_11_what_a_source_tried_is_swept_an_hour_after_its_window_and_not_before() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "4/15m".into())]).await;
    let mut browser = env.browser();
    let (of, began) = ((AddressBlock::of(browser.address), LimitedAction::Tries), env.now());
    for n in 0..4 {
        assert_eq!(browser.sign_in(&format!("nobody{n}@exemple.ca"), OTHER).await.status, 422);
    }
    // An attempt that was reserved in one window can be released in the next.
    for (minutes, is_there) in [(14, true), (60, true), (2, false)] {
        wait(minutes * 60);
        env.stack.dynamodb.sweep().unwrap();
        let rate_limit = env.stack.app.table.view_rate_limit(of.0, of.1, began).await.unwrap();
        assert_eq!(
            rate_limit.take([0]).err(),
            is_there.then(|| RetryAfter(rate_limit.ends_at())),
            "{minutes}"
        );
    }
}

#[tokio::test]
async fn rule_3_11_tries_of_a_registrations_password_count_for_the_source_and_junk_links_do_not() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "2/15m".into())]).await;
    let (mut browser, mut elsewhere) = (env.browser(), env.browser());
    env.register(&mut browser, ANA, PASSWORD).await;
    elsewhere.get(&env.last_link().await).await;
    for _ in 0..2 {
        assert_eq!(elsewhere.post("/activate", &[("password", OTHER)]).await.status, 422);
    }
    for path in ["/activate", "/unlock/link", "/reset/link", "/dispute", "/federated/remove/link"] {
        for _ in 0..2 {
            assert_eq!(elsewhere.get(&format!("{path}?token=guess")).await.status, 404, "{path}");
        }
    }
    elsewhere.get("/activate").await;
    assert_eq!(elsewhere.post("/activate", &[("password", PASSWORD)]).await.status, 429);
    wait(900);
    elsewhere.get("/activate").await;
    assert_eq!(elsewhere.post("/activate", &[("password", PASSWORD)]).await.path, "/services");
}

#[tokio::test]
async fn rule_3_11_a_client_cannot_say_where_it_comes_from() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "4/15m".into())]).await;
    let mut browser = env.browser();
    let mut statuses = Vec::new();
    for n in 0..6 {
        browser.get("/login").await;
        let request = browser
            .posting("/login", &[("email", &format!("nobody{n}@exemple.ca")), ("password", OTHER)])
            .header("cloudfront-viewer-address", &format!("192.0.2.{n}:1"))
            .header("x-forwarded-for", &format!("192.0.2.{n}"))
            .header("x-origin-secret", "guessed");
        statuses.push(browser.send(request).await.status);
    }
    assert_eq!(statuses, [422, 422, 422, 422, 429, 429]);
}

#[tokio::test]
async fn rule_3_11_size_and_the_forms_token_are_looked_at_before_limits() {
    let env =
        TestEnv::begin_with(vec![("TRY_LIMIT", "0/15m".into()), ("REGISTRATION_LIMIT", "0/1h".into())]).await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let _ = env.watch.take_calls();
    for path in ["/login", "/register"] {
        let request = Incoming::post(path).header("sec-fetch-site", "cross-site");
        let reply = browser.send(request.form(&[("email", ANA), ("password", PASSWORD)])).await;
        assert_eq!(reply.status, 403);
        let reply = browser.send(Incoming::post(path).form(&[("email", &"x".repeat(40_000))])).await;
        assert_eq!(reply.status, 413);
    }
    assert_eq!(env.watch.take_calls().len(), 0);
    assert_eq!(browser.post("/login", &[("email", ANA), ("password", PASSWORD)]).await.status, 429);
}

#[tokio::test]
async fn rule_2_10_the_page_after_an_email_says_when_another_one_can_be_sent() {
    let env = TestEnv::begin().await;
    let wait_of = |page: &Page| page.html.attribute(".site-wait", "data-wait");
    let page = env.register(&mut env.browser(), ANA, PASSWORD).await;
    assert_eq!(wait_of(&page).as_deref(), Some("30"), "{}", page.html);
    env.browser().get(&env.last_link().await).await;
    for email in [ANA, "nobody@exemple.ca"] {
        wait(2 * 3600);
        let mut browser = env.browser();
        browser.get("/reset").await;
        let page = browser.press("/reset", &[("email", email)]).await;
        assert_eq!(wait_of(&page).as_deref(), Some("30"), "{}", page.html);
        wait(31);
        assert_eq!(wait_of(&browser.get("/reset/sent").await), None);
        // A source has two of the five emails of an hour.
        browser.get("/reset").await;
        let request = browser.pressing("/reset", &[("email", email)]);
        let page = browser.follow(request.clone()).await;
        assert_eq!(wait_of(&page).as_deref(), Some("3569"), "{}", page.html);
        let page = browser.follow(request).await;
        assert_eq!(wait_of(&page).as_deref(), Some("3569"), "a double click: {}", page.html);
        wait(3568);
        assert_eq!(ask(&mut browser, "/reset", email).await.0, 429);
        wait(1);
        assert_eq!(ask(&mut browser, "/reset", email).await.0, 303);
    }
}
