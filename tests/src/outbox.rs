//! No email is lost (RULES 9.4).

use domain::SignedDuration;
use local::Outcome;

use crate::{
    story::{ANA, PASSWORD, Story},
    watch::Fault,
};

fn address(n: usize) -> String {
    format!("resident{n}@exemple.ca")
}

#[tokio::test]
async fn rule_9_4_ses_is_down_for_26_hours_and_every_email_arrives_once() {
    let story = Story::begin().await;
    story.stack.ses.fail_with(503);
    for n in 0..12 {
        story.register(&mut story.browser(), &address(n), PASSWORD).await;
    }
    for _ in 0..26 * 12 {
        story.stack.advance(SignedDuration::from_mins(5)).await.unwrap();
    }
    assert!(story.stack.ses.inbox().is_empty());
    story.stack.ses.recover();
    for _ in 0..4 {
        story.stack.advance(SignedDuration::from_mins(5)).await.unwrap();
    }
    let mut to: Vec<_> = story.stack.ses.inbox().into_iter().map(|email| email.to).collect();
    to.sort();
    let mut all: Vec<_> = (0..12).map(address).collect();
    all.sort();
    assert_eq!(to, all);
    // Their links ran out meanwhile: the emails say so and lead to another one.
    for email in story.stack.ses.inbox() {
        assert!(
            email.subject.contains("ask for another one") && email.text.contains("/register/again"),
            "{}",
            email.text
        );
    }
}

#[tokio::test]
async fn rule_9_4_a_lost_answer_may_double_an_email_and_nothing_else_does() {
    let story = Story::begin().await;
    let lost = address(3);
    let first = std::sync::atomic::AtomicBool::new(true);
    story.stack.ses.decide_by(move |message| {
        if message.to == lost && first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            Outcome::AnswerLost(500)
        } else {
            Outcome::Sent
        }
    });
    for n in 0..6 {
        story.register(&mut story.browser(), &address(n), PASSWORD).await;
    }
    for _ in 0..10 {
        story.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    for n in 0..6 {
        let copies = story.stack.ses.inbox().iter().filter(|email| email.to == address(n)).count();
        assert_eq!(copies, if n == 3 { 2 } else { 1 }, "{n}");
    }
}

#[tokio::test]
async fn rule_9_4_a_sender_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing() {
    let story = Story::begin().await;
    story.stack.streams.hold_back(true);
    for n in 0..8 {
        story.register(&mut story.browser(), &address(n), PASSWORD).await;
    }
    // The sender reaches the table for three items and is then cut off, before and after what it sends.
    let mut claims = 0;
    story.watch.decide_by(move |call| {
        let is_claim =
            call.body["UpdateExpression"].as_str().is_some_and(|text| text.starts_with("SET lease"));
        claims += usize::from(is_claim);
        if claims > 3 { Fault::Refused("InternalServerError") } else { Fault::None }
    });
    story.stack.streams.hold_back(false);
    let killed = tokio::time::timeout(std::time::Duration::from_secs(3), story.stack.settle()).await;
    drop(killed);
    story.watch.recover();
    for _ in 0..8 {
        story.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    for n in 0..8 {
        let copies = story.stack.ses.inbox().iter().filter(|email| email.to == address(n)).count();
        assert_eq!(copies, 1, "{n}");
    }
}

#[tokio::test]
async fn rule_9_4_a_poison_item_holds_nothing_up_and_is_kept() {
    let story = Story::begin().await;
    story
        .stack
        .ses
        .decide_by(|message| if message.to == ANA { Outcome::Refused(400) } else { Outcome::Sent });
    story.register(&mut story.browser(), ANA, PASSWORD).await;
    let promised = story.stack.app.table.due(100, story.now() + SignedDuration::from_hours(1)).await.unwrap();
    for n in 0..5 {
        story.register(&mut story.browser(), &address(n), PASSWORD).await;
    }
    for _ in 0..90 {
        story.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    assert_eq!(story.stack.ses.inbox().len(), 5);
    let tries = story.stack.ses.calls().iter().filter(|call| call.message.to == ANA).count();
    assert_eq!(tries, 5, "it is given up, not tried for ever");
    assert_eq!(promised.len(), 1);
    assert!(story.stack.app.table.is_kept_as_failed(promised[0]).await.unwrap(), "and kept for an operator");
}

#[tokio::test]
async fn rule_9_4_what_the_stream_never_brings_the_schedule_sends() {
    let story = Story::begin().await;
    story.stack.streams.hold_back(true);
    story.register(&mut story.browser(), ANA, PASSWORD).await;
    for _ in 0..3 {
        story.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    assert_eq!(story.stack.ses.inbox().len(), 1);
    story.stack.streams.hold_back(false);
    assert_eq!(story.emails().await.len(), 1, "and the stream does not send it again");
}
