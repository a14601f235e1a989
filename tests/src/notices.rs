//! What residents are told, and how they object (RULES 3.4, 3.9, 3.10).

use domain::{account::Account, device::AddressBlock, secret::DeviceSecret};
use table::{DeviceStatus, SignInQuery};

use crate::{
    recovering::lock,
    story::{ANA, Browser, OTHER, PASSWORD, Story, links, wait},
};

/// The subjects of the emails after the first `before`.
async fn subjects(story: &Story, before: usize) -> Vec<String> {
    story.emails().await.into_iter().skip(before).map(|email| email.subject).collect()
}

/// Unlocks by the first link of the last email.
async fn unlock(story: &Story) {
    let mut browser = story.browser();
    browser.get(&story.last_link().await).await;
    assert_eq!(browser.post("/unlock/link", &[]).await.heading(), "Your account is unlocked");
}

#[tokio::test]
async fn rule_3_4_one_email_tells_of_a_lock_with_the_way_to_unlock_and_three_a_day_at_most() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    for round in 0..4 {
        let before = story.emails().await.len();
        lock(&story).await;
        // Trying on while it is locked tells nothing more.
        story.browser().sign_in(ANA, OTHER).await;
        let told = subjects(&story, before).await;
        if round < 3 {
            assert_eq!(told, ["Your My Ontario Account is locked"]);
            unlock(&story).await;
        } else {
            assert_eq!(told, Vec::<String>::new(), "three a day");
        }
        story.emails().await;
    }
    // The way out is still there, and after the day the next lock is told again.
    wait(24 * 3600);
    let mut browser = story.browser();
    browser.get("/unlock").await;
    browser.post("/unlock", &[("email", ANA)]).await;
    unlock(&story).await;
    let before = story.emails().await.len();
    lock(&story).await;
    assert_eq!(subjects(&story, before).await.len(), 1);
}

