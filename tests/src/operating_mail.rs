//! Operators show what became of emails, allow addresses, and send failed emails again (RULES 7.6, 8.11, 9.4).

use domain::SignedDuration;
use futures_util::future::join_all;
use local::Fate;
use ops::Failure;
use serde_json::Value;

use crate::{
    bouncing::{PROBLEM, report},
    operating_accounts::operator,
    support::env::{ANA, PASSWORD, TestEnv, wait},
};

const NOBODY: &str = "nobody@exemple.ca";

async fn json(env: &TestEnv, line: &[&str]) -> Value {
    let printed = operator(env, &[line, &["--json"]].concat(), "").await.unwrap();
    serde_json::from_str(&printed).unwrap()
}

/// An environment in which the activation email of this address has failed.
async fn with_failed_email() -> TestEnv {
    let env = TestEnv::begin().await;
    env.stack.ses.fail_with(400);
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    for _ in 0..12 {
        env.stack.advance(SignedDuration::from_mins(16)).await.unwrap();
    }
    env.stack.ses.recover();
    assert!(env.emails().await.is_empty());
    env
}

#[tokio::test]
async fn rule_8_11_an_operator_is_shown_why_an_address_gets_no_emails() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    let shown = operator(&env, &["mail", "show", ANA], "").await.unwrap();
    for part in ["bounced at ", "BOUNCE", "ActivationLinks", "local-000001"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let shown = json(&env, &["mail", "show", ANA]).await;
    assert_eq!((&shown["problem"], &shown["suppressed"]["reason"]), (&"bounced".into(), &"BOUNCE".into()));
    assert_eq!(shown["emails"][0]["state"], "bounced");
    assert!(shown["account"].is_string());
    let shown = json(&env, &["mail", "show", NOBODY]).await;
    assert!(shown["problem"].is_null() && shown["suppressed"].is_null() && shown["account"].is_null());
    let shown = operator(&env, &["mail", "show", NOBODY], "").await.unwrap();
    assert!(shown.contains("No email was sent in the last 30 days."), "{shown}");
}

#[tokio::test]
async fn rule_7_6_an_operator_learns_that_no_email_can_tell_the_resident_of_a_change() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let end = ["accounts", "end-sessions", ANA, "--yes"];
    let done = operator(&env, &end, "").await.unwrap();
    assert!(done.ends_with("The resident is told by email.\n"), "{done}");
    assert_eq!(json(&env, &end).await["suppressed"], false);
    report(&env, ANA, Fate::Bounced).await;
    let done = operator(&env, &end, "").await.unwrap();
    assert!(done.contains("No email reaches the resident: SES has suppressed the address since"), "{done}");
    assert!(done.contains("BOUNCE") && !done.contains("told by email"), "{done}");
    assert_eq!(json(&env, &end).await["suppressed"], true);
}

#[tokio::test]
async fn rule_8_11_an_allowed_address_gets_a_test_email_and_the_trail_names_the_operator() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let allow = ["mail", "allow", ANA];
    assert!(matches!(operator(&env, &allow, "y\n").await, Err(Failure::NotSuppressed)));
    report(&env, ANA, Fate::Bounced).await;
    wait(60);
    assert!(matches!(operator(&env, &allow, "n\n").await, Err(Failure::Declined)));
    assert_eq!(env.stack.ses.suppressed().len(), 1, "declined, nothing changed");
    let done = operator(&env, &allow, "y\n").await.unwrap();
    assert!(done.contains("the address is allowed, and a test email is sent"), "{done}");
    assert!(env.stack.ses.suppressed().is_empty());
    assert_eq!(browser.get(PROBLEM).await.path, "/services");
    let test = env.emails().await.pop().unwrap();
    assert!(test.subject.contains("reach you") && test.text.contains("support"), "{}", test.text);
    let trail = operator(&env, &["audit", ANA, "--kind", "address_checked"], "").await.unwrap();
    assert!(trail.contains("arn:aws:iam::000000000000:user/local"), "{trail}");
    // It still bounces: the problem is back.
    report(&env, ANA, Fate::Bounced).await;
    assert_eq!(browser.get(PROBLEM).await.path, PROBLEM);
}

#[tokio::test]
async fn rule_8_11_an_address_without_an_account_is_allowed_too() {
    let env = TestEnv::begin().await;
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    report(&env, ANA, Fate::Bounced).await;
    wait(60);
    let done = json(&env, &["mail", "allow", ANA, "--yes"]).await;
    assert_eq!(done["done"], "the address is allowed; it has no account");
    assert!(env.stack.ses.suppressed().is_empty());
    let shown = json(&env, &["mail", "show", ANA]).await;
    assert!(shown["problem"].is_null(), "{shown}");
}

