//! Who may confirm a pending change, and what ends it (RULES 7.2, 7.3).

use aws_sdk_dynamodb::types::AttributeValue;
use local::TABLE;

use super::{NEW, ask, confirm, is_pending, link_to, sign_in};
use crate::{
    closing::{items, text},
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, wait},
    },
};

const SUPERSEDED: &str = "This link no longer works";

/// Ends all sessions but that of this browser.
async fn end_others(browser: &mut Browser) {
    browser.get("/settings/sessions").await;
    let page = browser.post("/settings/sessions", &[("session", "")]).await;
    assert!(page.success().is_some(), "{}", page.html);
}

#[tokio::test]
async fn rule_7_2_another_session_confirms_a_change_only_with_a_recent_proof() {
    let env = TestEnv::begin().await;
    let mut asking = env.activated(ANA).await;
    let link = link_to(&env, &mut asking, NEW).await;
    let mut other = sign_in(&env, ANA, PASSWORD).await;
    let page = other.get(&link).await;
    assert_eq!(page.path, "/mfa", "the password alone is no proof");
    assert!(env.seen(NEW).await.account.is_none());
    other.get(&link).await;
    let page = env.verify_by_email(&mut other).await;
    assert_eq!(page.heading(), "Confirm your new email address", "{}", page.html);
    let page = other.press("/settings/email/link", &[]).await;
    assert_eq!(page.heading(), "Your email address was changed");
}

#[tokio::test]
async fn rule_7_2_the_form_of_another_session_needs_a_proof_that_is_recent_when_it_is_sent() {
    let env = TestEnv::begin().await;
    let mut asking = env.activated(ANA).await;
    let link = link_to(&env, &mut asking, NEW).await;
    let mut other = sign_in(&env, ANA, PASSWORD).await;
    other.get(&link).await;
    env.verify_by_email(&mut other).await;
    let late = other.pressing("/settings/email/link", &[]);
    wait(5 * 60 + 1);
    let page = other.follow(late).await;
    assert_eq!(page.heading(), "Confirm it’s you", "{}", page.html);
    assert!(env.seen(NEW).await.account.is_none());
}

#[tokio::test]
async fn rule_7_3_the_session_that_asked_confirms_half_an_hour_later_without_another_proof() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let link = link_to(&env, &mut browser, NEW).await;
    wait(29 * 60);
    assert_eq!(confirm(&mut browser, &link).await.heading(), "Your email address was changed");
}

#[tokio::test]
async fn rule_7_3_ending_all_other_sessions_ends_their_pending_changes() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    let mut thief = sign_in(&env, ANA, PASSWORD).await;
    let theirs = link_to(&env, &mut thief, NEW).await;
    wait(31);
    let own = link_to(&env, &mut owner, "ana@propre.ca").await;
    end_others(&mut owner).await;
    assert!(!is_pending(&env, Some(&theirs)).await);
    // A session that begins in the same second counts as ended.
    wait(1);
    let mut thief = sign_in(&env, ANA, PASSWORD).await;
    assert_eq!(thief.get(&theirs).await.heading(), SUPERSEDED);
    // The session that stayed keeps what it asked for.
    assert_eq!(confirm(&mut owner, &own).await.heading(), "Your email address was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_a_change_that_is_confirmed_while_its_session_is_ended_does_not_take_effect() {
    let env = TestEnv::begin().await;
    let mut thief = env.activated(ANA).await;
    let link = link_to(&env, &mut thief, NEW).await;
    thief.get(&link).await;
    let place = items(&env).await.into_iter().find(|item| text(item, "kind") == "account_place").unwrap();
    let key = ["pk", "sk"].map(|name| (name.to_owned(), place[name].clone())).into();
    let ended = env.raw().update_item().table_name(TABLE).set_key(Some(key));
    let ended = ended.update_expression("SET ended_at = :now, kept_session = :kept");
    let ended =
        ended.expression_attribute_values(":now", AttributeValue::N(env.now().as_second().to_string()));
    let ended = ended.expression_attribute_values(":kept", AttributeValue::S("another".into()));
    env.race_transaction("#place = :place", async move {
        ended.send().await.unwrap();
    });
    let page = thief.press("/settings/email/link", &[]).await;
    assert_ne!(page.path, "/settings/email/done", "{}", page.html);
    assert!(env.seen(NEW).await.account.is_none() && env.seen(ANA).await.account.is_some());
}

/// What asking for an address does to a link that was sent before, and to the account.
async fn fate_of_an_earlier_link(asked: &str) -> (u16, String, usize, Vec<String>) {
    let env = TestEnv::begin().await;
    env.activated("zoe@exemple.ca").await;
    let mut browser = env.activated(ANA).await;
    wait(31);
    let mut links = Vec::new();
    for n in 0..5 {
        links.push(link_to(&env, &mut browser, &format!("ana@exemple{n}.ca")).await);
    }
    ask(&env, &mut browser, asked).await;
    let page = browser.get(&links[0]).await;
    let account = items(&env)
        .await
        .into_iter()
        .find(|item| text(item, "kind") == "account" && item.get("email_change_links").is_some());
    let account = account.unwrap();
    let listed = account["email_change_links"].as_l().unwrap().len();
    let mut names: Vec<_> = account.keys().cloned().collect();
    names.sort();
    (page.status, page.heading().to_owned(), listed, names)
}

#[tokio::test]
async fn rule_2_1_no_earlier_link_tells_whether_an_address_has_an_account() {
    let free = fate_of_an_earlier_link("free@exemple.ca").await;
    assert_eq!((free.0, free.1.as_str(), free.2), (410, SUPERSEDED, 5));
    assert_eq!(fate_of_an_earlier_link("zoe@exemple.ca").await, free);
}
