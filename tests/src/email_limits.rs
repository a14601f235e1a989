//! Emails that anyone can trigger by typing an address: the shares of sources and of known browsers, and the links that
//! are kept while no other can be sent (RULES 3.11).

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::{
    recovering::lock,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait, wait_for_a_day},
        page::Page,
    },
};

const PAGES: [&str; 4] = ["/reset", "/unlock", "/register/again", "/federated/remove"];
const DAY: i64 = 24 * 3600;

const SENT: &str = "sent";
const WAIT: &str = "Wait before asking for another email";
const TOO_MANY: &str = "Too many requests for emails";

/// Requests an email; returns [`SENT`], or the heading of the page that says why none is sent.
async fn request(browser: &mut Browser, path: &str, email: &str) -> String {
    let page = requested(browser, path, email).await;
    match page.status {
        200 => SENT.to_owned(),
        _ => page.heading().to_owned(),
    }
}

async fn requested(browser: &mut Browser, path: &str, email: &str) -> Page {
    browser.get(path).await;
    let page = browser.post(path, &[("email", email)]).await;
    assert!(page.path.ends_with("/sent") || page.status == 429, "{}: {}", page.status, page.html);
    page
}

/// Has strangers use up the emails of a day, by these pages in turn.
async fn use_up_a_day(env: &TestEnv, paths: &[&str], email: &str) {
    for n in 0..20 {
        assert_eq!(request(&mut env.browser(), paths[n % paths.len()], email).await, SENT, "{n}");
        wait(721);
    }
    assert_eq!(request(&mut env.browser(), paths[0], email).await, WAIT);
}

/// The link in the newest email with one that resets.
async fn newest_reset_link(env: &TestEnv) -> String {
    let emails = env.emails().await;
    let email = emails.iter().rev().find(|email| email.subject.starts_with("Choose a new password"));
    links(email.unwrap()).remove(0)
}

async fn is_live(env: &TestEnv, link: &str) -> bool {
    let page = env.browser().get(link).await;
    assert!(page.status == 200 || page.heading() == "This link has expired", "{}", page.html);
    page.status == 200
}

#[tokio::test]
async fn rule_3_11_a_source_that_asks_300_times_gets_half_and_leaves_everybody_else_the_rest() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    for email in [ANA, "nobody@exemple.ca"] {
        wait(DAY);
        wait_for_a_day();
        let (mut stranger, before) = (env.browser(), env.emails().await.len());
        let mut answers = BTreeMap::new();
        for n in 0..300 {
            *answers.entry(request(&mut stranger, PAGES[n % 4], email).await).or_insert(0) += 1;
            wait(11);
        }
        let expected = [(SENT, 2), (WAIT, 58), (TOO_MANY, 240)];
        assert_eq!(answers, expected.map(|(answer, count)| (answer.to_owned(), count)).into(), "{email}");
        let arrived = env.emails().await.len() - before;
        assert_eq!(arrived, if email == ANA { 2 } else { 0 }, "{email}");
        assert_eq!(request(&mut env.browser(), "/reset", email).await, SENT, "the owner, elsewhere");
        if email == ANA {
            assert_eq!(request(&mut owner, "/reset", email).await, SENT, "a known browser, at once");
            owner.address = stranger.address;
            wait(31);
            assert_eq!(request(&mut owner, "/reset", email).await, SENT, "also at the stranger's source");
            assert_eq!(env.emails().await.len() - before, 5);
        }
    }
}

#[tokio::test]
async fn rule_3_11_a_source_gets_ten_of_the_twenty_emails_of_a_day() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(DAY);
    let mut stranger = env.browser();
    let mut sent = 0;
    for _ in 0..23 * 6 {
        sent += usize::from(request(&mut stranger, "/reset", ANA).await == SENT);
        wait(600);
    }
    assert_eq!(sent, 10);
    for n in 0..10 {
        assert_eq!(request(&mut env.browser(), "/reset", ANA).await, SENT, "{n}");
        wait(31 + if n == 4 { 3600 } else { 0 });
    }
    assert_eq!(env.emails().await.len(), 1 + 20);
}

#[tokio::test]
async fn rule_3_11_a_browser_that_the_account_knows_has_emails_of_its_own() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    let mut of_somebody_else = env.activated("bob@exemple.ca").await;
    for _ in 0..4 {
        wait(31);
        assert_eq!(request(&mut env.browser(), "/reset", ANA).await, SENT);
    }
    assert_eq!(request(&mut env.browser(), "/reset", ANA).await, WAIT);
    assert_eq!(request(&mut of_somebody_else, "/reset", ANA).await, WAIT, "another account knows that one");
    for n in 0..5 {
        assert_eq!(request(&mut owner, "/reset", ANA).await, SENT, "{n}");
        wait(31);
    }
    assert_eq!(request(&mut owner, "/reset", ANA).await, WAIT, "its share has the same size");
    wait(3600);
    // Its requests use up nothing of the others'.
    for n in 0..3 {
        assert_eq!(request(&mut owner, "/reset", ANA).await, SENT);
        assert_eq!(request(&mut env.browser(), "/reset", ANA).await, SENT, "{n}");
        wait(31);
    }
}

