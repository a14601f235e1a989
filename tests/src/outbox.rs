//! No email is lost (RULES 9.4).

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{SignedDuration, id::OutboxId, outbox::Priority};
use local::Outcome;
use serde_json::json;

use crate::support::env::{ANA, PASSWORD, TestEnv, wait};

mod pacing;

/// An environment whose stream is delivered in batches.
async fn begin() -> TestEnv {
    let env = TestEnv::begin().await;
    env.stack.streams.deliver_one_by_one(false);
    env
}

fn address(n: usize) -> String {
    format!("resident{n}@exemple.ca")
}

/// The messages that wait in the outbox.
async fn due(env: &TestEnv) -> Vec<OutboxId> {
    let mut found = Vec::new();
    for priority in Priority::ALL {
        let later = env.now() + SignedDuration::from_hours(1);
        found.extend(env.stack.app.table.due(priority, 100, later).await.unwrap());
    }
    found
}

#[tokio::test]
async fn rule_9_4_ses_is_down_for_26_hours_and_every_email_arrives_once() {
    let env = begin().await;
    env.stack.ses.fail_with(503);
    for n in 0..12 {
        env.register(&mut env.browser(), &address(n), PASSWORD).await;
    }
    for _ in 0..26 * 6 {
        env.stack.advance(SignedDuration::from_mins(10)).await.unwrap();
    }
    assert!(env.stack.ses.inbox().is_empty());
    env.stack.ses.recover();
    for _ in 0..4 {
        env.stack.advance(SignedDuration::from_mins(5)).await.unwrap();
    }
    let mut to: Vec<_> = env.stack.ses.inbox().into_iter().map(|email| email.to).collect();
    to.sort();
    let mut all: Vec<_> = (0..12).map(address).collect();
    all.sort();
    assert_eq!(to, all);
    // Their links expired meanwhile: the emails say so and link to a page that sends another one.
    for email in env.stack.ses.inbox() {
        assert!(
            email.subject.contains("ask for a new one") && email.text.contains("/register/again"),
            "{}",
            email.text
        );
    }
}

#[tokio::test]
async fn rule_9_4_a_lost_answer_may_double_an_email_and_nothing_else_does() {
    let env = begin().await;
    let lost = address(3);
    let first = std::sync::atomic::AtomicBool::new(true);
    env.stack.ses.decide_by(move |message| {
        if message.to == lost && first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            Outcome::ResponseLost(500)
        } else {
            Outcome::Sent
        }
    });
    for n in 0..6 {
        env.register(&mut env.browser(), &address(n), PASSWORD).await;
    }
    for _ in 0..10 {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    for n in 0..6 {
        let copies = env.stack.ses.inbox().iter().filter(|email| email.to == address(n)).count();
        assert_eq!(copies, if n == 3 { 2 } else { 1 }, "{n}");
    }
}

