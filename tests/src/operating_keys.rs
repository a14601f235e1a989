//! Operators rotate keys and renew what older ones encrypted, while residents sign in (RULES 9.5).

use app::Config;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use local::{Listen, TABLE};
use ops::Failure;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::{
    exchanging::{OFFLINE, text},
    operating_accounts::operator,
    support::{
        env::{ANA, PASSWORD, Snapshot, TestEnv, links, wait},
        watch::Fault,
    },
};

const HOUR: i64 = 3600;
const KEYS: [&str; 8] = ["lookup", "seal", "password", "link", "session", "ticket", "subject", "form"];

/// Both steps of the rotation of the lookup key. Functions that run keep the version that they know.
pub(crate) async fn rotate_lookup(env: &TestEnv) {
    for _ in 0..2 {
        wait(2 * HOUR);
        operator(env, &["keys", "rotate", "lookup", "--yes"], "").await.unwrap();
    }
}

/// Both steps of the rotation of each key.
async fn rotate_all(env: &TestEnv) {
    for step in 0..2 {
        for key in KEYS {
            let done = operator(env, &["keys", "rotate", key, "--yes"], "").await.unwrap();
            assert_eq!(done.contains("is current"), step == 1, "{done}");
        }
        wait(2 * HOUR);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_keys_are_rotated_and_renewed_without_losing_a_sign_in_or_a_token() {
    let (snapshot, (browser, phone, service, tokens)) =
        Snapshot::of(Listen::No, Vec::new(), async |env: &TestEnv| {
            let service = env.service("health").await;
            let mut browser = env.activated(ANA).await;
            let phone = env.add_app(&mut browser, "My phone").await;
            let code = env.code(&mut browser, &service, OFFLINE).await;
            let tokens = env.tokens(&service, &code).await;
            rotate_all(env).await;
            (browser, phone, service, tokens)
        })
        .await;

    // Functions with the new keys find and read what the old ones wrote.
    let env = snapshot.start().await;
    let subject =
        |tokens: &Value| jsonwebtoken::dangerous::insecure_decode_claims::<Value>(text(tokens, "id_token"));
    let (reply, refreshed) = env.call(service.refreshes(&text(&tokens, "refresh_token"))).await;
    assert_eq!(reply.status, 200, "{refreshed}");
    assert_eq!(subject(&tokens).unwrap()["sub"], subject(&refreshed).unwrap()["sub"]);
    assert_eq!(env.userinfo(&text(&refreshed, "access_token")).await.0, 200);

    // Everything is renewed while residents sign in and register.
    let counted = operator(&env, &["--json", "keys", "rekey", "--dry-run"], "").await.unwrap();
    let counted: Value = serde_json::from_str(&counted).unwrap();
    assert!(counted["stale"].as_u64() >= Some(3) && counted["renewed"] == 0, "{counted}");
    let sign_in = async |n: usize| {
        let mut browser = if n == 0 { browser.clone() } else { env.browser() };
        browser.jar.remove("__Host-session");
        browser.sign_in(ANA, PASSWORD).await.path
    };
    let mut other = env.browser();
    let registered = env.register(&mut other, "bob@exemple.ca", PASSWORD);
    let (done, paths, registered) =
        tokio::join!(operator(&env, &["keys", "rekey"], ""), join_all((0..4).map(sign_in)), registered);
    assert_eq!(registered.path, "/register/sent");
    done.unwrap();
    assert!(paths.iter().all(|path| path == "/services"), "{paths:?}");
    let emails = env.emails().await;
    let link = links(emails.iter().rfind(|email| email.to == "bob@exemple.ca").unwrap()).remove(0);
    other.get(&link).await;
    assert_eq!(other.post("/activate", &[]).await.path, "/services");
    operator(&env, &["keys", "rekey"], "").await.unwrap();
    let left = operator(&env, &["--json", "keys", "rekey", "--dry-run"], "").await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&left).unwrap()["stale"], 0, "{left}");

    // Without the old keys, nothing is missing.
    wait(37 * 24 * HOUR);
    for key in ["seal", "password", "link", "session", "form"] {
        operator(&env, &["keys", "retire", key, "1", "--yes"], "").await.unwrap();
    }
    let listed = operator(&env, &["keys", "list"], "").await.unwrap();
    let versions = |key: &str| listed.lines().filter(|line| line.starts_with(key)).count();
    assert_eq!(KEYS.map(versions), [2, 1, 1, 1, 1, 2, 2, 1], "{listed}");
    let gateway = env.stack.gateway_of(&env.stack.another_app(None).await.unwrap()).unwrap();
    let mut browser = env.browser();
    browser.get("/login").await;
    let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    let request = browser.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
    let reply = gateway.answer(&request.header("host", "localhost:4000")).await;
    // The form is one of the functions that still know the old key.
    assert_eq!((reply.status, reply.header("location")), (303, Some("/services")), "{}", reply.text());
    let factors = env.stack.another_app(None).await.unwrap();
    let account = factors.table.account_by_email(&ANA.parse().unwrap(), env.now()).await.unwrap().unwrap();
    let found = factors.table.factors(account.details().id, env.now()).await.unwrap();
    assert_eq!(found.authenticators.first().unwrap().name.as_str(), "My phone");
    drop(phone);
}

