//! Identities at partners, whose items have to stay readable and movable.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use local::{Fate, Listen, TABLE};

use super::{DAY, IDA, fails, kinds, rekey, rekey_page};
use crate::{
    bouncing::report,
    changing_email::change,
    closing::{items, text},
    exchanging::OFFLINE,
    federating::first_time,
    linking::link,
    operating_accounts::operator,
    operating_keys::rotate_lookup,
    support::{
        env::{ANA, Snapshot, TestEnv, wait},
        partner::{At, START},
        watch::Fault,
    },
};

/// Ida, who signs in by her bank, in functions that know both versions of the lookup key.
async fn ida() -> Snapshot {
    let (snapshot, ()) = Snapshot::of(Listen::BankAlone, Vec::new(), async |env: &TestEnv| {
        rotate_lookup(env).await;
        first_time(env, &mut env.browser(), START, (0, IDA)).await;
        env.emails().await;
    })
    .await;
    snapshot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_identity_is_encrypted_anew_and_can_be_moved_when_the_old_key_is_gone() {
    let snapshot = ida().await;
    let env = snapshot.start().await;
    for _ in 0..2 {
        wait(2 * 3600);
        operator(&env, &["keys", "rotate", "seal", "--yes"], "").await.unwrap();
    }
    wait(37 * DAY);
    // The lookup key is not moved yet: the new key of the other purpose has to be enough.
    let counted = rekey(&env, &["--dry-run"]).await;
    assert_eq!(counted["stale"], 3, "the account, its pointer and its identity: {counted}");
    assert_eq!(rekey(&env, &[]).await["renewed"], 3);
    operator(&env, &["keys", "retire", "seal", "1", "--yes"], "").await.unwrap();
    for _ in 0..2 {
        wait(2 * 3600);
        operator(&env, &["keys", "rotate", "lookup", "--yes"], "").await.unwrap();
    }
    rekey(&env, &[]).await;
    assert_eq!(kinds(&env, 3).await["identity"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_identity_of_a_deleted_account_is_not_moved() {
    let snapshot = ida().await;
    let env = snapshot.start().await;
    let pointer = items(&env).await.into_iter().find(|item| text(item, "kind") == "account_place").unwrap();
    let (raw, runtime) = (env.raw(), tokio::runtime::Handle::current());
    let mut pointer = Some(pointer);
    // DynamoDB deletes it after the identity was read; what depends on it is deleted later.
    env.watch.decide_by(move |call| {
        if call.operation == "TransactWriteItems"
            && call.body.to_string().contains("IDENTITY#")
            && let Some(pointer) = pointer.take()
        {
            let delete = raw.delete_item().table_name(TABLE);
            let delete = delete.key("pk", pointer["pk"].clone()).key("sk", pointer["sk"].clone());
            tokio::task::block_in_place(|| runtime.block_on(delete.send()).unwrap());
        }
        Fault::None
    });
    rekey_page(&env).await.unwrap();
    env.watch.recover();
    for version in [1, 2] {
        assert_eq!(kinds(&env, version).await.get("identity"), None, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_the_mark_of_an_identity_keeps_nobody_from_linking_it() {
    let env = TestEnv::at_the_bank().await;
    let mut ana = env.activated(ANA).await;
    link(&env, &mut ana, 0).await;
    // It was moved from here, by an operator who did not know the newest version yet, and removed there.
    for item in items(&env)
        .await
        .into_iter()
        .filter(|item| ["identity", "partner_link"].contains(&text(item, "kind")))
    {
        let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
        if text(&item, "kind") == "partner_link" {
            env.raw().delete_item().table_name(TABLE).set_key(Some(HashMap::from(key))).send().await.unwrap();
            continue;
        }
        let number = |seconds: i64| AttributeValue::N((env.now().as_second() + seconds).to_string());
        let string = |value: &str| AttributeValue::S(value.to_owned());
        let mut mark = HashMap::from(key);
        mark.extend([
            ("kind".to_owned(), string("moved")),
            ("to".to_owned(), string("2.other")),
            ("moved_at".to_owned(), number(0)),
            ("ttl".to_owned(), number(3600)),
            ("v".to_owned(), AttributeValue::N("1".into())),
        ]);
        env.raw().put_item().table_name(TABLE).set_item(Some(mark)).send().await.unwrap();
    }
    let page = link(&env, &mut ana, 0).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(env.by_bank(&mut env.browser(), START, At::SignIn(0)).await.path, "/services");
}

/// The strings in a value.
fn strings<'a>(value: &'a AttributeValue, found: &mut Vec<&'a str>) {
    match value {
        AttributeValue::S(text) => found.push(text),
        AttributeValue::Ss(texts) => found.extend(texts.iter().map(String::as_str)),
        AttributeValue::L(values) => values.iter().for_each(|value| strings(value, found)),
        AttributeValue::M(map) => map.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_after_a_run_nothing_that_lasts_was_made_by_an_older_key() {
    let variables = vec![("EMAIL_LIMITS", "100/24h".into())];
    let (snapshot, ()) = Snapshot::of(Listen::BankAlone, variables, async |env: &TestEnv| {
        for key in ["lookup", "seal", "password", "lookup", "seal", "password"] {
            operator(env, &["keys", "rotate", key, "--yes"], "").await.unwrap();
            wait(3600);
        }
        let service = env.service("health").await;
        let mut ana = env.activated("first@exemple.ca").await;
        env.add_app(&mut ana, "My phone").await;
        link(env, &mut ana, 0).await;
        let code = env.code(&mut ana, &service, OFFLINE).await;
        env.tokens(&service, &code).await;
        change(env, &mut ana, ANA).await;
        fails(&mut env.browser(), ANA).await;
        report(env, ANA, Fate::Bounced).await;
        operator(env, &["accounts", "suspend", ANA, "--reason", "case 17", "--yes"], "").await.unwrap();
        first_time(env, &mut env.browser(), START, (1, IDA)).await;
    })
    .await;
    let env = snapshot.start().await;
    rekey(&env, &[]).await;
    let lasts_until = env.now().as_second() + 31 * DAY;
    let all = items(&env).await;
    // What is known of the address that Ana left is deleted when its reservation ends; until then, her account names it.
    let left = all.iter().find(|item| text(item, "kind") == "reserved_address").unwrap();
    let left = text(left, "pk").to_owned();
    let mut kinds = BTreeSet::new();
    for item in all.into_iter().filter(|item| text(item, "pk") != left) {
        let ttl = item.get("ttl").and_then(|ttl| ttl.as_n().ok()?.parse::<i64>().ok());
        if ttl.is_some_and(|ttl| ttl < lasts_until) {
            continue;
        }
        kinds.insert(text(&item, "kind").to_owned());
        for (name, value) in &item {
            let mut found = Vec::new();
            strings(value, &mut found);
            let is_older = |text: &&str| {
                (text.starts_with("1.") || text.contains("#1.")) && format!("EMAIL#{text}") != left
            };
            assert!(!found.iter().any(is_older), "{name} of {}: {found:?}", text(&item, "kind"));
        }
    }
    for kind in
        ["account", "account_place", "deliverability", "device", "factors", "identity", "partner_link"]
    {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
}
