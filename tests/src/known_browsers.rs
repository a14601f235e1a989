//! Browsers that an account knows: strangers can't lock the resident out of them (RULES 3.3, 3.4, 3.9, 3.11).

use domain::{
    account::{Account, LockScope, LockedAccount},
    attempts::{LIMIT, Reservation},
    device::AddressBlock,
    id::AttemptId,
    secret::DeviceSecret,
};
use futures_util::future::join_all;
use table::{Attempt, AttemptCounter, DeviceStatus, ReserveOutcome, SignInQuery, SignInView};

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
};

/// A browser that Ana's account knows, signed out.
async fn known_browser(env: &TestEnv) -> Browser {
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    browser.post("/logout", &[]).await;
    browser
}

/// An account, and the browser that activated it, signed out.
async fn owner(env: &TestEnv) -> Browser {
    let mut browser = env.activated(ANA).await;
    browser.post("/logout", &[]).await;
    browser
}

/// Enters wrong passwords, each on a page of its own; returns the last page.
async fn fail(browser: &mut Browser, times: usize) -> Page {
    let mut page = browser.get("/login").await;
    for _ in 0..times {
        page = browser.sign_in(ANA, OTHER).await;
        assert_eq!(page.status, 422, "{page:?}");
    }
    page
}

/// What a sign-in from this browser is decided on.
async fn view(env: &TestEnv, browser: &Browser) -> SignInView {
    let (email, block) = (ANA.parse().unwrap(), AddressBlock::unknown());
    let device = DeviceSecret::parse(&browser.jar["__Host-device"]).unwrap().hash();
    let from = SignInQuery { email: &email, block, device: &device, interaction: None };
    env.stack.app.table.view_sign_in(&from, env.now()).await.unwrap()
}

async fn scope(env: &TestEnv) -> Option<LockScope> {
    match env.seen(ANA).await.account {
        Some(Account::Locked(LockedAccount { scope, .. })) => Some(scope),
        _ => None,
    }
}

async fn is_locked_out(browser: &mut Browser) -> bool {
    browser.sign_in(ANA, PASSWORD).await.html.contains("Sign-in is locked for this email address")
}

/// Unlocks the account with the link in the newest email.
async fn unlock(env: &TestEnv) {
    let mut browser = env.browser();
    browser.get(&env.last_link().await).await;
    assert_eq!(browser.press("/unlock/link", CONFIRMED).await.path, "/unlock/done");
}

#[tokio::test]
async fn rule_3_3_strangers_lock_out_strangers_and_the_resident_is_told_and_can_unlock() {
    let env = TestEnv::begin().await;
    let mut owner = owner(&env).await;
    let mut stranger = env.browser();
    assert!(fail(&mut stranger, 5).await.html.contains("Sign-in is locked for this email address"));
    assert_eq!(scope(&env).await, Some(LockScope::UnknownBrowsers));
    assert!(is_locked_out(&mut stranger).await && is_locked_out(&mut env.browser()).await);

    // In the known browser, a wrong password is only wrong, and the right one signs in.
    assert!(fail(&mut owner, 1).await.html.contains("Incorrect email"));
    owner.get("/login").await;
    let way = format!("/login?interaction={}", env.interaction(&owner).await);
    owner.get(&way).await;
    let page = owner.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), page.status), ("/login/locked", 200), "{page:?}");
    assert_eq!(page.heading(), "Your account is locked in other browsers");
    assert!(page.html.contains(ANA));
    // The return to the service is kept.
    let next = page.html.href("/authorize/continue");
    assert_eq!(owner.clone().get(&next).await.left_for.as_deref(), Some("https://service.example/return"));
    // The page also unlocks the account: it sends the email.
    wait(31);
    let page = owner.press("/unlock", &[]).await;
    assert_eq!(page.path, "/unlock/sent", "{page:?}");
    unlock(&env).await;
    assert_eq!(scope(&env).await, None);
    assert_eq!(stranger.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(owner.get("/login/locked").await.path, "/services", "there is nothing to tell any more");
    assert_eq!(env.browser().get("/login/locked").await.path, "/login");
}

