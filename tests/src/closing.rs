//! Closing the account: at once, for seven days not for good, and then without a trace (RULES 7.5).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::SignedDuration;
use futures_util::future::join_all;
use local::TABLE;
use table::Attributes;

use crate::{
    exchanging::error,
    federating::first_time,
    linking::{TO_LINK, link, reset_password},
    recovering::lock,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        partner::{At, START},
    },
};

pub(crate) const WEEK: i64 = 7 * 24 * 3600;

pub(crate) const CLOSED: &str = "Your account is closed";

/// Closes the account that is signed in. Proves the mailbox first, where that is asked for.
pub(crate) async fn close(env: &TestEnv, browser: &mut Browser) {
    if browser.get("/settings/close").await.path == "/mfa" {
        env.verify_by_email(browser).await;
    }
    let page = browser.press("/settings/close", &[]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/close/done", CLOSED), "{}", page.html);
}

/// All items of the table.
pub(crate) async fn items(env: &TestEnv) -> Vec<Attributes> {
    let scanned = env.raw().scan().table_name(TABLE).send().await.unwrap();
    assert!(scanned.last_evaluated_key.is_none());
    scanned.items.unwrap_or_default()
}

pub(crate) fn text<'a>(item: &'a Attributes, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

#[tokio::test]
async fn rule_7_5_closing_ends_every_session_and_token_at_once_and_a_sign_in_brings_all_back() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Phone").await;
    let code = env.code(&mut browser, &service, &[("scope", "openid email offline_access")]).await;
    let tokens = env.tokens(&service, &code).await;
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    let before = env.emails().await.len();
    close(&env, &mut browser).await;
    for browser in [&mut browser, &mut other] {
        assert_eq!(browser.get("/services").await.path, "/login");
    }
    assert_eq!(env.userinfo(tokens["access_token"].as_str().unwrap()).await.0, 401);
    let refresh = service.refreshes(tokens["refresh_token"].as_str().unwrap());
    assert_eq!(error(&env, refresh).await, (400, "invalid_grant".to_owned()));
    let emails = env.emails().await;
    let subjects: Vec<_> = emails[before..].iter().map(|email| email.subject.as_str()).collect();
    assert_eq!(subjects, ["Your My Ontario Account was closed"]);
    // Nobody else gets the address.
    assert_eq!(env.register(&mut env.browser(), ANA, OTHER).await.status, 422);

    wait(WEEK - 1);
    let page = browser.sign_in(ANA, PASSWORD).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/services"));
    let welcome = "Welcome back. Your account is open again, and we will not delete it.";
    assert_eq!(page.success().as_deref(), Some(welcome));
    assert!(page.html.contains("health in English"), "{}", page.html);
    assert!(browser.get("/factors").await.html.contains("Phone"));
    assert_eq!(env.emails().await.last().unwrap().subject, "Your My Ontario Account is open again");
    env.stack.advance(SignedDuration::from_secs(2 * WEEK)).await.unwrap();
    let page = browser.sign_in(ANA, PASSWORD).await;
    assert_eq!((page.path.as_str(), page.success()), ("/services", None), "it stays open");
}

