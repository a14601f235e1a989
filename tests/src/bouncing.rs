//! What becomes of emails: bounces, complaints and delays, and what residents are told of them (RULES 8.11).

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::delivery::{DeliveryProblem, DeliveryState};
use futures_util::future::join_all;
use local::{Fate, Outcome};
use serde_json::Value;
use table::TrackedEmail;

use crate::{
    changing_email::{NEW, change},
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, wait},
        partner::{At, START},
        watch::Fault,
    },
};

mod events;

pub(crate) const PROBLEM: &str = "/settings/email/problem";

/// Reports what becomes of the newest email to this address, and delivers all reports.
pub(crate) async fn report(env: &TestEnv, to: &str, fate: Fate) {
    let newest = env.emails().await.into_iter().rfind(|email| email.to == to).unwrap();
    // What is reported before, such as its delivery, happened before.
    assert_eq!(env.stack.deliver_events().await, 0);
    wait(1);
    assert!(env.stack.ses.report(&newest.id, fate));
    assert_eq!(env.stack.deliver_events().await, 0);
}

/// Sends what is queued, and delivers all reports.
async fn send(env: &TestEnv) {
    env.emails().await;
    assert_eq!(env.stack.deliver_events().await, 0);
}

/// The problem with an address.
async fn problem(env: &TestEnv, email: &str) -> Option<DeliveryProblem> {
    env.stack.app.table.deliverability(&email.parse().unwrap(), env.now()).await.unwrap().problem()
}

/// The newest emails to an address, latest first.
async fn sent(env: &TestEnv, email: &str) -> Vec<TrackedEmail> {
    env.stack.app.table.sent_emails(&email.parse().unwrap(), 20, env.now()).await.unwrap()
}

async fn sign_in(browser: &mut Browser) -> String {
    browser.sign_in(ANA, PASSWORD).await.path
}

#[tokio::test]
async fn rule_8_11_a_bounce_is_told_at_the_next_sign_in_until_a_test_email_arrives() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    assert!(matches!(problem(&env, ANA).await, Some(DeliveryProblem::Bounced { .. })));

    assert_eq!(sign_in(&mut browser).await, PROBLEM);
    assert_eq!(browser.html.text("h1").unwrap(), "Our emails do not reach you");
    let page = browser.get("/settings").await;
    assert!(page.html.contains("Our emails do not reach this address."), "{}", page.html);
    browser.get(&browser.html.href(PROBLEM)).await;
    wait(60);
    let page = browser.press(PROBLEM, &[]).await;
    assert!(page.success().unwrap().starts_with("We are sending you a test email."), "{page:?}");
    assert_eq!(page.path, PROBLEM, "it has not arrived yet");
    send(&env).await;
    let test = env.emails().await.pop().unwrap();
    assert_eq!((test.to.as_str(), test.subject.as_str()), (ANA, "Emails from My Ontario Account reach you"));
    assert_eq!(problem(&env, ANA).await, None);
    assert_eq!(browser.get(PROBLEM).await.path, "/services");
    assert_eq!(sign_in(&mut browser).await, "/services");
    assert!(!browser.get("/settings").await.html.contains(PROBLEM));
    let states: Vec<_> = sent(&env, ANA).await.iter().map(|sent| sent.state).collect();
    assert_eq!(states, [DeliveryState::Delivered, DeliveryState::Bounced]);
}

#[tokio::test]
async fn rule_8_11_what_is_sent_to_a_suppressed_address_bounces_until_it_is_tried_again() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    wait(60);
    let before = env.emails().await.len();
    // A notice is attempted; SES does not send it.
    env.browser().sign_in(ANA, PASSWORD).await;
    send(&env).await;
    assert_eq!(env.emails().await.len(), before);
    let notice = sent(&env, ANA).await.remove(0);
    assert_eq!((notice.email.kind.as_str(), notice.state), ("NewDevice", DeliveryState::Bounced));
    // The test email takes the address off the list, and what it comes to decides.
    browser.get(PROBLEM).await;
    browser.press(PROBLEM, &[]).await;
    env.emails().await;
    assert!(env.stack.ses.suppressed().is_empty());
    report(&env, ANA, Fate::Bounced).await;
    assert!(matches!(problem(&env, ANA).await, Some(DeliveryProblem::Bounced { .. })));
    assert_eq!(env.stack.ses.suppressed().len(), 1);
}

#[tokio::test]
async fn rule_8_11_while_ses_keeps_the_address_on_its_list_the_test_email_waits() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    browser.get(PROBLEM).await;
    env.stack.ses.refuse_to_unlist(true);
    browser.press(PROBLEM, &[]).await;
    send(&env).await;
    assert!(env.emails().await.iter().all(|email| !email.subject.contains("reach you")));
    env.stack.ses.refuse_to_unlist(false);
    env.stack.advance(domain::SignedDuration::from_mins(2)).await.unwrap();
    send(&env).await;
    assert_eq!(problem(&env, ANA).await, None);
}

