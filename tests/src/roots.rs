//! No single root of proof adds a factor that counts, or reaches `mfa` (RULES 4.5, 5.7, 7.2).

use bank::Fault;
use domain::assurance::Assurance;

use crate::{
    federating::first_time,
    linking::{REVIEW, TO_LINK, answer_review, link, reset_password},
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        partner::{At, START, from},
        phone::Phone,
        services::Service,
    },
    verifying::{go, learned, taking},
};

const DAY: i64 = 86_400;

/// Sets an authenticator up on the page that is open; returns it and the next page.
async fn set_up(browser: &mut Browser) -> (Phone, Page) {
    browser.press("/factors/add", &[]).await;
    let phone = Phone::scanning(browser);
    let code = phone.code();
    let page = browser.press("/factors/confirm", &[("name", "Phone"), ("code", &code)]).await;
    (phone, page)
}

/// A browser that signs in at this service.
async fn signing_in(env: &TestEnv, service: &Service, password: &str) -> (Browser, Page) {
    let mut browser = env.browser();
    go(&mut browser, service).await;
    let page = browser.press("/login", &[("email", ANA), ("password", password)]).await;
    (browser, page)
}

#[tokio::test]
async fn rule_5_7_the_password_alone_adds_neither_an_authenticator_nor_a_partner() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::Mfa).await;
    env.activated(ANA).await;
    wait(60);
    let (mut thief, page) = signing_in(&env, &service, PASSWORD).await;
    assert_eq!(page.heading(), "Set up an authenticator app");
    let page = thief.press("/factors/add", &[]).await;
    assert_eq!(page.heading(), "Get a code by email", "{page:?}");
    for path in ["/factors/add", "/factors/confirm"] {
        assert_eq!(thief.get(path).await.path, "/mfa", "{path}");
    }
    let page = env.by_bank(&mut thief, TO_LINK, At::SignIn(0)).await;
    assert_eq!(page.heading(), "Get a code by email");
    assert_eq!(go(&mut thief, &service).await.heading(), "Set up an authenticator app");
}

#[tokio::test]
async fn rule_5_7_the_mailbox_alone_reaches_mfa_a_day_later() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::Mfa).await;
    env.activated(ANA).await;
    wait(60);
    reset_password(&env).await;
    let (mut thief, page) = signing_in(&env, &service, OTHER).await;
    assert_eq!(page.heading(), "Set up an authenticator app");
    thief.press("/factors/add", &[]).await;
    env.verify_by_email(&mut thief).await;
    let (phone, page) = set_up(&mut thief).await;
    assert_eq!(page.heading(), "You cannot use your new app for this service yet", "{page:?}");
    assert!(page.html.contains("mfa in English"), "{}", page.html);
    // The bank of the thief is no second root, either.
    let page = link(&env, &mut thief, 0).await;
    assert_eq!(page.path, "/federated", "{page:?}");
    wait(DAY - 3600);
    let mut by_bank = env.browser();
    let start = go(&mut by_bank, &service).await.html.href(START);
    let page = env.by_bank(&mut by_bank, &start, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You cannot use your new app for this service yet", "{page:?}");
    wait(3600);
    let (mut owner, page) = signing_in(&env, &service, OTHER).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = owner.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
}

#[tokio::test]
async fn rule_5_7_an_account_that_once_had_a_second_factor_is_not_opened_by_the_mailbox_for_a_day() {
    let env = TestEnv::begin().await;
    let (two_step, mfa) = (taking(&env, Assurance::TwoStep).await, taking(&env, Assurance::Mfa).await);
    let mut owner = env.activated(ANA).await;
    env.add_app(&mut owner, "Phone").await;
    let page = owner.get("/factors").await;
    owner.get(&page.html.href("/factors/remove")).await;
    assert_eq!(owner.press("/factors/remove", &[]).await.path, "/factors");
    wait(60);
    reset_password(&env).await;
    for service in [&two_step, &mfa] {
        let (mut thief, page) = signing_in(&env, service, OTHER).await;
        let page = if page.path == "/factors/add" { thief.press("/factors/add", &[]).await } else { page };
        assert_eq!(page.path, "/mfa", "{page:?}");
        assert!(page.html.contains("you cannot use codes sent by email until"), "{}", page.html);
        assert_eq!(page.heading(), "You cannot use a code by email yet");
        let page = thief.get("/mfa/choose").await;
        assert_eq!(page.heading(), "You cannot confirm it’s you yet");
        assert_eq!(page.html.matches("/factors/add").count(), 0, "that needs a code, too: {}", page.html);
    }
    wait(DAY);
    let (mut owner, _) = signing_in(&env, &mfa, OTHER).await;
    owner.press("/factors/add", &[]).await;
    env.verify_by_email(&mut owner).await;
    let (_, page) = set_up(&mut owner).await;
    assert_eq!(
        page.heading(),
        "You cannot use your new app for this service yet",
        "the mailbox alone added it"
    );
}

