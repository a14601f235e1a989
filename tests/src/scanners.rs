//! Mail scanners that drive a browser, open each emailed link and press every button (RULES 2.12).

use std::collections::BTreeSet;

use domain::account::Account;

use crate::{
    linking,
    recovering::{ask, lock},
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    },
};

/// What a scanner does with radio buttons.
#[derive(Clone, Copy, Debug)]
enum Radios {
    /// It leaves forms as they are.
    Untouched,
    /// It selects the first of each group.
    First,
    /// It clicks each of them in turn.
    Each,
}

const HABITS: [Radios; 3] = [Radios::Untouched, Radios::First, Radios::Each];

/// Opens a link, and presses every button of its page and of the pages that these lead to.
async fn scan(browser: &Browser, link: &str, habit: Radios) -> usize {
    let mut opened = browser.clone();
    opened.get(link).await;
    let (mut waiting, mut seen, mut pressed) = (vec![opened], BTreeSet::new(), 0);
    while let Some(browser) = waiting.pop() {
        for (action, fields) in browser.html.buttons() {
            let mut fields = fields;
            let radios = browser.html.radios(&action);
            let chosen = match habit {
                Radios::Untouched => None,
                Radios::First => radios.first(),
                Radios::Each => radios.last(),
            };
            fields.extend(chosen.cloned());
            let is_new = seen.insert((action.clone(), fields.clone()));
            if !is_new || action.starts_with("/logout") {
                continue;
            }
            let mut next = browser.clone();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let origin = "http://localhost:4000";
            let request = local::Incoming::post(&action).header("sec-fetch-site", "same-origin");
            next.follow(request.header("origin", origin).form(&fields)).await;
            pressed += 1;
            if pressed < 64 {
                waiting.push(next);
            }
        }
    }
    pressed
}

#[tokio::test]
async fn rule_2_12_a_browser_that_presses_every_button_of_every_emailed_link_weakens_nothing() {
    for habit in HABITS {
        let env = TestEnv::at_the_bank().await;
        // A registration that waits, and links of each kind for an account.
        env.register(&mut env.browser(), "waits@exemple.ca", PASSWORD).await;
        let mut owner = env.activated(ANA).await;
        linking::link(&env, &mut owner, 0).await;
        env.browser().sign_in(ANA, PASSWORD).await;
        let mut asking = env.browser();
        for path in ["/reset", "/federated/remove"] {
            ask(&env, &mut asking, path).await;
        }
        scan_inbox(&env, habit).await;
        is_unharmed(&env, &mut owner, habit).await;
        let waits = "waits@exemple.ca".parse().unwrap();
        let waiting = env.stack.app.table.registrations(&waits, env.now()).await.unwrap();
        assert_eq!(waiting.len(), 1, "{habit:?}: the registration waits");
        assert!(env.seen("waits@exemple.ca").await.account.is_none(), "{habit:?}: and isn't activated");

        lock(&env).await;
        ask(&env, &mut asking, "/unlock").await;
        scan_inbox(&env, habit).await;
        assert!(
            matches!(env.seen(ANA).await.account, Some(Account::Locked(_))),
            "{habit:?}: it stays locked"
        );
        assert_eq!(owner.get("/services").await.path, "/services", "{habit:?}");
    }
}

async fn scan_inbox(env: &TestEnv, habit: Radios) {
    let emails = env.emails().await;
    let (mut opened, mut pressed) = (0, 0);
    for link in emails.iter().flat_map(links) {
        opened += 1;
        pressed += scan(&env.browser(), &link, habit).await;
    }
    assert!(opened >= 6 && pressed >= 6, "{opened} links, {pressed} buttons");
}

async fn is_unharmed(env: &TestEnv, owner: &mut Browser, habit: Radios) {
    assert_eq!(owner.get("/services").await.path, "/services", "{habit:?}: the session continues");
    let account = env.seen(ANA).await.account.unwrap();
    assert!(matches!(account, Account::Active(_)), "{habit:?}");
    let linked = env.stack.app.table.partner_identities(account.details().id, env.now()).await.unwrap();
    assert_eq!(linked.len(), 1, "{habit:?}: the partner stays");
    wait(31);
    let page = env.browser().sign_in(ANA, PASSWORD).await;
    assert_eq!(page.path, "/services", "{habit:?}: the password stays");
    assert!(!env.browser().sign_in(ANA, OTHER).await.html.contains("/services"), "{habit:?}");
}

#[tokio::test]
async fn rule_2_12_without_a_choice_the_form_is_shown_again_and_declining_changes_nothing() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    lock(&env).await;
    let mut browser = env.browser();
    let link = ask(&env, &mut browser, "/unlock").await;
    browser.get(&link).await;
    assert_eq!(browser.html.count("input[type='radio'][checked]"), 0, "none is preselected");
    let mut statuses = Vec::new();
    for choice in ["", "declined", "nonsense"] {
        let page = browser.post("/unlock/link", &[("choice", choice)]).await;
        statuses.push(page.status);
        if choice == "declined" {
            assert_eq!(page.heading(), "Nothing has changed");
            browser.get(&page.html.href_of("Back to the question")).await;
        } else {
            assert!(page.html.contains("Choose one of the answers"), "{}", page.html);
        }
        assert!(matches!(env.seen(ANA).await.account, Some(Account::Locked(_))));
    }
    assert_eq!(statuses, [422, 200, 422]);
    let page = browser.post("/unlock/link", &[("choice", "confirmed")]).await;
    assert_eq!(page.heading(), "Your account is unlocked", "the link still works");
}
