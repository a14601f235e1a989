//! What requests of strangers cost before a limit applies (RULES 3.11, Cost). `scripts/bench anonymous` measures the
//! processor time of the same requests.

use std::collections::BTreeMap;

use bench::{HostileRequest, Target, limits, requests, written_bytes};
use domain::work::{self, CostlyWork};
use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{
    env::{ANA, PASSWORD, TestEnv, wait},
    watch::Call,
};

const WRITE_BUDGET: usize = 4096;

/// The maximum that a request writes within a limit: a message, a sign-in with the longest parameters, or the links of ten
/// registrations of an address.
const WRITTEN_WITHIN_A_LIMIT: usize = 16 * 1024;

/// Every route with every input that could make it costly.
async fn hostile(env: &TestEnv) -> Vec<HostileRequest> {
    let service = env.service("story").await;
    let target = Target { client_id: service.id, redirect_uri: service.redirect_uri };
    let all = requests(&env.stack, &target).await;
    let _ = env.watch.take_calls();
    all
}

/// How often passwords were hashed and estimated so far.
pub(crate) fn costly_work() -> (u64, u64) {
    (work::done(CostlyWork::Hash), work::done(CostlyWork::Estimate))
}

/// Whether the call takes a slot of a source's rate limit.
fn takes_slot(call: &Call) -> bool {
    let writes = call.body["TransactItems"].as_array().into_iter().flatten();
    let partition =
        |write: &Value| write.pointer("/Update/Key/pk/S").and_then(Value::as_str).map(ToOwned::to_owned);
    let is_limited = |write: &Value| write.pointer("/Update/ExpressionAttributeValues/:share").is_some();
    writes
        .clone()
        .any(|write| partition(write).is_some_and(|pk| pk.starts_with("SOURCE#")) && is_limited(write))
}

#[tokio::test]
async fn rule_3_11_before_a_limit_applies_no_anonymous_request_writes_4_kb_or_hashes() {
    // With limits of zero, whatever a request costs, it costs before a limit applies.
    let env = TestEnv::begin_with(limits(0)).await;
    let mut refused = 0;
    for HostileRequest { name, request } in hostile(&env).await {
        let before = costly_work();
        let status = env.stack.call(&request).await.status;
        assert!(status != 500, "{name}");
        refused += usize::from(status == 429);
        let written: usize = env.watch.take_calls().iter().map(|call| written_bytes(&call.body)).sum();
        assert!(written <= WRITE_BUDGET, "{name} writes {written} bytes");
        assert_eq!(costly_work(), before, "{name} hashes or estimates a password");
    }
    assert!(refused > 50, "{refused} requests met a limit");
}

#[tokio::test]
async fn rule_3_11_with_a_slot_an_anonymous_request_is_bounded_too() {
    let env = TestEnv::begin_with(limits(1_000_000)).await;
    let (mut hashes, mut estimates) = (0, 0);
    for HostileRequest { name, request } in hostile(&env).await {
        let before = costly_work();
        let status = env.stack.call(&request).await.status;
        assert!(status != 500, "{name}");
        let calls = env.watch.take_calls();
        let written: usize = calls.iter().map(|call| written_bytes(&call.body)).sum();
        assert!(written <= WRITTEN_WITHIN_A_LIMIT, "{name} writes {written} bytes");
        let after = costly_work();
        let (new_hashes, new_estimates) = (after.0 - before.0, after.1 - before.1);
        assert!(
            new_hashes <= 1 && new_estimates <= 1,
            "{name}: {new_hashes} hashes, {new_estimates} estimates"
        );
        if new_hashes + new_estimates > 0 {
            let slot = calls.iter().find(|call| takes_slot(call));
            let slot = slot.unwrap_or_else(|| panic!("{name} takes no slot"));
            assert_eq!(slot.work, before, "{name} works before it takes a slot");
        }
        hashes += new_hashes;
        estimates += new_estimates;
    }
    assert!(hashes > 5 && estimates > 5, "{hashes} hashes, {estimates} estimates");
}

#[tokio::test]
async fn rule_3_11_a_registration_form_with_mistakes_is_a_try_and_no_registration() {
    let limits = vec![("TRY_LIMIT", "4/15m".into()), ("REGISTRATION_LIMIT", "2/1h".into())];
    let env = TestEnv::begin_with(limits).await;
    let mut browser = env.browser();
    browser.get("/register").await;
    for (email, password) in [("", ""), (ANA, ""), ("no address", "")] {
        let page = browser.post("/register", &[("email", email), ("password", password)]).await;
        assert_eq!(page.status, 422, "an empty password is not judged, so it does not count");
    }
    for (email, password) in [(ANA, "short"), (ANA, "P@ssw0rd"), ("no address", PASSWORD)] {
        browser.get("/register").await;
        let page = browser.post("/register", &[("email", email), ("password", password)]).await;
        assert_eq!(page.status, 422, "{email} {password}");
    }
    // The right ones count as registrations.
    for n in 0..3 {
        browser.get("/register").await;
        let email = format!("new{n}@exemple.ca");
        let request = browser.posting("/register", &[("email", &email), ("password", PASSWORD)]);
        let statuses = [browser.send(request.clone()).await.status, browser.send(request).await.status];
        assert_eq!(statuses, if n < 2 { [303, 303] } else { [429, 429] }, "{email}, with a double click");
    }
}

