//! Operators suspend and reinstate accounts (RULES 7.7).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{SignedDuration, account::Account};
use local::TABLE;
use ops::Failure;

use crate::{
    changing_email::{self, NEW, dispute_link},
    closing::{WEEK, close, items, text as text_of},
    exchanging::{OFFLINE, error, text},
    linking::{self, TO_LINK},
    operating_accounts::operator,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, Message, OTHER, PASSWORD, TestEnv, links, wait},
        partner::{At, START},
    },
};

/// The heading of the page, and the subject of the notice.
pub(crate) const SUSPENDED: &str = "Your account is suspended";
const NOTICE: &str = "Your My Ontario Account is suspended";

pub(crate) async fn suspend(env: &TestEnv) {
    operator(env, &["accounts", "suspend", ANA, "--yes"], "").await.unwrap();
}

async fn reinstate(env: &TestEnv) {
    operator(env, &["accounts", "reinstate", ANA, "--yes"], "").await.unwrap();
}

async fn is_suspended(env: &TestEnv) -> bool {
    matches!(env.seen(ANA).await.account, Some(Account::Suspended(_)))
}

fn has_no_link(message: &Message) -> bool {
    links(message).iter().all(|link| !link.contains("token="))
}

/// Asks for a link; returns the subject of the email.
async fn asked(env: &TestEnv, path: &str) -> String {
    wait(31);
    let mut browser = env.browser();
    browser.get(path).await;
    let page = browser.post(path, &[("email", ANA)]).await;
    assert!(page.path.ends_with("/sent"), "{} {}", page.status, page.path);
    let told = env.emails().await.pop().unwrap();
    assert!(has_no_link(&told), "{}", told.text);
    told.subject
}

#[tokio::test]
async fn rule_7_7_a_suspension_ends_sessions_and_tokens_and_only_the_right_password_is_told() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, OFFLINE).await;
    let tokens = env.tokens(&health, &code).await;
    let unused = env.code(&mut browser, &health, OFFLINE).await;
    let suspend = ["accounts", "suspend", ANA, "--reason", "Reported as taken over, case 17"];
    assert!(matches!(operator(&env, &suspend, "n\n").await, Err(Failure::Declined)));
    assert!(!is_suspended(&env).await);
    let done = operator(&env, &suspend, "y\n").await.unwrap();
    assert!(done.contains("the account is suspended"), "{done}");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, NOTICE);
    assert!(!told.text.contains("case 17") && !told.text.contains("arn:") && has_no_link(&told));

    assert!(browser.get("/services").await.path.starts_with("/login"));
    assert_eq!(env.userinfo(&text(&tokens, "access_token")).await.0, 401);
    let refresh = health.refreshes(&text(&tokens, "refresh_token"));
    assert_eq!(error(&env, refresh).await, (400, "invalid_grant".into()));
    assert_eq!(error(&env, health.exchanges(&unused, &[])).await, (400, "invalid_grant".into()));

    for mut browser in [browser, env.browser()] {
        let page = browser.sign_in(ANA, PASSWORD).await;
        assert_eq!((page.status, page.heading()), (403, SUSPENDED), "{}", page.html);
        assert!(page.html.contains("/contact"));
        assert!(browser.get("/services").await.path.starts_with("/login"));
    }
    let mut stranger = env.browser();
    let page = stranger.sign_in(ANA, OTHER).await;
    assert!(page.html.contains("Incorrect email") && !page.html.contains("suspended"), "{}", page.html);
    assert!(matches!(operator(&env, &suspend, "y\n").await, Err(Failure::Suspended(_))));
}

