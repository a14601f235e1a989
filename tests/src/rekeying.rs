//! Accounts and partner identities move to another version of the lookup key while residents use them, so that the old one can
//! be retired (RULES 9.5). `states.rs` has every action in every state, before, while and after an account moves.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::keys::EmailKey;
use local::{Listen, TABLE};
use ops::Failure;
use serde_json::Value;
use table::{Attributes, RekeyPage, ScanPosition};

use crate::{
    closing::{items, text},
    exchanging::{self, OFFLINE},
    federating::first_time,
    operating_accounts::operator,
    operating_keys::rotate_lookup,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, Snapshot, TestEnv, wait},
        page::Page,
        partner::{At, START},
        watch::Fault,
    },
};

mod addresses;
mod identities;
mod leftovers;
mod overtaking;
mod storm;
mod twice;

const DAY: i64 = 24 * 3600;
const IDA: &str = "ida@exemple.ca";

/// Runs `ops keys rekey`; returns its report.
async fn rekey(env: &TestEnv, options: &[&str]) -> Value {
    let line = [&["--json", "keys", "rekey"], options].concat();
    serde_json::from_str(&operator(env, &line, "").await.unwrap()).unwrap()
}

async fn retire(env: &TestEnv, options: &[&str]) -> Result<String, Failure> {
    operator(env, &[&["keys", "retire", "lookup", "1", "--yes"], options].concat(), "").await
}

/// The kinds of the items under addresses and identities, by the version of their key. Marks of moves are left out.
async fn kinds(env: &TestEnv, version: u8) -> BTreeMap<String, usize> {
    let prefixes = [format!("EMAIL#{version}."), format!("IDENTITY#{version}.")];
    let mut kinds = BTreeMap::new();
    for item in items(env).await {
        let is_there = prefixes.iter().any(|prefix| text(&item, "pk").starts_with(prefix));
        if is_there && text(&item, "kind") != "moved" {
            *kinds.entry(text(&item, "kind").to_owned()).or_default() += 1;
        }
    }
    kinds
}

/// Leaves identities as earlier releases wrote them.
async fn forget_assertions(env: &TestEnv) {
    for identity in items(env).await.into_iter().filter(|item| text(item, "kind") == "identity") {
        let update = env.raw().update_item().table_name(TABLE).update_expression("REMOVE asserted");
        let update = update.key("pk", identity["pk"].clone()).key("sk", identity["sk"].clone());
        update.send().await.unwrap();
    }
}

async fn place(env: &TestEnv, email: &str) -> EmailKey {
    env.seen(email).await.account.unwrap().details().place.clone()
}

/// An environment whose functions know both versions of the lookup key, after `prepare` in functions that know the first.
async fn rotated<T>(prepare: impl AsyncFnOnce(&TestEnv) -> T) -> (TestEnv, T) {
    let mut env = TestEnv::restartable(Vec::new()).await;
    rotate_lookup(&env).await;
    let prepared = prepare(&env).await;
    env.emails().await;
    env.restart(Vec::new()).await;
    (env, prepared)
}

/// Signs in, and says how many emails were sent about it.
async fn signs_in(env: &TestEnv, browser: &mut Browser, email: &str) -> (String, usize) {
    let before = env.emails().await.len();
    browser.jar.remove("__Host-session");
    let page = browser.sign_in(email, PASSWORD).await;
    (page.path, env.emails().await.len() - before)
}

async fn fails(browser: &mut Browser, email: &str) -> Page {
    browser.sign_in(email, OTHER).await
}