#[tokio::test]
async fn rule_7_5_after_seven_days_the_account_is_gone_whether_or_not_it_was_deleted() {
    for is_swept in [false, true] {
        let env = TestEnv::at_the_bank().await;
        let service = env.service("health").await;
        let mut browser = env.activated(ANA).await;
        link(&env, &mut browser, 0).await;
        let subject = |page: &crate::support::page::Page| page.with["code"].clone();
        let first = subject(&env.callback(&mut browser, &service, &[("scope", "openid")]).await);
        let first = env.tokens(&service, &first).await;
        close(&env, &mut browser).await;
        wait(WEEK);
        if is_swept {
            env.stack.fall_due().await.unwrap();
        }
        assert_eq!(browser.sign_in(ANA, PASSWORD).await.status, 422);
        let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
        assert_eq!(page.path, "/federated/first", "nobody has this identity");
        // The address is free, and its next account is another one.
        let mut other = env.browser();
        env.register(&mut other, ANA, OTHER).await;
        other.get(&env.last_link().await).await;
        assert_eq!(other.post("/activate", &[]).await.path, "/services");
        let second = subject(&env.callback(&mut other, &service, &[("scope", "openid")]).await);
        let second = env.tokens(&service, &second).await;
        let [first, second] = [&first, &second].map(|tokens| tokens["id_token"].clone());
        let first = env.verified(&first, &service).await;
        assert_ne!(first["sub"], env.verified(&second, &service).await["sub"]);
        link(&env, &mut other, 0).await;
        // It does not know the browser of the account before.
        let before = env.emails().await.len();
        assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
        assert_eq!(env.emails().await.len(), before + 1, "a new browser");
        env.stack.fall_due().await.unwrap();
        assert_eq!(
            browser.get("/services").await.path,
            "/services",
            "what is deleted is of the account before"
        );
        assert!(browser.get("/federated").await.html.contains("Demo bank"));
    }
}

#[tokio::test]
async fn rule_7_5_after_seven_days_nothing_is_stored_about_the_account() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let kept: Vec<_> = items(&env).await.iter().map(|item| text(item, "pk").to_owned()).collect();
    let mut browser = env.activated(ANA).await;
    link(&env, &mut browser, 0).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    let code = env.code(&mut browser, &service, &[("scope", "openid email offline_access")]).await;
    env.tokens(&service, &code).await;
    for _ in 0..7 {
        env.browser().sign_in(ANA, PASSWORD).await;
    }
    lock(&env).await;
    let mut unlock = env.browser();
    unlock.get(&links(env.emails().await.last().unwrap())[0]).await;
    unlock.post("/unlock/link", CONFIRMED).await;
    wait(31);
    browser.get("/reset").await;
    browser.press("/reset", &[("email", ANA)]).await;
    browser.get("/settings/close").await;
    if browser.html.attribute("form[action^='/mfa']", "action").is_some() {
        browser.press("/mfa", &[("code", &phone.code())]).await;
    }
    close(&env, &mut browser).await;
    env.emails().await;
    env.stack.advance(SignedDuration::from_secs(WEEK)).await.unwrap();
    env.stack.advance(SignedDuration::from_secs(60)).await.unwrap();
    let left: Vec<_> = items(&env)
        .await
        .iter()
        .filter(|item| !kept.contains(&text(item, "pk").to_owned()))
        .map(|item| format!("{} {} {}", text(item, "kind"), text(item, "pk"), text(item, "sk")))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn rule_7_5_the_audit_trail_names_each_link_that_disputes_an_event() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    link(&env, &mut browser, 0).await;
    env.add_app(&mut browser, "Phone").await;
    let href = browser.html.href("/factors/remove");
    browser.get(&href).await;
    browser.press("/factors/remove", &[]).await;
    env.code(&mut browser, &service, &[]).await;
    browser.get("/services/disconnect?service=health").await;
    browser.press("/services/disconnect", &[]).await;
    browser.get("/federated").await;
    let href = browser.html.href("/federated/unlink");
    browser.get(&href).await;
    browser.press("/federated/unlink", &[]).await;
    for _ in 0..7 {
        env.browser().sign_in(ANA, PASSWORD).await;
    }
    lock(&env).await;
    let mut unlock = env.browser();
    unlock.get(&links(env.emails().await.last().unwrap())[0]).await;
    unlock.post("/unlock/link", CONFIRMED).await;
    wait(31);
    reset_password(&env).await;
    // The account had a second factor: for a day after the reset, the mailbox proves nothing.
    wait(24 * 3600);
    browser.sign_in(ANA, OTHER).await;
    close(&env, &mut browser).await;
    browser.sign_in(ANA, OTHER).await;
    let all = items(&env).await;
    let is_dispute =
        |item: &&Attributes| text(item, "kind") == "link" && text(item, "purpose") == "objection";
    let sent: Vec<_> = all.iter().filter(is_dispute).map(|item| text(item, "pk").to_owned()).collect();
    assert!(sent.len() >= 12, "{sent:?}");
    let listed = all.iter().filter(|item| text(item, "kind") == "audit");
    let listed = listed.filter_map(|item| item.get("disputes").and_then(|links| links.as_l().ok()));
    let listed: Vec<_> = listed.flatten().filter_map(|link| link.as_s().ok()).collect();
    for link in sent {
        assert!(listed.iter().any(|id| link == format!("LINK#{id}")), "{link}");
    }
}

