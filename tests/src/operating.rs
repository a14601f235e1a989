//! Operators register services, change them, switch them off and rotate their secrets (RULES 6.3).

use domain::service::ClientId;
use futures_util::future::join_all;
use ops::{Services, Terminal};

use crate::support::{
    browser::Browser,
    env::{ANA, TestEnv, wait},
    services::Service,
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
    ops::apply(&env.stack.app, &[ops::parse(yaml, false).unwrap()]).await
}

/// The service with another secret.
async fn with_secret(env: &TestEnv, service: &Service) -> Service {
    let secret = ops::new_secret(&env.stack.app, &id()).await.unwrap().expose();
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
    assert!(ops::retire_secret(&env.stack.app, &id()).await.unwrap());
    wait(60);
    assert!(!is_taken(&env, &mut browser, &first).await);
    assert!(is_taken(&env, &mut browser, &second).await);
    assert!(!ops::retire_secret(&env.stack.app, &id()).await.unwrap(), "there is no older one");
}

#[tokio::test]
async fn rule_6_3_a_service_is_switched_off_and_on() {
    let env = TestEnv::begin().await;
    env.service("health").await;
    let app = &env.stack.app;
    assert!(ops::switch(app, &id(), false).await.unwrap());
    assert!(!ops::switch(app, &id(), false).await.unwrap(), "it was off already");
    apply(&env, YAML).await.unwrap();
    let is_on = || async { app.table.client(&id()).await.unwrap().unwrap().is_on };
    assert!(!is_on().await, "applying its file does not switch it on");
    assert!(ops::switch(app, &id(), true).await.unwrap() && is_on().await);
    assert!(ops::switch(app, &"nobody".parse().unwrap(), true).await.is_err());
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
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None, json: false };
    ops::run(&env.stack.app, &Services::List, &mut terminal).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    for service in &services {
        assert!(text.contains(&service.id) && !text.contains(&service.secret), "{text}");
    }
}