#[tokio::test]
async fn rule_9_4_failed_emails_are_listed_without_personal_data_and_sent_again() {
    let env = with_failed_email().await;
    let listed = operator(&env, &["mail", "failed"], "").await.unwrap();
    assert!(listed.contains("ActivationLinks") && listed.contains("rejected"), "{listed}");
    assert!(!listed.contains("exemple"), "{listed}");
    let failed = json(&env, &["mail", "failed"]).await;
    let id = failed[0]["id"].as_str().unwrap();
    assert_eq!((failed.as_array().unwrap().len(), &failed[0]["reason"]), (1, &"rejected".into()));

    let redrive = ["mail", "redrive", id];
    assert!(matches!(operator(&env, &redrive, "n\n").await, Err(Failure::Declined)));
    let done = operator(&env, &redrive, "y\n").await.unwrap();
    assert_eq!(done.lines().last(), Some("Send 1 email again? [y/N] 1 email will be sent within a minute."));
    env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    assert_eq!(env.emails().await.len(), 1);
    assert!(matches!(operator(&env, &redrive, "y\n").await, Err(Failure::NotFailed(_))));
    let listed = operator(&env, &["mail", "failed"], "").await.unwrap();
    assert_eq!(listed, "No email has failed.\n");
}

#[tokio::test]
async fn rule_9_4_a_redriven_email_that_is_rejected_again_gets_five_more_attempts() {
    let env = with_failed_email().await;
    env.stack.ses.fail_with(400);
    let before = env.stack.ses.calls().len();
    json(&env, &["mail", "redrive", "--all", "--yes"]).await;
    for _ in 0..12 {
        env.stack.advance(SignedDuration::from_mins(16)).await.unwrap();
    }
    assert_eq!(env.stack.ses.calls().len(), before + 5);
    assert_eq!(json(&env, &["mail", "failed"]).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn rule_9_4_an_email_that_no_key_opens_is_listed_and_stays_as_it_is() {
    let env = with_failed_email().await;
    let failed = env.stack.app.table.failed_messages().await.unwrap().remove(0);
    let update = env.raw().update_item().table_name(local::TABLE);
    let update = update
        .key("pk", aws_sdk_dynamodb::types::AttributeValue::S(format!("OUTBOX#{}", failed.id)))
        .key("sk", aws_sdk_dynamodb::types::AttributeValue::S("OUTBOX".into()));
    let update = update
        .update_expression("SET email = :other")
        .expression_attribute_values(":other", aws_sdk_dynamodb::types::AttributeValue::S("9.AAAA".into()));
    update.send().await.unwrap();
    let listed = json(&env, &["mail", "failed"]).await;
    assert!(listed[0]["kind"].is_null(), "{listed}");
    let id = failed.id.to_string();
    assert!(matches!(
        operator(&env, &["mail", "redrive", &id, "--yes"], "").await,
        Err(Failure::Unreadable(_))
    ));
    let done = json(&env, &["mail", "redrive", "--all", "--yes"]).await;
    assert_eq!((done["redriven"].as_array().unwrap().len(), &done["unreadable"]), (0, &1.into()));
    assert_eq!(json(&env, &["mail", "failed"]).await.as_array().unwrap().len(), 1);
}

/// Operators who send it again at once, and senders, send it once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_4_of_several_operators_who_send_an_email_again_one_does() {
    let env = with_failed_email().await;
    let failed = json(&env, &["mail", "failed"]).await;
    let id = failed[0]["id"].as_str().unwrap();
    let lines = [["mail", "redrive", id, "--yes"]; 6];
    let sweep = || outbox::handle(&env.stack.app, outbox::Event::Schedule(serde_json::json!({})));
    let (done, _) = tokio::join!(
        join_all(lines.iter().map(|line| operator(&env, line, ""))),
        join_all((0..3).map(|_| sweep())),
    );
    let won = done.iter().filter(|done| done.as_ref().is_ok_and(|text| text.starts_with("1 email"))).count();
    assert_eq!(won, 1, "{done:?}");
    for _ in 0..3 {
        env.stack.advance(SignedDuration::from_mins(2)).await.unwrap();
    }
    assert_eq!(env.emails().await.len(), 1);
    // The trail of an address without an account names the operator.
    let items = env.raw().scan().table_name(local::TABLE).send().await.unwrap().items.unwrap();
    let entries = items
        .iter()
        .filter(|item| item.get("event").is_some_and(|event| event.as_s().unwrap() == "email_sent_again"));
    assert_eq!(entries.count(), 1);
}