#[tokio::test]
async fn rule_7_5_the_bank_opens_a_closed_account_again() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    close(&env, &mut browser).await;
    wait(WEEK - 1);
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services");
    assert!(page.success().unwrap().starts_with("Welcome back."), "{}", page.html);
    assert_eq!(env.emails().await.last().unwrap().subject, "Your My Ontario Account is open again");
    env.stack.advance(SignedDuration::from_secs(WEEK)).await.unwrap();
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!((page.path.as_str(), page.success()), ("/services", None));
}

#[tokio::test]
async fn rule_7_5_who_did_not_close_the_account_gets_it_back_by_the_notice() {
    let env = TestEnv::begin().await;
    let mut thief = env.activated(ANA).await;
    close(&env, &mut thief).await;
    let notice = env.emails().await.pop().unwrap();
    let dispute = links(&notice).into_iter().find(|link| link.starts_with("/dispute")).unwrap();
    let mut owner = env.browser();
    owner.get(&dispute).await;
    owner.post("/dispute", CONFIRMED).await;
    assert_eq!(thief.sign_in(ANA, PASSWORD).await.status, 422, "its password is void");
    env.stack.advance(SignedDuration::from_secs(60)).await.unwrap();
    owner.get(&env.last_link().await).await;
    owner.press("/reset/link", &[("password", OTHER)]).await;
    env.stack.advance(SignedDuration::from_secs(WEEK)).await.unwrap();
    let page = owner.sign_in(ANA, OTHER).await;
    assert_eq!((page.path.as_str(), page.success()), ("/services", None), "{}", page.html);
}

#[tokio::test]
async fn rule_7_5_a_reset_and_an_unlock_leave_the_account_closed_and_its_date_as_it_was() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    close(&env, &mut browser).await;
    lock(&env).await;
    let mut unlock = env.browser();
    unlock.get(&links(env.emails().await.last().unwrap())[0]).await;
    assert_eq!(unlock.post("/unlock/link", CONFIRMED).await.status, 200);
    wait(31);
    reset_password(&env).await;
    let closes_at = env.seen(ANA).await.account.unwrap().details().closes_at;
    assert!(closes_at.is_some());
    wait(WEEK - 61);
    assert!(browser.sign_in(ANA, OTHER).await.success().unwrap().starts_with("Welcome back."));
}

