//! *This wasn't me* about the newest of a thief's changes, before the password is reset (RULES 3.10, 5.7).

use aws_sdk_dynamodb::types::AttributeValue;
use local::TABLE;
use table::Attributes;

use crate::{
    changing_email::{NEW, change, dispute, dispute_link, sign_in},
    closing::{items, text},
    linking::{REVIEW, answer_review, link},
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        partner::{At, START},
        phone::Phone,
    },
};

const DAY: i64 = 24 * 3600;

/// What the sign-in page says of a partner that is in review while the password is void.
const RESET_FIRST: &str = "Choose a new password first";

/// Somebody with the password, and for some minutes the mailbox, adds an authenticator and a partner, and half a minute later
/// changes the address.
async fn stolen(env: &TestEnv) -> Phone {
    env.activated(ANA).await;
    wait(5 * DAY);
    let mut thief = sign_in(env, ANA, PASSWORD).await;
    let phone = env.add_app(&mut thief, "Thief").await;
    assert_eq!(link(env, &mut thief, 0).await.path, "/federated");
    wait(30);
    change(env, &mut thief, NEW).await;
    wait(3600);
    phone
}

/// The owner links the bank, and disputes a sign-in that follows. They have not signed in since, so the partner is in review.
async fn linked_and_disputed(env: &TestEnv) {
    let mut owner = env.activated(ANA).await;
    assert_eq!(link(env, &mut owner, 0).await.path, "/federated");
    wait(60);
    sign_in(env, ANA, PASSWORD).await;
    assert_eq!(dispute(env, &dispute_link(env, ANA).await).await.path, "/dispute/done");
}

/// Signs in with the bank in a new browser; returns it and its page.
async fn by_bank(env: &TestEnv) -> (Browser, Page) {
    let mut browser = env.browser();
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    env.emails().await;
    (browser, page)
}

/// Opens the newest link to a reset that the address was sent, and sets this password.
async fn reset(env: &TestEnv, email: &str, password: &str) -> Browser {
    let emails = env.emails().await;
    let to_it = emails.iter().rev().filter(|message| message.to == email);
    let mut resets = to_it.flat_map(links).filter(|link| link.starts_with("/reset/link"));
    let mut browser = env.browser();
    let page = browser.get(&resets.next().unwrap()).await;
    assert_eq!(page.status, 200, "{page:?}");
    let page = browser.press("/reset/link", &[("password", password)]).await;
    assert_eq!(page.path, "/reset/done", "{page:?}");
    browser
}

/// Whether the session of this browser can prove a change by a code of the authenticator.
async fn changes_by(browser: &mut Browser, phone: &Phone) -> bool {
    wait(31);
    let page = browser.get("/mfa?next=/settings/email").await;
    if page.path == "/mfa" && page.html.count("main input[name=code]") > 0 {
        browser.press("/mfa", &[("code", &phone.code())]).await;
    }
    browser.get("/settings/email").await.path == "/settings/email"
        && browser.html.count("main input[name=email]") > 0
}

#[tokio::test]
async fn rule_3_10_the_newest_notice_keeps_out_who_added_a_partner_before_it() {
    let env = TestEnv::at_the_bank().await;
    let phone = stolen(&env).await;
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done");
    // Before the owner opens the link to the reset: the partner signs in nobody.
    for _ in 0..2 {
        let (mut thief, page) = by_bank(&env).await;
        assert_eq!(page.path, "/login", "{page:?}");
        assert!(page.html.contains(RESET_FIRST), "{}", page.html);
        assert_eq!(thief.get("/settings/email").await.path, "/login");
    }
    // After the reset, and before its question is answered: a sign-in, and no change.
    let mut owner = reset(&env, ANA, OTHER).await;
    assert_eq!(owner.html.text("h1").as_deref(), Some(REVIEW));
    let (mut thief, page) = by_bank(&env).await;
    assert_eq!(page.path, "/services", "{page:?}");
    assert!(!changes_by(&mut thief, &phone).await);
    let page = thief.post("/settings/email", &[("email", "ana@troisieme.ca")]).await;
    assert_ne!(page.path, "/settings/email/sent", "{page:?}");
    // After the answer, nothing of the thief's is left, and the owner has the account.
    assert_eq!(answer_review(&mut owner, "remove").await.heading(), "Password changed");
    let (_, page) = by_bank(&env).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "{page:?}");
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let factors = env.stack.app.table.factors(account, env.now()).await.unwrap();
    assert!(factors.authenticators.is_empty() && factors.had_second);
    sign_in(&env, ANA, OTHER).await;
}

