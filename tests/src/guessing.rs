//! Guessing codes: exactly five attempts for a code and ten in a row, under any concurrency (RULES 5.5, 5.6).

use std::collections::BTreeMap;

use futures_util::future::join_all;
use local::GatewayResponse;
use table::AuditEvent;

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv, links, wait},
    phone::Phone,
};

/// Takes as many addresses as it needs to stay within the limit for each source.
async fn without_source_limits() -> TestEnv {
    TestEnv::begin_with(vec![("TRY_LIMIT", "10000/15m".into())]).await
}

/// How often each event is in the account's audit trail.
async fn trail(env: &TestEnv) -> BTreeMap<String, usize> {
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let mut counts = BTreeMap::new();
    for entry in env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries {
        *counts.entry(format!("{:?}", entry.event)).or_default() += 1;
    }
    counts
}

async fn count(env: &TestEnv, event: AuditEvent) -> usize {
    trail(env).await.get(&format!("{event:?}")).copied().unwrap_or(0)
}

/// Submits these codes concurrently on the page that is open.
async fn all_at_once(browser: &Browser, codes: &[String]) -> Vec<GatewayResponse> {
    let tries = codes.iter().map(|code| {
        let (mut tab, request) = (browser.clone(), browser.pressing("/mfa", &[("code", code)]));
        async move { tab.send(request).await }
    });
    join_all(tries).await
}

/// Wrong codes: neither near the authenticator's time step nor the code that was emailed.
fn wrong(count: usize, right: &[String]) -> Vec<String> {
    (0..).map(|n| format!("{n:06}")).filter(|code| !right.contains(code)).take(count).collect()
}

