//! Account emails, and how residents dispute (RULES 3.4, 3.9, 3.10).

use domain::{SignedDuration, account::Account, device::AddressBlock, secret::DeviceSecret};
use futures_util::future::join_all;
use table::{DeviceStatus, SignInQuery};

use crate::{
    recovering::lock,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    },
};

/// The subjects of the emails after the first `before`.
async fn subjects(env: &TestEnv, before: usize) -> Vec<String> {
    env.emails().await.into_iter().skip(before).map(|email| email.subject).collect()
}

/// Unlocks by the first link of the newest email.
async fn unlock(env: &TestEnv) {
    let mut browser = env.browser();
    browser.get(&env.last_link().await).await;
    assert_eq!(browser.post("/unlock/link", CONFIRMED).await.heading(), "Your account is unlocked");
}

#[tokio::test]
async fn rule_3_4_one_email_tells_of_a_lock_with_the_way_to_unlock_and_three_a_day_at_most() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for round in 0..4 {
        let before = env.emails().await.len();
        lock(&env).await;
        // Further attempts while the account is locked send no email.
        env.browser().sign_in(ANA, OTHER).await;
        let told = subjects(&env, before).await;
        if round < 3 {
            assert_eq!(told, ["Your My Ontario Account is locked"]);
            unlock(&env).await;
        } else {
            assert_eq!(told, Vec::<String>::new(), "three a day");
        }
        env.emails().await;
    }
    // The link to unlock still works, and after a day the next lock sends an email again.
    wait(24 * 3600);
    let mut browser = env.browser();
    browser.get("/unlock").await;
    browser.post("/unlock", &[("email", ANA)]).await;
    unlock(&env).await;
    let before = env.emails().await.len();
    lock(&env).await;
    assert_eq!(subjects(&env, before).await.len(), 1);
}

#[tokio::test]
async fn rule_3_9_a_sign_in_from_a_new_browser_is_told_once() {
    let env = TestEnv::begin().await;
    let mut known = env.activated(ANA).await;
    let before = env.emails().await.len();
    known.post("/logout", &[]).await;
    assert_eq!(known.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(subjects(&env, before).await, Vec::<String>::new(), "the browser that activated is known");

    let mut other = env.browser();
    assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(subjects(&env, before).await, ["New sign-in to your My Ontario Account"]);
    for _ in 0..3 {
        other.jar.remove("__Host-session");
        assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/services");
    }
    assert_eq!(subjects(&env, before).await.len(), 1, "it is known from then on");

    // A double click in an unknown browser sends one email.
    let mut twice = env.browser();
    twice.get("/login").await;
    let request = twice.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    let mut twin = twice.clone();
    let (first, second) = tokio::join!(twice.send(request.clone()), twin.send(request));
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(subjects(&env, before).await.len(), 2);

    // The device stays known while it signs in, and is forgotten after 400 days without a sign-in.
    for days in [399, 399, 401] {
        wait(days * 24 * 3600);
        other.jar.remove("__Host-session");
        assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/services");
        assert_eq!(subjects(&env, before).await.len(), if days < 400 { 2 } else { 3 }, "{days}");
    }
}

#[tokio::test]
async fn rule_3_11_five_new_browsers_a_day_are_told_one_by_one_and_one_email_counts_the_others() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let before = env.emails().await.len();
    for _ in 0..20 {
        assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services");
    }
    assert_eq!(subjects(&env, before).await, ["New sign-in to your My Ontario Account"; 5]);
    env.stack.advance(SignedDuration::from_hours(23)).await.unwrap();
    assert_eq!(subjects(&env, before).await.len(), 5);
    env.stack.advance(SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(subjects(&env, before + 5).await, ["More new sign-ins to your My Ontario Account: 15"]);

    let mut browser = env.browser();
    let page = browser.get(&env.last_link().await).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/dispute"), "it can be disputed like each of them");
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(subjects(&env, before + 6).await, ["New sign-in to your My Ontario Account"], "another day");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_new_browsers_that_sign_in_at_once_are_each_told_or_counted() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let before = env.emails().await.len();
    for _ in 0..3 {
        let browsers: Vec<_> = (0..4).map(|_| env.browser()).collect();
        let tasks = browsers
            .into_iter()
            .map(|mut browser| tokio::spawn(async move { browser.sign_in(ANA, PASSWORD).await.path }));
        for path in join_all(tasks).await {
            assert_eq!(path.unwrap(), "/services");
        }
    }
    assert_eq!(subjects(&env, before).await.len(), 5);
    env.stack.advance(SignedDuration::from_hours(24)).await.unwrap();
    assert_eq!(subjects(&env, before + 5).await, ["More new sign-ins to your My Ontario Account: 7"]);
}

/// Whether this browser is a known device of Ana's account.
async fn known(env: &TestEnv, browser: &Browser) -> DeviceStatus {
    let (email, block) = (ANA.parse().unwrap(), AddressBlock::unknown());
    let device = DeviceSecret::parse(&browser.jar["__Host-device"]).unwrap().hash();
    let from = SignInQuery { email: &email, block, device: &device, interaction: None };
    env.stack.app.table.view_sign_in(&from, env.now()).await.unwrap().device_status
}

#[tokio::test]
async fn rule_3_9_the_record_of_a_known_browser_is_renewed_by_a_sign_in_after_thirty_days() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(30 * 24 * 3600 - 60);
    assert_eq!(known(&env, &browser).await, DeviceStatus::Known);
    wait(60);
    assert_eq!(known(&env, &browser).await, DeviceStatus::KnownStale);
    browser.jar.remove("__Host-session");
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(known(&env, &browser).await, DeviceStatus::Known);
}

