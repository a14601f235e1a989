//! The request of each conditional write, as sent to DynamoDB, in `functions/shared/table/golden`.

mod mail;
mod operators;

use std::collections::BTreeMap;

use local::Incoming;
use serde_json::{Map, Value, json};

use crate::{
    changing_email,
    recovery_codes::shown_codes,
    support::{
        browser::CONFIRMED,
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        partner::{At, START},
        phone::Phone,
        watch::Call,
    },
};

/// The writes of registration, activation, failed attempts, locking and sign-in.
#[tokio::test]
async fn each_conditional_write_asks_for_what_it_did_before() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut keep = |name, env: &TestEnv| {
        let writes = env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect();
        seen.insert(name, writes);
    };
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    keep("register", &env);
    browser.get("/register/again").await;
    browser.post("/register/again", &[("email", ANA)]).await;
    keep("renew", &env);
    let link = env.last_link().await;
    keep("send", &env);
    let mut elsewhere = env.browser();
    elsewhere.get(&link).await;
    elsewhere.post("/activate", &[("password", OTHER)]).await;
    keep("take_try", &env);
    browser.get("/login").await;
    env.interaction(&browser).await;
    keep("begin_interaction", &env);
    browser.get(&link).await;
    browser.post("/activate", &[]).await;
    keep("activate", &env);
    for name in ["fail_first", "fail_next"] {
        elsewhere.sign_in(ANA, OTHER).await;
        keep(name, &env);
    }
    browser.jar.remove("__Host-session");
    browser.get("/login").await;
    let way = format!("/login?interaction={}", env.interaction(&browser).await);
    browser.get(&way).await;
    let _ = env.watch.take_calls();
    browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
    keep("sign_in", &env);
    // Two attempts from unknown browsers have failed before.
    let locking = [("lock", &mut elsewhere, 2), ("lock_in_known_browser", &mut browser, 4)];
    for (name, browser, failures) in locking {
        for _ in 0..failures {
            browser.sign_in(ANA, OTHER).await;
        }
        let _ = env.watch.take_calls();
        browser.sign_in(ANA, OTHER).await;
        keep(name, &env);
    }
    recover(&env, &mut keep).await;
    browser.get("/contact").await;
    let _ = env.watch.take_calls();
    browser.post("/contact", &[("topic", "other"), ("email", ANA), ("message", "Hello")]).await;
    keep("contact", &env);
    are_as_before(seen);
}

/// The writes of codes, tokens, connections and the registry.
#[tokio::test]
async fn each_conditional_write_for_services_asks_for_what_it_did_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut keep = |name| {
        let writes = env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect();
        seen.insert(name, writes);
    };
    let _ = env.watch.take_calls();
    let service = env.service("health").await;
    keep("register_service");
    env.service("health").await;
    keep("change_service");
    env.code(&mut browser, &service, &[("scope", "openid")]).await;
    keep("issue_first_code");
    browser.get(&service.asks(&[])).await;
    keep("begin_interaction_signed_in");
    let code = env.code(&mut browser, &service, &[("scope", "openid email offline_access")]).await;
    keep("issue_code_in_interaction");
    let tokens = env.tokens(&service, &code).await;
    keep("exchange_code");
    env.call(service.refreshes(tokens["refresh_token"].as_str().unwrap())).await;
    keep("rotate_refresh_token");
    env.call(service.exchanges(&code, &[])).await;
    keep("revoke_grant");
    let query = service.asks(&[]).split_once('?').unwrap().1.to_owned();
    let post = Incoming::post("/authorize").body("application/x-www-form-urlencoded", query);
    let location = browser.send(post).await.header("location").unwrap().to_owned();
    browser.get(&location).await;
    keep("claim_interaction");
    browser.get("/services/disconnect?service=health").await;
    browser.post("/services/disconnect?service=health", &[]).await;
    keep("disconnect");
    let assertion =
        table::Assertion { client: "health".parse().unwrap(), hash: "hash".into(), until: env.now() };
    env.stack.app.table.spend_assertion(&assertion, env.now()).await.unwrap();
    keep("spend_assertion");
    are_as_before(seen);
}

/// The writes of a change of the email address, and of its undoing.
#[tokio::test]
async fn each_conditional_write_of_changing_an_address_asks_for_what_it_did_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut keep = |name| {
        let writes = env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect();
        seen.insert(name, writes);
    };
    browser.get("/settings/email").await;
    let _ = env.watch.take_calls();
    browser.press("/settings/email", &[("email", "new@exemple.ca")]).await;
    keep("request_email_change");
    browser.get(&env.last_link().await).await;
    let _ = env.watch.take_calls();
    browser.press("/settings/email/link", &[]).await;
    keep("change_email");
    let dispute = changing_email::dispute_link(&env, ANA).await;
    let mut owner = env.browser();
    wait(31);
    owner.get("/reset").await;
    let _ = env.watch.take_calls();
    owner.post("/reset", &[("email", ANA)]).await;
    keep("ask_reserved");
    owner.get(&dispute).await;
    let _ = env.watch.take_calls();
    owner.post("/dispute", CONFIRMED).await;
    keep("return_to_former_address");
    are_as_before(seen);
}

