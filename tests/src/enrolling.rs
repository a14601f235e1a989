//! Authenticators are added and removed, devices are lost, phones are replaced (RULES 5.2 to 5.4, 5.7, 7.2).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::assurance::Assurance;
use futures_util::future::join_all;

use crate::{
    linking::answer_review,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        phone::Phone,
    },
    verifying::{go, learned, taking},
};

/// Removes the only authenticator; the session has a recent proof.
async fn remove_app(browser: &mut Browser) -> Page {
    let page = browser.get("/factors").await;
    let page = browser.get(&page.html.href("/factors/remove")).await;
    assert!(page.heading().starts_with("Remove"), "{}", page.html);
    browser.press("/factors/remove", &[]).await
}

#[tokio::test]
async fn rule_5_3_the_page_shows_a_code_to_scan_a_key_to_type_and_the_way_for_this_device() {
    let env = TestEnv::begin().await;
    for (language, issuer) in [("en", "My%20Ontario%20Account"), ("fr", "Compte%20Mon%20Ontario")] {
        let mut browser = env.browser();
        browser.language = language;
        let email = format!("{language}@exemple.ca");
        env.register(&mut browser, &email, PASSWORD).await;
        browser.get(&env.last_link().await).await;
        browser.post("/activate", &[]).await;
        browser.get("/factors/add").await;
        let page = browser.press("/factors/add", &[]).await;
        assert_eq!(page.path, "/factors/confirm");
        let phone = Phone::scanning(&browser);
        assert_eq!(phone.secret.len(), 32, "160 bits");
        let url = format!(
            "otpauth://totp/{issuer}:{language}%40exemple.ca?secret={}&#38;issuer={issuer}",
            phone.secret
        );
        assert!(page.html.contains(&url), "{}", page.html);
        assert!(page.html.contains("role=\"img\" aria-label=") && page.html.contains("<svg"));
        // Opening the page again keeps the secret; starting again replaces it.
        let again = browser.get("/factors/confirm").await;
        assert!(again.html.contains(&phone.secret[..4]) && Phone::scanning(&browser).secret == phone.secret);
        browser.get("/factors/add").await;
        browser.press("/factors/add", &[]).await;
        assert_ne!(Phone::scanning(&browser).secret, phone.secret);
    }
}

#[tokio::test]
async fn rule_5_3_mistakes_are_tied_to_their_fields_and_nothing_that_is_shown_is_kept() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/factors/add").await;
    browser.press("/factors/add", &[]).await;
    let phone = Phone::scanning(&browser);
    let long = "x".repeat(51);
    for (name, code, says) in [
        ("", "", &["Give the app a name.", "Enter the code shown in the app."][..]),
        (
            long.as_str(),
            "12",
            &["Use a name of 50 characters or fewer.", "Enter the 6 digits shown in the app."],
        ),
        ("Phone", &phone.wrong(), &["That code is incorrect. Enter the newest one"]),
    ] {
        let page = browser.press("/factors/confirm", &[("name", name), ("code", code)]).await;
        assert_eq!(page.status, 422);
        assert!(says.iter().all(|part| page.html.contains(part)), "{says:?}: {}", page.html);
        assert_eq!(Phone::scanning(&browser).secret, phone.secret);
    }
    let wrong = browser.pressing("/factors/confirm", &[("name", "Phone"), ("code", "000000")]);
    let reply = browser.send(wrong).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"), "it holds the key");
    let toggled =
        browser.press("/factors/confirm", &[("name", "Téléphone"), ("switch_language", "fr")]).await;
    assert!(toggled.status == 200 && toggled.html.contains("value=\"Téléphone\""));
    assert_eq!(toggled.heading(), "Configurer votre application d’authentification");
    browser.press("/factors/confirm", &[("name", "Phone"), ("code", &phone.code())]).await;
    wait(30);
    browser.get("/factors/add").await;
    browser.press("/factors/add", &[]).await;
    let second = Phone::scanning(&browser);
    let page = browser.press("/factors/confirm", &[("name", " PHONE "), ("code", &second.code())]).await;
    assert!(page.status == 422 && page.html.contains("porte ce nom"), "{}", page.html);
}