#[tokio::test]
async fn rule_3_9_a_device_cookie_of_one_account_means_nothing_to_another() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.activated("bob@exemple.ca").await;
    let before = env.emails().await.len();
    browser.jar.remove("__Host-session");
    browser.sign_in("bob@exemple.ca", PASSWORD).await;
    assert_eq!(subjects(&env, before).await.len(), 1);
}

#[tokio::test]
async fn rule_3_10_a_link_that_was_emailed_with_the_old_path_still_works() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    let link = links(env.emails().await.last().unwrap()).pop().unwrap();
    let mut browser = env.browser();
    let page = browser.get(&link.replace("/dispute", "/disown")).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/dispute", "Secure your account"));
    assert_eq!(browser.post("/dispute", CONFIRMED).await.heading(), "Your account is secured");
    let unknown = env.browser().get("/disown?token=a%26b").await;
    assert_eq!((unknown.status, unknown.heading()), (404, "This link does not work"));
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_ends_sessions_voids_the_password_and_leads_to_a_new_one() {
    let env = TestEnv::begin().await;
    let mut resident = env.activated(ANA).await;
    // The attacker knows the password and has requested a link to reset it.
    let mut attacker = env.browser();
    assert_eq!(attacker.sign_in(ANA, PASSWORD).await.path, "/services");
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    assert!(dispute.starts_with("/dispute?token="), "{dispute}");

    // A scanner opens the link, which changes nothing.
    env.browser().get(&dispute).await;
    assert_eq!(attacker.get("/services").await.path, "/services");

    let mut browser = env.browser();
    let page = browser.get(&dispute).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/dispute", "Secure your account"));
    let page = browser.post("/dispute", CONFIRMED).await;
    assert_eq!((page.status, page.heading()), (200, "Your account is secured"));
    assert_eq!(attacker.get("/services").await.path, "/login");
    assert_eq!(resident.get("/services").await.path, "/login");
    let refused = attacker.sign_in(ANA, PASSWORD).await;
    let wrong = attacker.sign_in(ANA, OTHER).await;
    assert!(refused.html.contains("Incorrect email"));
    assert_eq!((refused.status, refused.words()), (wrong.status, wrong.words()));

    assert_eq!(env.browser().get(&dispute).await.heading(), "This link has already been used");
    assert_eq!(browser.get("/dispute").await.heading(), "This link has already been used");
    assert_eq!(browser.get("/dispute/done").await.heading(), "Your account is secured");

    let reset = env.last_link().await;
    assert!(reset.starts_with("/reset/link?token="), "{reset}");
    browser.get(&reset).await;
    assert_eq!(browser.post("/reset/link", &[("password", OTHER)]).await.heading(), "Password changed");
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
    assert!(attacker.sign_in(ANA, PASSWORD).await.html.contains("Incorrect email"));
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_voids_a_link_to_reset_that_is_open() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    let mut attacker = env.browser();
    wait(31);
    attacker.get("/reset").await;
    attacker.post("/reset", &[("email", ANA)]).await;
    attacker.get(&env.last_link().await).await;
    let mut browser = env.browser();
    browser.get(&dispute).await;
    browser.post("/dispute", CONFIRMED).await;
    let page = attacker.post("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(page.heading(), "This link no longer works");
}

#[tokio::test]
async fn rule_3_10_of_a_locked_account_the_email_unlocks_first() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    lock(&env).await;
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    let mut browser = env.browser();
    browser.get(&dispute).await;
    assert_eq!(browser.post("/dispute", CONFIRMED).await.heading(), "Your account is secured");
    let link = env.last_link().await;
    assert!(link.starts_with("/unlock/link?token="), "{link}");
    browser.get(&link).await;
    let page = browser.post("/unlock/link", CONFIRMED).await;
    assert!(page.html.contains("Choose a new one") && page.html.contains("href=\"/reset\""), "{}", page.html);
    assert!(browser.sign_in(ANA, PASSWORD).await.html.contains("Incorrect email"));
    wait(31);
    browser.get("/reset").await;
    browser.post("/reset", &[("email", ANA)]).await;
    browser.get(&env.last_link().await).await;
    browser.post("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_3_10_an_objection_can_be_made_for_ten_days() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut objections = Vec::new();
    for _ in 0..2 {
        env.browser().sign_in(ANA, PASSWORD).await;
        objections.push(links(env.emails().await.last().unwrap()).pop().unwrap());
    }
    wait(10 * 24 * 3600 - 60);
    let mut browser = env.browser();
    assert_eq!(browser.get(&objections[0]).await.heading(), "Secure your account");
    wait(60);
    let page = browser.get(&objections[1]).await;
    assert_eq!(page.heading(), "This link has expired");
    assert!(page.html.contains("href=\"/reset\""), "the way on");
    assert!(matches!(env.seen(ANA).await.account, Some(Account::Active(_))));
}

#[tokio::test]
async fn rule_8_6_notices_are_in_the_accounts_language() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.language = "fr-CA";
    env.register(&mut browser, ANA, PASSWORD).await;
    browser.get(&env.last_link().await).await;
    browser.post("/activate", &[]).await;
    let mut attacker = env.browser();
    attacker.sign_in(ANA, PASSWORD).await;
    let email = env.emails().await.pop().unwrap();
    assert!(email.subject.contains("Nouvelle ouverture de session"), "{}", email.subject);
    assert!(email.text.contains("Firefox, Windows") && email.text.contains("Ce n’était pas moi"));
}