#[tokio::test]
async fn rule_3_3_five_failures_in_a_known_browser_lock_all_browsers() {
    let env = TestEnv::begin().await;
    let mut owner = owner(&env).await;
    let mut other = known_browser(&env).await;
    let before = env.emails().await.len();
    assert!(fail(&mut owner, 5).await.html.contains("Sign-in is locked for this email address"));
    assert_eq!(scope(&env).await, Some(LockScope::AllBrowsers));
    for browser in [&mut owner, &mut other] {
        assert!(is_locked_out(browser).await);
    }
    let page = env.browser().sign_in(ANA, PASSWORD).await;
    assert!(page.html.contains("Incorrect email"), "{page:?}");
    let emails = env.emails().await.split_off(before);
    assert_eq!(emails.len(), 1);
    assert_eq!(emails[0].subject, "Your My Ontario Account is locked");
    unlock(&env).await;
    // The attempts from before don't count.
    assert!(fail(&mut owner, 4).await.html.contains("Incorrect email"));
    for browser in [&mut owner, &mut other, &mut env.browser()] {
        assert_eq!(browser.sign_in(ANA, PASSWORD).await.path, "/services");
    }
}

#[tokio::test]
async fn rule_3_3_a_lock_by_strangers_becomes_one_for_all_by_five_failures_in_a_known_browser() {
    let env = TestEnv::begin().await;
    let mut owner = owner(&env).await;
    fail(&mut env.browser(), 5).await;
    // A link that was requested meanwhile keeps working.
    let mut asking = env.browser();
    asking.get("/unlock").await;
    asking.post("/unlock", &[("email", ANA)]).await;
    let requested = env.last_link().await;
    fail(&mut owner, 5).await;
    assert_eq!(scope(&env).await, Some(LockScope::AllBrowsers));
    assert!(is_locked_out(&mut owner).await);
    asking.get(&requested).await;
    assert_eq!(asking.press("/unlock/link", CONFIRMED).await.path, "/unlock/done");
    assert_eq!(owner.sign_in(ANA, PASSWORD).await.path, "/services");
}

#[tokio::test]
async fn rule_3_3_each_known_browser_has_a_count_of_its_own() {
    let env = TestEnv::begin().await;
    let (mut owner, mut stranger) = (owner(&env).await, env.browser());
    let mut other = known_browser(&env).await;
    for browser in [&mut owner, &mut other, &mut stranger] {
        assert!(fail(browser, 4).await.html.contains("Incorrect email"));
    }
    assert_eq!(owner.sign_in(ANA, PASSWORD).await.path, "/services");
    owner.post("/logout", &[]).await;
    // A success resets its own count.
    assert!(fail(&mut owner, 4).await.html.contains("Incorrect email"));
    assert_eq!(scope(&env).await, None);
    assert!(fail(&mut stranger, 1).await.html.contains("Sign-in is locked for this email address"));
    assert_eq!(scope(&env).await, Some(LockScope::UnknownBrowsers));
    assert_eq!(other.sign_in(ANA, PASSWORD).await.path, "/login/locked");
    // After a day, failures no longer count.
    wait(24 * 3600);
    assert!(fail(&mut owner, 4).await.html.contains("Incorrect email"));
}

#[tokio::test]
async fn rule_3_11_a_known_browser_passes_although_its_source_is_at_the_limit() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "3/15m".into())]).await;
    let mut owner = owner(&env).await;
    let mut neighbour = env.browser();
    neighbour.address = owner.address;
    for n in 0..3 {
        neighbour.sign_in(&format!("nobody{n}@exemple.ca"), OTHER).await;
    }
    assert_eq!(neighbour.sign_in(ANA, PASSWORD).await.status, 429);
    assert!(fail(&mut owner, 4).await.html.contains("Incorrect email"), "counted in its own limit");
    assert_eq!(owner.sign_in(ANA, PASSWORD).await.path, "/services");
    owner.post("/logout", &[]).await;
    assert!(fail(&mut owner, 5).await.html.contains("Sign-in is locked for this email address"));
    assert_eq!(scope(&env).await, Some(LockScope::AllBrowsers));
}