#[tokio::test]
async fn rule_5_2_five_apps_are_the_most_also_when_they_come_at_once() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut phones = Vec::new();
    for n in 1..=4 {
        phones.push(env.add_app(&mut browser, &format!("App {n}")).await);
        wait(30);
    }
    let mut tries = Vec::new();
    for name in ["App 5", "App 6", "App 7"] {
        // Each runs in its own session.
        let mut tab = env.browser();
        tab.sign_in(ANA, PASSWORD).await;
        tab.get("/mfa?next=/factors/add").await;
        tab.press("/mfa", &[("code", &phones[3].code())]).await;
        tab.press("/factors/add", &[]).await;
        let phone = Phone::scanning(&tab);
        wait(30);
        tries.push((tab, name, phone));
    }
    let tries = tries.into_iter().map(|(mut tab, name, phone)| async move {
        let request = tab.pressing("/factors/confirm", &[("name", name), ("code", &phone.code())]);
        tab.send(request).await.status
    });
    assert!(join_all(tries).await.iter().all(|status| *status == 303));
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let factors = env.stack.app.table.factors(account, env.now()).await.unwrap();
    assert_eq!(factors.authenticators.len(), 5);
    let told = env.emails().await.into_iter().filter(|email| email.subject.contains("was added"));
    assert_eq!(told.count(), 5);
}

#[tokio::test]
async fn rule_5_2_a_secret_opens_for_its_own_account_alone() {
    let env = TestEnv::begin().await;
    let mut bob = env.activated("bob@exemple.ca").await;
    wait(31);
    let mut ana = env.activated(ANA).await;
    let phone = env.add_app(&mut ana, "Phone").await;
    let id = async |email: &str| env.seen(email).await.account.unwrap().details().id;
    let key = |account| AttributeValue::S(format!("ACCOUNT#{account}"));
    let (own, other) = (key(id(ANA).await), key(id("bob@exemple.ca").await));
    let get = env.raw().get_item().table_name(local::TABLE).key("pk", own);
    let mut item = get.key("sk", AttributeValue::S("FACTORS".into())).send().await.unwrap().item.unwrap();
    let text = format!("{item:?}");
    assert!(!text.contains(&phone.secret) && !text.contains("Phone"), "{text}");
    item.insert("pk".into(), other);
    env.raw().put_item().table_name(local::TABLE).set_item(Some(item)).send().await.unwrap();
    assert_eq!(bob.get("/factors").await.status, 503, "moved to another account it opens nothing");
}

#[tokio::test]
async fn rule_7_2_a_change_needs_a_proof_of_the_last_five_minutes() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(290);
    assert_eq!(browser.get("/factors/add").await.heading(), "Set up an authenticator app");
    wait(10);
    let page = browser.press("/factors/add", &[]).await;
    assert_eq!(page.heading(), "Confirm it’s you");
    let page = browser.get(&page.html.href("/login?again=true")).await;
    assert_eq!(page.heading(), "Confirm it’s you");
    assert!(
        page.html.contains("value=\"ana@exemple.ca\"") && page.html.contains("know it’s you"),
        "{}",
        page.html
    );
    let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/mfa", "neither the password nor the mailbox alone");
    assert_eq!(env.verify_by_email(&mut browser).await.path, "/factors/add");
    // Installing an authenticator takes time: an enrolment that began with a recent proof finishes without another.
    browser.press("/factors/add", &[]).await;
    let phone = Phone::scanning(&browser);
    wait(1500);
    let page = browser.press("/factors/confirm", &[("name", "Phone"), ("code", &phone.code())]).await;
    assert_eq!(page.path, "/factors");
    // An account with an authenticator needs it as proof; the password alone is not enough.
    wait(300);
    let page = browser.get("/factors").await;
    let page = browser.get(&page.html.href("/factors/remove")).await;
    assert_eq!(page.heading(), "Confirm it’s you");
    let page = browser.get(&page.html.href("/mfa")).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = browser.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(page.heading(), "Remove “Phone”?", "it comes back to where it was");
    let page = browser.press("/factors/remove", &[]).await;
    assert_eq!(page.path, "/factors");
    assert!(page.html.contains("You have not set up an authenticator app."));
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "An authenticator app was removed from your My Ontario Account");
    assert!(links(&told)[0].starts_with("/dispute?"));
}