#[tokio::test]
async fn rule_7_7_a_suspension_is_shown_with_its_reason_and_reinstating_ends_it() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let reinstate = ["accounts", "reinstate", ANA];
    assert!(matches!(operator(&env, &reinstate, "y\n").await, Err(Failure::NotSuspended)));
    operator(&env, &["accounts", "suspend", ANA, "--reason", "case 17", "--yes"], "").await.unwrap();
    let at = env.now().to_string();
    let shown = operator(&env, &["accounts", "show", ANA, "--json"], "").await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let by = "arn:aws:iam::000000000000:user/local";
    for (name, value) in
        [("state", "suspended"), ("reason", "case 17"), ("suspended_at", &at), ("suspended_by", by)]
    {
        assert_eq!(shown[name], value, "{name}");
    }
    let table = env.raw().scan().table_name(local::TABLE).send().await.unwrap();
    assert!(!format!("{:?}", table.items()).contains("case 17"), "the reason is encrypted");
    for command in ["unlock", "require-reset", "close"] {
        let refused = operator(&env, &["accounts", command, ANA, "--yes"], "").await;
        assert!(matches!(refused, Err(Failure::Suspended(_))), "{command}");
    }
    wait(60);
    let done = operator(&env, &reinstate, "y\n").await.unwrap();
    assert!(done.contains("the account is reinstated"), "{done}");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "You can use your My Ontario Account again");
    assert!(links(&told)[0].starts_with("/dispute?"), "{}", told.text);
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(
        shown.contains("active") && !shown.contains("case 17") && !shown.contains("suspended"),
        "{shown}"
    );
    let mut browser = env.browser();
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
    let trail = browser.get("/settings/activity").await;
    for entry in ["Account suspended", "Suspension ended", "My Ontario Account support"] {
        assert!(trail.html.contains(entry), "{entry}");
    }
    let trail = operator(&env, &["audit", ANA, "--kind", "suspended"], "").await.unwrap();
    assert!(trail.lines().count() == 2 && trail.contains(by), "{trail}");
}

#[tokio::test]
async fn rule_7_7_no_link_of_a_suspended_account_does_anything_and_none_is_sent() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    linking::link(&env, &mut browser, 0).await;
    let mut found = vec![changing_email::link_to(&env, &mut browser, NEW).await];
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    found.push(env.last_link().await);
    for (path, asks) in [("/reset", "/reset/link"), ("/federated/remove", "/federated/remove/link")] {
        wait(31);
        other.get(path).await;
        other.post(path, &[("email", ANA)]).await;
        found.push(env.last_link().await);
        assert!(found.last().unwrap().starts_with(asks), "{found:?}");
    }
    let mut stranger = env.browser();
    for _ in 0..5 {
        stranger.sign_in(ANA, OTHER).await;
    }
    found.push(env.last_link().await);
    suspend(&env).await;
    for (link, fields) in found.iter().zip([&[][..], CONFIRMED, &[("password", OTHER)], CONFIRMED, CONFIRMED])
    {
        let mut browser = env.browser();
        let page = browser.get(link).await;
        assert_eq!((page.status, page.heading()), (403, SUSPENDED), "{link}");
        let page = browser.post(&page.path, fields).await;
        assert_ne!(page.status, 200, "{link}");
    }
    for path in ["/reset", "/unlock", "/register/again", "/federated/remove"] {
        let subject = asked(&env, path).await;
        assert_eq!(subject, "Your My Ontario Account is suspended, so we cannot send you a link", "{path}");
    }
    assert!(is_suspended(&env).await);
    reinstate(&env).await;
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services", "nothing has changed");
    assert_eq!(env.browser().get(&found[2]).await.heading(), "This link no longer works");
    // The reports of notices from before work again.
    assert_eq!(changing_email::dispute(&env, &found[1]).await.heading(), "Your account is secured");
}

#[tokio::test]
async fn rule_7_7_a_partner_signs_nobody_in_to_a_suspended_account() {
    let env = TestEnv::at_the_bank().await;
    linking::link(&env, &mut env.activated(ANA).await, 0).await;
    suspend(&env).await;
    let mut browser = env.browser();
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!((page.status, page.heading()), (403, SUSPENDED), "{}", page.html);
    assert!(!browser.jar.contains_key("__Host-session"));
    let page = env.by_bank(&mut browser, TO_LINK, At::SignIn(0)).await;
    assert!(!browser.jar.contains_key("__Host-session"), "{}", page.path);
    reinstate(&env).await;
    assert_eq!(env.by_bank(&mut browser, START, At::SignIn(0)).await.path, "/services");
}

