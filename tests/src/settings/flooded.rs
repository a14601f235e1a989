//! Whoever has the password can begin any number of sessions. The owner's pages still work (RULES 3.8, 7.1, 7.5).

use aws_sdk_dynamodb::types::AttributeValue;

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv},
};

/// How many items of sessions are read at most, and how many more an account has here.
const READ: usize = 1_000;

/// Puts this many copies of a thief's session into the table. They sort before, between and after the owner's.
async fn flood(env: &TestEnv, count: usize) {
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    let cookie = domain::session::SessionCookie::parse(&thief.jar["__Host-session"]).unwrap();
    let text = |text: String| AttributeValue::S(text);
    let key = |sk: String| {
        [("pk".to_owned(), text(format!("ACCOUNT#{account}"))), ("sk".to_owned(), text(sk))].into()
    };
    let raw = env.raw();
    let own = key(format!("SESSION#{}", cookie.secret.hash().as_str()));
    let found = raw.get_item().table_name(local::TABLE).set_key(Some(own)).send().await.unwrap();
    let mut item = found.item.unwrap();
    for n in 0..count {
        item.insert("sk".to_owned(), text(format!("SESSION#{}-{n}", n % 10)));
        raw.put_item().table_name(local::TABLE).set_item(Some(item.clone())).send().await.unwrap();
    }
}

/// How many items the queries of the last requests returned.
async fn queried(env: &TestEnv, browser: &mut Browser, path: &str) -> usize {
    let _ = env.watch.take_calls();
    let page = browser.get(path).await;
    assert_eq!((page.status, page.path.as_str()), (200, path), "{}", page.html);
    env.watch.take_calls().iter().filter(|call| call.operation == "Query").count()
}

#[tokio::test]
async fn rule_3_8_any_number_of_sessions_leaves_the_settings_usable() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    flood(&env, READ + 200).await;
    assert!(queried(&env, &mut owner, "/settings").await <= 13);
    assert!(owner.html.contains("Sessions: 100 or more"), "{}", owner.html);
    assert!(owner.html.contains("Account activated"), "{}", owner.html);
    assert_eq!(queried(&env, &mut owner, "/settings/sessions").await, 1);
    assert_eq!(owner.html.count("main ul.site-list > li"), 100);
    assert!(owner.html.text("main h2").unwrap().contains("(this browser)"), "{}", owner.html);
    assert!(owner.html.contains("There may be more sessions than we can list here."));
    assert!(owner.html.to_string().len() < 200_000);

    assert_eq!(owner.get("/settings/data").await.path, "/settings/data");
    let reply = owner.send(owner.pressing("/settings/data", &[])).await;
    let document: serde_json::Value = serde_json::from_str(&reply.text()).unwrap();
    let sessions = document["sessions"].as_array().unwrap().len();
    assert!((READ..READ + 100).contains(&sessions), "{sessions}");
    assert_eq!(document["sessions_are_complete"], false);
    assert_eq!(document["activity_is_complete"], true);
    assert_eq!(document["account"]["email"], ANA);
    assert!(document["activity"].as_array().unwrap().len() > 1);

    owner.get("/settings/sessions").await;
    let page = owner.post("/settings/sessions", &[("session", "")]).await;
    assert_eq!(page.success().as_deref(), Some("All your other devices were signed out."));
    assert_eq!(page.html.count("main ul.site-list > li"), 1);
}

#[tokio::test]
async fn rule_3_8_a_hundred_sessions_are_listed_and_the_page_says_that_there_are_more() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    flood(&env, 90).await;
    owner.get("/settings/sessions").await;
    assert_eq!(owner.html.count("main ul.site-list > li"), 92);
    assert!(!owner.html.contains("There may be more sessions"));
    owner.get("/settings").await;
    assert!(owner.html.contains("Signed in on 92 browsers"), "{}", owner.html);
    flood(&env, 110).await;
    owner.get("/settings/sessions").await;
    assert_eq!(owner.html.count("main ul.site-list > li"), 100);
    assert!(owner.html.contains("There may be more sessions"));
    owner.get("/settings").await;
    assert!(owner.html.contains("Sessions: 100 or more"), "{}", owner.html);
}
