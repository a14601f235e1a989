//! Requests for emails: each counts for its source, and the answer is the same for every address (RULES 3.11).

use std::collections::BTreeSet;

use domain::{
    device::{AddressBlock, Device},
    secret::DeviceSecret,
};
use futures_util::future::join_all;
use local::Listen;
use table::{Asker, Asking, Conflict, RequestedEmail, WriteError};

use crate::{
    recovering::lock_address,
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, links, wait},
        partner::{At, START},
    },
};

async fn status(browser: &mut Browser, path: &str, email: &str) -> u16 {
    browser.get(path).await;
    let request = browser.posting(path, &[("email", email)]);
    browser.send(request).await.status
}

async fn register(browser: &mut Browser, email: &str) -> u16 {
    browser.get("/register").await;
    let form = browser.posting("/register", &[("email", email), ("password", PASSWORD)]);
    browser.send(form).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_80_parallel_requests_of_a_source_60_are_answered() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/reset").await;
    let requests = (0..80).map(|n| {
        let mut browser = browser.clone();
        tokio::spawn(async move { status(&mut browser, "/reset", &format!("nobody{n}@exemple.ca")).await })
    });
    let mut statuses: Vec<_> = join_all(requests).await.into_iter().map(Result::unwrap).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![303; 60], vec![429; 20]].concat());
    let page = browser.post("/reset", &[("email", ANA)]).await;
    assert_eq!((page.status, page.heading()), (429, "Too many requests for emails"));
    assert_eq!(page.html.value("email").as_deref(), Some(ANA), "what was typed is kept");
    assert_eq!(status(&mut env.browser(), "/reset", ANA).await, 303, "another source is not touched");
    wait(3600);
    assert_eq!(status(&mut browser, "/reset", "later@exemple.ca").await, 303);
}

#[tokio::test]
async fn rule_3_11_a_double_click_and_the_language_toggle_are_no_request() {
    let env = TestEnv::begin_with(vec![("EMAIL_REQUEST_LIMIT", "4/1h".into())]).await;
    let mut browser = env.browser();
    for n in 0..4 {
        let email = format!("nobody{n}@exemple.ca");
        browser.get("/reset").await;
        for _ in 0..3 {
            let toggle = browser.posting("/reset", &[("email", &email), ("switch_language", "en")]);
            assert_eq!(browser.send(toggle).await.status, 200);
        }
        let form = browser.posting("/reset", &[("email", &email)]);
        for _ in 0..3 {
            assert_eq!(browser.send(form.clone()).await.status, 303, "{n}");
        }
    }
    let reply = browser.send(browser.posting("/reset", &[("email", ANA)])).await;
    assert_eq!(reply.status, 429);
    let seconds: i64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!(seconds > 0 && seconds <= 3600);
}

#[tokio::test]
async fn rule_3_11_every_page_that_sends_an_email_counts_its_requests() {
    let limits = vec![("EMAIL_REQUEST_LIMIT", "6/1h".into()), ("EMAIL_LIMITS", "1/30s,20/1h".into())];
    let env = TestEnv::listening(Listen::BankAlone, limits).await;
    let mut browser = env.browser();
    let left = browser.get(START).await;
    let back = env.answer_of_bank(left, (At::SignIn(0), None)).await;
    browser.get(&back).await;
    let first = browser.pressing("/federated/first", &[("email", "a@exemple.ca")]);
    assert_eq!(browser.send(first.clone()).await.status, 303);
    for (path, expected) in
        [("/reset", 303), ("/unlock", 303), ("/federated/remove", 303), ("/register/again", 429)]
    {
        let email = if expected == 303 { &format!("{}@exemple.ca", path.len()) } else { "6@exemple.ca" };
        assert_eq!(
            status(&mut browser, path, email).await,
            expected,
            "{path}: a refused request counts, too"
        );
    }
    assert_eq!(register(&mut browser, "b@exemple.ca").await, 303);
    assert_eq!(register(&mut browser, "c@exemple.ca").await, 429);
    wait(31);
    let again = browser.send(first).await;
    assert_eq!((again.status, again.header("location")), (429, None));
    for path in ["/reset", "/unlock", "/federated/remove", "/register/again"] {
        assert_eq!(status(&mut browser, path, "d@exemple.ca").await, 429, "{path}");
    }
    // *Contact us* counts by itself.
    browser.get("/contact").await;
    let typed = [("topic", "other"), ("email", ANA), ("message", "Hello")];
    assert_eq!(browser.send(browser.posting("/contact", &typed)).await.status, 303);
}

