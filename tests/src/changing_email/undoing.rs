//! *This wasn't me* from an address that an account had (RULES 3.10).

use super::{CHANGED, NEW, change, confirm, dispute, dispute_link, link_to, opens, sign_in, subjects};
use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
};

const UNDONE: &str = "This is no longer the email address of your My Ontario Account";

/// Sets this password by the newest link to a reset that the address was sent.
pub(super) async fn reset(env: &TestEnv, email: &str, password: &str) {
    let emails = env.emails().await;
    let mut to_it = emails.iter().rev().filter(|message| message.to == email);
    let link =
        to_it.find_map(|message| links(message).into_iter().find(|link| link.starts_with("/reset/link")));
    let mut browser = env.browser();
    browser.get(&link.unwrap()).await;
    let page = browser.post("/reset/link", &[("password", password)]).await;
    assert_eq!(page.path, "/reset/done", "{}", page.html);
}

/// A thief with Ana's session has changed the address to one of their own.
pub(super) async fn stolen(env: &TestEnv) -> Browser {
    let mut browser = env.activated(ANA).await;
    change(env, &mut browser, NEW).await;
    browser
}

#[tokio::test]
async fn rule_3_10_the_address_before_undoes_the_change() {
    let env = TestEnv::begin().await;
    let mut thief = stolen(&env).await;
    wait(9 * 24 * 3600);
    let mut again = sign_in(&env, NEW, PASSWORD).await;
    let link = dispute_link(&env, ANA).await;
    let mut browser = env.browser();
    let page = browser.get(&link).await;
    assert!(
        page.html.contains(ANA) && !page.html.contains(NEW),
        "the new address is not told: {}",
        page.html
    );
    assert!(page.html.contains("We will make this its email address again"));
    let page = dispute(&env, &link).await;
    assert_eq!(page.path, "/dispute/done");
    let said = format!(r#"The email address of your account is <span translate="no">{ANA}</span>."#);
    assert!(page.html.contains(&said), "{page:?}");
    for browser in [&mut thief, &mut again] {
        assert_eq!(browser.get("/services").await.path, "/login", "all sessions are over");
    }
    assert!(!opens(&env, NEW, PASSWORD).await && !opens(&env, ANA, PASSWORD).await);
    assert_eq!(subjects(&env, NEW).await.last().map(String::as_str), Some(UNDONE));
    reset(&env, ANA, OTHER).await;
    assert!(opens(&env, ANA, OTHER).await);
    // The new address is free at once.
    wait(31);
    env.activated(NEW).await;
    assert!(opens(&env, ANA, OTHER).await && opens(&env, NEW, PASSWORD).await);
    assert_eq!(dispute(&env, &link).await.heading(), "This link has already been used");
}

#[tokio::test]
async fn rule_3_10_a_pending_change_ends_with_any_objection() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    sign_in(&env, ANA, PASSWORD).await;
    let pending = link_to(&env, &mut browser, NEW).await;
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.status, 200);
    reset(&env, ANA, OTHER).await;
    let mut browser = sign_in(&env, ANA, OTHER).await;
    assert_eq!(browser.get(&pending).await.heading(), "This link no longer works");
}

#[tokio::test]
async fn rule_3_10_a_notice_from_before_the_change_undoes_it_and_one_to_the_new_address_does_not() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    sign_in(&env, ANA, PASSWORD).await;
    let earlier = dispute_link(&env, ANA).await;
    change(&env, &mut browser, NEW).await;
    sign_in(&env, NEW, PASSWORD).await;
    let later = dispute_link(&env, NEW).await;
    // From the new address: the account is made safe where it is.
    assert_eq!(dispute(&env, &later).await.status, 200);
    reset(&env, NEW, OTHER).await;
    assert!(opens(&env, NEW, OTHER).await);
    // The previous address keeps its right.
    assert_eq!(dispute(&env, &earlier).await.status, 200);
    reset(&env, ANA, PASSWORD).await;
    assert!(opens(&env, ANA, PASSWORD).await && !opens(&env, NEW, OTHER).await);
    // And the new one has none.
    sign_in(&env, ANA, PASSWORD).await;
    let page = dispute(&env, &dispute_link(&env, NEW).await).await;
    assert_eq!(page.heading(), "This link no longer works");
    assert!(opens(&env, ANA, PASSWORD).await);
}

#[tokio::test]
async fn rule_3_10_who_has_the_new_address_cannot_use_up_the_objections_of_the_one_before() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/1h".into())]).await;
    stolen(&env).await;
    let mut password = PASSWORD;
    for _ in 0..5 {
        sign_in(&env, NEW, password).await;
        assert_eq!(dispute(&env, &dispute_link(&env, NEW).await).await.status, 200);
        password = if password == PASSWORD { OTHER } else { PASSWORD };
        reset(&env, NEW, password).await;
    }
    sign_in(&env, NEW, password).await;
    assert_eq!(dispute(&env, &dispute_link(&env, NEW).await).await.status, 429, "five a day");
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done");
    reset(&env, ANA, OTHER).await;
    assert!(opens(&env, ANA, OTHER).await);
}