#[tokio::test]
async fn rule_3_10_what_is_in_review_after_an_objection_stays_so_with_the_next() {
    let env = TestEnv::at_the_bank().await;
    stolen(&env).await;
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done");
    let mut owner = reset(&env, ANA, OTHER).await;
    // The question is left open, and an earlier notice is used.
    wait(60);
    let emails = env.emails().await;
    let added =
        emails.iter().find(|message| message.subject.contains("authenticator app was added")).unwrap();
    assert_eq!(dispute(&env, &links(added).pop().unwrap()).await.path, "/dispute/done");
    let (_, page) = by_bank(&env).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "it was added after the app: {page:?}");
    assert_ne!(answer_review(&mut owner, "keep").await.heading(), "Password changed");
}

#[tokio::test]
async fn rule_3_10_a_partner_that_is_not_in_review_signs_in_while_the_password_is_void() {
    let env = TestEnv::at_the_bank().await;
    let mut owner = env.activated(ANA).await;
    assert_eq!(link(&env, &mut owner, 0).await.path, "/federated");
    wait(60);
    owner.sign_in(ANA, PASSWORD).await;
    wait(60);
    sign_in(&env, ANA, PASSWORD).await;
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done");
    assert_eq!(by_bank(&env).await.1.path, "/services");
}

#[tokio::test]
async fn rule_3_10_an_owner_whose_partner_is_in_review_resets_the_password_and_keeps_it() {
    let env = TestEnv::at_the_bank().await;
    linked_and_disputed(&env).await;
    let (_, page) = by_bank(&env).await;
    assert!(page.path == "/login" && page.html.contains(RESET_FIRST), "{page:?}");
    let mut owner = reset(&env, ANA, OTHER).await;
    assert_eq!(answer_review(&mut owner, "keep").await.heading(), "Password changed");
    assert_eq!(by_bank(&env).await.1.path, "/services");
}

#[tokio::test]
async fn rule_3_10_no_password_is_set_beside_the_reset_while_a_partner_is_in_review() {
    let env = TestEnv::at_the_bank().await;
    linked_and_disputed(&env).await;
    // The owner's other partner, which is not in review, would sign in.
    let mut items = items(&env).await;
    items.retain(|item| ["identity", "partner_identity"].contains(&text(item, "kind")));
    for item in &items {
        set_in_review(&env, item, false).await;
    }
    let (mut browser, page) = by_bank(&env).await;
    assert_eq!(page.path, "/services", "{page:?}");
    for item in &items {
        set_in_review(&env, item, true).await;
    }
    if browser.get("/settings/password").await.path == "/mfa" {
        env.verify_by_email(&mut browser).await;
    }
    let page = browser.get("/settings/password").await;
    assert_eq!((page.status, page.heading()), (409, "Use the link that we emailed you"), "{page:?}");
    assert_eq!(page.html.href("/reset"), "/reset");
    let page = browser.post("/settings/password", &[("password", OTHER)]).await;
    assert_eq!(page.status, 409, "{page:?}");
    assert!(env.seen(ANA).await.account.unwrap().details().password.is_none());
}

async fn set_in_review(env: &TestEnv, item: &Attributes, in_review: bool) {
    let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone())).into();
    let update = env.raw().update_item().table_name(TABLE).set_key(Some(key));
    let update = update.update_expression("SET in_review = :value");
    update.expression_attribute_values(":value", AttributeValue::Bool(in_review)).send().await.unwrap();
}

#[tokio::test]
async fn rule_3_6_the_last_page_of_a_reset_ends_with_another_change_of_the_password() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(31);
    let mut asking = env.browser();
    asking.get("/reset").await;
    asking.press("/reset", &[("email", ANA)]).await;
    let mut browser = reset(&env, ANA, OTHER).await;
    if browser.html.text("h1").as_deref() == Some(REVIEW) {
        answer_review(&mut browser, "keep").await;
    }
    assert_eq!(browser.get("/reset/done").await.heading(), "Password changed");
    let mut owner = sign_in(&env, ANA, OTHER).await;
    wait(31);
    if owner.get("/settings/password").await.path == "/mfa" {
        env.verify_by_email(&mut owner).await;
    }
    let page = owner.press("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.path, "/settings", "{page:?}");
    let page = browser.get("/reset/done").await;
    assert_eq!(page.path, "/reset/link", "{page:?}");
}