fn is_locked(page: &Page) -> bool {
    page.html.contains("Sign-in is locked for this email address")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_lookup_key_is_replaced_and_retired_without_losing_a_sign_in_a_lock_a_browser_or_a_token()
{
    let variables = vec![("EMAIL_LIMITS", "100/24h".into())];
    let (snapshot, (ana, stranger, ida, service, tokens)) =
        Snapshot::of(Listen::BankAlone, variables, async |env: &TestEnv| {
            rotate_lookup(env).await;
            let service = env.service("health").await;
            let mut ana = env.activated(ANA).await;
            let code = env.code(&mut ana, &service, OFFLINE).await;
            let tokens = env.tokens(&service, &code).await;
            let mut ida = env.browser();
            let page = first_time(env, &mut ida, START, (0, IDA)).await;
            assert_eq!(page.path, "/services", "{page:?}");
            let mut stranger = env.browser();
            for _ in 0..2 {
                fails(&mut stranger, ANA).await;
            }
            (ana, stranger, ida, service, tokens)
        })
        .await;
    let mut env = snapshot.start().await;
    let [mut ana, mut stranger, mut ida] = [ana, stranger, ida].map(|browser| browser.moved_to(&env));
    assert!(matches!(retire(&env, &[]).await, Err(Failure::StillNeeded { .. })));
    let counted = rekey(&env, &["--dry-run"]).await;
    // Two accounts, an identity and a grant.
    assert_eq!((&counted["under_older_lookup"], &counted["moved"]), (&4.into(), &0.into()), "{counted}");
    let moved = rekey(&env, &[]).await;
    assert_eq!((&moved["under_older_lookup"], &moved["moved"]), (&4.into(), &4.into()), "{moved}");
    assert_eq!(rekey(&env, &[]).await["under_older_lookup"], 0);
    let left = kinds(&env, 1).await;
    let stay: BTreeSet<_> = ["audit", "email_limit", "sent_email"].into();
    assert!(left.keys().all(|kind| stay.contains(kind.as_str())), "{left:?}");

    // The browsers are known, the attempts count, and the lock can be ended.
    assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0));
    assert_eq!(env.by_bank(&mut ida, START, At::SignIn(0)).await.path, "/services");
    for is_last in [false, false, true] {
        assert_eq!(is_locked(&fails(&mut stranger, ANA).await), is_last);
    }
    stranger.get(&env.last_link().await).await;
    assert_eq!(stranger.press("/unlock/link", CONFIRMED).await.path, "/unlock/done");
    let (reply, tokens) = env.call(service.refreshes(&exchanging::text(&tokens, "refresh_token"))).await;
    assert_eq!(reply.status, 200, "{tokens}");
    let (status, claims) = env.userinfo(&exchanging::text(&tokens, "access_token")).await;
    assert_eq!((status, &claims["email"]), (200, &ANA.into()));

    // Without the old version, nothing is missing.
    wait(37 * DAY);
    retire(&env, &[]).await.unwrap();
    env.emails().await;
    env.restart(snapshot.variables.clone()).await;
    let [mut ana, mut ida] = [ana, ida].map(|browser| browser.moved_to(&env));
    assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0));
    let before = env.emails().await.len();
    assert_eq!(env.by_bank(&mut ida, START, At::SignIn(0)).await.path, "/services");
    assert_eq!(env.emails().await.len(), before);
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(shown.contains("active"), "{shown}");
    let mut other = env.browser();
    let page = env.register(&mut other, ANA, OTHER).await;
    assert!(page.html.contains("There is already an account"), "{page:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_identity_of_an_earlier_release_moves_after_it_has_signed_in() {
    let variables = vec![("EMAIL_LIMITS", "100/24h".into())];
    let (snapshot, ida) = Snapshot::of(Listen::BankAlone, variables, async |env: &TestEnv| {
        rotate_lookup(env).await;
        let mut ida = env.browser();
        first_time(env, &mut ida, START, (0, IDA)).await;
        forget_assertions(env).await;
        ida
    })
    .await;
    for leaked in [true, false] {
        let env = snapshot.start().await;
        let mut ida = ida.moved_to(&env);
        let moved = rekey(&env, &[]).await;
        assert_eq!((&moved["moved"], &moved["waiting_identities"]), (&1.into(), &1.into()), "{moved}");
        wait(37 * DAY);
        let refused = retire(&env, &[]).await.unwrap_err();
        assert!(matches!(refused, Failure::LookupInUse { found: 0, waiting: 1, .. }), "{refused}");
        if leaked {
            retire(&env, &["--leaked"]).await.unwrap();
            continue;
        }
        assert_eq!(env.by_bank(&mut ida, START, At::SignIn(0)).await.path, "/services");
        let moved = rekey(&env, &[]).await;
        assert_eq!((&moved["moved"], &moved["waiting_identities"]), (&1.into(), &0.into()), "{moved}");
        retire(&env, &[]).await.unwrap();
        assert_eq!(env.by_bank(&mut ida, START, At::SignIn(0)).await.path, "/services");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_read_that_crosses_a_move_finds_the_account() {
    let (env, ana) = rotated(async |env: &TestEnv| env.activated(ANA).await).await;
    let mut ana = ana.moved_to(&env);
    rekey(&env, &[]).await;
    let (raw, runtime) = (env.raw(), tokio::runtime::Handle::current());
    let pk = AttributeValue::S(format!("EMAIL#{}", place(&env, ANA).await.as_str()));
    // As a read that got the new key before the move, and the old one after it.
    let set = move |update: &'static str| {
        let change = raw.update_item().table_name(TABLE).key("pk", pk.clone());
        let change = change.key("sk", AttributeValue::S("ACCOUNT".into())).update_expression(update);
        let change = change.expression_attribute_names("#ttl", "ttl");
        if update.starts_with("SET") {
            change.expression_attribute_values(":past", AttributeValue::N("1".into()))
        } else {
            change
        }
    };
    for hidden in [1, 3] {
        let (set, runtime) = (set.clone(), runtime.clone());
        set("SET #ttl = :past").send().await.unwrap();
        let mut reads = 0;
        env.watch.decide_by(move |call| {
            if call.operation == "BatchGetItem" && call.body.to_string().contains("\"ATTEMPTS\"") {
                reads += 1;
                if reads == hidden + 1 {
                    let show = set("REMOVE #ttl").send();
                    tokio::task::block_in_place(|| runtime.block_on(show).unwrap());
                }
            }
            Fault::None
        });
        assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0), "{hidden}");
        env.watch.recover();
    }
    // Long after the move, nothing found is nothing there: no address is read more often than another.
    set("SET #ttl = :past").send().await.unwrap();
    let reads = async |email| {
        let _ = env.watch.take_calls();
        fails(&mut env.browser(), email).await;
        env.watch.take_calls().iter().filter(|call| call.operation == "BatchGetItem").count()
    };
    assert_eq!(reads(ANA).await, reads("nobody@exemple.ca").await + 3);
    wait(900);
    assert_eq!(reads(ANA).await, reads("nobody@exemple.ca").await);
}

