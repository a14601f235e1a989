//! What is sent in a session while that is being ended elsewhere does not take effect (RULES 3.8).

use aws_sdk_dynamodb::types::AttributeValue;
use local::{Fate, Incoming, TABLE};

use crate::{
    bouncing::{PROBLEM, report},
    changing_email::NEW,
    closing::{items, text},
    linking::{TO_LINK, link},
    recovery_codes::make_codes,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv},
        partner::At,
        phone::Phone,
    },
};

/// The events of what a session does with its account.
const EVENTS: [&str; 14] = [
    "activity_reported",
    "address_checked",
    "authenticator_added",
    "authenticator_removed",
    "closed",
    "data_downloaded",
    "disconnected",
    "email_change_asked",
    "email_code_off",
    "partner_linked",
    "partner_unlinked",
    "password_changed",
    "recovery_codes_made",
    "recovery_codes_removed",
];

#[derive(Clone, Copy, Debug)]
enum Ended {
    Itself,
    WithOthers,
}

/// Opens the page on which the event is caused, and returns the request that causes it.
async fn prepare(env: &TestEnv, browser: &mut Browser, event: &str) -> Incoming {
    match event {
        "activity_reported" => {
            env.browser().sign_in(ANA, PASSWORD).await;
            let href = browser.get("/settings/activity").await.html.href("/settings/activity/report");
            browser.get(&href).await;
            browser.pressing("/settings/activity/report", &[])
        }
        "address_checked" => {
            report(env, ANA, Fate::Bounced).await;
            browser.get(PROBLEM).await;
            browser.pressing(PROBLEM, &[])
        }
        "authenticator_added" => {
            browser.get("/factors/add").await;
            browser.press("/factors/add", &[]).await;
            let code = Phone::scanning(browser).code();
            browser.pressing("/factors/confirm", &[("name", "Phone"), ("code", &code)])
        }
        "authenticator_removed" => {
            env.add_app(browser, "Phone").await;
            let href = browser.html.href("/factors/remove");
            browser.get(&href).await;
            browser.pressing("/factors/remove", &[])
        }
        "closed" => {
            browser.get("/settings/close").await;
            browser.pressing("/settings/close", &[])
        }
        "data_downloaded" => {
            browser.get("/settings/data").await;
            browser.pressing("/settings/data", &[])
        }
        "disconnected" => {
            let service = env.service("health").await;
            env.code(browser, &service, &[("scope", "openid")]).await;
            browser.get("/services/disconnect?service=health").await;
            browser.pressing("/services/disconnect", &[])
        }
        "email_change_asked" => {
            browser.get("/settings/email").await;
            browser.pressing("/settings/email", &[("email", NEW)])
        }
        "email_code_off" => {
            env.add_app(browser, "Phone").await;
            make_codes(browser).await;
            browser.get("/factors/email-code").await;
            browser.pressing("/factors/email-code", &[])
        }
        "partner_linked" => {
            env.by_bank(browser, TO_LINK, At::SignIn(0)).await;
            browser.pressing("/federated/link", &[])
        }
        "partner_unlinked" => {
            link(env, browser, 0).await;
            browser.get("/federated/unlink?partner=demo-bank").await;
            browser.pressing("/federated/unlink", &[])
        }
        "password_changed" => {
            browser.get("/settings/password").await;
            browser.pressing("/settings/password", &[("password", OTHER)])
        }
        "recovery_codes_made" => {
            browser.get("/factors/recovery-codes").await;
            browser.pressing("/factors/recovery-codes", &[])
        }
        "recovery_codes_removed" => {
            let codes = make_codes(browser).await;
            browser.get("/mfa?next=/factors/recovery-codes/remove&factor=recovery").await;
            browser.press("/mfa", &[("code", &codes[0])]).await;
            browser.pressing("/factors/recovery-codes/remove", &[])
        }
        _ => unreachable!("{event}"),
    }
}

/// As another session does it: ends all sessions but another one, or each by itself.
async fn end(env: &TestEnv, ended: Ended) -> impl Future<Output = ()> + Send + 'static {
    let kind = match ended {
        Ended::Itself => "session",
        Ended::WithOthers => "account_place",
    };
    let of_kind: Vec<_> = items(env).await.into_iter().filter(|item| text(item, "kind") == kind).collect();
    let (raw, now) = (env.raw(), AttributeValue::N(env.now().as_second().to_string()));
    async move {
        for item in of_kind {
            let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone())).into();
            match ended {
                Ended::Itself => {
                    raw.delete_item().table_name(TABLE).set_key(Some(key)).send().await.unwrap();
                }
                Ended::WithOthers => {
                    let update = raw.update_item().table_name(TABLE).set_key(Some(key));
                    let update = update.update_expression("SET ended_at = :now, kept_session = :kept");
                    let update = update.expression_attribute_values(":now", now.clone());
                    let kept = AttributeValue::S("another".into());
                    update.expression_attribute_values(":kept", kept).send().await.unwrap();
                }
            }
        }
    }
}

/// How often the event is in the account's activity.
async fn count(env: &TestEnv, event: &str) -> usize {
    items(env).await.iter().filter(|item| text(item, "event") == event).count()
}

async fn does_nothing(ended: Ended) {
    for event in EVENTS {
        let env = TestEnv::at_the_bank().await;
        let mut browser = env.activated(ANA).await;
        let request = prepare(&env, &mut browser, event).await;
        let (before, emails) = (count(&env, event).await, env.emails().await.len());
        let written: &'static str = format!("{{\"S\":\"{event}\"}}").leak();
        env.race_transaction(written, end(&env, ended).await);
        let page = browser.follow(request).await;
        assert_eq!(page.path, "/login", "{event}, {ended:?}: {page:?}");
        assert_eq!(count(&env, event).await, before, "{event}, {ended:?}");
        assert_eq!(env.emails().await.len(), emails, "{event}, {ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_8_nothing_is_done_in_a_session_that_is_ended_with_others_meanwhile() {
    does_nothing(Ended::WithOthers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_8_nothing_is_done_in_a_session_that_is_ended_by_itself_meanwhile() {
    does_nothing(Ended::Itself).await;
}