#[tokio::test]
async fn rule_9_5_a_key_is_not_current_before_every_function_knows_it() {
    let env = TestEnv::begin().await;
    let rotate = ["keys", "rotate", "link"];
    assert!(matches!(operator(&env, &rotate, "n\n").await, Err(Failure::Declined)));
    assert_eq!(env.stack.secrets.key_ring()["link"]["keys"].as_object().unwrap().len(), 1);
    operator(&env, &rotate, "y\n").await.unwrap();
    let soon = operator(&env, &rotate, "y\n").await.unwrap_err().to_string();
    assert!(soon.contains("some functions do not know version 2 of the key link yet"), "{soon}");
    wait(2 * HOUR);
    operator(&env, &rotate, "y\n").await.unwrap();
    assert_eq!(env.stack.secrets.key_ring()["link"]["current"], 2);
    let needed = operator(&env, &["keys", "retire", "link", "1", "--yes"], "").await.unwrap_err();
    assert!(matches!(needed, Failure::StillNeeded { .. }), "{needed}");
    operator(&env, &["keys", "retire", "link", "1", "--leaked", "--yes"], "").await.unwrap();
    let kept = operator(&env, &["keys", "rotate", "seal", "--leaked"], "").await.map(drop);
    assert!(matches!(kept, Err(Failure::KeepsValues("seal"))));
}

#[tokio::test]
async fn rule_9_5_a_key_that_encrypted_what_lasts_stays_until_that_is_renewed() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for _ in 0..2 {
        operator(&env, &["keys", "rotate", "password", "--yes"], "").await.unwrap();
        wait(2 * HOUR);
    }
    wait(37 * 24 * HOUR);
    let retire = ["keys", "retire", "password", "1", "--yes"];
    let used = operator(&env, &retire, "").await.unwrap_err();
    assert!(matches!(used, Failure::KeyInUse { stale: 1, .. }), "{used}");
    operator(&env, &["keys", "rekey"], "").await.unwrap();
    operator(&env, &retire, "").await.unwrap();
}

#[tokio::test]
async fn rule_9_5_of_two_operators_who_change_a_key_at_a_time_one_is_told() {
    let env = TestEnv::begin().await;
    let rotate = async || operator(&env, &["keys", "rotate", "form", "--yes"], "").await;
    let both: [_; 2] = tokio::join!(rotate(), rotate()).into();
    let failed: Vec<_> =
        both.into_iter().filter_map(Result::err).map(|failure| failure.to_string()).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(env.stack.secrets.key_ring()["form"]["keys"].as_object().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_what_is_written_while_it_is_renewed_stays() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for _ in 0..2 {
        operator(&env, &["keys", "rotate", "password", "--yes"], "").await.unwrap();
        wait(2 * HOUR);
    }
    let mut config = Config::from_lookup(|name| env.stack.environment().get(name).cloned()).unwrap();
    config.request_budget = std::time::Duration::from_secs(30);
    let app = app::App::start(&config.into(), Some(env.watch.interceptor())).await.unwrap();
    let account = app.table.account_by_email(&ANA.parse().unwrap(), env.now()).await.unwrap().unwrap();
    let (raw, runtime) = (env.raw(), Handle::current());
    let pk = AttributeValue::S(format!("EMAIL#{}", account.details().place.as_str()));
    let change = {
        let (raw, pk) = (raw.clone(), pk.clone());
        move || {
            let update = raw.update_item().table_name(TABLE).key("pk", pk.clone());
            let update = update.key("sk", AttributeValue::S("ACCOUNT".into()));
            let update = update.update_expression("SET password = :new");
            let update = update.expression_attribute_values(":new", AttributeValue::S("2.changed".into()));
            tokio::task::block_in_place(|| runtime.block_on(async { update.send().await.unwrap() }));
        }
    };
    env.watch.decide_by(move |call| {
        if call.operation == "UpdateItem" && call.body.to_string().contains("#a0") {
            change();
        }
        Fault::None
    });
    let (page, next) = app.table.rekey_page(None, true).await.unwrap();
    assert!(next.is_none());
    assert_eq!((page.stale, page.renewed), (1, 0), "{page:?}");
    env.watch.recover();
    let item = raw.get_item().table_name(TABLE).key("pk", pk).key("sk", AttributeValue::S("ACCOUNT".into()));
    let item = item.send().await.unwrap().item.unwrap();
    assert_eq!(item["password"], AttributeValue::S("2.changed".into()));
}