/// Runs a page of a rekey by functions whose calls are observed.
async fn rekey_page(env: &TestEnv) -> Result<(RekeyPage, Option<ScanPosition>), table::Unavailable> {
    let app = env.stack.another_app(Some(env.watch.interceptor())).await.unwrap();
    app.table.rekey_page(None, true).await
}

/// Lets Ana's account know as many browsers more, each with an attempt of its own.
async fn add_browsers(env: &TestEnv, count: usize) {
    let device = items(env).await.into_iter().find(|item| text(item, "kind") == "device").unwrap();
    for n in 0..count {
        let mut device: Attributes = device.clone();
        device.insert("sk".into(), AttributeValue::S(format!("DEVICE#{n}")));
        let attempt = format!("00000000-0000-0000-0000-{n:012x}");
        device.insert("reserved".into(), AttributeValue::Ss(vec![attempt]));
        device.insert("last_at".into(), AttributeValue::N(env.now().as_second().to_string()));
        // Earlier than her own, which is therefore the first to move.
        let seen_at: i64 = device["seen_at"].as_n().unwrap().parse().unwrap();
        device.insert("seen_at".into(), AttributeValue::N((seen_at - 1).to_string()));
        env.raw().put_item().table_name(TABLE).set_item(Some(device)).send().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_an_interrupted_rekey_is_continued_by_the_next_run() {
    let (env, ana) = rotated(async |env: &TestEnv| {
        let ana = env.activated(ANA).await;
        add_browsers(env, 59).await;
        ana
    })
    .await;
    let mut ana = ana.moved_to(&env);
    let mut transactions = 0;
    env.watch.retry_at_once();
    env.watch.decide_by(move |call| {
        transactions += usize::from(call.operation == "TransactWriteItems");
        if transactions > 6 { Fault::Refused("InternalServerError") } else { Fault::None }
    });
    rekey_page(&env).await.unwrap_err();
    env.watch.recover();
    let left = kinds(&env, 1).await["device"];
    assert!((1..=20).contains(&left), "{left}");
    assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0));
    let counted = rekey(&env, &["--dry-run"]).await;
    assert_eq!(counted["under_older_lookup"], left, "{counted}");
    let moved = rekey(&env, &[]).await;
    assert_eq!(moved["moved"], left, "{moved}");
    let at = (kinds(&env, 1).await.get("device").copied(), kinds(&env, 2).await["device"]);
    assert_eq!(at, (None, 60));
    // Each still has its attempt, but for the browser that signed in.
    let attempts = items(&env).await.into_iter();
    let attempts = attempts.filter(|item| text(item, "kind") == "device" && item.contains_key("reserved"));
    assert_eq!(attempts.count(), 59);
}