#[tokio::test]
async fn rule_5_4_a_changed_phone_is_removed_and_the_new_one_counts_at_once() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.activated(ANA).await;
    let old = env.add_app(&mut browser, "Old phone").await;
    wait(600);
    browser.get("/mfa?next=/factors").await;
    browser.press("/mfa", &[("code", &old.code())]).await;
    remove_app(&mut browser).await;
    wait(60);
    env.add_app(&mut browser, "New phone").await;
    let page = go(&mut browser, &service).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
}

#[tokio::test]
async fn rule_5_7_a_lost_device_is_removed_by_password_and_email_code_and_the_new_one_counts_a_day_later() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Lost phone").await;
    wait(3600);
    // The service requires the authenticator, which is lost.
    browser.get(&service.asks(&[("scope", "openid")])).await;
    let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = browser.get(&page.html.href("/mfa/choose")).await;
    assert!(page.html.contains("Lost your device?"));
    let page = browser.get(&page.html.href_of("go to my apps")).await;
    assert_eq!(page.heading(), "Get a code by email");
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!(page.heading(), "Verification methods");
    assert!(page.html.contains("Continue to mfa in English"), "the way is kept: {}", page.html);
    let page = browser.get(&page.html.href("/factors/remove")).await;
    assert_eq!(page.heading(), "Remove “Lost phone”?");
    let page = browser.press("/factors/remove", &[]).await;
    // The new one.
    let page = browser.get(&page.html.href("/factors/add")).await;
    let later = "mfa in English will accept the new app 24 hours after you set it up.";
    assert!(page.html.contains(later), "{}", page.html);
    browser.press("/factors/add", &[]).await;
    let new = Phone::scanning(&browser);
    let page = browser.press("/factors/confirm", &[("name", "New phone"), ("code", &new.code())]).await;
    assert_eq!(page.heading(), "You cannot use your new app for this service yet");
    assert!(page.html.contains("href=\"mailto:help@mfa.example\""), "the service's support: {}", page.html);
    let told = env.emails().await.pop().unwrap();
    assert!(told.text.contains("will accept it starting"), "{}", told.text);
    // The sign-in has two steps from now on.
    let two_step = taking(&env, Assurance::TwoStep).await;
    let page = go(&mut browser, &two_step).await;
    let learned_now = learned(&env, &two_step, &page).await;
    assert_eq!(learned_now, ("two-step".to_owned(), vec!["pwd".to_owned(), "otp".to_owned()]));
    // After a day, the authenticator counts.
    wait(86_380);
    let mut later = env.browser();
    later.get(&service.asks(&[("scope", "openid")])).await;
    let page = later.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "You cannot use your new app for this service yet");
    wait(20);
    let page = go(&mut later, &service).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = later.press("/mfa", &[("code", &new.code())]).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
}

