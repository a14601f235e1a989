//! Residents who lost access to their bank remove it by a link to their address (RULES 4.8).

use futures_util::future::join_all;

use crate::{
    federating::first_time,
    linking::{link, reset_password},
    operating_accounts::operator,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        partner::{At, START},
    },
};

/// Requests removal by *Contact us*, without being signed in.
async fn ask(browser: &mut Browser, email: &str) -> Page {
    browser.get("/contact").await;
    browser.press("/contact", &[("topic", "partner"), ("email", email), ("message", "")]).await
}

/// An account whose bank is linked, and the link to remove it that somebody else's browser requested.
async fn asked(env: &TestEnv) -> (Browser, String) {
    link(env, &mut env.activated(ANA).await, 0).await;
    wait(31);
    let mut browser = env.browser();
    let page = ask(&mut browser, ANA).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/federated/remove/sent", "Check your email"));
    (browser, env.last_link().await)
}

#[tokio::test]
async fn rule_4_8_contact_us_sends_a_link_that_removes_the_bank_once() {
    let env = TestEnv::at_the_bank().await;
    let (mut browser, to_remove) = asked(&env).await;
    let mut scanner = env.browser();
    for _ in 0..2 {
        let page = scanner.get(&to_remove).await;
        assert_eq!(page.heading(), "Remove your sign-in partner?", "looking changes nothing");
    }
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services");

    let page = browser.get(&to_remove).await;
    assert!(page.html.contains("no longer be able to use Demo bank to sign in") && page.html.contains(ANA));
    let page = browser.press("/federated/remove/link", &[("switch_language", "fr")]).await;
    assert!(page.html.contains("Banque de démonstration"), "{page:?}");
    let page = browser.press("/federated/remove/link", CONFIRMED).await;
    assert_eq!(page.heading(), "Votre partenaire de connexion est retiré");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "A sign-in partner was removed from your My Ontario Account");
    assert!(told.text.contains("Demo bank") && links(&told)[0].starts_with("/dispute?"));
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "it opens nothing now");
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services", "the password does");
    let page = scanner.press("/federated/remove/link", CONFIRMED).await;
    assert_eq!((page.status, page.heading()), (410, "This link has already been used"));
}

#[tokio::test]
async fn rule_4_8_the_page_answers_the_same_for_every_address() {
    let env = TestEnv::at_the_bank().await;
    first_time(&env, &mut env.browser(), START, (1, "bank@exemple.ca")).await;
    env.activated("none@exemple.ca").await;
    env.register(&mut env.browser(), "waiting@exemple.ca", PASSWORD).await;
    let (_, _) = asked(&env).await;
    wait(31);
    let mut seen = Vec::new();
    for (email, link_email) in [
        (ANA, Some("/federated/remove/link?")),
        ("none@exemple.ca", Some("/federated/remove/link?")),
        // An account never loses its last way to sign in: a password has to be set first.
        ("bank@exemple.ca", Some("/reset/link?")),
        ("waiting@exemple.ca", Some("/activate?")),
        ("nobody@exemple.ca", None),
    ] {
        let before = env.emails().await.len();
        let mut browser = env.browser();
        browser.get("/federated/remove").await;
        let _ = env.watch.take_calls();
        let page = browser.press("/federated/remove", &[("email", email)]).await;
        let calls: Vec<_> = env.watch.take_calls().into_iter().map(|call| call.operation).collect();
        seen.push((page.status, page.words().replace(email, ""), calls));
        let emails = env.emails().await;
        let link = emails.get(before).map(|email| links(email).remove(0));
        assert_eq!(emails.len() - before, usize::from(link_email.is_some()), "{email}");
        assert!(link.unwrap_or_default().starts_with(link_email.unwrap_or_default()), "{email}");
    }
    for other in &seen[1..] {
        assert_eq!(*other, seen[0]);
    }
}