#[tokio::test]
async fn rule_7_7_the_page_keeps_the_return_to_the_service() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    browser.get("/logout").await;
    browser.post("/logout", &[]).await;
    suspend(&env).await;
    browser.get(&service.asks(&[])).await;
    let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), SUSPENDED);
    assert!(page.html.contains("health in English"), "{}", page.html);
    let contact = page.html.href("/contact");
    assert!(contact.contains("interaction="), "{contact}");
}

#[tokio::test]
async fn rule_7_7_five_failures_lock_a_suspended_account_and_then_the_right_password_is_not_told() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    suspend(&env).await;
    let before = env.emails().await.len();
    let mut stranger = env.browser();
    for _ in 0..4 {
        assert!(stranger.sign_in(ANA, OTHER).await.html.contains("Incorrect email"));
    }
    assert_eq!(stranger.sign_in(ANA, PASSWORD).await.heading(), SUSPENDED, "which resets the count");
    for _ in 0..5 {
        stranger.sign_in(ANA, OTHER).await;
    }
    env.stack.advance(SignedDuration::from_hours(25)).await.unwrap();
    for mut browser in [stranger, env.browser()] {
        let page = browser.sign_in(ANA, PASSWORD).await;
        assert!(page.html.contains("Incorrect email"), "no guess is told even a day later: {}", page.html);
    }
    assert_eq!(owner.sign_in(ANA, PASSWORD).await.heading(), SUSPENDED, "a known browser");
    assert_eq!(env.emails().await.len(), before, "no email could help");
    for _ in 0..5 {
        owner.sign_in(ANA, OTHER).await;
    }
    assert!(owner.sign_in(ANA, PASSWORD).await.html.contains("Sign-in is locked for this email address"));
    assert!(is_suspended(&env).await);
    reinstate(&env).await;
    for mut browser in [owner, env.browser()] {
        assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services", "reinstating unlocks");
    }
}

#[tokio::test]
async fn rule_7_7_a_locked_account_stays_locked_while_it_is_suspended() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    let mut stranger = env.browser();
    for _ in 0..5 {
        stranger.sign_in(ANA, OTHER).await;
    }
    suspend(&env).await;
    let mut other = env.browser();
    assert!(!other.sign_in(ANA, PASSWORD).await.html.contains("suspended"));
    assert_eq!(owner.sign_in(ANA, PASSWORD).await.heading(), SUSPENDED);
}

#[tokio::test]
async fn rule_7_7_a_suspension_does_not_put_off_the_deletion_of_a_closed_account() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    close(&env, &mut browser).await;
    suspend(&env).await;
    let told = env.emails().await.pop().unwrap();
    assert!(told.text.contains("We will still delete it"), "{}", told.text);
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(shown.contains("closed and suspended"), "{shown}");
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.heading(), SUSPENDED, "a sign-in does not open it");
    let notice = dispute_link(&env, ANA).await;
    assert_eq!(env.browser().get(&notice).await.heading(), SUSPENDED, "nor does a report");
    wait(WEEK);
    assert!(matches!(operator(&env, &["accounts", "show", ANA], "").await, Err(Failure::NoAccount)));
    let mut again: Browser = env.activated(ANA).await;
    assert_eq!(again.get("/services").await.path, "/services", "the address is free");
}

/// The release before suspensions reads the state `suspended` as this one reads a state that it does not know.
#[tokio::test]
async fn rule_9_7_an_account_in_a_state_of_a_newer_release_is_let_in_by_no_way() {
    let env = TestEnv::at_the_bank().await;
    linking::link(&env, &mut env.activated(ANA).await, 0).await;
    suspend(&env).await;
    let mut account = items(&env).await.into_iter().find(|item| text_of(item, "kind") == "account").unwrap();
    account.insert("state".to_owned(), AttributeValue::S("frozen".to_owned()));
    env.raw().put_item().table_name(TABLE).set_item(Some(account)).send().await.unwrap();
    let before = env.emails().await.len();
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.status, 503);
    let mut browser = env.browser();
    assert_eq!(env.by_bank(&mut browser, START, At::SignIn(0)).await.status, 503);
    assert!(!browser.jar.contains_key("__Host-session"));
    browser.get("/unlock").await;
    assert_eq!(browser.post("/unlock", &[("email", ANA)]).await.status, 503);
    assert_eq!(env.emails().await.len(), before, "no link");
}