/// The writes of closing an account, and of opening it again.
#[tokio::test]
async fn each_conditional_write_of_closing_asks_for_what_it_did_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut keep = |name| {
        let writes = env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect();
        seen.insert(name, writes);
    };
    browser.get("/settings/close").await;
    let _ = env.watch.take_calls();
    browser.press("/settings/close", &[]).await;
    keep("close_account");
    browser.get("/login").await;
    browser.post("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    keep("sign_in_to_a_closed_account");
    are_as_before(seen);
}

/// The writes of verification, and of adding and removing authenticators.
#[tokio::test]
async fn each_conditional_write_of_verifying_asks_for_what_it_did_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut keep = |name| {
        let writes = env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect();
        seen.insert(name, writes);
    };
    browser.get("/factors/add").await;
    let _ = env.watch.take_calls();
    browser.press("/factors/add", &[]).await;
    keep("begin_enrolment");
    let phone = Phone::scanning(&browser);
    browser.press("/factors/confirm", &[("name", "Phone"), ("code", &phone.code())]).await;
    keep("enrol");
    wait(330);
    browser.get("/mfa?next=/factors&factor=email").await;
    let _ = env.watch.take_calls();
    browser.press("/mfa/send", &[]).await;
    keep("send_code");
    browser.get("/mfa?next=/factors").await;
    browser.press("/mfa", &[("code", &phone.wrong())]).await;
    keep("fail_guess");
    browser.press("/mfa", &[("code", &phone.code())]).await;
    keep("verify");
    let page = browser.get("/factors").await;
    browser.get(&page.html.href("/factors/remove")).await;
    browser.press("/factors/remove", &[]).await;
    keep("remove_authenticator");
    browser.get("/factors/recovery-codes").await;
    let _ = env.watch.take_calls();
    let page = browser.press("/factors/recovery-codes", &[]).await;
    keep("make_recovery_codes");
    let code = shown_codes(&page.html).swap_remove(0);
    browser.get("/login?again=true&next=/factors").await;
    browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    browser.get("/mfa?next=/services&factor=recovery").await;
    let _ = env.watch.take_calls();
    browser.press("/mfa", &[("code", &code)]).await;
    keep("verify_by_recovery_code");
    browser.get("/factors/recovery-codes/remove").await;
    let _ = env.watch.take_calls();
    browser.press("/factors/recovery-codes/remove", &[]).await;
    keep("remove_recovery_codes");
    env.add_app(&mut browser, "Phone").await;
    // The code that was sent has expired: a wrong code is compared with the authenticator alone.
    wait(610);
    for _ in 0..10 {
        browser.get("/mfa?next=/factors").await;
        let _ = env.watch.take_calls();
        browser.press("/mfa", &[("code", &phone.wrong())]).await;
    }
    keep("record_pause");
    are_as_before(seen);
}

/// The writes of settings.
#[tokio::test]
async fn each_conditional_write_of_settings_asks_for_what_it_did_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (name, page, path, fields) in [
        ("set_language", "/settings/language", "/settings/language", [("language", "en")]),
        ("end_other_sessions", "/settings/sessions", "/settings/sessions", [("session", "")]),
        ("report_activity", "/settings/activity", "/settings/activity/report", [("", "")]),
        ("record_download", "/settings/data", "/settings/data", [("", "")]),
        ("change_password", "/settings/password", "/settings/password", [("password", OTHER)]),
    ] {
        let page = browser.get(page).await;
        if name == "report_activity" {
            browser.get(&page.html.href("/settings/activity/report")).await;
        }
        let _ = env.watch.take_calls();
        browser.press(path, &fields).await;
        seen.insert(name, env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect());
    }
    are_as_before(seen);
}