#[tokio::test]
async fn rule_9_4_a_sender_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing() {
    let env = begin().await;
    env.stack.streams.hold_back(true);
    for n in 0..8 {
        env.register(&mut env.browser(), &address(n), PASSWORD).await;
    }
    wait(120);
    // Three are sent; the others wait for a response when the function is killed.
    let taken = AtomicUsize::new(0);
    env.stack.ses.decide_by(move |_| {
        if taken.fetch_add(1, Ordering::SeqCst) < 3 { Outcome::Sent } else { Outcome::NoResponse }
    });
    let sender = outbox::handle(&env.stack.app, outbox::Event::Schedule(json!({})));
    assert!(
        tokio::time::timeout(Duration::from_secs(1), sender).await.is_err(),
        "it is killed while it sends"
    );
    assert_eq!(env.stack.ses.inbox().len(), 3);
    env.stack.ses.recover();
    for _ in 0..6 {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    env.stack.streams.hold_back(false);
    env.stack.settle().await.unwrap();
    for n in 0..8 {
        let copies = env.stack.ses.inbox().iter().filter(|email| email.to == address(n)).count();
        assert_eq!(copies, 1, "{n}");
    }
}

#[tokio::test]
async fn rule_9_4_an_item_that_cannot_be_read_holds_nothing_up_and_is_kept() {
    let env = begin().await;
    env.stack.streams.hold_back(true);
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    let promised = due(&env).await;
    let spoil = env.raw().update_item().table_name(local::TABLE);
    let spoil = spoil
        .key("pk", AttributeValue::S(format!("OUTBOX#{}", promised[0])))
        .key("sk", AttributeValue::S("OUTBOX".into()));
    let spoil = spoil
        .update_expression("SET email = :junk")
        .expression_attribute_values(":junk", AttributeValue::S("1.junk".into()));
    spoil.send().await.unwrap();
    for n in 0..5 {
        env.register(&mut env.browser(), &address(n), PASSWORD).await;
    }
    env.stack.streams.hold_back(false);
    assert_eq!(env.emails().await.len(), 5);
    assert!(env.stack.app.table.is_kept_as_failed(promised[0]).await.unwrap());
}

#[tokio::test]
async fn rule_9_4_a_poison_item_holds_nothing_up_and_is_kept() {
    let env = begin().await;
    env.stack.ses.decide_by(|message| if message.to == ANA { Outcome::Rejected(400) } else { Outcome::Sent });
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    let promised = due(&env).await;
    for n in 0..5 {
        env.register(&mut env.browser(), &address(n), PASSWORD).await;
    }
    for _ in 0..90 {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    assert_eq!(env.stack.ses.inbox().len(), 5);
    let tries = env.stack.ses.calls().iter().filter(|call| call.message.to == ANA).count();
    assert_eq!(tries, 5, "it is given up, not tried for ever");
    assert_eq!(promised.len(), 1);
    assert!(env.stack.app.table.is_kept_as_failed(promised[0]).await.unwrap(), "and kept for an operator");
}

#[tokio::test]
async fn rule_9_4_attempts_during_an_outage_are_no_rejections() {
    let env = begin().await;
    env.stack.ses.fail_with(503);
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    for _ in 0..30 {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    assert!(env.stack.ses.calls().len() >= 5, "it was tried as often as a rejected email is");
    let rejections = AtomicUsize::new(0);
    env.stack.ses.decide_by(move |_| match rejections.fetch_add(1, Ordering::SeqCst) {
        0..4 => Outcome::Rejected(400),
        _ => Outcome::Sent,
    });
    for _ in 0..90 {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    assert_eq!(env.stack.ses.inbox().len(), 1, "four rejections are not five");
}

#[tokio::test]
async fn rule_9_4_what_the_stream_never_brings_the_schedule_sends() {
    let env = begin().await;
    env.stack.streams.hold_back(true);
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    for _ in 0..3 {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    assert_eq!(env.stack.ses.inbox().len(), 1);
    env.stack.streams.hold_back(false);
    assert_eq!(env.emails().await.len(), 1, "and the stream does not send it again");
}

#[tokio::test]
async fn rule_9_4_every_email_says_that_a_program_sent_it_and_stands_by_itself() {
    let env = begin().await;
    env.stack.ses.decide_by(|_| Outcome::ResponseLost(500));
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    env.emails().await;
    wait(31);
    env.stack.ses.recover();
    let mut browser = env.browser();
    browser.get("/register/again").await;
    browser.post("/register/again", &[("email", ANA)]).await;
    env.stack.advance(SignedDuration::from_mins(2)).await.unwrap();
    let emails = env.stack.ses.inbox();
    let header = |n: usize, name: &str| {
        let matching = emails[n].headers.iter().filter(|(found, _)| found == name);
        let values: Vec<_> = matching.map(|(_, value)| value.clone()).collect();
        assert_eq!(values.len(), 1, "{name}: {:?}", emails[n].headers);
        values[0].clone()
    };
    assert_eq!(emails.len(), 3);
    for (n, email) in emails.iter().enumerate() {
        assert_eq!(email.subject, "Activate your My Ontario Account");
        assert_eq!(header(n, "Auto-Submitted"), "auto-generated");
        assert_eq!(header(n, "X-Auto-Response-Suppress"), "All");
        let references = header(n, "References");
        assert!(references.starts_with('<') && references.ends_with('>') && references.contains('@'));
    }
    let references: std::collections::BTreeSet<_> = (0..3).map(|n| header(n, "References")).collect();
    assert_eq!(references.len(), 2, "an email that is sent again is the same one: {references:?}");
}

#[test]
fn rule_9_4_a_run_ends_before_the_function_is_killed_and_before_its_leases_end() {
    let template = include_str!("../../template.yaml");
    let function = template.split_once("\n  OutboxFunction:").unwrap().1;
    let timeout = function.split_once("Timeout: ").unwrap().1.split_once(' ').unwrap().0;
    let timeout = Duration::from_secs(timeout.parse().unwrap());
    let margin = Duration::from_secs(5);
    assert!(outbox::LONGEST_RUN + margin <= timeout, "{:?}, {timeout:?}", outbox::LONGEST_RUN);
    assert!(timeout + margin <= table::LEASE.unsigned_abs(), "{timeout:?}");
}