#[tokio::test]
async fn rule_5_7_this_was_not_me_lifts_no_restriction() {
    let env = TestEnv::begin().await;
    let two_step = taking(&env, Assurance::TwoStep).await;
    let mut owner = env.activated(ANA).await;
    env.add_app(&mut owner, "Phone").await;
    let added = links(env.emails().await.last().unwrap()).pop().unwrap();
    wait(60);
    let mut thief = env.browser();
    thief.get(&added).await;
    thief.press("/dispute", CONFIRMED).await;
    thief.get(&env.last_link().await).await;
    thief.press("/reset/link", &[("password", OTHER)]).await;
    let (_, page) = signing_in(&env, &two_step, OTHER).await;
    assert!(page.html.contains("you cannot use codes sent by email until"), "{page:?}");
}

#[tokio::test]
async fn rule_5_7_the_last_page_of_a_reset_asks_what_to_keep_of_what_was_added() {
    let env = TestEnv::at_the_bank().await;
    let mut owner = env.activated(ANA).await;
    env.add_app(&mut owner, "Own phone").await;
    wait(60);
    owner.sign_in(ANA, PASSWORD).await;
    wait(60);
    // Somebody with the password and the mailbox, who makes their browser known.
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    thief.get("/mfa?next=/factors/add&factor=email").await;
    env.verify_by_email(&mut thief).await;
    env.add_app(&mut thief, "Other phone").await;
    link(&env, &mut thief, 0).await;
    thief.sign_in(ANA, PASSWORD).await;
    wait(60);
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.press("/reset", &[("email", ANA)]).await;
    let emailed = env.last_link().await;
    browser.get(&emailed).await;
    let page = browser.press("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(page.heading(), REVIEW);
    assert!(page.html.contains("“Other phone”") && page.html.contains("Demo bank"), "{}", page.html);
    assert!(!page.html.contains("Own phone") && !page.html.contains("/login"), "{}", page.html);
    let page = browser.press("/reset/done", &[]).await;
    assert_eq!((page.status, page.heading()), (422, REVIEW));
    // Nobody else sees the page, whatever they open.
    let mut other = env.browser();
    other.get(&emailed).await;
    let done = browser.html.action("/reset/done");
    for target in [done.clone(), done.split("&at").next().unwrap().to_owned()] {
        let page = other.get(&target).await;
        assert!(!page.html.contains("Other phone"), "{target}: {}", page.html);
    }
    let mut removing = browser.clone();
    let page = answer_review(&mut removing, "remove").await;
    assert_eq!(page.heading(), "Password changed");
    assert!(page.html.contains("Own phone") && !page.html.contains("Other phone"), "{}", page.html);
    let page = answer_review(&mut browser, "remove").await;
    assert_eq!(page.heading(), "Password changed", "a double click");
    let emails = env.emails().await;
    assert_eq!(emails.iter().filter(|email| email.subject.contains("was removed")).count(), 2);
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "the bank opens nothing");
    wait(1800);
    let page = browser.get(&done).await;
    assert!(!page.html.contains("Own phone"), "after a while, this browser does not see it, either");
}

#[tokio::test]
async fn rule_4_5_a_partner_proves_a_new_sign_in_only_if_it_confirms_one() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    wait(400);
    let page = browser.get("/factors/add").await;
    assert_eq!(page.heading(), "Confirm it’s you");
    let again = browser.get(&page.html.href("/login?again=true")).await.html.href(START);
    let left = browser.get(&again).await;
    let asked = |name: &str| left.with.get(name).map(String::as_str);
    assert_eq!((asked("prompt"), asked("max_age")), (Some("login"), Some("0")));
    for fault in [Fault::OldAuthTime, Fault::NoAuthTime] {
        let back = env.at_bank(&mut browser, &again, (At::SignIn(0), Some(fault))).await;
        let page = browser.get(&back).await;
        assert_eq!(page.path, "/login", "{fault}: {page:?}");
        assert!(
            page.html.contains("Your sign-in partner did not confirm that you signed in again"),
            "{fault}: {}",
            page.html
        );
        assert_eq!(page.html.href(START), again, "another try is one for a new sign-in, too");
    }
    let page = env.by_bank(&mut browser, &again, At::SignIn(0)).await;
    assert_eq!(page.heading(), "Get a code by email", "{page:?}");
    env.verify_by_email(&mut browser).await;
    env.add_app(&mut browser, "Phone").await;
}