#[tokio::test]
async fn rule_5_7_for_a_day_after_a_reset_the_mailbox_is_not_two_factors() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(31);
    let mut thief = env.browser();
    thief.get("/reset").await;
    thief.press("/reset", &[("email", ANA)]).await;
    thief.get(&env.last_link().await).await;
    thief.press("/reset/link", &[("password", OTHER)]).await;
    let page = answer_review(&mut thief, "keep").await;
    assert!(page.html.contains("<li>Phone</li>"), "what could still let someone in: {}", page.html);
    thief.get(&service.asks(&[("scope", "openid")])).await;
    let page = thief.press("/login", &[("email", ANA), ("password", OTHER)]).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = thief.get(&page.html.href("/mfa/choose")).await;
    assert!(page.html.contains("you cannot use codes sent by email until"), "it says when: {}", page.html);
    let page = thief.get("/mfa?next=/factors&factor=email").await;
    assert!(page.html.contains("you cannot use codes sent by email until"), "{}", page.html);
    let sent = env.emails().await.len();
    let page = thief.press("/mfa/send", &[]).await;
    assert!(page.html.contains("you cannot use codes sent by email until"));
    assert_eq!(env.emails().await.len(), sent, "no code is sent");
    let page = thief.get("/factors").await;
    let page = thief.get(&page.html.href("/factors/remove")).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    // A factor that remains counts at once.
    wait(60);
    let page = thief.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(page.heading(), "Remove “Phone”?");
    // After a day, the email code verifies again.
    wait(86_400);
    let mut later = env.browser();
    later.sign_in(ANA, OTHER).await;
    later.get("/mfa?next=/factors&factor=email").await;
    let page = env.verify_by_email(&mut later).await;
    assert_eq!(page.path, "/factors");
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_removes_the_apps_that_were_added_since() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Own phone").await;
    wait(400);
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    let new_device = links(env.emails().await.last().unwrap()).pop().unwrap();
    // With the mailbox and the password.
    wait(60);
    thief.get("/mfa?next=/factors/add&factor=email").await;
    env.verify_by_email(&mut thief).await;
    env.add_app(&mut thief, "Thief's phone").await;
    let mut owner = env.browser();
    owner.get(&new_device).await;
    let page = owner.press("/dispute", CONFIRMED).await;
    assert_eq!(page.heading(), "Your account is secured");
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let factors = env.stack.app.table.factors(account, env.now()).await.unwrap();
    let names: Vec<_> = factors.authenticators.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["Own phone"]);
    assert!(factors.had_second, "no restriction is lifted");
    assert_eq!(thief.get("/factors").await.path, "/login");
}

#[tokio::test]
async fn rule_3_10_of_an_app_being_set_up_and_an_objection_neither_is_lost() {
    for _ in 0..4 {
        let env = TestEnv::begin().await;
        env.activated(ANA).await;
        let mut thief = env.browser();
        thief.sign_in(ANA, PASSWORD).await;
        let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
        wait(1);
        thief.get("/factors/add").await;
        env.verify_by_email(&mut thief).await;
        thief.press("/factors/add", &[]).await;
        let phone = Phone::scanning(&thief);
        let mut owner = env.browser();
        owner.get(&dispute).await;
        let adds = thief.pressing("/factors/confirm", &[("name", "Thief"), ("code", &phone.code())]);
        let objects = owner.pressing("/dispute", CONFIRMED);
        tokio::join!(thief.send(adds), owner.send(objects));
        let account = env.seen(ANA).await.account.unwrap().details().id;
        let factors = env.stack.app.table.factors(account, env.now()).await.unwrap();
        assert!(factors.authenticators.is_empty(), "whichever came first");
        assert_eq!(thief.get("/factors").await.path, "/login");
    }
}

#[tokio::test]
async fn rule_3_8_ending_other_sessions_ends_those_that_verify_at_the_same_moment() {
    for _ in 0..6 {
        let env = TestEnv::begin().await;
        let mut browser = env.activated(ANA).await;
        let phone = env.add_app(&mut browser, "Phone").await;
        wait(400);
        let mut other = env.browser();
        other.sign_in(ANA, PASSWORD).await;
        other.get("/mfa?next=/services").await;
        browser.get("/settings/sessions").await;
        let verifies = other.pressing("/mfa", &[("code", &phone.code())]);
        let ends = browser.posting("/settings/sessions", &[]);
        tokio::join!(other.send(verifies), browser.send(ends));
        assert_eq!(other.get("/services").await.path, "/login");
        assert_eq!(browser.get("/services").await.path, "/services");
    }
}