#[tokio::test]
async fn rule_3_11_after_twenty_emails_and_a_lock_the_owner_still_gets_in_from_anywhere() {
    for paths in [&["/reset"][..], &["/unlock"], &PAGES] {
        let env = TestEnv::begin().await;
        env.activated(ANA).await;
        wait(DAY);
        use_up_a_day(&env, paths, ANA).await;
        lock(&env).await;
        wait(3 * 3600);
        // The link in the email about the lock has expired. The request is answered by one more.
        let before = env.emails().await.len();
        let mut owner = env.browser();
        let page = requested(&mut owner, "/unlock", ANA).await;
        assert_eq!((page.status, page.heading()), (429, WAIT), "{}", page.html);
        assert!(
            page.html.contains("newest email works until") && page.html.contains("17 hours"),
            "{}",
            page.html
        );
        assert_eq!(page.html.href_of("Contact us"), "/contact");
        for _ in 0..3 {
            requested(&mut env.browser(), "/unlock", ANA).await;
        }
        let emails = env.emails().await;
        assert_eq!(emails.len() - before, 1, "{paths:?}");
        assert!(emails.last().unwrap().text.contains("once, until "), "{}", emails.last().unwrap().text);
        let unlock = env.last_link().await;
        wait(15 * 3600);
        let mut owner = env.browser();
        owner.get(&unlock).await;
        assert_eq!(owner.post("/unlock/link", CONFIRMED).await.path, "/unlock/done", "{paths:?}");
        // Who has forgotten the password, too, gets in by another link, though it is locked again.
        lock(&env).await;
        requested(&mut owner, "/unlock", ANA).await;
        let unlock = env.last_link().await;
        owner.get(&unlock).await;
        assert_eq!(owner.post("/unlock/link", CONFIRMED).await.path, "/unlock/done", "{paths:?}");
        assert_eq!(requested(&mut owner, "/reset", ANA).await.heading(), WAIT);
        let reset = newest_reset_link(&env).await;
        owner.get(&reset).await;
        assert_eq!(owner.post("/reset/link", &[("password", OTHER)]).await.path, "/reset/done", "{paths:?}");
        assert_eq!(owner.sign_in(ANA, OTHER).await.path, "/services");
    }
}

#[tokio::test]
async fn rule_3_11_the_newest_link_is_kept_until_another_can_be_sent_and_no_other() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "2/6h".into())]).await;
    env.activated(ANA).await;
    wait(DAY);
    let mut sent = Vec::new();
    for _ in 0..2 {
        assert_eq!(request(&mut env.browser(), "/reset", ANA).await, SENT);
        sent.push(env.last_link().await);
        wait(600);
    }
    let emails = env.emails().await.len();
    for _ in 0..3 {
        assert_eq!(request(&mut env.browser(), "/reset", ANA).await, WAIT);
    }
    assert_eq!(env.emails().await.len(), emails, "a link works, so none is sent");
    wait(6 * 3600 - 1200 - 60);
    env.stack.dynamodb.sweep().unwrap();
    assert!(!is_live(&env, &sent[0]).await, "the older one had its half an hour");
    assert!(is_live(&env, &sent[1]).await);
    wait(60);
    assert!(!is_live(&env, &sent[1]).await, "no longer than another can be sent");
    // It is remembered for as long as any link.
    wait(47 * 3600);
    env.stack.dynamodb.sweep().unwrap();
    assert!(!is_live(&env, &sent[1]).await);
    wait(3600);
    env.stack.dynamodb.sweep().unwrap();
    assert_eq!(env.browser().get(&sent[1]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_an_expired_or_used_link_is_not_revived_and_parallel_requests_send_one_more() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "2/6h".into())]).await;
    let mut owner = env.activated(ANA).await;
    wait(DAY);
    assert_eq!(request(&mut env.browser(), "/reset", ANA).await, SENT);
    let expired = env.last_link().await;
    wait(1801);
    assert_eq!(request(&mut env.browser(), "/unlock", ANA).await, SENT);
    for round in ["expired", "used"] {
        let before = env.emails().await.len();
        let requests = (0..16).map(|_| {
            let mut browser = env.browser();
            tokio::spawn(async move { request(&mut browser, "/reset", ANA).await })
        });
        for answer in join_all(requests).await {
            assert_eq!(answer.unwrap(), WAIT, "{round}");
        }
        assert_eq!(env.emails().await.len() - before, 1, "{round}");
        assert!(!is_live(&env, &expired).await, "{round}");
        wait(2 * 3600);
        // Of two uses at once, one takes effect.
        let newest = newest_reset_link(&env).await;
        owner.get(&newest).await;
        let mut both = [owner.clone(), owner.clone()];
        let [one, other] = &mut both;
        let choose = [("password", if round == "used" { PASSWORD } else { OTHER })];
        let pages = tokio::join!(one.post("/reset/link", &choose), other.post("/reset/link", &choose));
        assert!(pages.0.path == "/reset/done" || pages.1.path == "/reset/done", "{round}");
        let notices = env.emails().await;
        let notices = notices.iter().filter(|email| email.subject.contains("was changed"));
        assert_eq!(notices.count(), if round == "used" { 2 } else { 1 }, "{round}");
    }
}

