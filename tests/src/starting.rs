//! What strangers can begin without a session, and at what cost: sign-ins for services and at partners (RULES 3.11).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use local::{Incoming, Listen, TABLE};

use crate::{
    authorizing::{page_way, posted},
    support::{
        env::{ANA, PASSWORD, TestEnv, wait},
        partner::{At, START},
        services::{Changes, Service},
    },
};

/// An authorization request of a browser without a session, by GET or by POST.
fn starting(service: &Service, method: &str, changes: Changes<'_>) -> Incoming {
    let asks = service.asks(changes);
    if method == "GET" { Incoming::get(&asks) } else { posted(&asks) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_11_sign_ins_that_nobody_completes_count_for_the_source() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "4/15m".into())]).await;
    let service = env.service("health").await;
    let mut resident = env.activated(ANA).await;
    let (mut browser, mut resident_elsewhere) = (env.browser(), env.browser());
    resident.address = browser.address;
    resident.get(&service.asks(&[("scope", "openid")])).await;
    let mut forty: Vec<_> = (0..40).map(|_| browser.clone()).collect();
    let all = join_all(
        forty
            .iter_mut()
            .zip(["GET", "POST"].into_iter().cycle())
            .map(async |(browser, method)| browser.send(starting(&service, method, &[])).await.status),
    )
    .await;
    assert_eq!(all.iter().filter(|status| **status == 303).count(), 12, "{all:?}");
    assert_eq!(all.iter().filter(|status| **status == 429).count(), 28, "{all:?}");
    let _ = env.watch.take_calls();
    for method in ["GET", "POST"] {
        let reply = browser.send(starting(&service, method, &[])).await;
        assert!(reply.status == 429 && reply.header("retry-after").is_some(), "{}", reply.status);
        assert!(reply.text().contains("href=\"https://health.example/start\""), "the page leads on");
    }
    let silent = browser.get(&service.asks(&[("prompt", "none")])).await;
    assert_eq!(silent.with["error"], "login_required", "nothing is stored for it");
    assert!(
        env.watch.take_calls().iter().all(|call| !call.operation.contains("Write")),
        "nothing is written"
    );
    let page = resident.get(&service.asks(&[("prompt", "login")])).await;
    assert_eq!(page.path, "/login", "who is signed in is not limited");
    assert_eq!(resident_elsewhere.get(&service.asks(&[])).await.path, "/login", "nor is another source");
}

#[tokio::test]
async fn rule_3_11_sign_ins_that_are_completed_count_for_nothing() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "1/15m".into())]).await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let address = env.browser().address;
    for method in ["GET", "POST", "GET", "POST", "GET"] {
        let mut browser = env.browser();
        browser.address = address;
        let start = browser.send(starting(&service, method, &[("scope", "openid")])).await;
        browser.get(start.header("location").unwrap()).await;
        let way = page_way(&browser);
        let page = browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
        assert!(page.with.contains_key("code"), "{page:?}");
        let again = browser.get(&way.replace("/login", "/authorize/continue")).await;
        assert!(again.with.contains_key("code"), "a double click returns nothing twice");
    }
    for number in 0..4 {
        let mut browser = env.browser();
        browser.address = address;
        let reply = browser.send(starting(&service, "GET", &[])).await;
        assert_eq!(reply.status, if number < 3 { 303 } else { 429 }, "{number}");
    }
}

#[tokio::test]
async fn rule_3_11_what_an_anonymous_request_stores_is_bounded() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let (two, claims) =
        ("x".repeat(2048), r#"{"id_token":{"sub":{"value":"y"}}}"#.replace('y', &"y".repeat(9000)));
    let stored = async || {
        let items = env.raw().scan().table_name(TABLE).send().await.unwrap().items.unwrap_or_default();
        items.iter().map(|item| format!("{item:?}").len()).max().unwrap_or(0)
    };
    for changes in [
        &[("state", &*format!("{two}x"))][..],
        &[("nonce", &format!("{two}x"))],
        &[("login_hint", &format!("{two}x"))],
        &[("state", &two), ("nonce", &two), ("login_hint", "x")],
        &[("claims", &claims)],
    ] {
        let reply = env.browser().send(starting(&service, "POST", changes)).await;
        let location = reply.header("location").unwrap();
        assert!(location.starts_with("https://health.example/return?error=invalid_request&"), "{location}");
    }
    let before = stored().await;
    let long = [("state", &*two), ("nonce", &two), ("x", &*"x".repeat(20_000))];
    let reply = env.browser().send(starting(&service, "POST", &long)).await;
    assert!(reply.header("location").unwrap().starts_with("/authorize/continue?"));
    assert!(stored().await < before.max(8 * 1024), "{}", stored().await);
}

#[tokio::test]
async fn rule_3_11_logins_at_a_partner_count_until_the_partner_says_who_it_is() {
    let limits = vec![("TRY_LIMIT", "1/15m".into()), ("EMAIL_LIMITS", "100/24h".into())];
    let env = TestEnv::listening(Listen::BankAlone, limits).await;
    let address = env.browser().address;
    let browser = || {
        let mut browser = env.browser();
        browser.address = address;
        browser
    };
    for _ in 0..4 {
        let page = env.by_bank(&mut browser(), START, At::SignIn(0)).await;
        assert_eq!(page.heading(), "You signed in with Demo bank");
    }
    for _ in 0..3 {
        let page = env.by_bank(&mut browser(), START, At::Cancel).await;
        assert_eq!(page.path, "/login");
    }
    let reply = browser().send(Incoming::get(START)).await;
    assert_eq!(reply.status, 429);
    assert!(reply.text().contains("href=\"/login\""), "{}", reply.text());
}

#[tokio::test]
async fn rule_3_11_a_partner_that_does_not_answer_is_asked_once_in_half_a_minute() {
    let env = TestEnv::at_the_bank().await;
    env.bank().fail_with(Some(bank::Fault::DiscoveryDown));
    for asked in [1, 2] {
        for _ in 0..3 {
            let page = env.browser().get(START).await;
            assert!(page.html.contains("We cannot reach your sign-in partner"), "{}", page.html);
        }
        assert_eq!(env.bank().received().len(), asked);
        wait(31);
    }
    env.bank().fail_with(None);
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_11_a_partner_that_hangs_is_asked_once_in_half_a_minute() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://localhost:{}", silent.local_addr().unwrap().port());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = silent.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            held.push(connection);
        }
    });
    let bank = TestEnv::at_the_bank().await;
    let mut partners: serde_json::Value =
        serde_json::from_str(&bank.stack.environment()["PARTNERS"]).unwrap();
    partners[0]["issuer"] = issuer.into();
    let env = TestEnv::begin_with(vec![("PARTNERS", partners.to_string())]).await;
    for _ in 0..3 {
        let page = env.browser().get(START).await;
        assert!(page.html.contains("We cannot reach your sign-in partner"), "{}", page.html);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn rule_3_11_an_image_begins_no_sign_in() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    browser.get("/login").await;
    for target in [service.asks(&[]), format!("{START}?partner=bank"), START.to_owned()] {
        let _ = env.watch.take_calls();
        for destination in ["image", "iframe", "empty", "script"] {
            let reply = browser.send(Incoming::get(&target).header("sec-fetch-dest", destination)).await;
            assert_eq!(reply.status, 204, "{target} {destination}");
        }
        let writes = env.watch.take_calls().into_iter().filter(|call| call.operation.contains("Write"));
        assert_eq!(writes.count(), 0, "{target}");
        let reply = browser.send(Incoming::get(&target).header("sec-fetch-dest", "document")).await;
        assert_ne!(reply.status, 204, "{target}");
    }
}
