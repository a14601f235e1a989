//! Events that come late, repeatedly, in any order, or about nothing of ours; and those of `events/`.

use std::{fs, path::Path};

use local::Fate;
use serde_json::{Value, json};

use super::{deliver, problem, send, sent};
use crate::support::env::{ANA, OTHER, PASSWORD, TestEnv, wait};

/// The events of three emails to an address: one is delivered, one bounces after it was delivered, one is delayed and then
/// delivered. They happen in this order, one a minute.
async fn history(env: &TestEnv) -> Vec<Value> {
    env.activated(ANA).await;
    let mut events = Vec::new();
    for fates in [&[][..], &[Fate::Bounced], &[Fate::Delayed]] {
        wait(3600);
        env.browser().sign_in(ANA, PASSWORD).await;
        let email = env.emails().await.pop().unwrap();
        events.extend(env.stack.ses.take_events());
        for fate in fates {
            wait(60);
            env.stack.ses.report(&email.id, *fate);
            events.extend(env.stack.ses.take_events());
        }
        // The next email is tried.
        env.stack.ses.unlist(ANA);
    }
    events
}

/// Another order for each number.
fn shuffled(events: &[Value], seed: usize) -> Vec<&Value> {
    let mut left: Vec<_> = events.iter().chain(events).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        order.push(left.remove((seed * 7 + order.len() * seed) % left.len()));
    }
    order
}

#[tokio::test]
async fn rule_8_11_events_in_any_order_and_repeated_lead_to_the_same() {
    let env = TestEnv::begin().await;
    let events = history(&env).await;
    assert!(events.len() >= 5, "{events:#?}");
    let mut ends = Vec::new();
    for seed in 0..12 {
        for item in env.raw().scan().table_name(local::TABLE).send().await.unwrap().items.unwrap() {
            if ["sent_email", "deliverability"].contains(&item["kind"].as_s().unwrap().as_str()) {
                let delete = env.raw().delete_item().table_name(local::TABLE);
                let delete = delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
                delete.send().await.unwrap();
            }
        }
        for event in shuffled(&events, seed) {
            deliver(&env, event).await;
        }
        ends.push((problem(&env, ANA).await, sent(&env, ANA).await));
    }
    assert_eq!(ends[0].0, None, "the last email was delivered");
    assert!(ends[0].1.len() >= 3);
    for end in &ends {
        assert_eq!(end, &ends[0]);
    }
}

#[tokio::test]
async fn rule_8_11_a_bounce_that_is_reported_after_a_later_delivery_changes_nothing() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let first = env.emails().await.pop().unwrap();
    env.stack.ses.report(&first.id, Fate::Bounced);
    let late = env.stack.ses.take_events().pop().unwrap();
    env.stack.ses.unlist(ANA);
    wait(60);
    browser.get("/settings/password").await;
    browser.press("/settings/password", &[("password", OTHER)]).await;
    send(&env).await;
    deliver(&env, &late).await;
    assert_eq!(problem(&env, ANA).await, None);
}

#[tokio::test]
async fn rule_8_11_an_event_about_no_email_of_ours_is_ignored() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let email = env.emails().await.pop().unwrap();
    env.stack.ses.report(&email.id, Fate::Bounced);
    let bounce = env.stack.ses.take_events().pop().unwrap();
    for name in ["place", "sent_at", "message", "kind"] {
        let mut event = bounce.clone();
        event["detail"]["mail"]["tags"].as_object_mut().unwrap().remove(name);
        deliver(&env, &event).await;
        event["detail"]["mail"]["tags"][name] = json!([]);
        deliver(&env, &event).await;
    }
    let mut event = bounce.clone();
    event["detail"]["mail"]["tags"]["sent_at"] = json!(["soon"]);
    deliver(&env, &event).await;
    assert_eq!(problem(&env, ANA).await, None);
    deliver(&env, &bounce).await;
    assert!(problem(&env, ANA).await.is_some());
}

#[tokio::test]
async fn rule_8_11_the_sample_events_are_those_that_the_rule_takes_and_the_function_reads() {
    let env = TestEnv::begin().await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let template = local::Template::parse(include_str!("../../../template.yaml")).unwrap();
    let mut names = Vec::new();
    let others = fs::read_dir(root.join("events/mail_events")).unwrap().map(|file| file.unwrap().path());
    for path in others.chain([root.join("events/mail_events.json")]) {
        let mut event: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        deliver(&env, &event).await;
        event["detail"]["mail"]["tags"]["ses:configuration-set"] = json!(["MailConfigurationSet"]);
        assert!(template.rules.iter().any(|rule| rule.pattern.matches(&event)), "{}", path.display());
        event["source"] = json!("aws.s3");
        assert!(!template.rules.iter().any(|rule| rule.pattern.matches(&event)), "{}", path.display());
        names.push(path.file_stem().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(names, ["complaint", "delay", "delivery", "mail_events", "reject"]);
}