#[tokio::test]
async fn rule_4_5_a_session_of_the_partners_own_is_no_proof_for_a_change_or_a_service() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    first_time(&env, &mut env.browser(), START, (0, ANA)).await;
    for fault in [Fault::OldAuthTime, Fault::NoAuthTime] {
        let mut browser = env.browser();
        let back = env.at_bank(&mut browser, START, (At::SignIn(0), Some(fault))).await;
        assert_eq!(browser.get(&back).await.path, "/services", "it signs in");
        let page = browser.get("/factors/add").await;
        assert_eq!(page.heading(), "Confirm it’s you", "{fault}");
        let page = browser.get(&service.asks(&[("scope", "openid"), ("max_age", "600")])).await;
        assert_eq!(page.path, "/login", "{fault}: {page:?}");
        let start = page.html.href(START);
        assert!(start.contains("again=true"), "{start}");
        let page = env.by_bank(&mut browser, &start, At::SignIn(0)).await;
        let tokens = env.tokens(&service, &page.with["code"]).await;
        let claims = env.verified(&tokens["id_token"], &service).await;
        assert!(claims["auth_time"].as_i64().unwrap() > env.now().as_second() - 600, "{claims}");
    }
}

#[tokio::test]
async fn rule_4_5_a_partner_is_one_factor_and_a_service_that_needs_more_gets_it() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = first_time(&env, &mut browser, &start, (2, ANA)).await;
    assert_eq!(
        learned(&env, &service, &page).await.0,
        "two-step",
        "the code proved the mailbox a moment ago"
    );
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = env.by_bank(&mut browser, &start, At::SignIn(2)).await;
    assert_eq!(page.heading(), "Choose a verification method");
    assert!(!page.html.contains("your password"), "there may be none: {}", page.html);
    browser.press("/mfa/choose", &[]).await;
    let code = env.emailed_code().await;
    let page = browser.press("/mfa", &[("code", &code)]).await;
    assert_eq!(learned(&env, &service, &page).await, ("two-step".into(), vec!["otp".into()]));
}

#[tokio::test]
async fn rule_4_5_services_learn_when_the_resident_authenticated_at_the_partner() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    first_time(&env, &mut env.browser(), START, (0, ANA)).await;
    for (fault, said) in
        [(Some(Fault::OldAuthTime), Some(3600)), (Some(Fault::NoAuthTime), None), (None, Some(0))]
    {
        let mut browser = env.browser();
        let start = go(&mut browser, &service).await.html.href(START);
        let back = env.at_bank(&mut browser, &start, (At::SignIn(0), fault)).await;
        let page = browser.get(&back).await;
        let tokens = env.tokens(&service, &page.with["code"]).await;
        let claims = env.verified(&tokens["id_token"], &service).await;
        let ago = claims.get("auth_time").map(|at| env.now().as_second() - at.as_i64().unwrap());
        let is_said = match (ago, said) {
            (Some(ago), Some(said)) => (said..said + 10).contains(&ago),
            (ago, said) => ago.is_none() && said.is_none(),
        };
        assert!(is_said, "{fault:?}: {claims}");
    }
}

#[tokio::test]
async fn rule_5_7_the_last_page_of_a_reset_ends_with_the_next_change_of_the_password() {
    for is_disputed in [true, false] {
        let env = TestEnv::begin().await;
        let mut owner = env.activated(ANA).await;
        env.add_app(&mut owner, "Phone").await;
        let added = links(env.emails().await.last().unwrap()).pop().unwrap();
        wait(60);
        // Somebody with the mailbox resets the password, and keeps the last page open.
        let mut thief = env.browser();
        thief.get("/reset").await;
        thief.press("/reset", &[("email", ANA)]).await;
        thief.get(&env.last_link().await).await;
        assert_eq!(thief.press("/reset/link", &[("password", OTHER)]).await.heading(), REVIEW);
        let done = thief.html.action("/reset/done");
        wait(60);
        let mut browser = env.browser();
        if is_disputed {
            let disputed = links(env.emails().await.last().unwrap()).pop().unwrap();
            browser.get(if disputed.contains("/dispute") { &disputed } else { &added }).await;
            assert_eq!(browser.press("/dispute", CONFIRMED).await.path, "/dispute/done");
        } else {
            browser.get("/reset").await;
            browser.press("/reset", &[("email", ANA)]).await;
            browser.get(&env.last_link().await).await;
            browser.press("/reset/link", &[("password", PASSWORD)]).await;
        }
        let removed = async || {
            let emails = env.emails().await;
            emails.iter().filter(|email| email.subject.contains("was removed")).count()
        };
        assert!(!thief.clone().get(&done).await.html.contains("Phone"));
        let page = answer_review(&mut thief, "remove").await;
        assert_ne!(page.heading(), "Password changed", "{page:?}");
        assert_eq!(removed().await, 0);
    }
}
