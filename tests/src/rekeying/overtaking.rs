//! A move and another request that overtake each other: neither loses what the other did.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::account::Account;
use local::{Listen, TABLE};
use tokio::runtime::Handle;

use super::{IDA, fails, forget_assertions, is_locked, kinds, place, rekey, rekey_page, rotated, signs_in};
use crate::{
    closing::{items, text},
    federating::first_time,
    operating_keys::rotate_lookup,
    support::{
        browser::Browser,
        env::{ANA, Snapshot, TestEnv},
        partner::{At, START},
        watch::Fault,
    },
};

/// Moves everything right before the transaction of this number.
async fn move_before(env: &TestEnv, transaction: usize) {
    let app = env.stack.another_app(None).await.unwrap();
    let (mut count, runtime) = (0, Handle::current());
    env.watch.decide_by(move |call| {
        count += usize::from(call.operation == "TransactWriteItems");
        if call.operation == "TransactWriteItems" && count == transaction {
            let moving = app.table.rekey_page(None, true);
            let moved = tokio::task::block_in_place(|| runtime.block_on(moving)).unwrap();
            assert!(moved.0.lookup.moved > 0);
        }
        Fault::None
    });
}

/// Checks that nothing which belongs to an account is under the old key.
async fn is_left_empty(env: &TestEnv, context: &str) {
    env.watch.recover();
    let left = kinds(env, 1).await;
    for kind in ["account", "attempts", "device", "notice_limit", "identity"] {
        assert_eq!(left.get(kind), None, "{context}: {left:?}");
    }
}