/// The writes of signing in by a partner, linking one and removing it.
#[tokio::test]
async fn each_conditional_write_of_partners_asks_for_what_it_did_before() {
    let env = TestEnv::at_the_bank().await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut keep = |name| {
        let writes = env.watch.take_calls().into_iter().filter_map(|call| shape(&call)).collect();
        seen.insert(name, writes);
    };
    let mut browser = env.browser();
    let left = browser.get(START).await;
    keep("begin_partner_login");
    let back = env.answer_of_bank(left, (At::SignIn(0), None)).await;
    browser.get(&back).await;
    keep("complete_partner_login");
    browser.press("/federated/first", &[("email", ANA)]).await;
    keep("send_address_code");
    let code = env.emailed_code().await;
    let _ = env.watch.take_calls();
    browser.press("/federated/code", &[("code", &code)]).await;
    keep("create_account_with_partner");
    browser.jar.remove("__Host-session");
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    keep("sign_in_with_partner");
    wait(31);
    let mut other = env.activated("bob@exemple.ca").await;
    let to_link = "/federated/start?partner=demo-bank&link=yes";
    for name in ["unlink_partner", "unlink_partners"] {
        env.by_bank(&mut other, to_link, At::SignIn(1)).await;
        let _ = env.watch.take_calls();
        other.press("/federated/link", &[]).await;
        keep("link_partner");
        if name == "unlink_partner" {
            other.get("/federated/unlink?partner=demo-bank").await;
            other.press("/federated/unlink", &[]).await;
        } else {
            wait(31);
            other.get("/federated/remove").await;
            other.press("/federated/remove", &[("email", "bob@exemple.ca")]).await;
            keep("ask_removal");
            other.get(&env.last_link().await).await;
            let _ = env.watch.take_calls();
            other.press("/federated/remove/link", CONFIRMED).await;
        }
        keep(name);
    }
    are_as_before(seen);
}

fn are_as_before(seen: BTreeMap<&str, Vec<Value>>) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../functions/shared/table/golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, writes) in seen {
        settings.bind(|| insta::assert_json_snapshot!(name, writes));
    }
}

/// The writes of requesting links, unlocking, resetting and disputing; of a new browser, and of ending sessions.
async fn recover(env: &TestEnv, keep: &mut impl FnMut(&'static str, &TestEnv)) {
    let mut browser = env.browser();
    env.emails().await;
    for (path, email, asked, done) in [
        ("/unlock", "nobody@exemple.ca", "ask_nobody", ""),
        ("/unlock", ANA, "ask_unlock", "unlock"),
        ("/register/again", ANA, "ask_open", ""),
        ("/reset", ANA, "ask_reset", "reset"),
    ] {
        browser.get(path).await;
        let _ = env.watch.take_calls();
        browser.post(path, &[("email", email)]).await;
        keep(asked, env);
        if !done.is_empty() {
            browser.get(&env.last_link().await).await;
            let _ = env.watch.take_calls();
            browser.post(&format!("{path}/link"), &[CONFIRMED[0], ("password", PASSWORD)]).await;
            keep(done, env);
        }
    }
    let mut newcomer = env.browser();
    newcomer.get("/login").await;
    let _ = env.watch.take_calls();
    newcomer.post("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    keep("sign_in_new_device", env);
    newcomer.post("/logout", &[]).await;
    keep("end_session", env);
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    browser.get(&dispute).await;
    let _ = env.watch.take_calls();
    browser.post("/dispute", CONFIRMED).await;
    keep("dispute", env);
}

/// A write without what differs between runs: keys by their kinds, values by their types.
fn shape(call: &Call) -> Option<Value> {
    match call.operation.as_str() {
        "TransactWriteItems" => {
            let items = call.body["TransactItems"].as_array()?.iter().map(|item| {
                let (kind, write) = item.as_object().unwrap().iter().next().unwrap();
                json!({ kind: parts(write) })
            });
            Some(json!({ "TransactWriteItems": items.collect::<Vec<_>>() }))
        }
        "PutItem" | "UpdateItem" | "DeleteItem" => Some(json!({ &call.operation: parts(&call.body) })),
        _ => None,
    }
}

fn parts(write: &Value) -> Value {
    let mut parts = Map::new();
    for name in ["ConditionExpression", "UpdateExpression"] {
        if let Some(text) = write.get(name) {
            parts.insert(name.to_owned(), text.clone());
        }
    }
    if let Some(key) = write.get("Key") {
        parts.insert("Key".to_owned(), json!([prefix(&key["pk"]["S"]), prefix(&key["sk"]["S"])]));
    }
    if let Some(values) = write.get("ExpressionAttributeValues").and_then(Value::as_object) {
        parts.insert("Values".to_owned(), values.keys().cloned().collect());
    }
    if let Some(item) = write.get("Item").and_then(Value::as_object) {
        let types = item.iter().map(|(name, value)| (name.clone(), attribute(name, value)));
        parts.insert("Item".to_owned(), Value::Object(types.collect()));
    }
    Value::Object(parts)
}

fn attribute(name: &str, value: &Value) -> Value {
    match name {
        "pk" | "sk" => prefix(&value["S"]).into(),
        "kind" | "v" | "state" | "event" | "purpose" => value.clone(),
        _ => value.as_object().and_then(|value| value.keys().next().cloned()).into(),
    }
}

fn prefix(key: &Value) -> String {
    key.as_str().unwrap_or_default().split('#').next().unwrap_or_default().to_owned()
}
