//! The address that an account left (RULES 7.3).

use domain::account::Account;

use super::{NEW, ask, change, dispute_link, opens, subjects};
use crate::{
    recovering::lock,
    support::{
        browser::CONFIRMED,
        env::{ANA, Message, OTHER, PASSWORD, TestEnv, links, wait},
    },
};

#[tokio::test]
async fn rule_7_3_the_address_before_is_reserved_for_ten_days() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
    let mut browser = env.activated(ANA).await;
    let mut zoe = env.activated("zoe@exemple.ca").await;
    change(&env, &mut browser, NEW).await;
    wait(31);
    let before = env.emails().await.len();
    // As for an address without an account, apart from the way back, and at the registration as before.
    let page = env.browser().sign_in(ANA, PASSWORD).await;
    assert_eq!((page.status, page.path.as_str()), (422, "/login"));
    for path in ["/reset", "/unlock", "/register/again", "/federated/remove"] {
        let mut stranger = env.browser();
        stranger.get(path).await;
        assert!(stranger.post(path, &[("email", ANA)]).await.path.ends_with("/sent"), "{path}");
        wait(31);
    }
    let page = env.register(&mut env.browser(), ANA, OTHER).await;
    assert_eq!((page.status, page.path.as_str()), (422, "/register"));
    let sent = env.emails().await.split_off(before);
    let is_way_back = |email: &Message| email.to == ANA && links(email)[0].starts_with("/dispute");
    assert!(sent.len() == 4 && sent.iter().all(is_way_back), "{sent:?}");
    // Another account can't change to it.
    ask(&env, &mut zoe, ANA).await;
    let told = env.emails().await.pop().unwrap();
    assert_eq!((told.to.as_str(), links(&told).len()), (ANA, 1));
    assert_eq!(links(&told), ["/login"]);

    wait(10 * 24 * 3600);
    assert!(env.browser().get(&dispute_link(&env, ANA).await).await.status == 410);
    // Nothing was swept: what has expired is absent (RULES 2.9).
    let mut owner = env.activated(ANA).await;
    assert_eq!(owner.get("/services").await.path, "/services");
    assert!(opens(&env, NEW, PASSWORD).await);
    // The browser of the former owner is a new one to the account that has the address now.
    browser.post("/logout", &[]).await;
    browser.sign_in(ANA, PASSWORD).await;
    assert!(subjects(&env, ANA).await.last().unwrap().starts_with("New sign-in"));
}

#[tokio::test]
async fn rule_7_3_links_that_were_sent_to_the_address_before_are_revoked() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    lock(&env).await;
    let mut asking = env.browser();
    let mut sent = Vec::new();
    for path in ["/unlock", "/federated/remove"] {
        asking.get(path).await;
        asking.post(path, &[("email", ANA)]).await;
        sent.push(env.last_link().await);
        wait(31);
    }
    // A locked account stays locked, and for the same browsers.
    change(&env, &mut browser, NEW).await;
    assert!(matches!(env.seen(NEW).await.account, Some(Account::Locked(_))));
    assert!(!opens(&env, NEW, PASSWORD).await);
    for link in sent {
        assert_eq!(env.browser().get(&link).await.heading(), "This link no longer works", "{link}");
    }
    wait(31);
    asking.get("/unlock").await;
    asking.post("/unlock", &[("email", NEW)]).await;
    let link = env.last_link().await;
    asking.get(&link).await;
    assert_eq!(asking.post("/unlock/link", CONFIRMED).await.heading(), "Your account is unlocked");
    assert!(opens(&env, NEW, PASSWORD).await);
}

#[tokio::test]
async fn rule_2_5_a_registration_of_an_address_that_an_account_left_is_not_activated() {
    let env = TestEnv::begin().await;
    let mut stranger = env.browser();
    env.register(&mut stranger, NEW, OTHER).await;
    let pending = env.last_link().await;
    wait(31);
    let mut browser = env.activated(ANA).await;
    change(&env, &mut browser, NEW).await;
    let page = stranger.get(&pending).await;
    assert_eq!(page.heading(), "Your account is active", "the address has an account");
    change(&env, &mut browser, "ana@encore.ca").await;
    let page = stranger.get(&pending).await;
    assert_eq!((page.status, page.heading()), (409, "You cannot register with this email address yet"));
    assert!(!opens(&env, NEW, OTHER).await);
}