#[tokio::test]
async fn rule_8_11_emails_are_sent_after_a_complaint_and_only_a_test_email_ends_it() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Complained).await;
    assert_eq!(sign_in(&mut browser).await, PROBLEM);
    assert_eq!(browser.html.text("h1").unwrap(), "Our emails may not reach you");
    wait(60);
    let before = env.emails().await.len();
    env.browser().sign_in(ANA, PASSWORD).await;
    send(&env).await;
    assert_eq!(env.emails().await.len(), before + 1, "whoever complained keeps nobody from getting emails");
    assert!(matches!(problem(&env, ANA).await, Some(DeliveryProblem::Complained { .. })));
    browser.get(PROBLEM).await;
    wait(1);
    browser.press(PROBLEM, &[]).await;
    send(&env).await;
    assert_eq!(problem(&env, ANA).await, None);
}

#[tokio::test]
async fn rule_8_11_the_page_leads_on_to_the_service_and_to_another_address() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    let service = env.service("health").await;
    browser.jar.remove("__Host-session");
    browser.get(&service.asks(&[("scope", "openid")])).await;
    let action = browser.html.attribute("main form", "action").unwrap();
    let page = browser.post(&action, &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.path, PROBLEM);
    let go_on = browser.html.href("/authorize/continue");
    let change = browser.html.href("/settings/email?interaction=");
    assert!(change.starts_with("/settings/email?interaction="), "{change}");
    let page = browser.get(&go_on).await;
    assert!(page.left_for.is_some(), "{page:?}");
}

#[tokio::test]
async fn rule_8_11_whoever_signs_in_to_change_the_address_is_not_stopped() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    browser.jar.remove("__Host-session");
    browser.get("/settings/email").await;
    let action = browser.html.attribute("main form", "action").unwrap();
    let page = browser.post(&action, &[("email", ANA), ("password", PASSWORD)]).await;
    assert_ne!(page.path, PROBLEM, "{page:?}");
}

#[tokio::test]
async fn rule_8_11_a_bounce_of_an_earlier_address_says_nothing_of_the_present_one() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(31);
    change(&env, &mut browser, NEW).await;
    send(&env).await;
    // The notice at the earlier address bounces, and one that was sent there before the change.
    for earlier in env.emails().await.into_iter().filter(|email| email.to == ANA) {
        env.stack.ses.report(&earlier.id, Fate::Bounced);
    }
    assert_eq!(env.stack.deliver_events().await, 0);
    assert!(problem(&env, ANA).await.is_some());
    assert_eq!(problem(&env, NEW).await, None);
    assert_eq!(browser.sign_in(NEW, PASSWORD).await.path, "/services");
}

#[tokio::test]
async fn rule_8_11_a_sign_in_with_a_partner_tells_it_too() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    assert_eq!(crate::linking::link(&env, &mut browser, 0).await.path, "/federated");
    report(&env, ANA, Fate::Bounced).await;
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.path, PROBLEM, "{page:?}");
}

#[tokio::test]
async fn rule_8_11_nobody_who_is_not_signed_in_learns_of_a_bounce() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let ways = [
        ("/reset", &[("email", ANA)][..]),
        ("/unlock", &[("email", ANA)]),
        ("/register/again", &[("email", ANA)]),
    ];
    let mut pages = Vec::new();
    for is_bounced in [false, true] {
        if is_bounced {
            report(&env, ANA, Fate::Bounced).await;
        }
        for (path, fields) in ways {
            wait(3700);
            let mut stranger = env.browser();
            stranger.get(path).await;
            let page = stranger.post(path, fields).await;
            pages.push((page.status, page.path.clone(), page.words()));
        }
        let page = env.browser().sign_in(ANA, "Wrong-9-password").await;
        pages.push((page.status, page.path.clone(), page.words()));
    }
    let (before, after) = pages.split_at(ways.len() + 1);
    assert_eq!(before[..ways.len()], after[..ways.len()]);
    assert!(!after[ways.len()].2.contains("reach"), "{}", after[ways.len()].2);
}

#[tokio::test]
async fn rule_8_11_three_test_emails_are_sent_in_a_day() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    report(&env, ANA, Fate::Bounced).await;
    for n in 0..4 {
        browser.get(PROBLEM).await;
        let page = browser.press(PROBLEM, &[]).await;
        assert_eq!(page.status, if n < 3 { 200 } else { 429 }, "{n}");
        env.emails().await;
        let _ = env.stack.ses.take_events();
    }
    let tests = env.emails().await.into_iter().filter(|email| email.subject.contains("reach you"));
    assert_eq!(tests.count(), 3);
    assert!(browser.html.contains("We have already sent 3 test emails today."));
}