#[tokio::test]
async fn rule_3_11_a_registration_keeps_its_link_while_no_other_can_be_sent() {
    for is_own_browser in [true, false] {
        let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "3/20h".into())]).await;
        let mut owner = env.browser();
        env.register(&mut owner, ANA, PASSWORD).await;
        // A stranger registers with the address, and uses up the rest.
        wait(3600);
        env.register(&mut env.browser(), ANA, OTHER).await;
        assert_eq!(request(&mut env.browser(), "/register/again", ANA).await, SENT);
        wait(3600);
        let before = env.emails().await.len();
        let mut browser = if is_own_browser { owner } else { env.browser() };
        assert_eq!(request(&mut browser, "/register/again", ANA).await, WAIT);
        let page = env.register(&mut env.browser(), ANA, OTHER).await;
        assert_eq!((page.status, page.heading()), (429, WAIT), "another registration waits");
        let emails = env.emails().await;
        assert_eq!(emails.len() - before, 1);
        // The stranger's registration is the newer one.
        let link = links(emails.last().unwrap()).pop().unwrap();
        wait(15 * 3600);
        browser.get(&link).await;
        let password: &[_] = if is_own_browser { &[] } else { &[("password", PASSWORD)] };
        assert_eq!(browser.post("/activate", password).await.path, "/services", "{is_own_browser}");
    }
}

#[tokio::test]
async fn rule_3_11_within_half_a_minute_of_a_strangers_request_the_owner_is_told_of_its_link() {
    let env = TestEnv::begin().await;
    let mut known = env.activated(ANA).await;
    wait(60);
    for (path, language, words) in
        [("/reset", "en", "that link works"), ("/unlock", "fr-CA", "ce lien fonctionne")]
    {
        if path == "/unlock" {
            lock(&env).await;
        }
        assert_eq!(request(&mut env.browser(), path, ANA).await, SENT);
        let link = env.last_link().await;
        wait(5);
        let mut owner = env.browser();
        owner.language = language;
        let page = requested(&mut owner, path, ANA).await;
        assert!(page.status == 429 && page.html.contains(words), "{}", page.html);
        assert!(is_live(&env, &link).await);
        wait(25);
        assert_eq!(request(&mut owner, path, ANA).await, SENT, "a moment later");
        assert_eq!(request(&mut known, path, ANA).await, SENT, "a known browser does not wait");
        wait(31);
    }
}

#[tokio::test]
async fn rule_3_11_one_more_link_works_for_half_an_hour_at_least() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(DAY);
    // Three sources use up the emails of an hour. None of them has a link.
    for _ in 0..5 {
        assert_eq!(request(&mut env.browser(), "/unlock", ANA).await, SENT);
        wait(60);
    }
    wait(3600 - 5 * 60 - 70);
    let page = requested(&mut env.browser(), "/reset", ANA).await;
    assert_eq!((page.status, page.heading()), (429, WAIT), "{}", page.html);
    let reset = newest_reset_link(&env).await;
    wait(29 * 60);
    assert!(is_live(&env, &reset).await);
    wait(60);
    assert!(!is_live(&env, &reset).await);
}

#[tokio::test]
async fn rule_3_11_known_browsers_have_forty_emails_a_day_in_all() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    // Whoever has the password can make any number of browsers known.
    let mut browsers = Vec::new();
    for _ in 0..12 {
        let mut browser = env.browser();
        browser.sign_in(ANA, PASSWORD).await;
        browser.post("/logout", &[]).await;
        browsers.push(browser);
    }
    wait(DAY);
    let mut sent = Vec::new();
    for browser in &mut browsers {
        for _ in 0..5 {
            sent.push(request(browser, "/reset", ANA).await == SENT);
            wait(31);
        }
    }
    assert!(sent[..40].iter().all(|sent| *sent), "{sent:?}");
    // The others are strangers: two for each source, five in an hour.
    assert_eq!(sent[40..].iter().filter(|sent| **sent).count(), 5, "{sent:?}");
    wait(DAY);
    assert_eq!(request(&mut browsers[0], "/reset", ANA).await, SENT, "the next day");
}
