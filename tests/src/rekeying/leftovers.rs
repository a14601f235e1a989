//! What a run leaves under the older key, and a run that takes long.

use aws_sdk_dynamodb::types::AttributeValue;
use local::TABLE;
use table::Attributes;

use super::{kinds, rekey, rekey_page, rotated};
use crate::{
    closing::{items, text},
    exchanging::OFFLINE,
    operating_keys::rotate_lookup,
    support::{
        env::{ANA, TestEnv, wait},
        watch::Fault,
    },
};

fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// The item of this kind.
async fn only(env: &TestEnv, kind: &str) -> Attributes {
    items(env).await.into_iter().find(|item| text(item, "kind") == kind).unwrap()
}

async fn put(env: &TestEnv, item: Attributes) {
    env.raw().put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

/// Ana's only browser, as it was stored before her account moved.
async fn moved_ana() -> (TestEnv, Attributes) {
    let (env, _) = rotated(async |env: &TestEnv| env.activated(ANA).await).await;
    let device = only(&env, "device").await;
    rekey(&env, &[]).await;
    (env, device)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_read_knows_of_a_move_however_long_the_run_took_before_it() {
    let (env, _) = rotated(async |env: &TestEnv| {
        env.activated("bob@exemple.ca").await;
        env.activated(ANA).await
    })
    .await;
    // The first of the two accounts takes an hour.
    let mut waited = false;
    env.watch.decide_by(move |call| {
        if call.operation == "BatchGetItem" && !waited {
            waited = true;
            wait(3600);
        }
        Fault::None
    });
    rekey_page(&env).await.unwrap();
    env.watch.recover();
    let marks = items(&env).await.into_iter();
    let marks = marks.filter(|item| text(item, "kind") == "moved" && text(item, "sk") == "ACCOUNT");
    let moved_at = marks.map(|mark| mark["moved_at"].as_n().unwrap().parse::<i64>().unwrap());
    assert!(moved_at.max() >= Some(env.now().as_second()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_browser_that_was_left_and_signed_in_again_does_not_keep_the_key() {
    // The run was interrupted before it moved this browser, which then signed in at the new place.
    let (env, device) = moved_ana().await;
    put(&env, device).await;
    assert_eq!(rekey(&env, &["--dry-run"]).await["under_older_lookup"], 1);
    rekey(&env, &[]).await;
    assert_eq!(rekey(&env, &["--dry-run"]).await["under_older_lookup"], 0);
    assert_eq!(kinds(&env, 1).await.get("device"), None);
    assert_eq!(kinds(&env, 2).await["device"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_what_was_left_follows_an_account_that_moved_twice() {
    let (env, mut device) = moved_ana().await;
    rotate_lookup(&env).await;
    rekey(&env, &[]).await;
    assert!(place_of_account(&env).await.starts_with("EMAIL#3."));
    // The first run was interrupted before it moved this browser.
    device.insert("sk".into(), string("DEVICE#left"));
    put(&env, device).await;
    assert_eq!(rekey(&env, &[]).await["moved"], 1);
    assert_eq!(kinds(&env, 3).await["device"], 2);
    assert_eq!(kinds(&env, 1).await.get("device"), None);
}

async fn place_of_account(env: &TestEnv) -> String {
    text(&only(env, "account").await, "pk").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_one_run_moves_everything_in_whatever_order_it_reads_it() {
    let (env, ()) = rotated(async |env: &TestEnv| {
        let service = env.service("health").await;
        let mut ana = env.activated(ANA).await;
        let code = env.code(&mut ana, &service, OFFLINE).await;
        env.tokens(&service, &code).await;
    })
    .await;
    let mut grant = only(&env, "grant").await;
    // It is read before the account, which moves with it.
    grant.insert("pk".into(), string("A"));
    put(&env, grant).await;
    let moved = rekey(&env, &[]).await;
    assert_eq!((&moved["under_older_lookup"], &moved["moved"]), (&2.into(), &2.into()), "{moved}");
    assert_eq!(rekey(&env, &["--dry-run"]).await["under_older_lookup"], 0);
}