#[tokio::test]
async fn rule_3_9_a_sign_in_from_a_new_browser_is_told_once() {
    let story = Story::begin().await;
    let mut known = story.activated(ANA).await;
    let before = story.emails().await.len();
    known.post("/logout", &[]).await;
    assert_eq!(known.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(subjects(&story, before).await, Vec::<String>::new(), "the browser that activated is known");

    let mut other = story.browser();
    assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(subjects(&story, before).await, ["New sign-in to your My Ontario Account"]);
    for _ in 0..3 {
        other.jar.remove("__Host-session");
        assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/services");
    }
    assert_eq!(subjects(&story, before).await.len(), 1, "it is known from then on");

    // A double click of a browser that is not known yet is told once.
    let mut twice = story.browser();
    twice.get("/login").await;
    let request = twice.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    let mut twin = twice.clone();
    let (first, second) = tokio::join!(twice.send(request.clone()), twin.send(request));
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(subjects(&story, before).await.len(), 2);

    // It stays known for as long as it signs in, and is forgotten after 400 days without.
    for days in [399, 399, 401] {
        wait(days * 24 * 3600);
        other.jar.remove("__Host-session");
        assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/services");
        assert_eq!(subjects(&story, before).await.len(), if days < 400 { 2 } else { 3 }, "{days}");
    }
}

/// Whether Ana's account knows this browser.
async fn known(story: &Story, browser: &Browser) -> DeviceStatus {
    let (email, block) = (ANA.parse().unwrap(), AddressBlock::unknown());
    let device = DeviceSecret::parse(&browser.jar["__Host-device"]).unwrap().hash();
    let from = SignInQuery { email: &email, block, device: &device, interaction: None };
    story.stack.app.table.view_sign_in(&from, story.now()).await.unwrap().device_status
}

#[tokio::test]
async fn rule_3_9_the_record_of_a_known_browser_is_renewed_by_a_sign_in_after_thirty_days() {
    let story = Story::begin().await;
    let mut browser = story.activated(ANA).await;
    wait(30 * 24 * 3600 - 60);
    assert_eq!(known(&story, &browser).await, DeviceStatus::Known);
    wait(60);
    assert_eq!(known(&story, &browser).await, DeviceStatus::KnownStale);
    browser.jar.remove("__Host-session");
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(known(&story, &browser).await, DeviceStatus::Known);
}

#[tokio::test]
async fn rule_3_9_a_device_cookie_of_one_account_means_nothing_to_another() {
    let story = Story::begin().await;
    let mut browser = story.activated(ANA).await;
    story.activated("bob@exemple.ca").await;
    let before = story.emails().await.len();
    browser.jar.remove("__Host-session");
    browser.sign_in("bob@exemple.ca", PASSWORD).await;
    assert_eq!(subjects(&story, before).await.len(), 1);
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_ends_sessions_voids_the_password_and_leads_to_a_new_one() {
    let story = Story::begin().await;
    let mut resident = story.activated(ANA).await;
    // The attacker knows the password, and has asked for a link to reset it.
    let mut attacker = story.browser();
    assert_eq!(attacker.sign_in(ANA, PASSWORD).await.path, "/services");
    let dispute = links(story.emails().await.last().unwrap()).pop().unwrap();
    assert!(dispute.starts_with("/dispute?token="), "{dispute}");

    // A scanner follows the link, and nothing happens.
    story.browser().get(&dispute).await;
    assert_eq!(attacker.get("/services").await.path, "/services");

    let mut browser = story.browser();
    let page = browser.get(&dispute).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/dispute", "This wasn’t you?"));
    let page = browser.post("/dispute", &[]).await;
    assert_eq!((page.status, page.heading()), (200, "Your account is safe"));
    assert_eq!(attacker.get("/services").await.path, "/login");
    assert_eq!(resident.get("/services").await.path, "/login");
    let refused = attacker.sign_in(ANA, PASSWORD).await;
    let wrong = attacker.sign_in(ANA, OTHER).await;
    assert!(refused.html.contains("is wrong"));
    assert_eq!((refused.status, refused.words()), (wrong.status, wrong.words()));

    // Once.
    assert_eq!(story.browser().get(&dispute).await.heading(), "This link was already used");
    assert_eq!(browser.get("/dispute").await.heading(), "This link was already used");
    assert_eq!(browser.get("/dispute/done").await.heading(), "Your account is safe");

    let reset = story.last_link().await;
    assert!(reset.starts_with("/reset/link?token="), "{reset}");
    browser.get(&reset).await;
    assert_eq!(
        browser.post("/reset/link", &[("password", OTHER)]).await.heading(),
        "Your new password is set"
    );
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
    assert!(attacker.sign_in(ANA, PASSWORD).await.html.contains("is wrong"));
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_voids_a_link_to_reset_that_is_open() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    story.browser().sign_in(ANA, PASSWORD).await;
    let dispute = links(story.emails().await.last().unwrap()).pop().unwrap();
    let mut attacker = story.browser();
    wait(31);
    attacker.get("/reset").await;
    attacker.post("/reset", &[("email", ANA)]).await;
    attacker.get(&story.last_link().await).await;
    let mut browser = story.browser();
    browser.get(&dispute).await;
    browser.post("/dispute", &[]).await;
    let page = attacker.post("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(page.heading(), "A newer link was sent");
}

#[tokio::test]
async fn rule_3_10_of_a_locked_account_the_email_unlocks_first() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    lock(&story).await;
    let dispute = links(story.emails().await.last().unwrap()).pop().unwrap();
    let mut browser = story.browser();
    browser.get(&dispute).await;
    assert_eq!(browser.post("/dispute", &[]).await.heading(), "Your account is safe");
    let link = story.last_link().await;
    assert!(link.starts_with("/unlock/link?token="), "{link}");
    browser.get(&link).await;
    let page = browser.post("/unlock/link", &[]).await;
    assert!(page.html.contains("Choose a new one") && page.html.contains("href=\"/reset\""), "{}", page.html);
    assert!(browser.sign_in(ANA, PASSWORD).await.html.contains("is wrong"));
    wait(31);
    browser.get("/reset").await;
    browser.post("/reset", &[("email", ANA)]).await;
    browser.get(&story.last_link().await).await;
    browser.post("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(browser.sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_3_10_an_objection_can_be_made_for_ten_days() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    let mut objections = Vec::new();
    for _ in 0..2 {
        story.browser().sign_in(ANA, PASSWORD).await;
        objections.push(links(story.emails().await.last().unwrap()).pop().unwrap());
    }
    wait(10 * 24 * 3600 - 60);
    let mut browser = story.browser();
    assert_eq!(browser.get(&objections[0]).await.heading(), "This wasn’t you?");
    wait(60);
    let page = browser.get(&objections[1]).await;
    assert_eq!(page.heading(), "This link has expired");
    assert!(page.html.contains("href=\"/reset\""), "the way on");
    assert!(matches!(story.seen(ANA).await.account, Some(Account::Active(_))));
}

#[tokio::test]
async fn rule_8_6_notices_are_in_the_accounts_language() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    browser.language = "fr-CA";
    story.register(&mut browser, ANA, PASSWORD).await;
    browser.get(&story.last_link().await).await;
    browser.post("/activate", &[]).await;
    let mut attacker = story.browser();
    attacker.sign_in(ANA, PASSWORD).await;
    let email = story.emails().await.pop().unwrap();
    assert!(email.subject.contains("Nouvelle ouverture de session"), "{}", email.subject);
    assert!(email.text.contains("Firefox, Windows") && email.text.contains("Ce n’était pas moi"));
}
