//! An account that is closed after its address was changed (RULES 3.10, 7.5).

use super::{NEW, change, dispute, dispute_link, opens, sign_in, subjects, undoing::reset};
use crate::{
    closing::{WEEK, close, items, text},
    support::env::{ANA, Message, OTHER, PASSWORD, TestEnv, wait},
};
use domain::SignedDuration;

const DAY: i64 = 24 * 3600;

/// Moves the clock, and deletes what has expired.
async fn pass(env: &TestEnv, seconds: i64) {
    env.stack.advance(SignedDuration::from_secs(seconds)).await.unwrap();
}

#[tokio::test]
async fn rule_7_5_a_closed_account_lasts_as_long_as_a_former_address_can_undo_the_change() {
    let env = TestEnv::begin().await;
    let mut thief = env.activated(ANA).await;
    change(&env, &mut thief, NEW).await;
    let changed = dispute_link(&env, ANA).await;
    pass(&env, DAY / 2).await;
    let mut thief = sign_in(&env, NEW, PASSWORD).await;
    thief.get("/settings/close").await;
    env.verify_by_email(&mut thief).await;
    let page = thief.get("/settings/close").await;
    assert!(page.html.contains("After 9 days, we delete your account"), "{}", page.html);
    assert!(page.html.contains("within 9 days"), "{}", page.html);
    close(&env, &mut thief).await;
    // The former address is told, and can undo that too.
    let told = subjects(&env, ANA).await.pop().unwrap();
    assert_eq!(told, "The My Ontario Account that had this email address was closed");
    let closed = dispute_link(&env, ANA).await;
    assert_ne!(changed, closed);
    let until = env.seen(NEW).await.account.unwrap().details().closes_at.unwrap();
    let notice = env.emails().await.into_iter().rfind(|email| email.to == ANA).unwrap();
    assert!(!notice.text.contains(NEW) && !notice.text.contains(ANA), "{}", notice.text);
    // Both emails state the same time.
    let own = env.emails().await.into_iter().rfind(|email| email.to == NEW).unwrap();
    let deleted = |email: &Message| {
        let line = email.text.lines().find(|line| line.contains("We will delete")).unwrap();
        line.split_once(" on ").unwrap().1.split_once('.').unwrap().0.to_owned()
    };
    assert_eq!(deleted(&notice), deleted(&own));

    // One second before the ten days are over.
    pass(&env, until.as_second() - env.now().as_second() - 1).await;
    assert_eq!(env.browser().get(&closed).await.status, 200);
    assert_eq!(dispute(&env, &changed).await.path, "/dispute/done");
    reset(&env, ANA, OTHER).await;
    assert!(opens(&env, ANA, OTHER).await);
    pass(&env, 30 * DAY).await;
    assert!(opens(&env, ANA, OTHER).await, "it stays open");
}

#[tokio::test]
async fn rule_7_5_closing_and_reopening_cut_no_notice_short() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    change(&env, &mut browser, NEW).await;
    let notice = dispute_link(&env, ANA).await;
    for _ in 0..2 {
        close(&env, &mut browser).await;
        pass(&env, DAY / 2).await;
        browser = sign_in(&env, NEW, PASSWORD).await;
    }
    close(&env, &mut browser).await;
    pass(&env, 9 * DAY - 60).await;
    assert_eq!(env.browser().get(&notice).await.status, 200);
    browser = sign_in(&env, NEW, PASSWORD).await;
    close(&env, &mut browser).await;
    let closes_at = env.seen(NEW).await.account.unwrap().details().closes_at.unwrap();
    assert_eq!(closes_at.as_second() - env.now().as_second(), WEEK, "the reservation ends before");
    assert_eq!(dispute(&env, &notice).await.path, "/dispute/done");
}

#[tokio::test]
async fn rule_7_5_nothing_of_a_closed_account_stays_at_its_former_addresses() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
    let mut browser = env.activated(ANA).await;
    change(&env, &mut browser, NEW).await;
    close(&env, &mut browser).await;
    wait(10 * DAY);
    // Its address has another account before DynamoDB deletes what has expired.
    env.activated(NEW).await;
    env.activated(ANA).await;
    pass(&env, 3 * DAY).await;
    let left = items(&env).await;
    assert!(left.iter().all(|item| text(item, "kind") != "reserved_address"));
    assert!(env.seen(ANA).await.account.is_some() && env.seen(NEW).await.account.is_some());
}