/// What a refused request shows and does, without digits.
async fn refused(
    env: &TestEnv,
    browser: &mut Browser,
    path: &str,
    email: &str,
) -> (u16, String, Vec<String>) {
    browser.get(path).await;
    let _ = env.watch.take_calls();
    let page = browser.post(path, &[("email", email)]).await;
    let calls = env.watch.take_calls().into_iter().map(|call| {
        let writes = call.body["TransactItems"].as_array().map_or(0, Vec::len);
        format!("{} {writes}", call.operation)
    });
    let words = page.words().replace(email, "").replace(|c: char| c.is_ascii_digit(), "");
    (page.status, words, calls.collect())
}

#[tokio::test]
async fn rule_3_6_when_no_email_can_be_sent_every_address_gets_the_same_answer_by_the_same_work() {
    let emails = [ANA, "locked@exemple.ca", "waits@exemple.ca", "nobody@exemple.ca"];
    for (limits, used_up_by, pause) in
        [("2/12h", 2, 60), ("2/12h", 2, 1900), ("4/12h", 1, 60), ("4/12h", 1, 1900), ("1/60s", 1, 0)]
    {
        let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", limits.into())]).await;
        for email in [ANA, "locked@exemple.ca"] {
            env.activated(email).await;
        }
        env.register(&mut env.browser(), "waits@exemple.ca", PASSWORD).await;
        wait(12 * 3600 + 60);
        lock_address(&env, "locked@exemple.ca").await;
        let mut strangers: Vec<_> = (0..used_up_by).map(|_| env.browser()).collect();
        for n in 0..2 {
            for email in emails {
                status(&mut strangers[n % used_up_by], "/reset", email).await;
            }
            // That is no double click.
            wait(11);
        }
        wait(pause);
        for language in ["en", "fr-CA"] {
            for path in ["/reset", "/unlock", "/register/again", "/federated/remove"] {
                let mut seen = BTreeSet::new();
                for email in emails {
                    let mut browser = if used_up_by == 1 { strangers[0].clone() } else { env.browser() };
                    browser.language = language;
                    let answer = refused(&env, &mut browser, path, email).await;
                    assert_eq!(answer.0, 429, "{limits} {pause} {path} {email}");
                    seen.insert(answer);
                }
                assert_eq!(seen.len(), 1, "{limits} {pause} {path}: {seen:#?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_11_a_known_browser_and_a_stranger_who_ask_at_once_both_get_a_link_that_works() {
    for _ in 0..4 {
        let env = TestEnv::begin().await;
        let (mut owner, mut stranger) = (env.activated(ANA).await, env.browser());
        wait(60);
        let statuses = tokio::join!(status(&mut owner, "/reset", ANA), status(&mut stranger, "/reset", ANA));
        assert_eq!(statuses, (303, 303));
        let emails = env.emails().await;
        for email in &emails[1..] {
            let page = env.browser().get(&links(email)[0]).await;
            assert_eq!((page.status, page.path.as_str()), (200, "/reset/link"), "{}", page.html);
        }
        assert_eq!(emails.len(), 3);
    }
}

#[tokio::test]
async fn rule_3_6_of_two_refused_requests_at_once_one_waits_for_the_other_at_every_address() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "1/12h".into())]).await;
    env.activated(ANA).await;
    let (table, now) = (&env.stack.app.table, env.now());
    let device = DeviceSecret::from_random([1; 32]).hash();
    for email in [ANA, "nobody@exemple.ca"] {
        status(&mut env.browser(), "/reset", email).await;
        let email = email.parse().unwrap();
        let asker = Asker { email: &email, block: AddressBlock::unknown(), device: &device };
        let found = table.view_asking(asker, now).await.unwrap();
        assert!(table.take_email(&found.limit, now).is_err());
        let taken = table.take_no_email(&found.limit, now);
        let asking = Asking {
            source: None,
            known_browser_of: None,
            taken: &taken,
            kept: &[],
            email: &RequestedEmail::Nothing,
            device: &Device { name: String::new(), country: String::new() },
            at: now,
        };
        table.answer_asking(&asking).await.unwrap();
        let second = table.answer_asking(&asking).await;
        assert!(matches!(second, Err(WriteError::Conflict(Conflict::EmailLimit))), "{second:?}");
        let again = table.view_asking(asker, now).await.unwrap();
        assert!(table.take_email(&again.limit, now).is_err(), "it stays counted");
    }
}

#[tokio::test]
async fn rule_8_3_the_page_counts_down_until_another_email_can_be_sent() {
    let env = TestEnv::begin().await;
    for path in ["/register", "/reset", "/unlock"] {
        let mut browser = env.browser();
        browser.get(path).await;
        let mut page = browser.press(path, &[("email", "zoe@exemple.ca"), ("password", PASSWORD)]).await;
        for waited in [0, 10, 19] {
            wait(waited);
            page = browser.get(&page.path).await;
        }
        assert_eq!(page.html.attribute("[data-wait]", "data-wait").as_deref(), Some("1"), "{path}: {page:?}");
        wait(1);
        assert_eq!(browser.get(&page.path).await.html.count("[data-wait]"), 0, "{path}");
        wait(30);
    }
}
