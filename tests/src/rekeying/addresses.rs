//! What belongs to an address, and to those that the account had, after a move.

use domain::delivery::DeliveryProblem;
use local::{Fate, TABLE};

use super::{kinds, place, rekey, rotated};
use crate::{
    bouncing::report,
    changing_email::{NEW, change, dispute, dispute_link, opens},
    closing::{items, text},
    support::env::{ANA, PASSWORD, TestEnv, wait},
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
