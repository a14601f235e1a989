//! What operators do with services: register, change, switch off, rotate secrets (RULES 6.3).

use domain::service::ClientId;
use futures_util::future::join_all;
use ops::{Services, Terminal};

use crate::{
    relying::Service,
    story::{ANA, Browser, Story, wait},
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

async fn apply(story: &Story, yaml: &str) -> Result<Vec<ops::Change>, ops::Failure> {
    ops::apply(&story.stack.app, &[ops::parse(yaml, false).unwrap()]).await
}

/// The service with a secret of its own.
async fn with_secret(story: &Story, service: &Service) -> Service {
    let secret = ops::new_secret(&story.stack.app, &id()).await.unwrap().expose();
    wait(60);
    let mut service = service.clone();
    service.secret = secret;
    service
}

async fn is_taken(story: &Story, browser: &mut Browser, service: &Service) -> bool {
    let code = story.code(browser, service, &[("scope", "openid")]).await;
    story.call(service.exchanges(&code, &[])).await.0.status == 200
}

#[tokio::test]
async fn rule_6_3_a_service_is_applied_from_its_file_and_signs_residents_in() {
    let story = Story::begin().await;
    let mut browser = story.activated(ANA).await;
    // The story's own way to make requests, of a service that is registered otherwise below.
    let own = story.service("health").await;
    assert_eq!(apply(&story, YAML).await.unwrap().len(), 1);
    assert!(apply(&story, YAML).await.unwrap().iter().all(|change| !change.is_needed()), "applied already");
    let service = with_secret(&story, &own).await;
    assert!(is_taken(&story, &mut browser, &service).await);
    let page = browser.get("/services").await;
    assert!(page.html.contains("Health card"));

    let renamed = YAML.replace("Health card", "Health insurance");
    let change = apply(&story, &renamed).await.unwrap().remove(0).to_string();
    assert!(change.contains("Health card") && change.contains("Health insurance"), "{change}");
    wait(60);
    assert!(is_taken(&story, &mut browser, &service).await, "its secrets stay");
    assert!(browser.get("/services").await.html.contains("Health insurance"));
}

#[tokio::test]
async fn rule_6_3_secrets_change_over_without_a_gap() {
    let story = Story::begin().await;
    let mut browser = story.activated(ANA).await;
    let own = story.service("health").await;
    let first = with_secret(&story, &own).await;
    let second = with_secret(&story, &own).await;
    assert!(is_taken(&story, &mut browser, &first).await && is_taken(&story, &mut browser, &second).await);
    assert!(ops::retire_secret(&story.stack.app, &id()).await.unwrap());
    wait(60);
    assert!(!is_taken(&story, &mut browser, &first).await);
    assert!(is_taken(&story, &mut browser, &second).await);
    assert!(!ops::retire_secret(&story.stack.app, &id()).await.unwrap(), "there is no older one");
}

#[tokio::test]
async fn rule_6_3_a_service_is_switched_off_and_on() {
    let story = Story::begin().await;
    story.service("health").await;
    let app = &story.stack.app;
    assert!(ops::switch(app, &id(), false).await.unwrap());
    assert!(!ops::switch(app, &id(), false).await.unwrap(), "it was off already");
    apply(&story, YAML).await.unwrap();
    let is_on = || async { app.table.client(&id()).await.unwrap().unwrap().is_on };
    assert!(!is_on().await, "applying its file does not switch it on");
    assert!(ops::switch(app, &id(), true).await.unwrap() && is_on().await);
    assert!(ops::switch(app, &"nobody".parse().unwrap(), true).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_3_changes_side_by_side_lose_nothing() {
    let story = Story::begin().await;
    story.service("health").await;
    let names = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"];
    let all = names.map(|name| {
        let yaml = YAML.replace("Health card", name);
        let story = &story;
        async move { apply(story, &yaml).await.map(|_| name) }
    });
    let applied: Vec<_> = join_all(all).await.into_iter().filter_map(Result::ok).collect();
    assert!(!applied.is_empty());
    let client = story.stack.app.table.client(&id()).await.unwrap().unwrap();
    assert!(applied.contains(&client.registration.client_name.en.as_str()));
    assert_eq!(client.revision, 1 + applied.len() as u64, "each one that was told so was written, once");
}

#[tokio::test]
async fn rule_6_3_the_list_shows_every_service_and_no_secret() {
    let story = Story::begin().await;
    let services = [story.service("health").await, story.service("roads").await];
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None };
    ops::run(&story.stack.app, &Services::List, &mut terminal).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    for service in &services {
        assert!(text.contains(&service.id) && !text.contains(&service.secret), "{text}");
    }
}
