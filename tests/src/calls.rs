//! How often the table is called: the numbers that `infra/README.md` gives.

use crate::story::{ANA, OTHER, PASSWORD, Story, wait};

fn operations(story: &Story) -> Vec<String> {
    story.watch.take_calls().into_iter().map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_password_sign_in_is_three_calls_and_its_page_one() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    let mut browser = story.browser();
    let _ = operations(&story);
    browser.get("/login").await;
    assert_eq!(operations(&story), Vec::<String>::new(), "the page alone calls nothing");
    let way = format!("/login?transaction={}", story.transaction(&browser).await);
    let _ = operations(&story);
    browser.get(&way).await;
    assert_eq!(operations(&story), ["BatchGetItem"]);
    let request = browser.posting(&way, &[("email", ANA), ("password", OTHER)]);
    browser.send(request).await;
    assert_eq!(operations(&story), ["BatchGetItem", "UpdateItem", "TransactWriteItems"], "a wrong password");
    let request = browser.posting(&way, &[("email", ANA), ("password", PASSWORD)]);
    assert_eq!(browser.send(request).await.status, 303);
    assert_eq!(operations(&story), ["BatchGetItem", "UpdateItem", "TransactWriteItems"], "the right one");
    browser.get(&way).await;
    assert_eq!(operations(&story), ["BatchGetItem"], "signed in, with a service to go to");
}

#[tokio::test]
async fn the_other_pages_call_as_often_as_the_map_says() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    browser.get("/register").await;
    assert_eq!(operations(&story), Vec::<String>::new());
    let request = browser.posting("/register", &[("email", ANA), ("password", PASSWORD)]);
    browser.send(request).await;
    assert_eq!(operations(&story), ["BatchGetItem", "TransactWriteItems"], "registering");

    let link = story.last_link().await;
    let _ = operations(&story);
    browser.send(local::Incoming::get(&link)).await;
    assert_eq!(operations(&story), Vec::<String>::new(), "following a link");
    browser.get("/activate").await;
    assert_eq!(operations(&story), ["GetItem", "BatchGetItem"], "its page");
    let request = browser.posting("/activate", &[]);
    browser.send(request).await;
    assert_eq!(operations(&story), ["GetItem", "BatchGetItem", "TransactWriteItems"], "activating");

    browser.get("/services").await;
    assert_eq!(operations(&story), ["GetItem"]);
    wait(60);
    browser.get("/services").await;
    assert_eq!(operations(&story), ["GetItem", "UpdateItem"], "a visit is recorded once a minute");
    let request = browser.posting("/logout", &[]);
    browser.send(request).await;
    assert_eq!(operations(&story), ["DeleteItem"]);
}