#[tokio::test]
async fn rule_3_11_no_password_is_estimated_once_the_source_has_no_slot_left() {
    let limits = vec![("TRY_LIMIT", "2/15m".into()), ("REGISTRATION_LIMIT", "2/1h".into())];
    let env = TestEnv::begin_with(limits).await;
    env.activated(ANA).await;
    wait(31);
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.post("/reset", &[("email", ANA)]).await;
    let link = env.last_link().await;
    // Registering, a mistake counts as a registration once the source has no try left.
    for (page, most) in [("/register", 4), ("/reset/link", 2)] {
        let mut browser = env.browser();
        browser.get(if page == "/register" { page } else { &link }).await;
        browser.get(page).await;
        for n in 0..most + 2 {
            let before = costly_work();
            let fields = [("email", "new@exemple.ca"), ("password", "P@ssw0rd")];
            let request = browser.posting(page, &fields);
            let status = if n < most { 422 } else { 429 };
            let reply = browser.send(request).await;
            assert_eq!(reply.status, status, "{page} {n} {}", reply.text());
            assert_eq!(costly_work().1 - before.1, u64::from(n < most), "{page} {n}");
        }
    }
}

#[tokio::test]
async fn rule_3_11_the_longest_parameters_are_counted_as_they_are_stored() {
    let env = TestEnv::begin().await;
    let service = env.service("story").await;
    let mut browser = env.browser();
    for (text, is_accepted) in [("s", true), ("\"", false), ("\u{1}", false)] {
        let text = text.repeat(2048);
        let request = local::Incoming::post("/authorize").form(&[
            ("client_id", service.id.as_str()),
            ("redirect_uri", &service.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("state", &text),
            ("nonce", &text),
        ]);
        let reply = browser.send(request.header("sec-fetch-dest", "document")).await;
        let location = reply.header("location").unwrap_or_default();
        assert_eq!(location.starts_with("/authorize/continue?"), is_accepted, "{text:.3} {}", reply.text());
    }
}

#[tokio::test]
async fn rule_2_1_a_source_without_requests_learns_nothing_by_registering() {
    let env = TestEnv::begin_with(vec![("EMAIL_REQUEST_LIMIT", "4/1h".into())]).await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    for n in 0..4 {
        browser.get("/unlock").await;
        browser.post("/unlock", &[("email", &format!("nobody{n}@exemple.ca"))]).await;
    }
    let before = counts(&env, "REGISTRATIONS");
    for email in [ANA, "new@exemple.ca"] {
        browser.get("/register").await;
        let page = browser.post("/register", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.heading()), (429, "Too many requests for emails"), "{email}");
    }
    assert_eq!(counts(&env, "REGISTRATIONS") - before, 2, "each counts as a registration");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_11_a_registration_that_has_to_wait_is_counted_as_one_attempt() {
    let env = TestEnv::begin_with(vec![("EMAIL_REQUEST_LIMIT", "18/1h".into())]).await;
    env.register(&mut env.browser(), "new@exemple.ca", PASSWORD).await;
    let mut browser = env.browser();
    browser.get("/register").await;
    let mut copies = vec![browser; 16];
    let fields: &[_] = &[("email", "new@exemple.ca"), ("password", PASSWORD)];
    let pages = join_all(copies.iter_mut().map(|browser| browser.post("/register", fields))).await;
    assert!(pages.iter().all(|page| page.status == 429), "{pages:?}");
    assert_eq!((counts(&env, "REGISTRATIONS"), counts(&env, "TRIES")), (1, 16));
}

/// What the counters of all sources for this action add up to.
fn counts(env: &TestEnv, action: &str) -> i64 {
    let mut counts = BTreeMap::new();
    for record in env.stack.dynamodb.records(None, 10_000).unwrap() {
        let item = &record["dynamodb"];
        let key = item["Keys"]["pk"]["S"].as_str().unwrap();
        if key.starts_with("SOURCE#") && key.contains(&format!("#{action}#")) {
            let count: i64 = item["NewImage"]["count"]["N"].as_str().unwrap().parse().unwrap();
            assert!(count >= 0, "{key}: {count}");
            counts.insert(key.to_owned(), count);
        }
    }
    counts.values().sum()
}
