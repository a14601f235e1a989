//! Whoever lost the notice about a change of the address can get another one at the previous address (RULES 3.10, 7.3).

use domain::SignedDuration;

use super::{NEW, change, dispute, opens, undoing::reset};
use crate::support::env::{ANA, Message, OTHER, PASSWORD, TestEnv, links, wait};

const PATHS: [&str; 4] = ["/reset", "/unlock", "/register/again", "/federated/remove"];
const SUBJECT: &str = "The email address of your My Ontario Account was changed";
const DAY: i64 = 24 * 3600;

/// Enters this address in a new browser; returns the emails that were sent because of that.
async fn asked(env: &TestEnv, path: &str, email: &str) -> Vec<Message> {
    let before = env.emails().await.len();
    let mut browser = env.browser();
    browser.get(path).await;
    let page = browser.post(path, &[("email", email)]).await;
    assert!(page.path.ends_with("/sent"), "{path}: {}", page.html);
    env.emails().await.split_off(before)
}

#[tokio::test]
async fn rule_7_3_the_address_before_is_sent_the_way_back_again_for_ten_days() {
    for path in PATHS {
        let env = TestEnv::begin().await;
        let mut thief = env.activated(ANA).await;
        change(&env, &mut thief, NEW).await;
        // Whatever the thief added is removed, also what was added before the owner asked.
        env.add_app(&mut thief, "Theirs").await;
        wait(9 * DAY);
        let sent = asked(&env, path, ANA).await;
        let [notice] = &sent[..] else { panic!("{path}: {sent:?}") };
        assert_eq!((notice.to.as_str(), notice.subject.as_str()), (ANA, SUBJECT));
        assert!(!notice.text.contains(NEW) && !notice.text.contains(ANA), "{}", notice.text);
        let [link] = &links(notice)[..] else { panic!("{}", notice.text) };
        assert_eq!(dispute(&env, link).await.path, "/dispute/done");
        reset(&env, ANA, OTHER).await;
        assert!(opens(&env, ANA, OTHER).await && !opens(&env, NEW, PASSWORD).await);
        let mut owner = env.browser();
        owner.sign_in(ANA, OTHER).await;
        assert!(!owner.get("/factors").await.html.contains("Theirs"));
    }
}

#[tokio::test]
async fn rule_7_3_a_notice_that_is_sent_again_works_no_longer_than_the_first_one() {
    let env = TestEnv::begin().await;
    let mut thief = env.activated(ANA).await;
    change(&env, &mut thief, NEW).await;
    wait(10 * DAY - 60);
    let again = links(&asked(&env, "/reset", ANA).await[0]).remove(0);
    wait(59);
    assert_eq!(env.browser().get(&again).await.status, 200);
    wait(1);
    let page = env.browser().get(&again).await;
    assert_eq!((page.status, page.heading()), (410, "This link has expired"));
    for path in PATHS {
        wait(31);
        assert_eq!(asked(&env, path, ANA).await.len(), 0, "{path}");
    }
}

#[tokio::test]
async fn rule_3_11_a_reserved_address_has_the_limits_of_any_other() {
    let env = TestEnv::begin().await;
    let mut thief = env.activated(ANA).await;
    change(&env, &mut thief, NEW).await;
    let mut browser = env.browser();
    wait(31);
    assert_eq!(asked(&env, "/reset", ANA).await.len(), 1);
    browser.get("/unlock").await;
    let page = browser.post("/unlock", &[("email", ANA)]).await;
    assert_eq!((page.status, page.heading()), (429, "Wait before asking for another email"));
    // A link that nobody used is gone with the reservation.
    env.stack.advance(SignedDuration::from_secs(13 * DAY)).await.unwrap();
    let left = crate::closing::items(&env).await;
    let is_dispute = |item: &&table::Attributes| crate::closing::text(item, "purpose") == "objection";
    assert_eq!(left.iter().filter(is_dispute).count(), 0);
}

#[tokio::test]
async fn rule_2_5_a_reserved_address_with_a_registration_gets_the_way_back() {
    let env = TestEnv::begin().await;
    let mut stranger = env.browser();
    env.register(&mut stranger, NEW, OTHER).await;
    wait(31);
    let mut browser = env.activated(ANA).await;
    change(&env, &mut browser, NEW).await;
    change(&env, &mut browser, "ana@encore.ca").await;
    wait(31);
    let sent = asked(&env, "/register/again", NEW).await;
    assert_eq!(sent.iter().map(|email| email.subject.as_str()).collect::<Vec<_>>(), [SUBJECT]);
}
