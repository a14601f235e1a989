//! The download of an account's data, compared with the table (RULES 7.5).

use std::{collections::BTreeSet, fs, path::Path};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use serde_json::Value;
use table::account_data::{Attribute, OTHER_KINDS, SECTIONS, is_listed};

use crate::{
    changing_email::{NEW, change},
    closing::{WEEK, close, items, text},
    linking::link,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    },
};

/// The document, downloaded by a browser that has proven lately who it is.
pub(crate) async fn download(browser: &mut Browser) -> (local::GatewayResponse, Value) {
    let page = browser.get("/settings/data").await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings/data"), "{}", page.html);
    let reply = browser.send(browser.pressing("/settings/data", &[])).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let document = serde_json::from_str(&reply.text()).unwrap();
    (reply, document)
}

/// Each attribute of an item: its path without the indices of lists, and its value.
fn attributes(path: &str, value: &AttributeValue, found: &mut Vec<(String, AttributeValue)>) {
    let scalars = |list: &[AttributeValue]| !list.iter().any(|value| matches!(value, AttributeValue::M(_)));
    match value {
        AttributeValue::M(map) => {
            for (name, value) in map {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                attributes(&path, value, found);
            }
        }
        AttributeValue::L(list) if !scalars(list) => {
            for value in list {
                attributes(path, value, found);
            }
        }
        value => found.push((path.to_owned(), value.clone())),
    }
}

/// The texts by which a value can be recognized in the document.
fn texts(path: &str, value: &AttributeValue) -> Vec<String> {
    let is_time = path.ends_with("_at") || path.ends_with("_until") || path.rsplit('.').next() == Some("at");
    match value {
        AttributeValue::S(text) => vec![text.clone()],
        AttributeValue::N(number) if is_time || path == "ttl" => {
            let time = Timestamp::from_second(number.parse().unwrap()).unwrap();
            if number == "0" { Vec::new() } else { vec![time.to_string()] }
        }
        AttributeValue::L(list) => list.iter().flat_map(|value| texts(path, value)).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn rule_7_5_the_download_has_what_the_table_stores_about_the_account() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "My phone").await;
    link(&env, &mut browser, 0).await;
    env.browser().sign_in(ANA, OTHER).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    env.code(&mut browser, &service, &[]).await;
    wait(31);
    let mut forgot = env.browser();
    forgot.get("/reset").await;
    forgot.press("/reset", &[("email", ANA)]).await;
    browser.get("/settings/sessions").await;
    browser.post("/settings/sessions", &[("session", "")]).await;
    wait(1);
    let (reply, document) = download(&mut browser).await;
    let text = document.to_string();
    assert_eq!(document["account"]["email"], ANA);
    assert_eq!(document["account"]["has_password"], true);
    assert_eq!(document["verification"][0]["authenticators"][0]["name"], "My phone");
    assert_eq!(document["partners"][0]["partner"], "demo-bank");
    assert_eq!(document["services"][0]["client_id"], "health");
    assert_eq!(document["services"][0]["name"]["en"], "health in English");
    assert!(reply.text().contains("\n  \"account\": {\n    \"activated_at\""), "{}", reply.text());
    assert!(!text.contains("{}") && !text.contains("[]"), "{text}");
    assert_eq!(document["activity_is_complete"], true);
    let disposition = reply.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename=\"my-ontario-account-2"), "{disposition}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));

    let items = env.raw().scan().table_name(local::TABLE).send().await.unwrap().items.unwrap();
    assert!(items.len() > 20);
    let mut kinds = BTreeSet::new();
    for item in items {
        let kind = item["kind"].as_s().unwrap().clone();
        let pk = item["pk"].as_s().unwrap();
        let is_own = pk.starts_with("ACCOUNT#") || pk.starts_with("EMAIL#");
        let section = SECTIONS.iter().find(|section| section.kind == kind);
        assert!(section.is_some() || OTHER_KINDS.iter().any(|(other, _)| *other == kind), "{kind}");
        let mut found = Vec::new();
        attributes("", &AttributeValue::M(item.clone()), &mut found);
        for (path, value) in found {
            let listed = is_listed(&kind, &path);
            let listed = listed.unwrap_or_else(|| panic!("{kind}.{path} is in neither list"));
            let Some(section) = section.filter(|_| is_own) else { continue };
            kinds.insert(kind.clone());
            match listed {
                Attribute::In => {
                    let part = document[section.name].to_string();
                    for shown in texts(&path, &value) {
                        // What the download itself caused came after it was made.
                        let is_later = text_is_later(&item, &env);
                        assert!(is_later || part.contains(&shown), "{kind}.{path}: {shown} in {part}");
                    }
                }
                Attribute::Out(_) | Attribute::Opened => {
                    for hidden in texts(&path, &value).iter().filter(|hidden| hidden.len() > 20) {
                        let is_shown_elsewhere = ["pk", "sk"].contains(&path.as_str());
                        assert!(
                            is_shown_elsewhere || !text.contains(hidden.as_str()),
                            "{kind}.{path} is shown"
                        );
                    }
                }
                Attribute::Number => {}
            }
        }
    }
    for kind in ["account", "session", "device", "factors", "connection", "partner_link", "audit"] {
        assert!(kinds.contains(kind), "{kind}");
    }
}

/// Whether an item was written by the download itself.
fn text_is_later(item: &table::Attributes, env: &TestEnv) -> bool {
    let is = |name: &str, text: &str| {
        item.get(name).and_then(|value| value.as_s().ok()).is_some_and(|it| it == text)
    };
    let at = |name: &str| item.get(name).and_then(|at| at.as_n().ok()?.parse::<i64>().ok());
    is("event", "data_downloaded") && at("at") == Some(env.now().as_second())
        || item["sk"].as_s().unwrap().starts_with("DOWNLOADS#")
}

