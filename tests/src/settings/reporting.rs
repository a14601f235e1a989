//! What a report of the activity can undo, and what it can't (RULES 3.10, 5.7, 7.5).

use table::AuditEvent;

use super::activity::{DAY, report_of};
use crate::{
    changing_email::{NEW, change, dispute, dispute_link, sign_in},
    linking::link,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        phone::Phone,
    },
};

/// An owner who has added an authenticator and a partner, and has signed in since in the same browser.
async fn owner_with_factors(env: &TestEnv) -> (Browser, Phone) {
    let mut owner = env.activated(ANA).await;
    let phone = env.add_app(&mut owner, "Own phone").await;
    wait(60);
    assert_eq!(link(env, &mut owner, 0).await.path, "/federated");
    wait(60);
    owner.sign_in(ANA, PASSWORD).await;
    (owner, phone)
}

/// Resets the password by the mailbox, and signs in with it.
async fn by_mailbox(env: &TestEnv, email: &str, password: &str) -> Browser {
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.press("/reset", &[("email", email)]).await;
    browser.get(&env.last_link().await).await;
    let page = browser.press("/reset/link", &[("password", password)]).await;
    assert_eq!(page.path, "/reset/done", "{page:?}");
    sign_in(env, email, password).await
}

/// Reports the newest entry of this event in this browser, and follows the link that is sent to the address.
async fn report(env: &TestEnv, browser: &mut Browser, email: &str, event: AuditEvent) {
    let account = env.seen(email).await.account.unwrap().details().id;
    let trail = env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries;
    let entry = trail.iter().find(|entry| entry.event == event).unwrap();
    let target = format!("/settings/activity/report?entry={}.{}", entry.at.as_second(), entry.id);
    assert_eq!(browser.get(&target).await.path, "/settings/activity/report", "{event:?}");
    let page = browser.press("/settings/activity/report", &[]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings/activity"), "{page:?}");
    assert_eq!(dispute(env, &dispute_link(env, email).await).await.path, "/dispute/done");
}

/// How many authenticators and partners the account has.
async fn factors(env: &TestEnv, email: &str) -> (usize, usize) {
    let (table, now) = (&env.stack.app.table, env.now());
    let account = env.seen(email).await.account.unwrap().details().id;
    let authenticators = table.factors(account, now).await.unwrap().authenticators.len();
    (authenticators, table.partner_identities(account, now).await.unwrap().len())
}

#[tokio::test]
async fn rule_5_7_for_a_day_after_a_reset_a_report_removes_nothing_that_was_added_before() {
    let env = TestEnv::at_the_bank().await;
    owner_with_factors(&env).await;
    wait(3 * DAY);
    let mut thief = by_mailbox(&env, ANA, OTHER).await;
    report(&env, &mut thief, ANA, AuditEvent::AuthenticatorAdded).await;
    assert_eq!(factors(&env, ANA).await, (1, 1), "the mailbox alone removes neither");
    // Nor does the next reset, or a link that was asked for under the one before.
    let mut thief = by_mailbox(&env, ANA, PASSWORD).await;
    wait(DAY - 60);
    report(&env, &mut sign_in(&env, ANA, PASSWORD).await, ANA, AuditEvent::PartnerLinked).await;
    assert_eq!(factors(&env, ANA).await, (1, 1));
    assert_eq!(thief.get("/services").await.path, "/login");
    // A day later, the account's factors can be removed again.
    let mut owner = by_mailbox(&env, ANA, OTHER).await;
    wait(DAY);
    owner.sign_in(ANA, OTHER).await;
    report(&env, &mut owner, ANA, AuditEvent::AuthenticatorAdded).await;
    assert_eq!(factors(&env, ANA).await, (0, 0));
}

#[tokio::test]
async fn rule_5_7_nor_does_the_address_before_after_it_undid_a_change() {
    let env = TestEnv::at_the_bank().await;
    let (mut owner, phone) = owner_with_factors(&env).await;
    wait(3 * DAY);
    owner.sign_in(ANA, PASSWORD).await;
    owner.get("/mfa?next=/settings/email").await;
    owner.press("/mfa", &[("code", &phone.code())]).await;
    change(&env, &mut owner, NEW).await;
    wait(DAY);
    assert_eq!(dispute(&env, &dispute_link(&env, ANA).await).await.path, "/dispute/done");
    assert_eq!(factors(&env, ANA).await, (1, 1));
    let mut thief = by_mailbox(&env, ANA, OTHER).await;
    report(&env, &mut thief, ANA, AuditEvent::AuthenticatorAdded).await;
    assert_eq!(factors(&env, ANA).await, (1, 1));
}

#[tokio::test]
async fn rule_3_10_a_report_removes_what_was_added_after_the_reset() {
    let env = TestEnv::at_the_bank().await;
    let mut owner = env.activated(ANA).await;
    wait(60);
    owner.sign_in(ANA, PASSWORD).await;
    wait(60);
    let mut thief = by_mailbox(&env, ANA, OTHER).await;
    wait(60);
    env.add_app(&mut thief, "Thief").await;
    link(&env, &mut thief, 0).await;
    assert_eq!(factors(&env, ANA).await, (1, 1));
    report(&env, &mut thief, ANA, AuditEvent::PasswordReset).await;
    assert_eq!(factors(&env, ANA).await, (0, 0));
}

#[tokio::test]
async fn rule_7_5_entries_of_the_last_ten_days_can_be_reported() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(60);
    let began = env.now();
    env.browser().sign_in(ANA, PASSWORD).await;
    wait(10 * DAY - 120 - (env.now() - began).as_secs());
    browser.sign_in(ANA, PASSWORD).await;
    browser.get("/settings/activity").await;
    let target = report_of(&browser, "Signed in on a new browser");
    assert_eq!(browser.get(&target).await.heading(), "You do not recognize this activity?");
    wait(121);
    for page in [browser.get("/settings/activity").await, browser.get(&target).await] {
        assert_eq!(page.path, "/settings/activity", "{page:?}");
        assert!(!page.html.contains(&target.replace('&', "&amp;")), "{}", page.html);
    }
    let sent = env.emails().await.len();
    assert_eq!(browser.post(&target, &[]).await.path, "/settings/activity");
    assert_eq!(env.emails().await.len(), sent);
}

#[tokio::test]
async fn rule_7_5_a_report_of_a_change_of_the_address_leads_to_the_email_at_the_address_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    change(&env, &mut browser, NEW).await;
    for event in ["Email address change requested", "Email address changed"] {
        browser.get("/settings/activity").await;
        let target = report_of(&browser, event);
        let page = browser.get(&target).await;
        assert!(
            page.html.contains("use “This wasn’t me” in the email that we sent to the previous address"),
            "{event}: {}",
            page.html
        );
        assert_eq!(page.html.count("main button.ontario-button--primary"), 0, "{event}: {}", page.html);
        let page = browser.get(&format!("{target}&switch_language=fr")).await;
        assert!(page.html.contains("l’ancienne adresse"), "{event}: {}", page.html);
        browser.get(&format!("{target}&switch_language=en")).await;
    }
    let sent = env.emails().await.len();
    browser.press("/settings/activity/report", &[]).await;
    let email = env.emails().await.split_off(sent).remove(0);
    assert_eq!((email.to.as_str(), links(&email)[0].starts_with("/dispute")), (NEW, true));
}
