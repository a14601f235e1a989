//! Reservations of the addresses that an account left, while the function `expire` follows each move (RULES 3.10, 7.3).

use domain::account::Account;
use local::TABLE;
use table::Attributes;

use super::{NEW, change, dispute, dispute_link, sign_in, undoing::reset};
use crate::{
    closing::{items, text},
    support::env::{ANA, OTHER, PASSWORD, TestEnv, wait},
};

const THIRD: &str = "ana@troisieme.ca";
const FOURTH: &str = "ana@quatrieme.ca";

/// A move of the account.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// The account changes to this address.
    To(&'static str),
    /// The newest notice to this address undoes what came after it.
    Undo(&'static str),
}

/// The item of the account, if this address has one.
async fn item_of(env: &TestEnv, account: &Account) -> Attributes {
    let id = account.details().id.to_string();
    let is_it = |item: &Attributes| text(item, "kind") == "account" && text(item, "id") == id;
    items(env).await.into_iter().find(is_it).unwrap()
}

/// Checks that each former address is reserved for the account, and no other one is.
async fn check_reservations(env: &TestEnv, current: &str, after: &[Move]) {
    let (account, now) = (env.seen(current).await.account.unwrap(), env.now());
    let details = account.details();
    let former = details.former_addresses.all().iter();
    let kept: Vec<_> =
        former.filter(|address| now < address.until && address.place != details.place).collect();
    for address in &kept {
        let reserved = env.stack.app.table.reserved_for(&address.email, now).await.unwrap();
        assert_eq!(reserved, Some(details.id), "{} after {after:?}", address.email.as_str());
    }
    let items = items(env).await;
    let reserved = items.iter().filter(|item| text(item, "kind") == "reserved_address").count();
    assert_eq!(reserved, kept.len(), "after {after:?}");
}

/// After each move, everything that the stream reported so far is reported again, as one that lags does. In the end, the first
/// address takes the account back.
async fn check(moves: &[Move]) {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
    let mut browser = env.activated(ANA).await;
    let (mut current, mut password, mut removed) = (ANA, PASSWORD, Vec::new());
    for n in 0..moves.len() {
        wait(31);
        let before = item_of(&env, &env.seen(current).await.account.unwrap()).await;
        match moves[n] {
            Move::To(email) => {
                change(&env, &mut browser, email).await;
                current = email;
            }
            Move::Undo(email) => {
                assert_eq!(dispute(&env, &dispute_link(&env, email).await).await.path, "/dispute/done");
                password = if password == PASSWORD { OTHER } else { PASSWORD };
                reset(&env, email, password).await;
                browser = sign_in(&env, email, password).await;
                current = email;
            }
        }
        env.stack.fall_due().await.unwrap();
        removed.push(before);
        for item in &removed {
            env.stack.app.table.delete_dependents(item, env.now()).await.unwrap();
        }
        check_reservations(&env, current, &moves[..=n]).await;
    }
    if current != ANA {
        assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done", "{moves:?}");
        assert!(env.seen(ANA).await.account.is_some());
    }
}

#[tokio::test]
async fn rule_3_10_an_undo_from_a_later_address_leaves_the_first_its_reservation() {
    check(&[Move::To(NEW), Move::To(THIRD), Move::Undo(NEW)]).await;
    check(&[Move::To(NEW), Move::To(THIRD), Move::Undo(NEW), Move::To(FOURTH)]).await;
}

#[tokio::test]
async fn rule_3_10_a_move_that_the_stream_reports_late_releases_no_later_reservation() {
    check(&[Move::To(NEW), Move::Undo(ANA), Move::To(THIRD)]).await;
    check(&[Move::To(NEW), Move::To(THIRD), Move::Undo(ANA), Move::To(NEW), Move::To(THIRD)]).await;
}

#[tokio::test]
async fn rule_3_10_a_change_and_back_keeps_the_reservations() {
    check(&[Move::To(NEW), Move::To(ANA), Move::To(THIRD), Move::Undo(NEW)]).await;
    check(&[Move::To(NEW), Move::To(ANA), Move::Undo(NEW), Move::Undo(ANA), Move::To(NEW)]).await;
}

#[tokio::test]
async fn rule_3_10_an_address_that_another_account_has_by_now_is_told_so_and_who_can_help() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
    let mut browser = env.activated(ANA).await;
    change(&env, &mut browser, NEW).await;
    let link = dispute_link(&env, ANA).await;
    let reserved =
        items(&env).await.into_iter().find(|item| text(item, "kind") == "reserved_address").unwrap();
    let key = ["pk", "sk"].map(|name| (name.to_owned(), reserved[name].clone())).into();
    env.raw().delete_item().table_name(TABLE).set_key(Some(key)).send().await.unwrap();
    wait(31);
    env.activated(ANA).await;
    let page = dispute(&env, &link).await;
    assert_eq!((page.status, page.heading()), (409, "Your account cannot have this email address again"));
    assert!(page.html.contains("href=\"/contact"), "{}", page.html);
    assert!(!page.html.contains(NEW), "the address that it has now is not told");
    assert!(env.seen(NEW).await.account.is_some(), "nothing has changed");
}
