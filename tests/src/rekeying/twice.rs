//! An account that moves twice, whose move is interrupted, or that is deleted after it.

use domain::SignedDuration;

use super::{add_browsers, fails, is_locked, kinds, rekey, rekey_page, rotated, signs_in};
use crate::{
    closing::{WEEK, close, items, text},
    operating_keys::rotate_lookup,
    support::{
        browser::CONFIRMED,
        env::{ANA, PASSWORD, TestEnv},
        watch::Fault,
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_links_attempts_and_browsers_follow_an_account_that_moves_twice() {
    let (mut env, (ana, stranger, unlock)) = rotated(async |env: &TestEnv| {
        let ana = env.activated(ANA).await;
        let mut stranger = env.browser();
        for _ in 0..5 {
            fails(&mut stranger, ANA).await;
        }
        (ana, stranger, env.last_link().await)
    })
    .await;
    rekey(&env, &[]).await;
    rotate_lookup(&env).await;
    rekey(&env, &[]).await;
    env.restart(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
    let [mut ana, mut stranger] = [ana, stranger].map(|browser| browser.moved_to(&env));
    assert!(is_locked(&fails(&mut stranger, ANA).await));
    // The link has expired, but is still one of the account's.
    let page = stranger.get(&unlock).await;
    assert_eq!((page.status, page.heading()), (410, "This link has expired"), "{page:?}");
    stranger.get("/unlock").await;
    stranger.press("/unlock", &[("email", ANA)]).await;
    stranger.get(&env.last_link().await).await;
    assert_eq!(stranger.press("/unlock/link", CONFIRMED).await.path, "/unlock/done");
    assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0));
    for version in [1, 2] {
        let left = kinds(&env, version).await;
        assert_eq!((left.get("account"), left.get("device"), left.get("attempts")), (None, None, None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_5_a_move_whose_response_is_lost_is_done_once() {
    let (env, ana) = rotated(async |env: &TestEnv| {
        let ana = env.activated(ANA).await;
        add_browsers(env, 44).await;
        ana
    })
    .await;
    let mut ana = ana.moved_to(&env);
    for is_lost_for_good in [true, false] {
        let mut transactions = 0;
        env.watch.retry_at_once();
        env.watch.decide_by(move |call| {
            transactions += usize::from(call.operation == "TransactWriteItems");
            let is_lost = call.operation == "TransactWriteItems" && (is_lost_for_good || transactions == 1);
            if is_lost { Fault::AnswerLost("InternalServerError") } else { Fault::None }
        });
        assert_eq!(rekey_page(&env).await.is_err(), is_lost_for_good);
        env.watch.recover();
        assert_eq!(kinds(&env, 2).await["account"], 1);
    }
    assert_eq!(rekey(&env, &["--dry-run"]).await["under_older_lookup"], 0);
    assert_eq!(kinds(&env, 2).await["device"], 45);
    assert_eq!(signs_in(&env, &mut ana, ANA).await, ("/services".into(), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_5_a_closed_account_leaves_nothing_under_any_version_of_its_key() {
    for moves in [true, false] {
        let (env, ana) = rotated(async |env: &TestEnv| {
            let ana = env.activated(ANA).await;
            env.emails().await;
            assert_eq!(env.stack.deliver_events().await, 0);
            ana
        })
        .await;
        let mut ana = ana.moved_to(&env);
        close(&env, &mut ana).await;
        env.emails().await;
        assert_eq!(env.stack.deliver_events().await, 0);
        for version in [1, 2] {
            assert!(kinds(&env, version).await.contains_key("sent_email"), "{moves}: {version}");
        }
        if moves {
            rekey(&env, &[]).await;
        }
        for _ in 0..2 {
            env.stack.advance(SignedDuration::from_secs(WEEK)).await.unwrap();
        }
        let left = items(&env).await.into_iter();
        let left: Vec<_> = left
            .filter(|item| ["EMAIL#", "ACCOUNT#"].iter().any(|prefix| text(item, "pk").starts_with(prefix)))
            .map(|item| format!("{} {}", text(&item, "kind"), text(&item, "pk")))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{moves}");
        let mut other = env.browser();
        assert_eq!(env.register(&mut other, ANA, PASSWORD).await.path, "/register/sent");
        other.get(&env.last_link().await).await;
        assert_eq!(other.post("/activate", &[]).await.path, "/services");
    }
}