fn near(phone: &Phone) -> Vec<String> {
    let now = app::clock::now().as_second();
    (-2..=2).map(|steps| phone.code_at(now + steps * 30)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_5_6_200_parallel_guesses_compare_five_of_a_code_and_ten_before_the_pause() {
    let env = without_source_limits().await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(301);
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    let replies = all_at_once(&browser, &wrong(200, std::slice::from_ref(&code))).await;
    assert!(replies.iter().all(|reply| reply.status == 422), "{:?}", statuses(&replies));
    assert_eq!(count(&env, AuditEvent::VerificationFailed).await, 5);
    let page = browser.press("/mfa", &[("code", &code)]).await;
    assert!(page.html.contains("This code has expired"), "the right one comes too late: {}", page.html);

    let page = browser.get("/mfa/choose?next=/services").await;
    let app = format!("/mfa?next=/services&factor={}", page.html.radio("“Phone”"));
    browser.get(&app).await;
    let replies = all_at_once(&browser, &wrong(200, &near(&phone))).await;
    // The first three were compared with the code and with the authenticator, too: ten comparisons in all.
    assert_eq!(count(&env, AuditEvent::VerificationFailed).await, 7, "{:?}", statuses(&replies));
    assert_eq!(count(&env, AuditEvent::VerificationPaused).await, 1);
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "Too many incorrect codes for your My Ontario Account");
    assert!(links(&told)[0].starts_with("/dispute?"));
    let page = browser.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!((page.status, page.heading()), (429, "Too many incorrect codes"));
    let paused = browser.send(local::Incoming::get("/mfa?next=/services")).await;
    let after: u64 = paused.header("retry-after").unwrap().parse().unwrap();
    // The clock advances meanwhile.
    assert!(paused.status == 429 && (840..=900).contains(&after), "{after}");
    wait(900);
    browser.get(&app).await;
    let page = browser.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/services"), "it always has a way out");
}

fn statuses(replies: &[GatewayResponse]) -> BTreeMap<u16, usize> {
    replies.iter().fold(BTreeMap::new(), |mut counts, reply| {
        *counts.entry(reply.status).or_default() += 1;
        counts
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_5_6_a_right_code_among_many_guesses_counts_only_before_the_pause() {
    let (mut succeeded, mut failed) = (0, 0);
    // Ten are compared of twelve, and ten of two hundred.
    for (place, all) in [(0, 12), (5, 12), (11, 12), (3, 12), (0, 200), (60, 200), (199, 200)] {
        let env = without_source_limits().await;
        let mut browser = env.activated(ANA).await;
        let phone = env.add_app(&mut browser, "Phone").await;
        wait(301);
        browser.get("/mfa?next=/services").await;
        let mut codes = wrong(all - 1, &near(&phone));
        codes.insert(place, phone.code());
        let replies = all_at_once(&browser, &codes).await;
        let on = replies.iter().filter(|reply| reply.header("location") == Some("/services")).count();
        let compared = count(&env, AuditEvent::VerificationFailed).await;
        assert_eq!(on, count(&env, AuditEvent::Verified).await);
        match on {
            0 => assert_eq!(compared, 10),
            // After a success the count starts again; the old session cookie is not accepted any more.
            1 => assert!(compared <= 19, "{compared}"),
            _ => panic!("a code was good {on} times"),
        }
        succeeded += on;
        failed += 1 - on;
    }
    assert!(succeeded > 0 && failed > 0, "{succeeded} {failed}: both ends were seen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_5_2_one_step_is_accepted_once_in_however_many_browsers_it_comes_at_once() {
    let env = without_source_limits().await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(60);
    let mut browsers = Vec::new();
    for _ in 0..8 {
        let mut other = env.browser();
        other.sign_in(ANA, PASSWORD).await;
        other.get("/mfa?next=/services").await;
        browsers.push(other);
    }
    let (now, before) = (phone.code(), phone.code_at(env.now().as_second() - 30));
    let tries = browsers.iter_mut().enumerate().map(|(n, browser)| {
        let code = if n == 0 { &before } else { &now };
        let request = browser.pressing("/mfa", &[("code", code)]);
        async move { browser.send(request).await.header("location") == Some("/services") }
    });
    let repeated_response = join_all(tries).await;
    let by_now = repeated_response[1..].iter().filter(|on| **on).count();
    assert_eq!(by_now, 1, "{repeated_response:?}");
    // The previous time step is accepted until a later one has been used.
    browsers[0].get("/mfa?next=/services").await;
    let page = browsers[0].get("/services").await;
    assert_eq!(page.path, "/services");
    let late = browsers.iter().zip(&repeated_response).skip(1).find(|(_, on)| !**on).unwrap().0;
    let mut late = late.clone();
    late.get("/mfa?next=/services").await;
    let page = late.press("/mfa", &[("code", &before)]).await;
    assert_eq!(page.status, 422, "passed");
}

#[tokio::test]
async fn rule_5_6_each_pause_is_twice_as_long_and_told_once_and_a_success_ends_it_all() {
    let env = without_source_limits().await;
    let phone = env.add_app(&mut env.activated(ANA).await, "Phone").await;
    wait(301);
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    for (round, minutes) in [15, 30, 60].into_iter().enumerate() {
        for _ in 0..9 {
            browser.get("/mfa?next=/services").await;
            let page = browser.press("/mfa", &[("code", &phone.wrong())]).await;
            assert_eq!(page.status, 422);
        }
        let page = browser.press("/mfa", &[("code", &phone.wrong())]).await;
        assert_eq!((page.status, page.heading()), (429, "Too many incorrect codes"));
        for _ in 0..3 {
            browser.get("/mfa?next=/services").await;
        }
        let paused = env.emails().await.into_iter().filter(|email| email.subject.starts_with("Too many"));
        assert_eq!(paused.count(), round + 1);
        // The session expires meanwhile; the pause also applies to a sign-in in another strange browser.
        wait(minutes * 60 - 60);
        browser = env.browser();
        browser.sign_in(ANA, PASSWORD).await;
        assert_eq!(browser.get("/mfa?next=/services").await.heading(), "Too many incorrect codes");
        wait(60);
    }
    browser.get("/mfa?next=/services").await;
    let page = browser.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(page.path, "/services");
    wait(301);
    for _ in 0..9 {
        browser.get("/mfa?next=/services").await;
        browser.press("/mfa", &[("code", &phone.wrong())]).await;
    }
    wait(30);
    let page = browser.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(page.path, "/services", "nine in a row pause nothing");
}

#[tokio::test]
async fn rule_5_6_a_pause_whose_guess_came_to_no_end_is_told_by_whoever_meets_it() {
    let env = without_source_limits().await;
    env.add_app(&mut env.activated(ANA).await, "Phone").await;
    wait(301);
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    let account = env.seen(ANA).await.account.unwrap().details().id;
    // Ten attempts are reserved by functions that end before they compare.
    let table = &env.stack.app.table;
    for _ in 0..10 {
        let factors = table.factors(account, env.now()).await.unwrap();
        let by = domain::factors::Factor::Authenticator(factors.authenticators[0].id);
        let session = domain::secret::HashedSecret::stored("none".into());
        let account = env.seen(ANA).await.account.unwrap();
        let guess = factors.guess_in_form(by, (&session, None), account.details(), env.now());
        let taken = factors.guess(&guess, env.now()).unwrap();
        let block = domain::device::AddressBlock::unknown();
        let rate_limit = table.view_rate_limit(block, table::LimitedAction::Tries, env.now()).await.unwrap();
        let slot = rate_limit.take([0]).unwrap();
        table.take_guess(&taken, None, &slot, env.now()).await.unwrap();
    }
    let told = async || {
        let emails = env.emails().await;
        emails.iter().filter(|email| email.subject.starts_with("Too many")).count()
    };
    wait(50);
    assert_eq!(browser.get("/mfa?next=/services&factor=email").await.heading(), "Too many incorrect codes");
    assert_eq!(told().await, 0, "the guess may still be right");
    wait(10);
    for _ in 0..2 {
        browser.get("/mfa?next=/services&factor=email").await;
        assert_eq!(told().await, 1);
    }
}

#[tokio::test]
async fn rule_3_11_tries_of_codes_count_for_their_source_and_right_ones_are_taken_back() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "8/15m".into())]).await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(900);
    browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    for _ in 0..9 {
        browser.get("/mfa?next=/services").await;
        let page = browser.press("/mfa", &[("code", &phone.code())]).await;
        assert_eq!(page.path, "/services", "{}", page.html);
        browser.sign_in(ANA, PASSWORD).await;
        wait(30);
    }
    for _ in 0..8 {
        browser.get("/mfa?next=/services").await;
        assert_eq!(browser.press("/mfa", &[("code", &phone.wrong())]).await.status, 422);
    }
    let page = browser.press("/mfa", &[("code", &phone.wrong())]).await;
    assert_eq!((page.status, page.heading()), (429, "Too many attempts"));
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let factors = env.stack.app.table.factors(account, env.now()).await.unwrap();
    let known = &factors.browsers[0];
    assert_eq!(known.guesses.taken, 8, "what a source's limit refuses is no guess");
}

#[tokio::test]
async fn rule_5_6_five_pauses_a_day_are_told_in_however_many_browsers() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "10000/15m".into())]).await;
    let (_, phone) = crate::codes::with_phone(&env).await;
    for n in 1..=7 {
        let mut browser = env.browser();
        browser.sign_in(ANA, PASSWORD).await;
        wait(30);
        browser.get("/mfa?next=/services").await;
        assert_eq!(browser.press("/mfa", &[("code", &phone.code())]).await.path, "/services");
        wait(301);
        browser.get("/mfa?next=/services").await;
        for _ in 0..10 {
            browser.press("/mfa", &[("code", &phone.wrong())]).await;
        }
        assert_eq!(browser.get("/mfa?next=/services").await.heading(), "Too many incorrect codes");
        let told = env.emails().await.into_iter().filter(|email| email.subject.starts_with("Too many"));
        assert_eq!(told.count(), n.min(5));
    }
}