#[tokio::test]
async fn rule_3_9_a_reset_and_this_was_not_me_forget_all_browsers_but_the_one_in_use() {
    let env = TestEnv::begin().await;
    let mut owner = owner(&env).await;
    let statuses = async |owner: &Browser, thief: &Browser| {
        [view(&env, owner).await.device_status, view(&env, thief).await.device_status]
    };
    let thief = known_browser(&env).await;
    assert_eq!(statuses(&owner, &thief).await, [DeviceStatus::Known; 2]);
    // The notice of the thief's sign-in disputes it.
    let notice = crate::support::env::links(env.emails().await.last().unwrap()).remove(0);
    owner.get(&notice).await;
    assert_eq!(owner.press("/dispute", CONFIRMED).await.path, "/dispute/done");
    assert_eq!(statuses(&owner, &thief).await, [DeviceStatus::Known, DeviceStatus::Unknown]);
    owner.get(&env.last_link().await).await;
    assert_eq!(owner.press("/reset/link", &[("password", OTHER)]).await.path, "/reset/done");
    assert_eq!(statuses(&owner, &thief).await, [DeviceStatus::Known, DeviceStatus::Unknown]);

    // A browser that resets and was not known is not known by that.
    wait(60);
    let mut elsewhere = env.browser();
    elsewhere.get("/login").await;
    elsewhere.get("/reset").await;
    elsewhere.post("/reset", &[("email", ANA)]).await;
    elsewhere.get(&env.last_link().await).await;
    assert_eq!(elsewhere.press("/reset/link", &[("password", PASSWORD)]).await.path, "/reset/done");
    assert_eq!(statuses(&owner, &elsewhere).await, [DeviceStatus::Unknown; 2]);
    // Signing in makes a forgotten browser known again, with a notice.
    let before = env.emails().await.len();
    assert_eq!(owner.sign_in(ANA, PASSWORD).await.path, "/services");
    assert_eq!(view(&env, &owner).await.device_status, DeviceStatus::Known);
    assert_eq!(env.emails().await.len(), before + 1);
}

/// Reserves an attempt in the browser of this view.
async fn reserve(env: &TestEnv, view: &SignInView) -> ReserveOutcome {
    let id: AttemptId = env.stack.app.new_id();
    let attempt = Attempt { id, source: None, at: env.now() };
    env.stack.app.table.reserve_attempt(&attempt, view.attempts.clone()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_of_parallel_guesses_in_a_known_browser_five_are_compared() {
    let env = TestEnv::begin().await;
    let owner = owner(&env).await;
    for _ in 0..4 {
        let view = view(&env, &owner).await;
        assert!(matches!(view.attempts.counter, AttemptCounter::KnownBrowser { .. }));
        let outcomes = join_all((0..40).map(|_| reserve(&env, &view))).await;
        let reserved = outcomes.iter().filter(|outcome| matches!(outcome, ReserveOutcome::Reserved(_)));
        assert_eq!(reserved.count(), LIMIT);
        // They count for a day.
        wait(24 * 3600);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_parallel_failures_of_strangers_and_a_known_browser_lock_all_browsers() {
    let env = TestEnv::begin().await;
    let mut owner = owner(&env).await;
    for _ in 0..6 {
        let mut stranger = env.browser();
        fail(&mut stranger, 4).await;
        fail(&mut owner, 4).await;
        for browser in [&mut owner, &mut stranger] {
            browser.get("/login").await;
        }
        let fields: &[_] = &[("email", ANA), ("password", OTHER)];
        let pages = join_all([&mut owner, &mut stranger].map(|browser| browser.post("/login", fields))).await;
        for page in pages {
            assert!(page.html.contains("Sign-in is locked for this email address"), "{page:?}");
        }
        assert_eq!(scope(&env).await, Some(LockScope::AllBrowsers));
        wait(24 * 3600);
        let mut asking = env.browser();
        asking.get("/unlock").await;
        asking.post("/unlock", &[("email", ANA)]).await;
        unlock(&env).await;
    }
}

#[tokio::test]
async fn rule_3_3_a_request_that_began_before_an_unlocking_clears_no_attempt_made_after_it() {
    let env = TestEnv::begin().await;
    let mut owner = owner(&env).await;
    fail(&mut owner, 2).await;
    let before = view(&env, &owner).await;
    fail(&mut env.browser(), 5).await;
    unlock(&env).await;
    fail(&mut owner, 3).await;
    for _ in 0..3 {
        let outcome = reserve(&env, &before).await;
        assert!(matches!(outcome, ReserveOutcome::Denied { reason: Reservation::Busy, .. }), "{outcome:?}");
        assert_eq!(view(&env, &owner).await.attempts.attempts.failed(), 3);
    }
}
