//! Operators' changes of accounts and residents' own, each in the middle of the other (RULES 7.6, 7.7).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::account::Account;
use local::TABLE;
use ops::Failure;
use table::Attributes;

use crate::{
    changing_email::{self, NEW},
    closing::items,
    linking,
    operating_accounts::operator,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        page::Page,
        partner::{At, START},
    },
    suspending::{SUSPENDED, suspend},
};

/// What a change wrote.
struct Change {
    before: Vec<Attributes>,
    after: Vec<Attributes>,
}

impl Change {
    /// Makes the change, and takes it back.
    async fn of(env: &TestEnv, change: impl Future<Output = ()>) -> Self {
        let before = items(env).await;
        change.await;
        let recorded = Self { after: items(env).await, before };
        replace(&env.raw(), &recorded.after, &recorded.before).await;
        recorded
    }

    /// Has the change made right before the first transaction with this text.
    fn races(self, env: &TestEnv, text: &'static str) {
        let client = env.raw();
        env.race_transaction(text, async move { replace(&client, &self.before, &self.after).await });
    }
}

fn key(item: &Attributes) -> [AttributeValue; 2] {
    ["pk", "sk"].map(|name| item[name].clone())
}

/// Writes what differs between two states of the table.
async fn replace(client: &aws_sdk_dynamodb::Client, from: &[Attributes], to: &[Attributes]) {
    for item in to.iter().filter(|item| !from.contains(item)) {
        client.put_item().table_name(TABLE).set_item(Some(item.clone())).send().await.unwrap();
    }
    for item in from.iter().filter(|item| !to.iter().any(|other| key(other) == key(item))) {
        let [pk, sk] = key(item);
        let key = HashMap::from([("pk".to_owned(), pk), ("sk".to_owned(), sk)]);
        client.delete_item().table_name(TABLE).set_key(Some(key)).send().await.unwrap();
    }
}

async fn change(env: &TestEnv, command: &[&str]) -> Result<String, Failure> {
    operator(env, &[&["accounts"], command, &["--yes"]].concat(), "").await
}

async fn is_suspended(env: &TestEnv) -> bool {
    matches!(env.seen(ANA).await.account, Some(Account::Suspended(_)))
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/services").await.path == "/services"
}

/// What a resident does, and a text of the transaction that does it.
#[derive(Clone, Copy, Debug)]
enum Own {
    SignIn,
    SignInByPartner,
    Reset,
    Unlock,
    Dispute,
    ChangeEmail,
    ChangePassword,
    Close,
    AddAuthenticator,
}

impl Own {
    fn text(self) -> &'static str {
        match self {
            Self::SignIn | Self::SignInByPartner => "signed_in",
            Self::Reset => "password_reset",
            Self::Unlock => "\"unlocked\"",
            Self::Dispute => "disowned",
            Self::ChangeEmail => "\"email_changed\"",
            Self::ChangePassword => "password_changed",
            Self::Close => "\"closed\"",
            Self::AddAuthenticator => "authenticator_added",
        }
    }

    /// What has to be there before: the link, if there is one.
    async fn prepare(self, env: &TestEnv, browser: &mut Browser) -> String {
        match self {
            Self::SignInByPartner => {
                linking::link(env, browser, 0).await;
            }
            Self::Reset => {
                let mut other = env.browser();
                other.get("/reset").await;
                other.post("/reset", &[("email", ANA)]).await;
                return env.last_link().await;
            }
            Self::Unlock => {
                let mut stranger = env.browser();
                for _ in 0..5 {
                    stranger.sign_in(ANA, OTHER).await;
                }
                return env.last_link().await;
            }
            Self::Dispute => {
                env.browser().sign_in(ANA, PASSWORD).await;
                return env.last_link().await;
            }
            Self::ChangeEmail => return changing_email::link_to(env, browser, NEW).await,
            Self::ChangePassword | Self::Close => {
                if browser.get("/settings/close").await.path == "/mfa" {
                    env.verify_by_email(browser).await;
                }
            }
            Self::SignIn | Self::AddAuthenticator => {}
        }
        String::new()
    }

    async fn act(self, env: &TestEnv, browser: &mut Browser, link: &str) -> Page {
        match self {
            Self::SignIn => env.browser().sign_in(ANA, PASSWORD).await,
            Self::SignInByPartner => env.by_bank(&mut env.browser(), START, At::SignIn(0)).await,
            Self::Reset => follow(env, link, "/reset/link", &[("password", OTHER)]).await,
            Self::Unlock => follow(env, link, "/unlock/link", CONFIRMED).await,
            Self::Dispute => follow(env, link, "/dispute", CONFIRMED).await,
            Self::ChangeEmail => changing_email::confirm(browser, link).await,
            Self::ChangePassword => {
                browser.get("/settings/password").await;
                browser.press("/settings/password", &[("password", OTHER)]).await
            }
            Self::Close => {
                browser.get("/settings/close").await;
                browser.press("/settings/close", &[]).await
            }
            Self::AddAuthenticator => {
                env.add_app(browser, "Tablet").await;
                browser.get("/factors").await
            }
        }
    }
}