#[tokio::test]
async fn rule_3_10_several_changes_are_undone_to_the_address_of_the_notice_and_earlier_ones_prevail() {
    let env = TestEnv::begin().await;
    let mut browser = stolen(&env).await;
    change(&env, &mut browser, "ana@troisieme.ca").await;
    let (first, second) = (dispute_link(&env, ANA).await, dispute_link(&env, NEW).await);
    assert_eq!(dispute(&env, &second).await.status, 200);
    reset(&env, NEW, OTHER).await;
    assert!(opens(&env, NEW, OTHER).await && !opens(&env, "ana@troisieme.ca", OTHER).await);
    let mut browser = sign_in(&env, NEW, OTHER).await;
    change(&env, &mut browser, "ana@quatrieme.ca").await;
    assert_eq!(dispute(&env, &first).await.status, 200);
    reset(&env, ANA, OTHER).await;
    assert!(opens(&env, ANA, OTHER).await);
    let page = dispute(&env, &dispute_link(&env, NEW).await).await;
    assert_eq!(page.heading(), "This link no longer works");
    // All later addresses are free.
    for email in [NEW, "ana@quatrieme.ca"] {
        wait(31);
        env.activated(email).await;
    }
}

#[tokio::test]
async fn rule_3_10_who_changes_the_address_and_back_cannot_take_the_account_later() {
    let env = TestEnv::begin().await;
    let mut thief = stolen(&env).await;
    wait(31);
    change(&env, &mut thief, ANA).await;
    assert!(opens(&env, ANA, PASSWORD).await && !opens(&env, NEW, PASSWORD).await);
    assert_eq!(subjects(&env, ANA).await.iter().filter(|subject| *subject == CHANGED).count(), 1);
    let theirs = dispute_link(&env, NEW).await;
    // Long after, the thief takes the account to their address; Ana is told, and takes it back for good.
    wait(9 * 24 * 3600);
    assert_eq!(dispute(&env, &theirs).await.status, 200);
    assert_eq!(subjects(&env, ANA).await.last().map(String::as_str), Some(UNDONE));
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.status, 200);
    reset(&env, ANA, OTHER).await;
    assert!(opens(&env, ANA, OTHER).await);
    wait(31);
    env.activated(NEW).await;

    // Or Ana objects at once: nothing is left to the thief.
    let env = TestEnv::begin().await;
    let mut thief = stolen(&env).await;
    wait(31);
    change(&env, &mut thief, ANA).await;
    let theirs = dispute_link(&env, NEW).await;
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.status, 200);
    assert_eq!(dispute(&env, &theirs).await.heading(), "This link no longer works");
}

#[tokio::test]
async fn rule_3_10_a_locked_account_returns_locked() {
    let env = TestEnv::begin().await;
    stolen(&env).await;
    crate::recovering::lock_address(&env, NEW).await;
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.status, 200);
    let unlock = env.emails().await.into_iter().rev().find(|message| message.to == ANA).unwrap();
    let mut browser = env.browser();
    browser.get(&links(&unlock)[0]).await;
    let page = browser.post("/unlock/link", crate::support::browser::CONFIRMED).await;
    assert_eq!(page.heading(), "Your account is unlocked");
}

#[tokio::test]
async fn rule_7_3_the_account_can_change_back_to_an_address_that_is_reserved_for_it() {
    let env = TestEnv::begin().await;
    let mut browser = stolen(&env).await;
    wait(31);
    let link = link_to(&env, &mut browser, ANA).await;
    assert_eq!(confirm(&mut browser, &link).await.heading(), "Your email address was changed");
    assert!(opens(&env, ANA, PASSWORD).await);
}

#[tokio::test]
async fn rule_3_10_who_used_a_link_at_a_later_address_is_not_told_to_which_one_the_account_returned() {
    let env = TestEnv::begin().await;
    stolen(&env).await;
    wait(31);
    sign_in(&env, NEW, PASSWORD).await;
    let mut thief = env.browser();
    thief.get(&dispute_link(&env, NEW).await).await;
    let page = thief.post("/dispute", CONFIRMED).await;
    assert!(page.path == "/dispute/done" && page.html.contains(NEW), "{page:?}");
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done");
    let page = thief.get("/dispute/done").await;
    assert_eq!((page.path.as_str(), page.heading()), ("/dispute/done", "Your account is secured"));
    assert!(!page.html.contains(ANA) && !page.html.contains(NEW), "{}", page.html);
    assert!(!thief.get("/reset").await.html.contains(ANA));
}
