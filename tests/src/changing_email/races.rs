//! Changes of an address that race each other, a registration, a partner's first sign-in, a reset or an objection: each order ends
//! in one consistent state.

use std::collections::BTreeSet;

use domain::{account::Account, id::AccountId};
use futures_util::future::join_all;
use local::Incoming;

use super::{NEW, dispute_link, link_to, sign_in};
use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
    partner::{At, START},
};

const ROUNDS: usize = 6;
const ZOE: &str = "zoe@exemple.ca";

/// A browser with the form of a page, which is submitted later.
type Ready = (Browser, Incoming);

/// A browser that has the page of the link open.
async fn confirming(env: &TestEnv, browser: &mut Browser, email: &str) -> Ready {
    let link = link_to(env, browser, email).await;
    browser.get(&link).await;
    (browser.clone(), browser.pressing("/settings/email/link", &[]))
}

/// Submits the forms concurrently, each several times.
async fn race(forms: Vec<Ready>) -> Vec<Page> {
    let tasks =
        forms.into_iter().map(|(mut browser, form)| tokio::spawn(async move { browser.follow(form).await }));
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

async fn account(env: &TestEnv, email: &str) -> Option<AccountId> {
    env.seen(email).await.account.map(|account| account.details().id)
}

/// Checks that each account is at one address, at which its id leads to it, and is none of the others.
async fn check_consistency(env: &TestEnv, addresses: &[&str]) {
    let mut found = BTreeSet::new();
    for address in addresses {
        let Some(account) = env.seen(address).await.account else { continue };
        let details = account.details();
        assert_eq!(details.email.as_str(), *address);
        assert!(found.insert(details.id.to_string()), "one account has several addresses");
        let by_id = env.stack.app.table.account_by_id(details.id, env.now()).await.unwrap();
        assert_eq!(by_id.map(|account| account.details().email.clone()), Some(details.email.clone()));
    }
}

fn changed(page: &Page) -> bool {
    page.path == "/settings/email/done"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_a_change_and_an_activation_of_the_same_address_race() {
    for round in 0..ROUNDS {
        let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/1h".into())]).await;
        let mut ana = env.activated(ANA).await;
        let mut zoe = env.browser();
        env.register(&mut zoe, NEW, OTHER).await;
        zoe.get(&env.last_link().await).await;
        let activation = (zoe.clone(), zoe.posting("/activate", &[]));
        let change = confirming(&env, &mut ana, NEW).await;
        let order = if round % 2 == 0 { vec![change, activation] } else { vec![activation, change] };
        let pages = race(order).await;
        let (done, activated) = (
            pages.iter().filter(|page| changed(page)).count(),
            pages.iter().filter(|page| page.path == "/services").count(),
        );
        assert_eq!((done + activated, done == 1), (1, account(&env, ANA).await.is_none()), "{pages:?}");
        assert!(account(&env, NEW).await.is_some());
        check_consistency(&env, &[ANA, NEW]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_two_accounts_that_change_to_the_same_address_race() {
    for _ in 0..ROUNDS {
        let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/1h".into())]).await;
        let (mut ana, mut zoe) = (env.activated(ANA).await, env.activated(ZOE).await);
        let forms = vec![confirming(&env, &mut ana, NEW).await, confirming(&env, &mut zoe, NEW).await];
        let pages = race(forms).await;
        assert_eq!(pages.iter().filter(|page| changed(page)).count(), 1, "{pages:?}");
        assert_eq!(
            pages.iter().filter(|page| page.heading() == "This email address cannot be used").count(),
            1
        );
        check_consistency(&env, &[ANA, ZOE, NEW]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_two_accounts_cannot_swap_their_addresses() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/1h".into())]).await;
    let (mut ana, mut zoe) = (env.activated(ANA).await, env.activated(ZOE).await);
    let (to_zoe, to_new) = (super::ask(&env, &mut ana, ZOE).await, confirming(&env, &mut zoe, NEW).await);
    assert_eq!(to_zoe.path, "/settings/email/sent");
    let pages = race(vec![to_new]).await;
    assert!(changed(&pages[0]));
    // Zoe's address is kept for Zoe.
    wait(31);
    super::ask(&env, &mut ana, ZOE).await;
    assert_eq!(
        env.emails().await.pop().unwrap().subject,
        "Another My Ontario Account cannot use this email address"
    );
    check_consistency(&env, &[ANA, ZOE, NEW]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_of_64_parallel_confirmations_one_changes_the_address() {
    let env = TestEnv::begin().await;
    let mut ana = env.activated(ANA).await;
    let (browser, form) = confirming(&env, &mut ana, NEW).await;
    let pages = race(vec![(browser, form); 64]).await;
    assert!(pages.iter().all(changed), "the same form gets the same answer");
    let notices = env.emails().await.into_iter().filter(|email| email.subject == super::CHANGED).count();
    assert_eq!(notices, 1);
    check_consistency(&env, &[ANA, NEW]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_11_of_two_links_that_are_confirmed_at_once_one_takes_effect() {
    for _ in 0..ROUNDS {
        let env = TestEnv::begin().await;
        let mut ana = env.activated(ANA).await;
        let first = confirming(&env, &mut ana, NEW).await;
        let second = confirming(&env, &mut ana, "ana@autre.ca").await;
        let pages = race(vec![first, second]).await;
        assert_eq!(pages.iter().filter(|page| changed(page)).count(), 1, "{pages:?}");
        check_consistency(&env, &[ANA, NEW, "ana@autre.ca"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_a_change_and_a_reset_race() {
    for round in 0..ROUNDS {
        let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/1h".into())]).await;
        let mut ana = env.activated(ANA).await;
        let change = confirming(&env, &mut ana, NEW).await;
        let mut other = env.browser();
        other.get("/reset").await;
        other.post("/reset", &[("email", ANA)]).await;
        other.get(&env.last_link().await).await;
        let reset = (other.clone(), other.posting("/reset/link", &[("password", OTHER)]));
        let pages = race(if round % 2 == 0 { vec![change, reset] } else { vec![reset, change] }).await;
        let (done, was_reset) =
            (pages.iter().any(changed), pages.iter().any(|page| page.path == "/reset/done"));
        assert_ne!(done, was_reset, "{pages:?}");
        let (address, password) = if done { (NEW, PASSWORD) } else { (ANA, OTHER) };
        sign_in(&env, address, password).await;
        check_consistency(&env, &[ANA, NEW]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_10_a_change_and_an_objection_race() {
    for round in 0..ROUNDS {
        let env = TestEnv::begin().await;
        let mut ana = env.activated(ANA).await;
        sign_in(&env, ANA, PASSWORD).await;
        let objection = dispute_link(&env, ANA).await;
        let change = confirming(&env, &mut ana, NEW).await;
        let mut owner = env.browser();
        owner.get(&objection).await;
        let objection = (owner.clone(), owner.posting("/dispute", CONFIRMED));
        let pages =
            race(if round % 2 == 0 { vec![change, objection] } else { vec![objection, change] }).await;
        assert!(pages.iter().any(|page| page.path == "/dispute/done"), "{pages:?}");
        // Whatever was first, the account is at the address of the notice, without a password.
        let secured = env.seen(ANA).await.account.unwrap();
        assert!(secured.details().password.is_none() && matches!(secured, Account::Active(_)));
        assert!(account(&env, NEW).await.is_none());
        check_consistency(&env, &[ANA, NEW]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_10_objections_from_two_addresses_race() {
    for _ in 0..ROUNDS {
        let env = TestEnv::begin().await;
        let mut ana = env.activated(ANA).await;
        super::change(&env, &mut ana, NEW).await;
        super::change(&env, &mut ana, "ana@autre.ca").await;
        let mut forms = Vec::new();
        for email in [ANA, NEW] {
            let mut browser = env.browser();
            browser.get(&dispute_link(&env, email).await).await;
            forms.push((browser.clone(), browser.posting("/dispute", CONFIRMED)));
        }
        race(forms).await;
        // The first address prevails in either order.
        assert!(account(&env, ANA).await.is_some());
        check_consistency(&env, &[ANA, NEW, "ana@autre.ca"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_4_3_a_change_and_a_first_sign_in_through_a_partner_race() {
    let env = TestEnv::at_the_bank().await;
    for round in 0..3 {
        let (own, new) = (format!("ana{round}@exemple.ca"), format!("ana{round}@nouvelle.ca"));
        let mut ana = env.activated(&own).await;
        let change = confirming(&env, &mut ana, &new).await;
        wait(31);
        let mut guest = env.browser();
        env.by_bank(&mut guest, START, At::SignIn(round)).await;
        guest.press("/federated/first", &[("email", &new)]).await;
        let code = env.emailed_code().await;
        let first = (guest.clone(), guest.pressing("/federated/code", &[("code", &code)]));
        let pages = race(if round % 2 == 0 { vec![change, first] } else { vec![first, change] }).await;
        let (done, created) = (pages.iter().any(changed), pages.iter().any(|page| page.path == "/services"));
        assert_ne!(done, created, "{pages:?}");
        check_consistency(&env, &[&own, &new]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_nobody_is_signed_out_by_a_change() {
    for _ in 0..ROUNDS {
        let env = TestEnv::begin().await;
        let mut ana = env.activated(ANA).await;
        let other = sign_in(&env, ANA, PASSWORD).await;
        let mut forms = vec![confirming(&env, &mut ana, NEW).await];
        forms.extend((0..16).map(|_| (other.clone(), Incoming::get("/factors"))));
        let pages = race(forms).await;
        assert!(changed(&pages[0]) && pages[1..].iter().all(|page| page.path == "/factors"), "{pages:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_7_3_a_change_and_sign_ins_race() {
    for _ in 0..ROUNDS {
        let env = TestEnv::begin().await;
        let mut ana = env.activated(ANA).await;
        let change = confirming(&env, &mut ana, NEW).await;
        let mut forms = vec![change];
        for _ in 0..3 {
            let mut browser = env.browser();
            browser.get("/login").await;
            forms.push((
                browser.clone(),
                browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]),
            ));
        }
        let pages = race(forms).await;
        assert!(changed(&pages[0]), "{:?}", pages[0]);
        assert!(pages[1..].iter().all(|page| page.path == "/services" || page.status == 422), "{pages:?}");
        sign_in(&env, NEW, PASSWORD).await;
        assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.status, 422);
    }
}