async fn follow(env: &TestEnv, link: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let mut browser = env.browser();
    browser.get(link).await;
    browser.press(path, fields).await
}

/// An environment with Ana's account, her browser, and what this needs.
async fn ready(own: Own) -> (TestEnv, Browser, String) {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    let link = own.prepare(&env, &mut browser).await;
    env.emails().await;
    wait(1);
    (env, browser, link)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_7_a_suspension_in_the_middle_of_what_a_resident_does_prevails() {
    for own in [
        Own::SignIn,
        Own::SignInByPartner,
        Own::Reset,
        Own::Unlock,
        Own::Dispute,
        Own::ChangeEmail,
        Own::ChangePassword,
        Own::Close,
    ] {
        let (env, mut browser, link) = ready(own).await;
        Change::of(&env, Box::pin(suspend(&env))).await.races(&env, own.text());
        let page = own.act(&env, &mut browser, &link).await;
        env.watch.recover();
        assert!(is_suspended(&env).await, "{own:?}: {} {}", page.path, page.heading());
        let is_told = page.heading() == SUSPENDED || page.path.starts_with("/login");
        assert!(is_told, "{own:?}: {} {} {}", page.status, page.path, page.heading());
        assert!(!is_signed_in(&mut browser).await, "{own:?}");
        change(&env, &["reinstate", ANA]).await.unwrap();
        let page = env.browser().sign_in(ANA, PASSWORD).await;
        assert_eq!(page.path, "/services", "{own:?}: the account is as it was");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_7_a_change_by_the_resident_in_the_middle_of_a_suspension_stays_and_the_operator_is_told() {
    for own in [Own::Reset, Own::Unlock, Own::Dispute, Own::ChangePassword, Own::Close] {
        let (env, mut browser, link) = ready(own).await;
        let act = async {
            own.act(&env, &mut browser, &link).await;
        };
        Change::of(&env, act).await.races(&env, ":suspended");
        let refused = change(&env, &["suspend", ANA]).await;
        env.watch.recover();
        assert!(matches!(refused, Err(Failure::AccountChanged)), "{own:?}: {refused:?}");
        assert!(!is_suspended(&env).await, "{own:?}");
        change(&env, &["suspend", ANA]).await.unwrap();
        assert!(is_suspended(&env).await && !is_signed_in(&mut browser).await, "{own:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_7_an_account_that_was_suspended_meanwhile_is_not_reinstated() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    suspend(&env).await;
    let again = async {
        change(&env, &["reinstate", ANA]).await.unwrap();
        suspend(&env).await;
    };
    Change::of(&env, Box::pin(again)).await.races(&env, "\"reinstated\"");
    let refused = change(&env, &["reinstate", ANA]).await;
    env.watch.recover();
    assert!(matches!(refused, Err(Failure::AccountChanged)), "{refused:?}");
    assert!(is_suspended(&env).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_6_a_change_by_the_resident_in_the_middle_of_an_operators_stays_and_the_operator_is_told() {
    for (command, text, own) in [
        ("end-sessions", "all_sessions_ended", Own::ChangePassword),
        ("end-sessions", "all_sessions_ended", Own::Reset),
        ("require-reset", "reset_required", Own::ChangePassword),
        ("require-reset", "reset_required", Own::AddAuthenticator),
        ("close", "\"closed\"", Own::ChangeEmail),
        ("close", "\"closed\"", Own::Close),
    ] {
        let (env, mut browser, link) = ready(own).await;
        let act = async {
            own.act(&env, &mut browser, &link).await;
        };
        let made = Change::of(&env, act).await;
        let after = made.after.clone();
        made.races(&env, text);
        let refused = change(&env, &[command, ANA]).await;
        env.watch.recover();
        assert!(matches!(refused, Err(Failure::AccountChanged)), "{command} {own:?}: {refused:?}");
        let now = items(&env).await;
        assert!(after.iter().all(|item| now.contains(item)), "{command} {own:?}: nothing is half written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_6_a_factor_or_partner_that_changed_meanwhile_is_not_removed_by_an_operator() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    linking::link(&env, &mut browser, 0).await;
    env.add_app(&mut browser, "Phone").await;
    let shown = operator(&env, &["accounts", "show", ANA, "--json"], "").await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let id = shown["authenticators"][0]["id"].as_str().unwrap();
    let commands = [
        (&["remove-factor", ANA, id][..], "authenticator_removed"),
        (&["remove-partner", ANA, "demo-bank"], "partner_unlinked"),
    ];
    for (command, text) in commands {
        let same = async {
            change(&env, command).await.unwrap();
        };
        Change::of(&env, Box::pin(same)).await.races(&env, text);
        let refused = change(&env, command).await;
        env.watch.recover();
        assert!(matches!(refused, Err(Failure::AccountChanged)), "{command:?}: {refused:?}");
    }
}