#[test]
fn rule_7_5_every_attribute_of_every_kind_is_in_the_download_or_left_out_for_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let fixtures = root.join("functions/shared/table/fixtures").join(table::SCHEMA_VERSION.to_string());
    let mut kinds = 0;
    for file in fs::read_dir(fixtures).unwrap() {
        let path = file.unwrap().path();
        let Ok(items) = serde_json::from_str::<Vec<Value>>(&fs::read_to_string(&path).unwrap()) else {
            continue;
        };
        for item in items {
            let mut names = Vec::new();
            paths("", &item, &mut names);
            let kind = item["kind"]["S"].as_str().unwrap();
            for name in names {
                assert!(is_listed(kind, &name).is_some(), "{kind}.{name} is in neither list");
            }
        }
        kinds += 1;
    }
    assert!(kinds > 20, "{kinds}");
    let document = fs::read_to_string(root.join("docs/design/download.md")).unwrap();
    for section in SECTIONS {
        let heading = format!("\n### `{}`\n", section.name);
        let part = document.split_once(&heading).unwrap_or_else(|| panic!("download.md lacks {heading}")).1;
        let part = part.split("\n### ").next().unwrap();
        for (path, attribute) in section.attributes {
            let is_described = part.contains(&format!("`{path}`"));
            assert_eq!(is_described, !matches!(attribute, Attribute::Out(_)), "{}: {path}", section.name);
        }
    }
}

/// The paths of the attributes of an item in DynamoDB's JSON.
fn paths(path: &str, value: &Value, found: &mut Vec<String>) {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, value) in value.as_object().unwrap() {
        let (kind, content) = match value.as_object().filter(|object| object.len() == 1) {
            Some(object) => object.iter().next().unwrap(),
            None => continue,
        };
        match (kind.as_str(), content) {
            ("M", map) => paths(&join(name), map, found),
            ("L", Value::Array(list)) if list.iter().any(|one| one.get("M").is_some()) => {
                for one in list {
                    paths(&join(name), &one["M"], found);
                }
            }
            _ => found.push(join(name)),
        }
    }
}

#[tokio::test]
async fn rule_7_5_a_download_needs_a_recent_proof_and_is_notified_five_times_a_day_at_most() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let stale = {
        browser.get("/settings/data").await;
        browser.pressing("/settings/data", &[])
    };
    wait(301);
    let reply = browser.send(stale).await;
    assert_eq!(reply.header("content-disposition"), None, "the proof is too old");
    assert_eq!(browser.get("/settings/data").await.heading(), "Confirm it’s you");
    browser.get("/login?again=true&next=/settings/data").await;
    let action = browser.html.attribute("main form", "action").unwrap();
    browser.post(&action, &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(env.verify_by_email(&mut browser).await.path, "/settings/data");
    for _ in 0..5 {
        download(&mut browser).await;
    }
    let subject = "The data of your My Ontario Account was downloaded";
    let count = async || env.emails().await.iter().filter(|email| email.subject == subject).count();
    assert_eq!(count().await, 5);
    browser.get("/settings/data").await;
    let page = browser.press("/settings/data", &[]).await;
    assert_eq!((page.status, count().await), (429, 5));
    assert!(page.html.contains("You have already downloaded your data 5 times today."));
}

#[tokio::test]
async fn rule_7_5_a_download_has_nothing_of_whoever_had_or_wanted_the_address_before() {
    let env = TestEnv::begin().await;
    let mut stranger = env.browser();
    stranger.sign_in(ANA, OTHER).await;
    let mut previous = env.activated(ANA).await;
    for _ in 0..3 {
        env.browser().sign_in(ANA, PASSWORD).await;
    }
    close(&env, &mut previous).await;
    // DynamoDB may delete what has expired days later.
    wait(WEEK + 60);
    let mut browser = env.activated(ANA).await;
    let (_, document) = download(&mut browser).await;
    assert_eq!(document["known_browsers"].as_array().unwrap().len(), 1, "{document}");
    let events: Vec<_> =
        document["activity"].as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert_eq!(events, ["activated"]);

    // Nor of whoever registers the address to which the account moves.
    wait(31);
    env.register(&mut env.browser(), NEW, OTHER).await;
    env.browser().sign_in(NEW, OTHER).await;
    wait(31);
    change(&env, &mut browser, NEW).await;
    let (_, document) = download(&mut browser).await;
    assert!(document.get("registrations").is_none(), "{document}");
    let events: Vec<_> =
        document["activity"].as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert!(!events.iter().any(|event| *event == "sign_in_failed"), "{events:?}");
}

#[tokio::test]
async fn rule_7_5_however_many_browsers_an_account_knows_few_are_read() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let (_, document) = download(&mut browser).await;
    assert_eq!(document["known_browsers_are_complete"], true);
    let items = items(&env).await;
    let device = items.into_iter().find(|item| text(item, "kind") == "device").unwrap();
    let raw = env.raw();
    for n in 0..2_500 {
        let mut device = device.clone();
        device.insert("sk".into(), AttributeValue::S(format!("DEVICE#{n:064x}")));
        raw.put_item().table_name(local::TABLE).set_item(Some(device)).send().await.unwrap();
    }
    let (_, document) = download(&mut browser).await;
    let listed = document["known_browsers"].as_array().unwrap().len();
    assert!((1_000..1_200).contains(&listed), "{listed}");
    assert_eq!(document["known_browsers_are_complete"], false);
    assert_eq!(document["account"]["email"], ANA, "what comes after them in the table is there");
    wait(31);
    change(&env, &mut browser, NEW).await;
    assert_eq!(browser.get("/services").await.path, "/services");
}