#[tokio::test]
async fn rule_7_2_closing_requires_a_recent_proof() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(301);
    let page = browser.get("/settings/close").await;
    assert_eq!(page.heading(), "Confirm it’s you");
    let page = browser.post("/settings/close", &[]).await;
    assert_eq!(page.heading(), "Confirm it’s you");
    assert_eq!(browser.get("/services").await.path, "/services");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_5_an_account_closed_during_sign_ins_is_closed_or_open_and_never_half() {
    for round in 0..6 {
        let env = TestEnv::at_the_bank().await;
        let mut owner = env.activated(ANA).await;
        link(&env, &mut owner, 0).await;
        owner.get("/settings/close").await;
        let closing = owner.pressing("/settings/close", &[]);
        let mut signing_in = Vec::new();
        for _ in 0..4 {
            let mut browser = env.browser();
            browser.get("/login").await;
            let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
            signing_in.push((browser, request));
        }
        let mut twice = owner.clone();
        let again = closing.clone();
        let tasks = signing_in.into_iter().map(|(mut browser, request)| async move {
            browser.send(request).await;
            browser
        });
        let (browsers, ..) = tokio::join!(join_all(tasks), owner.send(closing), twice.send(again));
        let account = env.seen(ANA).await.account.expect("the account exists");
        let place = items(&env).await.into_iter().find(|item| text(item, "kind") == "account_place").unwrap();
        assert_eq!(account.details().closes_at.is_some(), place.contains_key("ttl"), "{round}");
        let mut live = 0;
        for mut browser in browsers {
            live += usize::from(browser.get("/services").await.path == "/services");
        }
        assert_eq!(owner.get("/services").await.path, "/login", "{round}");
        if account.details().closes_at.is_some() {
            assert_eq!(live, 0, "{round}: a closed account has no session");
        }
        let ttl =
            |item: &Attributes| item.get("ttl").and_then(|ttl: &AttributeValue| ttl.as_n().ok()).cloned();
        if let Some(at) = account.details().closes_at {
            assert_eq!(ttl(&place), Some(at.as_second().to_string()));
        }
        assert_eq!(env.by_bank(&mut env.browser(), TO_LINK, At::SignIn(0)).await.status, 200);
    }
}

#[tokio::test]
async fn rule_3_3_a_double_click_closes_the_account_once_and_both_say_so() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/settings/close").await;
    let form = browser.pressing("/settings/close", &[]);
    let mut twice = browser.clone();
    let page = browser.follow(form.clone()).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/close/done", CLOSED));
    let address = twice.send(form).await.header("location").unwrap().to_owned();
    let page = twice.get(&address).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/close/done", CLOSED));
    let told = env.emails().await.into_iter().filter(|email| email.subject.contains("was closed")).count();
    assert_eq!(told, 1);
    assert!(env.seen(ANA).await.account.unwrap().details().closes_at.is_some());
    // It can be shown again, for example in the other language.
    assert_eq!(twice.get(&address).await.heading(), CLOSED);
}

#[tokio::test]
async fn rule_7_5_only_the_browser_that_closed_an_account_is_told_that_it_is_closed() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    assert_eq!(browser.get("/settings/close/done").await.path, "/settings");
    assert_eq!(env.browser().get("/settings/close/done").await.path, "/login");
    // Nor is one whose session ended in the meantime.
    browser.get("/settings/close").await;
    let form = browser.pressing("/settings/close", &[]);
    wait(31 * 60);
    assert_eq!(browser.follow(form).await.path, "/login");
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    close(&env, &mut browser).await;
    assert_eq!(env.browser().get("/settings/close/done").await.path, "/login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_5_a_reset_while_the_account_is_closed_or_opened_takes_effect() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(31);
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.post("/reset", &[("email", ANA)]).await;
    browser.get(&env.last_link().await).await;
    let account = items(&env).await.into_iter().find(|item| text(item, "kind") == "account").unwrap();
    let key = ["pk", "sk"].map(|name| (name.to_owned(), account[name].clone())).into();
    // As a sign-in that opens the account does.
    let opened = env.raw().update_item().table_name(TABLE).set_key(Some(key));
    let opened = opened.update_expression("SET revision = revision + :one");
    let opened = opened.expression_attribute_values(":one", AttributeValue::N("1".into()));
    env.race_transaction("#reset_at", async move {
        opened.send().await.unwrap();
    });
    let page = browser.press("/reset/link", &[("password", OTHER)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/reset/done"), "{}", page.html);
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_7_5_links_that_were_asked_for_before_the_deletion_are_deleted_with_the_account() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    close(&env, &mut browser).await;
    wait(WEEK - 60);
    browser.get("/reset").await;
    browser.post("/reset", &[("email", ANA)]).await;
    env.emails().await;
    env.stack.advance(SignedDuration::from_secs(120)).await.unwrap();
    let links = items(&env).await.into_iter().filter(|item| text(item, "purpose") == "reset").count();
    assert_eq!(links, 0);
}
