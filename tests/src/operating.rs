//! Operators register services, change them, switch them off and rotate their secrets (RULES 6.3).

use clap::Parser;
use domain::service::ClientId;
use futures_util::future::join_all;
use ops::{Arguments, Failure, Subject, Terminal, caller};
use serde_json::Value;

use crate::{
    operating_accounts::operator as command,
    support::{
        browser::Browser,
        env::{ANA, TestEnv, wait},
        services::{Service, operator},
    },
};

const YAML: &str = "
client_id: health
client_name: { en: Health card, fr: Carte Santé }
client_uri: https://health.example/
support_contact: { en: 'mailto:help@health.example', fr: 'mailto:aide@health.example' }
redirect_uris: ['https://health.example/return']
token_endpoint_auth_method: client_secret_basic
scopes: [openid]
";

fn id() -> ClientId {
    "health".parse().unwrap()
}

async fn apply(env: &TestEnv, yaml: &str) -> Result<Vec<ops::Change>, ops::Failure> {
    ops::apply(&env.stack.app, &[ops::parse(yaml, false).unwrap()], &operator()).await
}

/// The service with another secret.
async fn with_secret(env: &TestEnv, service: &Service) -> Service {
    let secret = ops::new_secret(&env.stack.app, &id(), &operator()).await.unwrap().expose();
    wait(60);
    let mut service = service.clone();
    service.secret = secret;
    service
}

async fn is_taken(env: &TestEnv, browser: &mut Browser, service: &Service) -> bool {
    let code = env.code(browser, service, &[("scope", "openid")]).await;
    env.call(service.exchanges(&code, &[])).await.0.status == 200
}

#[tokio::test]
async fn rule_6_3_a_service_is_applied_from_its_file_and_signs_residents_in() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    // The requests of a service whose registration changes below.
    let own = env.service("health").await;
    assert_eq!(apply(&env, YAML).await.unwrap().len(), 1);
    assert!(apply(&env, YAML).await.unwrap().iter().all(|change| !change.is_needed()), "applied already");
    let service = with_secret(&env, &own).await;
    assert!(is_taken(&env, &mut browser, &service).await);
    let page = browser.get("/services").await;
    assert!(page.html.contains("Health card"));

    let renamed = YAML.replace("Health card", "Health insurance");
    let change = apply(&env, &renamed).await.unwrap().remove(0).to_string();
    assert!(change.contains("Health card") && change.contains("Health insurance"), "{change}");
    wait(60);
    assert!(is_taken(&env, &mut browser, &service).await, "its secrets stay");
    assert!(browser.get("/services").await.html.contains("Health insurance"));
}

#[tokio::test]
async fn rule_6_3_secrets_change_over_without_a_gap() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let own = env.service("health").await;
    let first = with_secret(&env, &own).await;
    let second = with_secret(&env, &own).await;
    assert!(is_taken(&env, &mut browser, &first).await && is_taken(&env, &mut browser, &second).await);
    assert!(ops::retire_secret(&env.stack.app, &id(), &operator()).await.unwrap());
    wait(60);
    assert!(!is_taken(&env, &mut browser, &first).await);
    assert!(is_taken(&env, &mut browser, &second).await);
    assert!(!ops::retire_secret(&env.stack.app, &id(), &operator()).await.unwrap(), "there is no older one");
}