/// Removes the device generation of the account and of its browsers, which accounts of earlier releases lack.
async fn without_generations(env: &TestEnv) {
    for item in items(env).await {
        let name = match text(&item, "kind") {
            "account" => "device_generation",
            "device" => "generation",
            _ => continue,
        };
        let update = env.raw().update_item().table_name(TABLE).update_expression(format!("REMOVE {name}"));
        update.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_sign_in_that_a_move_overtakes_counts_and_is_known_where_the_account_is() {
    for is_of_earlier_release in [false, true] {
        for transaction in [1, 2] {
            let context = format!("before {transaction}, of an earlier release: {is_of_earlier_release}");
            let prepare = async |env: &TestEnv| {
                let ana = env.activated(ANA).await;
                if is_of_earlier_release {
                    without_generations(env).await;
                }
                ana
            };
            let (env, ana) = rotated(prepare).await;
            let mut ana = ana.moved_to(&env);
            move_before(&env, transaction).await;
            assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0), "{context}");
            is_left_empty(&env, &context).await;
            assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0), "{context}");

            let (env, _) = rotated(prepare).await;
            let mut stranger = env.browser();
            fails(&mut stranger, ANA).await;
            move_before(&env, transaction).await;
            assert_eq!(signs_in(&env, &mut stranger, ANA).await, ("/services".into(), 1), "{context}");
            is_left_empty(&env, &context).await;
            assert_eq!(signs_in(&env, &mut stranger, ANA).await, ("/services".into(), 0), "{context}");
            assert_eq!(env.seen(ANA).await.attempts.attempts.reserved(), 0, "{context}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_attempt_that_a_move_overtakes_counts_once_and_the_fifth_locks() {
    for (is_known, is_of_earlier_release) in [(false, false), (true, false), (true, true)] {
        for (before, transaction) in [(0, 1), (0, 2), (4, 1), (4, 2)] {
            let context = format!(
                "known {is_known}, of an earlier release {is_of_earlier_release}, {before} before, move before {transaction}"
            );
            let (env, ana) = rotated(async |env: &TestEnv| {
                let mut ana = env.activated(ANA).await;
                ana.post("/logout", &[]).await;
                if is_of_earlier_release {
                    without_generations(env).await;
                }
                ana
            })
            .await;
            let mut browser: Browser = if is_known { ana.moved_to(&env) } else { env.browser() };
            for _ in 0..before {
                fails(&mut browser, ANA).await;
            }
            let emails = env.emails().await.len();
            move_before(&env, transaction).await;
            let page = fails(&mut browser, ANA).await;
            is_left_empty(&env, &context).await;
            let locks = before == 4;
            assert_eq!(is_locked(&page), locks, "{context}: {page:?}");
            assert_eq!(env.emails().await.len() - emails, usize::from(locks), "{context}");
            let account = env.seen(ANA).await.account.unwrap();
            assert_eq!(matches!(account, Account::Locked(_)), locks, "{context}");
            let is_counted = |item: &table::Attributes| item.contains_key("failed");
            let mut counted = items(&env).await.into_iter().filter(is_counted);
            let (counted, other) = (counted.next().unwrap(), counted.next());
            assert!(other.is_none() && text(&counted, "kind") != "moved", "{context}: {counted:?} {other:?}");
            for name in ["reserved", "failed"] {
                assert_eq!(counted[name].as_ss().unwrap().len(), before + 1, "{context}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_sign_in_by_a_partner_that_a_move_overtakes_is_known_where_the_account_is() {
    let (snapshot, ()) = Snapshot::of(Listen::BankAlone, Vec::new(), async |env: &TestEnv| {
        rotate_lookup(env).await;
        first_time(env, &mut env.browser(), START, (0, IDA)).await;
        env.emails().await;
    })
    .await;
    // The transactions: the slot of the source and the departure; the return; a slot; the sign-in. An identity of an earlier
    // release doesn't move with its account.
    for (transaction, moves_alone) in
        (1..=4).flat_map(|transaction| [(transaction, false), (transaction, true)])
    {
        let env = snapshot.start().await;
        let mut other = env.browser();
        if moves_alone {
            forget_assertions(&env).await;
        }
        let before = env.emails().await.len();
        move_before(&env, transaction).await;
        let page = env.by_bank(&mut other, START, At::SignIn(0)).await;
        assert_eq!(page.path, "/services", "{transaction}: {page:?}");
        if moves_alone {
            env.watch.recover();
            let left = kinds(&env, 1).await;
            assert_eq!(
                (left.get("device"), left.get("notice_limit")),
                (None, None),
                "{transaction}: {left:?}"
            );
            rekey(&env, &[]).await;
        }
        is_left_empty(&env, &transaction.to_string()).await;
        let page = env.by_bank(&mut other, START, At::SignIn(0)).await;
        assert_eq!(page.path, "/services", "{transaction}: {page:?}");
        assert_eq!(env.emails().await.len() - before, 1, "{transaction}");
    }
}

/// What another request does between the read and the write of a move: the sort key of an item under the address, and an update
/// of one of its attributes.
const MEANWHILE: &[(&str, &str)] = &[
    ("ACCOUNT", "SET reset_link = :new"),
    ("ACCOUNT", "SET unlock_links = :new"),
    ("ACCOUNT", "SET email_change_links = :new"),
    ("ACCOUNT", "SET password = :new"),
    ("ACCOUNT", "REMOVE suspended_reason SET lock_scope = :new"),
    ("ATTEMPTS", "SET reserved = :ids, kind = :new"),
    ("NOTICES", "SET revision = :new"),
    ("DEVICE#", "SET reserved = :ids"),
    ("DEVICE#new", "SET seen_at = :new"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_move_loses_nothing_that_was_written_since_it_was_read() {
    for (sk, update) in MEANWHILE {
        let (env, _) = rotated(async |env: &TestEnv| env.activated(ANA).await).await;
        let from = format!("EMAIL#{}", place(&env, ANA).await.as_str());
        let device = items(&env).await.into_iter().find(|item| text(item, "kind") == "device").unwrap();
        let sk = if *sk == "DEVICE#" { text(&device, "sk").to_owned() } else { (*sk).to_owned() };
        let key = [("pk", from), ("sk", sk.clone())].map(|(name, value)| (name, AttributeValue::S(value)));
        let [pk, sort] = key.clone();
        let change = env.raw().update_item().table_name(TABLE).key(pk.0, pk.1).key(sort.0, sort.1);
        let mut change = change.update_expression(*update);
        if update.contains(":new") {
            change = change.expression_attribute_values(":new", AttributeValue::S("new".into()));
        }
        if update.contains(":ids") {
            let ids = vec!["00000000-0000-0000-0000-000000000001".to_owned()];
            change = change.expression_attribute_values(":ids", AttributeValue::Ss(ids));
        }
        env.race_transaction("moved", async move {
            change.send().await.unwrap();
        });
        // The second attempt of the move meets what was written, which no function can read here.
        let _ = rekey_page(&env).await;
        env.watch.recover();
        let after = items(&env).await;
        let is_same = |item: &&table::Attributes| text(item, "sk") == sk && text(item, "kind") != "moved";
        let found: Vec<_> = after.iter().filter(is_same).collect();
        let changed = update.rsplit("SET ").next().unwrap().split(' ').next().unwrap();
        assert_eq!(found.len(), 1, "{sk} {update}: {found:?}");
        let value = &found[0][changed];
        let is_new = value.as_s().is_ok_and(|text| text == "new") || value.as_ss().is_ok();
        assert!(is_new, "{sk} {update}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_move_brings_nothing_back_that_was_deleted_since_it_was_read() {
    for deleted in ["ACCOUNT", "PLACE"] {
        let (env, _) = rotated(async |env: &TestEnv| env.activated(ANA).await).await;
        let item = items(&env).await.into_iter().find(|item| text(item, "sk") == deleted).unwrap();
        let delete = env.raw().delete_item().table_name(TABLE);
        let delete = delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
        env.race_transaction("moved", async move {
            delete.send().await.unwrap();
        });
        let (page, _) = rekey_page(&env).await.unwrap();
        env.watch.recover();
        assert_eq!(page.lookup.moved, 0, "{deleted}");
        assert_eq!(kinds(&env, 2).await.get("account"), None, "{deleted}");
    }
}