#[tokio::test]
async fn rule_8_11_the_id_of_ses_and_the_state_of_every_email_are_kept() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.jar.remove("__Host-session");
    let email = env.emails().await.pop().unwrap();
    let kept = sent(&env, ANA).await.remove(0);
    assert_eq!((kept.email.message_id.as_str(), kept.state), (email.id.as_str(), DeliveryState::Sent));
    assert_eq!(kept.email.kind, "ActivationLinks");
    report(&env, ANA, Fate::Delayed).await;
    // It was delivered in the meantime: a delay that is reported later is none any more.
    assert_eq!(sent(&env, ANA).await[0].state, DeliveryState::Delivered);
    report(&env, ANA, Fate::SoftBounced).await;
    assert_eq!(sent(&env, ANA).await[0].state, DeliveryState::SoftBounced);
    assert_eq!(problem(&env, ANA).await, None, "a full mailbox may have room again");
    // The address is nowhere in the table.
    for kind in ["sent_email", "deliverability"] {
        let items = env.raw().scan().table_name(local::TABLE).send().await.unwrap().items.unwrap();
        let of_kind: Vec<_> = items.iter().filter(|item| item["kind"].as_s().unwrap() == kind).collect();
        assert!(!of_kind.is_empty() && !format!("{of_kind:?}").contains("exemple"), "{of_kind:?}");
    }
}

#[tokio::test]
async fn rule_8_11_an_event_is_recorded_although_the_table_failed_at_first() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    send(&env).await;
    let email = env.emails().await.pop().unwrap();
    let failed = AtomicUsize::new(0);
    env.watch.decide_by(move |call| {
        let is_it = call.operation == "UpdateItem" && call.body.to_string().contains("email_kind");
        // The SDK makes six attempts; then Lambda delivers the event again.
        if is_it && failed.fetch_add(1, Ordering::SeqCst) < 6 {
            Fault::Refused("InternalServerError")
        } else {
            Fault::None
        }
    });
    env.watch.retry_at_once();
    env.stack.ses.report(&email.id, Fate::Bounced);
    assert_eq!(env.stack.deliver_events().await, 0);
    env.watch.recover();
    assert_eq!(sent(&env, ANA).await[0].state, DeliveryState::Bounced);
    assert!(problem(&env, ANA).await.is_some());
}

#[tokio::test]
async fn rule_8_11_an_email_whose_record_fails_is_sent_once_and_its_event_records_it() {
    let env = TestEnv::begin().await;
    env.watch.retry_at_once();
    env.watch.decide_by(|call| {
        let is_it = call.operation == "UpdateItem" && call.body.to_string().contains("email_kind");
        if is_it { Fault::Refused("InternalServerError") } else { Fault::None }
    });
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    env.emails().await;
    env.stack.advance(domain::SignedDuration::from_mins(5)).await.unwrap();
    env.watch.recover();
    assert_eq!(env.emails().await.len(), 1);
    assert!(sent(&env, ANA).await.is_empty());
    send(&env).await;
    let kept = sent(&env, ANA).await.remove(0);
    assert_eq!((kept.email.message_id.as_str(), kept.state), ("local-000001", DeliveryState::Delivered));
}

#[tokio::test]
async fn rule_8_11_an_email_that_ses_accepted_without_an_answer_is_known_by_its_event() {
    let env = TestEnv::begin().await;
    env.stack.ses.decide_by(|_| Outcome::ResponseLost(500));
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    send(&env).await;
    assert_eq!(sent(&env, ANA).await[0].state, DeliveryState::Delivered);
}

/// One event that arrives twenty times at once is recorded and counted once.
#[tokio::test]
async fn rule_8_11_of_one_event_that_arrives_many_times_at_once_one_is_news() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let email = env.emails().await.pop().unwrap();
    env.stack.ses.report(&email.id, Fate::Bounced);
    let events = env.stack.ses.take_events();
    let bounce = events.last().unwrap();
    let sent_email = sent(&env, ANA).await.remove(0).email;
    let (table, at) = (&env.stack.app.table, env.now());
    let news =
        join_all((0..20).map(|_| table.record_delivery(&sent_email, DeliveryState::Bounced, at))).await;
    assert_eq!(news.into_iter().filter(|news| *news.as_ref().unwrap()).count(), 1);
    deliver(&env, bounce).await;
    assert_eq!(sent(&env, ANA).await[0].state, DeliveryState::Bounced);
}

/// Invokes the function with an event, as Lambda does.
async fn deliver(env: &TestEnv, event: &Value) {
    let event: mail_events::Event = serde_json::from_str(&event.to_string()).unwrap();
    mail_events::handle(&env.stack.app, event).await.unwrap();
}
