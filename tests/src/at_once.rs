//! Many residents of one source at once: what is right uses up nothing, and is never told of a lock or a limit
//! (RULES 3.3, 3.11).

use std::collections::BTreeMap;

use futures_util::future::join_all;
use local::{GatewayResponse, Incoming};

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
};

/// Sends each browser's request, all at once.
async fn at_once(all: &[(Browser, Incoming)]) -> Vec<GatewayResponse> {
    let tasks = all
        .iter()
        .cloned()
        .map(|(mut browser, request)| tokio::spawn(async move { browser.send(request).await }));
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

fn statuses(replies: &[GatewayResponse]) -> BTreeMap<u16, usize> {
    replies.iter().fold(BTreeMap::new(), |mut counts, reply| {
        *counts.entry(reply.status).or_default() += 1;
        counts
    })
}

/// Browsers of one source, each with its form.
async fn forms(like: &Browser, page: &str, fields: Vec<Vec<(&str, &str)>>) -> Vec<(Browser, Incoming)> {
    let mut all = Vec::new();
    for fields in fields {
        let mut browser = like.clone();
        browser.get(page).await;
        let request = browser.pressing(page, &fields);
        all.push((browser, request));
    }
    all
}

/// How many wrong passwords this source may still send, each for another address.
async fn tries_left(like: &Browser) -> usize {
    let mut browser = like.clone();
    for number in 0..1000 {
        let page = browser.sign_in(&format!("nobody{number}@exemple.ca"), OTHER).await;
        if page.status == 429 {
            return number;
        }
    }
    1000
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_40_right_passwords_at_once_from_one_source_40_sign_in() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "40/15m".into())]).await;
    let emails: Vec<String> = (0..10).map(|n| format!("resident{n}@exemple.ca")).collect();
    for email in &emails {
        env.activated(email).await;
    }
    let place = env.browser();
    let fields = (0..40).map(|n| vec![("email", emails[n % 10].as_str()), ("password", PASSWORD)]);
    let all = forms(&place, "/login", fields.collect()).await;
    for round in 0..3 {
        let replies = at_once(&all).await;
        assert_eq!(statuses(&replies), [(303, 40)].into(), "round {round}");
    }
    assert_eq!(tries_left(&place).await, 40);
}

/// Signs in to one account 40 times at once, in a browser that has cookies of these names.
async fn forty_for_one_account(cookies: &[&str]) {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "40/15m".into())]).await;
    let known = env.activated(ANA).await;
    let mut place = env.browser();
    place.jar.extend(known.jar.into_iter().filter(|(name, _)| cookies.contains(&name.as_str())));
    let fields = (0..40).map(|_| vec![("email", ANA), ("password", PASSWORD)]).collect();
    let replies = at_once(&forms(&place, "/login", fields).await).await;
    assert_eq!(statuses(&replies), [(303, 40)].into());
    assert_eq!(env.seen(ANA).await.attempts.attempts.reserved(), 0);
    assert_eq!(tries_left(&place).await, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_of_40_right_passwords_at_once_for_one_account_40_sign_in() {
    forty_for_one_account(&["__Host-device"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_of_40_right_passwords_at_once_in_new_browsers_40_sign_in() {
    forty_for_one_account(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_double_clicks_at_once_register_once_each() {
    let env = TestEnv::begin_with(vec![("REGISTRATION_LIMIT", "12/1h".into())]).await;
    let place = env.browser();
    let emails: Vec<String> = (0..8).map(|n| format!("new{n}@exemple.ca")).collect();
    let fields = emails.iter().map(|email| vec![("email", email.as_str()), ("password", PASSWORD)]);
    let all = forms(&place, "/register", fields.collect()).await;
    // The clicks of one form come at once, and a third one later.
    for one in &all {
        let replies = at_once(&[one.clone(), one.clone()]).await;
        assert_eq!(statuses(&replies), [(303, 2)].into());
    }
    assert_eq!(statuses(&at_once(&all).await), [(303, 8)].into());
    assert_eq!(env.emails().await.len(), 8);
    // Eight of the twelve are used.
    let more: Vec<String> = (0..8).map(|n| format!("more{n}@exemple.ca")).collect();
    let fields = more.iter().map(|email| vec![("email", email.as_str()), ("password", PASSWORD)]);
    let replies = at_once(&forms(&place, "/register", fields.collect()).await).await;
    assert_eq!(statuses(&replies), [(303, 4), (429, 4)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_forms_with_mistakes_at_once_use_up_no_registrations() {
    let limits = vec![("TRY_LIMIT", "40/15m".into()), ("REGISTRATION_LIMIT", "20/1h".into())];
    let env = TestEnv::begin_with(limits).await;
    let place = env.browser();
    let fields = (0..16).map(|_| vec![("email", ANA), ("password", "P@ssw0rd")]).collect();
    let replies = at_once(&forms(&place, "/register", fields).await).await;
    assert_eq!(statuses(&replies), [(422, 16)].into());
    let emails: Vec<String> = (0..20).map(|n| format!("new{n}@exemple.ca")).collect();
    let fields = emails.iter().map(|email| vec![("email", email.as_str()), ("password", PASSWORD)]);
    let replies = at_once(&forms(&place, "/register", fields.collect()).await).await;
    assert_eq!(statuses(&replies), [(303, 20)].into());
    assert_eq!(tries_left(&place).await, 24);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_sign_ins_that_are_completed_at_once_count_for_nothing() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "8/15m".into())]).await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let place = env.browser();
    let asks = service.asks(&[("scope", "openid")]);
    for _ in 0..3 {
        // Each of the 24 sign-ins that the source may begin.
        let starts: Vec<_> = (0..24).map(|_| (place.clone(), Incoming::get(&asks))).collect();
        let begun = at_once(&starts).await;
        assert_eq!(statuses(&begun), [(303, 24)].into());
        assert_eq!(place.clone().send(Incoming::get(&asks)).await.status, 429);
        let tasks = begun.into_iter().take(8).map(|reply| {
            let mut browser = place.clone();
            tokio::spawn(async move {
                browser.keep_cookies(&reply);
                browser.get(reply.header("location").unwrap()).await;
                let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
                page.with.contains_key("code")
            })
        });
        let arrived = join_all(tasks).await.into_iter().filter(|arrived| *arrived.as_ref().unwrap()).count();
        assert_eq!(arrived, 8);
        let starts: Vec<_> = (0..10).map(|_| (place.clone(), Incoming::get(&asks))).collect();
        assert_eq!(statuses(&at_once(&starts).await), [(303, 8), (429, 2)].into());
        wait(900);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_10_requests_for_a_code_at_once_one_is_sent_and_none_fails() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    browser.get("/mfa?next=/factors").await;
    let before = env.emails().await.len();
    let request = browser.pressing("/mfa/send", &[]);
    let replies = at_once(&vec![(browser, request); 10]).await;
    let found = statuses(&replies);
    assert!(found.keys().all(|status| matches!(status, 200 | 303 | 429)), "{found:?}");
    assert_eq!(env.emails().await.len(), before + 1);
}
