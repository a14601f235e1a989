//! The calls of the settings.

use super::operations;
use crate::support::env::{ANA, OTHER, PASSWORD, TestEnv, wait};

#[tokio::test]
async fn settings_call_as_often_as_the_map_says() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    let _ = operations(&env);
    let signed_in = ["BatchGetItem", "GetItem"];
    for (page, then) in [
        ("/settings", &["Query", "BatchGetItem"][..]),
        ("/settings/password", &[]),
        ("/settings/language", &[]),
        ("/settings/data", &[]),
        ("/settings/activity", &["Query"]),
    ] {
        browser.get(page).await;
        assert_eq!(operations(&env), [&signed_in, then].concat(), "{page}");
    }
    let report = browser.html.href("/settings/activity/report");
    browser.get(&report).await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "GetItem"], "{report}");
    let counted = ["BatchGetItem", "TransactWriteItems"];
    let change = [&signed_in, &counted[..], &signed_in, &["GetItem", "TransactWriteItems"]].concat();
    let data = [&signed_in[..], &["Query", "GetItem", "Query", "GetItem", "TransactWriteItems"]].concat();
    for (page, path, fields, calls) in [
        ("/settings/sessions", "/settings/sessions", ("session", ""), counted.to_vec()),
        (
            "/settings/language",
            "/settings/language",
            ("language", "en"),
            [&signed_in[..], &counted[1..]].concat(),
        ),
        (
            &report,
            "/settings/activity/report",
            ("", ""),
            [&signed_in[..], &["GetItem", "TransactWriteItems"]].concat(),
        ),
        ("/settings/data", "/settings/data", ("", ""), data),
        ("/settings/password", "/settings/password", ("password", OTHER), change),
    ] {
        browser.get(page).await;
        let _ = operations(&env);
        browser.send(browser.pressing(path, &[fields])).await;
        assert_eq!(operations(&env), calls, "{path}");
    }
}

#[tokio::test]
async fn a_change_of_the_address_calls_as_often_as_the_map_says() {
    let env = TestEnv::begin().await;
    env.activated("zoe@exemple.ca").await;
    let mut browser = env.activated(ANA).await;
    wait(31);
    for email in ["zoe@exemple.ca", "new@exemple.ca"] {
        let _ = operations(&env);
        browser.get("/settings/email").await;
        assert_eq!(operations(&env), ["BatchGetItem", "GetItem"], "the page");
        let request = browser.pressing("/settings/email", &[("email", email)]);
        assert_eq!(browser.send(request).await.status, 303);
        let calls = env.watch.take_calls();
        let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(names, ["BatchGetItem", "GetItem", "BatchGetItem", "TransactWriteItems"], "{email}");
        assert_eq!(calls[3].body["TransactItems"].as_array().unwrap().len(), 9, "{email}");
    }
    let link = env.last_link().await;
    let _ = operations(&env);
    browser.send(local::Incoming::get(&link)).await;
    assert_eq!(operations(&env), Vec::<String>::new(), "following the link");
    browser.get("/settings/email/link").await;
    let reads = ["GetItem", "BatchGetItem", "BatchGetItem", "GetItem"];
    assert_eq!(operations(&env), reads, "its page");
    let request = browser.pressing("/settings/email/link", &[]);
    browser.send(request).await;
    let calls = [&reads[..], &["GetItem", "Query", "TransactWriteItems"]].concat();
    assert_eq!(operations(&env), calls, "the change");
}