#[tokio::test]
async fn rule_6_3_a_service_is_switched_off_and_on() {
    let env = TestEnv::begin().await;
    env.service("health").await;
    let app = &env.stack.app;
    assert!(ops::switch(app, &id(), false, &operator()).await.unwrap());
    assert!(!ops::switch(app, &id(), false, &operator()).await.unwrap(), "it was off already");
    apply(&env, YAML).await.unwrap();
    let is_on = || async { app.table.client(&id()).await.unwrap().unwrap().is_on };
    assert!(!is_on().await, "applying its file does not switch it on");
    assert!(ops::switch(app, &id(), true, &operator()).await.unwrap() && is_on().await);
    assert!(ops::switch(app, &"nobody".parse().unwrap(), true, &operator()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_3_changes_side_by_side_lose_nothing() {
    let env = TestEnv::begin().await;
    env.service("health").await;
    let names = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"];
    let all = names.map(|name| {
        let yaml = YAML.replace("Health card", name);
        let env = &env;
        async move { apply(env, &yaml).await.map(|_| name) }
    });
    let applied: Vec<_> = join_all(all).await.into_iter().filter_map(Result::ok).collect();
    assert!(!applied.is_empty());
    let client = env.stack.app.table.client(&id()).await.unwrap().unwrap();
    assert!(applied.contains(&client.registration.client_name.en.as_str()));
    assert_eq!(client.revision, 1 + applied.len() as u64, "each one that was told so was written, once");
}

#[tokio::test]
async fn rule_6_3_the_list_shows_every_service_and_no_secret() {
    let env = TestEnv::begin().await;
    let services = [env.service("health").await, env.service("roads").await];
    let text = command(&env, &["services", "list"], "").await.unwrap();
    for service in &services {
        assert!(text.contains(&service.id) && !text.contains(&service.secret), "{text}");
    }
    let listed = command(&env, &["services", "list", "--json"], "").await.unwrap();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let shown = command(&env, &["services", "show", "health", "--json"], "").await.unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown, listed[0]);
    assert_eq!(
        (&shown["client_id"], &shown["is_on"], &shown["secrets"]),
        (&"health".into(), &true.into(), &1.into())
    );
    assert_eq!(shown["registration"]["client_id"], "health");
    assert!(!shown.to_string().contains(&services[0].secret));
}

#[tokio::test]
async fn rule_7_6_every_change_of_a_service_is_recorded_with_the_operator() {
    let env = TestEnv::begin().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("health.yaml");
    let file = file.to_str().unwrap();
    std::fs::write(file, YAML).unwrap();
    let nothing = command(&env, &["services", "log", "health"], "").await;
    assert!(matches!(nothing, Err(Failure::NotRegistered(_))));
    command(&env, &["services", "apply", file, "--yes"], "").await.unwrap();
    std::fs::write(file, YAML.replace("Health card", "Health insurance")).unwrap();
    for line in [
        &["services", "apply", file, "--yes"][..],
        &["services", "apply", file, "--yes"],
        &["services", "new-secret", "health"],
        &["services", "new-secret", "health"],
        &["services", "retire-secret", "health"],
        &["services", "retire-secret", "health"],
        &["services", "off", "health"],
        &["services", "off", "health"],
        &["services", "on", "health"],
    ] {
        command(&env, line, "").await.unwrap();
    }
    let trail = command(&env, &["services", "log", "health", "--json"], "").await.unwrap();
    let trail: Vec<Value> = serde_json::from_str(&trail).unwrap();
    let events: Vec<_> = trail.iter().rev().map(|entry| entry["event"].as_str().unwrap()).collect();
    let each =
        ["registered", "changed", "secret_created", "secret_created", "secret_retired", "switched_off"];
    assert_eq!(events, [&each[..], &["switched_on"]].concat(), "what changed nothing is not recorded");
    for (entry, revision) in trail.iter().rev().zip(1..) {
        assert_eq!(entry["operator"], "arn:aws:iam::000000000000:user/local");
        assert_eq!(entry["revision"], revision);
        assert_eq!(entry["at"], env.now().to_string());
    }
    let printed = command(&env, &["services", "log", "health"], "").await.unwrap();
    assert_eq!(printed.lines().count(), 7);
}

#[tokio::test]
async fn rule_7_6_without_an_identity_no_service_is_changed() {
    let env = TestEnv::begin().await;
    env.service("health").await;
    for line in [&["services", "off", "health"][..], &["services", "new-secret", "health"]] {
        let arguments = Arguments::try_parse_from([&["ops"], line].concat()).unwrap();
        let Subject::Services(command) = &arguments.subject else { unreachable!() };
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None, json: false };
        let nobody = || caller(|_| None, env.now());
        let refused = ops::run(&env.stack.app, nobody, command, &mut terminal).await;
        assert!(matches!(refused, Err(Failure::Identity(_))), "{line:?}");
    }
    let client = env.stack.app.table.client(&id()).await.unwrap().unwrap();
    assert!(client.is_on && client.revision == 1);
}
