//! What belongs to an address, and to those that the account had, after a move.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::delivery::DeliveryProblem;
use local::{Fate, TABLE};
use serde_json::Value;

use super::{kinds, place, rekey, retire, rotated};
use crate::{
    bouncing::report,
    changing_email::{NEW, change, dispute, dispute_link, opens},
    closing::{items, text},
    settings::data::download,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_address_that_an_account_leaves_after_its_move_is_free_at_once() {
    let (env, ana) = rotated(async |env: &TestEnv| env.activated(ANA).await).await;
    rekey(&env, &[]).await;
    for item in items(&env).await {
        if ["account", "account_place"].contains(&text(&item, "kind")) {
            let delete = env.raw().delete_item().table_name(TABLE);
            delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
        }
    }
    let mut other = ana.moved_to(&env);
    other.jar.clear();
    assert_eq!(env.register(&mut other, ANA, PASSWORD).await.path, "/register/sent");
    other.get(&env.last_link().await).await;
    assert_eq!(other.post("/activate", &[]).await.path, "/services");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_reports_about_emails_move_along_also_those_that_come_after_the_move() {
    let (env, ana) = rotated(async |env: &TestEnv| {
        let ana = env.activated(ANA).await;
        report(env, ANA, Fate::Bounced).await;
        ana
    })
    .await;
    let problem = async || {
        let known = env.stack.app.table.deliverability(&ANA.parse().unwrap(), env.now()).await.unwrap();
        known.problem()
    };
    assert!(matches!(problem().await, Some(DeliveryProblem::Bounced { .. })));
    rekey(&env, &[]).await;
    assert!(matches!(problem().await, Some(DeliveryProblem::Bounced { .. })));
    assert_eq!(kinds(&env, 1).await.get("deliverability"), None);

    // The newest email was sent before the move.
    report(&env, ANA, Fate::Complained).await;
    assert_eq!(kinds(&env, 1).await["deliverability"], 1);
    assert_eq!(rekey(&env, &["--dry-run"]).await["under_older_lookup"], 1);
    assert_eq!(rekey(&env, &[]).await["moved"], 1);
    assert_eq!(kinds(&env, 1).await.get("deliverability"), None);
    let known = items(&env).await.into_iter().find(|item| text(item, "kind") == "deliverability").unwrap();
    assert!(known.contains_key("bounced_at") && known.contains_key("complained_at"), "{known:?}");
    drop(ana);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_account_that_moved_returns_to_a_former_address_and_keeps_its_earliest_one() {
    for moves in [false, true] {
        let (env, first) = rotated(async |env: &TestEnv| {
            let mut ana = env.activated(ANA).await;
            change(env, &mut ana, NEW).await;
            let first = dispute_link(env, ANA).await;
            wait(31);
            change(env, &mut ana, ANA).await;
            wait(31);
            first
        })
        .await;
        if moves {
            rekey(&env, &[]).await;
            assert!(place(&env, ANA).await.as_str().starts_with("2."));
        }
        // The account has its earliest address: the notice to it frees the other one, and moves nothing.
        let page = dispute(&env, &first).await;
        assert_eq!(page.path, "/dispute/done", "{moves}: {page:?}");
        assert!(!opens(&env, ANA, PASSWORD).await, "{moves}");
        let account = env.seen(ANA).await.account.unwrap();
        assert_eq!(account.details().former_addresses.all(), &[], "{moves}");
        let mut other = env.browser();
        assert_eq!(env.register(&mut other, NEW, PASSWORD).await.path, "/register/sent", "{moves}");
    }
}

/// Ana left her address before the lookup key was replaced, and the old one was removed at once because it leaked.
async fn without_the_key_of_a_former_address() -> (TestEnv, Browser, String) {
    let (mut env, (ana, dispute)) = rotated(async |env: &TestEnv| {
        let mut ana = env.activated(ANA).await;
        change(env, &mut ana, NEW).await;
        let dispute = dispute_link(env, ANA).await;
        (ana, dispute)
    })
    .await;
    rekey(&env, &[]).await;
    wait(3 * 3600);
    retire(&env, &["--leaked"]).await.unwrap();
    env.restart(Vec::new()).await;
    let ana = ana.moved_to(&env);
    (env, ana, dispute)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_no_account_returns_to_a_place_whose_key_is_gone() {
    let (env, mut ana, link) = without_the_key_of_a_former_address().await;
    let page = dispute(&env, &link).await;
    assert_ne!(page.path, "/dispute/done", "{page:?}");
    assert!(opens(&env, NEW, PASSWORD).await);
    // It can have the address again, as any that is free.
    ana.sign_in(NEW, PASSWORD).await;
    change(&env, &mut ana, ANA).await;
    assert!(opens(&env, ANA, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_address_that_a_removed_key_frees_belongs_to_one_account() {
    let (env, _, link) = without_the_key_of_a_former_address().await;
    let mut other = env.browser();
    assert_eq!(env.register(&mut other, ANA, OTHER).await.path, "/register/sent");
    other.get(&env.last_link().await).await;
    assert_eq!(other.post("/activate", &[]).await.path, "/services");
    dispute(&env, &link).await;
    let emails = items(&env).await.into_iter().filter(|item| text(item, "kind") == "account");
    let places: Vec<_> = emails.map(|item| text(&item, "pk").to_owned()).collect();
    assert!(places.iter().all(|place| place.starts_with("EMAIL#2.")), "{places:?}");
    assert!(opens(&env, ANA, OTHER).await && opens(&env, NEW, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_return_checks_the_keys_of_all_versions() {
    let (env, link) = rotated(async |env: &TestEnv| {
        let mut ana = env.activated(ANA).await;
        change(env, &mut ana, NEW).await;
        env.activated("bob@exemple.ca").await;
        dispute_link(env, ANA).await
    })
    .await;
    // Functions from which the old version was removed give the address to Bob.
    let bob = env.seen("bob@exemple.ca").await.account.unwrap().details().place.clone();
    let bob = format!("EMAIL#{}", bob.as_str());
    let mut account = items(&env)
        .await
        .into_iter()
        .find(|item| text(item, "pk") == bob && text(item, "sk") == "ACCOUNT")
        .unwrap();
    let place = env.stack.app.table.email_place(&ANA.parse().unwrap()).unwrap();
    assert!(place.as_str().starts_with("2."));
    account.insert("pk".into(), AttributeValue::S(format!("EMAIL#{}", place.as_str())));
    env.raw().put_item().table_name(TABLE).set_item(Some(account)).send().await.unwrap();
    let page = dispute(&env, &link).await;
    assert_ne!(page.path, "/dispute/done", "{page:?}");
    assert!(opens(&env, NEW, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_5_the_download_has_what_stays_under_the_older_key() {
    let (env, ana) = rotated(async |env: &TestEnv| {
        let ana = env.activated(ANA).await;
        wait(1);
        env.browser().sign_in(ANA, PASSWORD).await;
        env.emails().await;
        assert_eq!(env.stack.deliver_events().await, 0);
        ana
    })
    .await;
    let mut ana = ana.moved_to(&env);
    let (_, before) = download(&mut ana).await;
    let sent = |document: &Value| document["emails_sent"].as_array().map_or(0, Vec::len);
    assert!(sent(&before) > 0, "{before}");
    rekey(&env, &[]).await;
    let (_, after) = download(&mut ana).await;
    assert_eq!(sent(&after), sent(&before), "{after}");
    for section in ["account", "known_browsers"] {
        let of = |document: &Value| document[section].clone();
        assert_eq!(of(&after).as_array().map(Vec::len), of(&before).as_array().map(Vec::len), "{section}");
    }
}