#[tokio::test]
async fn rule_4_8_without_a_password_the_link_removes_nothing() {
    let env = TestEnv::at_the_bank().await;
    let (mut browser, to_remove) = asked(&env).await;
    // Meanwhile somebody disputes a sign-in, which voids the password; the bank was linked before it.
    wait(1);
    env.browser().sign_in(ANA, PASSWORD).await;
    let mut owner = env.browser();
    owner.get(&links(env.emails().await.last().unwrap()).pop().unwrap()).await;
    owner.press("/dispute", CONFIRMED).await;
    let page = browser.get(&to_remove).await;
    assert_eq!((page.status, page.heading()), (409, "Remove your sign-in partner?"));
    assert!(page.html.contains("Set a password first") && page.html.contains("href=\"/reset"), "{page:?}");
    wait(1801);
    let page = browser.get(&to_remove).await;
    assert_eq!((page.status, page.heading()), (410, "This link has expired"));
    assert!(page.html.contains("href=\"/federated/remove"), "{}", page.html);
}

#[tokio::test]
async fn rule_4_8_an_account_made_by_the_bank_sets_a_password_before_the_link_removes_it() {
    let env = TestEnv::at_the_bank().await;
    first_time(&env, &mut env.browser(), START, (0, ANA)).await;
    let mut browser = env.browser();
    wait(31);
    ask(&mut browser, ANA).await;
    let told = env.emails().await.pop().unwrap();
    assert!(told.text.contains("Your account has no password"), "{}", told.text);
    browser.get(&links(&told)[0]).await;
    browser.press("/reset/link", &[("password", OTHER)]).await;
    wait(31);
    ask(&mut browser, ANA).await;
    browser.get(&env.last_link().await).await;
    let page = browser.press("/federated/remove/link", CONFIRMED).await;
    assert_eq!(page.heading(), "Sign-in partner removed");
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_8_5_a_message_that_nobody_would_read_is_not_lost_in_silence() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/contact").await;
    let fields = [("topic", "partner"), ("email", ANA), ("message", "My bank closed.")];
    let page = browser.press("/contact", &fields).await;
    assert_eq!(page.status, 422);
    assert!(
        page.html.contains("We do not read messages about this topic")
            && page.html.contains("My bank closed.")
    );
    let page = browser.press("/contact", &[("topic", "partner"), ("email", "ana"), ("message", "")]).await;
    assert_eq!(page.status, 422, "the address is looked at first");
    assert!(env.emails().await.is_empty());
}

#[tokio::test]
async fn rule_4_8_operators_remove_the_bank_after_proof_and_the_resident_is_told() {
    let env = TestEnv::at_the_bank().await;
    first_time(&env, &mut env.browser(), START, (0, ANA)).await;
    let told = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(told.contains("demo-bank") && told.contains("no password"), "{told}");
    let remove = ["accounts", "remove-partner", ANA, "demo-bank"];
    assert!(matches!(operator(&env, &remove, "y\n").await, Err(ops::Failure::NoPassword)));
    reset_password(&env).await;
    assert!(matches!(operator(&env, &remove, "n\n").await, Err(ops::Failure::Declined)));
    operator(&env, &remove, "y\n").await.unwrap();
    let told = env.emails().await.pop().unwrap();
    assert!(told.subject.contains("was removed") && told.text.contains("My Ontario Account support"));
    assert!(links(&told)[0].starts_with("/dispute?"));
    assert!(matches!(operator(&env, &remove, "y\n").await, Err(ops::Failure::NotLinked(_))));
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_8_of_many_clicks_at_once_one_removes_and_tells() {
    let env = TestEnv::at_the_bank().await;
    let (mut browser, to_remove) = asked(&env).await;
    browser.get(&to_remove).await;
    let request = browser.pressing("/federated/remove/link", CONFIRMED);
    let mut browsers = vec![browser; 8];
    join_all(browsers.iter_mut().map(|browser| browser.send(request.clone()))).await;
    let told = env.emails().await.into_iter().filter(|email| email.subject.contains("was removed"));
    assert_eq!(told.count(), 1);
    assert_eq!(browsers[0].get("/federated/remove/done").await.heading(), "Sign-in partner removed");
}
