//! Concurrent requests: uniqueness, single use and the limit of attempts hold in every order.

use std::{net::Ipv4Addr, ops::Range};

use app::App;
use domain::{
    account::Account,
    device::{AddressBlock, Device},
    email::EmailAddress,
    id::AttemptId,
};
use futures_util::future::join_all;
use table::{Attempt, AttemptCounter, AuditEvent, FailedAttempt, ReserveOutcome, SignInQuery};

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
};

/// Sends the requests concurrently, each from a task of its own.
async fn side_by_side(
    browsers: Vec<Browser>,
    target: &'static str,
    fields: impl Fn(usize) -> Vec<(&'static str, String)>,
) -> Vec<Page> {
    let tasks = browsers.into_iter().enumerate().map(|(n, mut browser)| {
        let fields = fields(n);
        tokio::spawn(async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post(target, &fields).await
        })
    });
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_5_of_64_parallel_registrations_one_account_results() {
    let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/1h".into())]).await;
    let mut browsers = Vec::new();
    for _ in 0..64 {
        let mut browser = env.browser();
        env.register(&mut browser, ANA, PASSWORD).await;
        browser.get(&env.last_link().await).await;
        browsers.push(browser);
    }
    let pages = side_by_side(browsers, "/activate", |_| Vec::new()).await;
    let signed_in = pages.iter().filter(|page| page.path == "/services").count();
    assert_eq!(signed_in, 1);
    assert!(pages.iter().all(|page| page.path == "/services" || page.heading() == "Your account is active"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_7_of_64_parallel_uses_of_a_link_one_succeeds() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    browser.get(&env.last_link().await).await;
    let mut other = browser.clone();
    other.jar.retain(|name, _| !name.starts_with("__Host-pre"));
    let others = join_all((0..64).map(async |_| {
        let mut other = other.clone();
        other.get("/activate").await;
        other
    }))
    .await;
    let pages = side_by_side(others, "/activate", |_| Vec::new()).await;
    assert_eq!(pages.iter().filter(|page| page.path == "/services").count(), 1);
    let view = env.seen(ANA).await;
    assert!(matches!(view.account, Some(Account::Active(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_6_of_64_parallel_tries_in_another_browser_five_are_compared() {
    let env = TestEnv::begin().await;
    let (mut browser, mut elsewhere) = (env.browser(), env.browser());
    env.register(&mut browser, ANA, PASSWORD).await;
    elsewhere.get(&env.last_link().await).await;
    let pages =
        side_by_side(vec![elsewhere; 64], "/activate", |_| vec![("password", OTHER.to_owned())]).await;
    let compared = pages.iter().filter(|page| page.status == 422).count();
    assert!(compared <= 5, "{compared}");
    assert_eq!(browser.get("/activate").await.path, "/activate");
    assert!(env.stack.app.table.registrations(&ANA.parse().unwrap(), env.now()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_9_activation_and_expiry_race_without_a_half_account() {
    for round in 0..4 {
        let env = TestEnv::begin().await;
        let mut browser = env.browser();
        env.register(&mut browser, ANA, PASSWORD).await;
        browser.get(&env.last_link().await).await;
        let email: EmailAddress = ANA.parse().unwrap();
        let registration = env.stack.app.table.registrations(&email, env.now()).await.unwrap().remove(0);
        let table = env.stack.app.table.clone();
        let removal = tokio::spawn(async move { table.delete_registration(&registration).await });
        let pages = side_by_side(vec![browser; 64], "/activate", |_| Vec::new()).await;
        removal.await.unwrap().unwrap();
        let activated = pages.iter().filter(|page| page.path == "/services").count();
        let is_taken = env.seen(ANA).await.account.is_some();
        assert_eq!(activated, if is_taken { 64 } else { 0 }, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_of_64_parallel_reservations_five_are_allowed() {
    let env = TestEnv::begin().await;
    assert_eq!(allowed_of_64(&env).await, 5);
    // After a day they don't count, even before they are swept: again exactly five.
    wait(24 * 3600);
    assert_eq!(allowed_of_64(&env).await, 5);
}

async fn allowed_of_64(env: &TestEnv) -> usize {
    let tasks = (0..64).map(|_| {
        let app = env.stack.app.clone();
        tokio::spawn(async move { reserve(&app, app.new_id()).await })
    });
    let answers = join_all(tasks).await.into_iter().map(Result::unwrap);
    answers.filter(|answer| matches!(answer, ReserveOutcome::Reserved(_))).count()
}

/// Reserves an attempt for Ana's address, from a source that has made none.
pub(crate) async fn reserve(app: &App, id: AttemptId) -> ReserveOutcome {
    let email = ANA.parse().unwrap();
    let device = app.new_secret().hash();
    let block = AddressBlock::of(Ipv4Addr::from_bits(u32::from_be_bytes(app::random())).into());
    let from = SignInQuery { email: &email, block, device: &device, interaction: None };
    let view = app.table.view_sign_in(&from, app.now()).await.unwrap();
    let source = view.rate_limit.take(app::random()).unwrap();
    let attempt = Attempt { id, source: Some(&source), at: app.now() };
    app.table.reserve_attempt(&attempt, view.attempts).await.unwrap()
}

/// Makes a test of the rounds with these numbers.
macro_rules! parallel_guesses {
    ($($name:ident: $rounds:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $name() {
            guess_in_parallel($rounds).await;
        }
    )*};
}

parallel_guesses! {
    rule_3_3_of_200_parallel_guesses_only_the_first_five_reserved_can_succeed_in_rounds_0_to_4: 0..5;
    rule_3_3_of_200_parallel_guesses_only_the_first_five_reserved_can_succeed_in_rounds_5_to_9: 5..10;
    rule_3_3_of_200_parallel_guesses_only_the_first_five_reserved_can_succeed_in_rounds_10_to_14: 10..15;
    rule_3_3_of_200_parallel_guesses_only_the_first_five_reserved_can_succeed_in_rounds_15_to_19: 15..20;
}

/// In each round, 200 guesses arrive concurrently, and another one of them is right.
async fn guess_in_parallel(rounds: Range<usize>) {
    for order in rounds {
        let env = TestEnv::begin().await;
        let mut owner = env.activated(ANA).await;
        owner.jar.clear();
        let mut browser = env.browser();
        browser.get("/login").await;
        let right = (order * 37) % 200;
        let pages = side_by_side(vec![browser; 200], "/login", |n| {
            let password = if n == right { PASSWORD } else { OTHER };
            vec![("email", ANA.to_owned()), ("password", password.to_owned())]
        })
        .await;
        let signed_in = pages.iter().filter(|page| page.path == "/services").count();
        let wrong = pages.iter().filter(|page| page.html.contains("Incorrect email")).count();
        let view = env.seen(ANA).await;
        if signed_in == 0 {
            // The four that failed before the fifth, which locked the account; nothing else was compared.
            assert!(wrong <= 4, "order {order}: {wrong}");
            if !matches!(view.account, Some(Account::Locked(_))) {
                // An attempt met an error on a busy machine. It counts as failed a minute later.
                wait(60);
                env.browser().sign_in(ANA, OTHER).await;
                let account = env.seen(ANA).await.account;
                assert!(matches!(account, Some(Account::Locked(_))), "order {order}");
            }
        } else {
            assert_eq!(signed_in, 1, "order {order}");
        }
    }
}

#[tokio::test]
async fn a_repeated_reservation_takes_one_attempt() {
    let env = TestEnv::begin().await;
    let id: AttemptId = env.stack.app.new_id();
    for round in 0..7 {
        let attempts = match reserve(&env.stack.app, id).await {
            ReserveOutcome::Reserved(attempts) if round == 0 => attempts,
            ReserveOutcome::Repeated(attempts) if round > 0 => attempts,
            other => panic!("{round}: {other:?}"),
        };
        assert_eq!(attempts.reserved(), 1);
    }
}

#[tokio::test]
async fn rule_3_3_a_failure_counts_once_whatever_changed_since_its_attempts_were_read() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let app = &env.stack.app;
    let (first, second): (AttemptId, AttemptId) = (app.new_id(), app.new_id());
    reserve(app, first).await;
    let ReserveOutcome::Reserved(read) = reserve(app, second).await else { panic!("it is refused") };
    let counter = AttemptCounter::UnknownBrowsers(app.keys.data().unwrap().email_key(&ANA.parse().unwrap()));
    let failed = FailedAttempt {
        counter: &counter,
        account: None,
        notice: None,
        device: Device::default(),
        at: app.now(),
    };
    for (id, count) in [(first, 1), (second, 2), (first, 2), (second, 2)] {
        let after = app.table.fail_attempt(&failed, id, &read).await.unwrap();
        assert_eq!(after.failed(), count);
    }
    // After a success it does not count any more.
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services");
    let after = app.table.fail_attempt(&failed, first, &read).await.unwrap();
    assert_eq!((after.reserved(), after.failed()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_64_parallel_tries_of_a_source_with_10_left_10_are_compared() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "10/15m".into())]).await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let email = |n: usize| vec![("email", format!("nobody{n}@exemple.ca")), ("password", OTHER.to_owned())];
    let pages = side_by_side(vec![browser; 64], "/login", email).await;
    assert_eq!(pages.iter().filter(|page| page.status == 422).count(), 10);
    assert_eq!(pages.iter().filter(|page| page.status == 429).count(), 54);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_a_counter_that_is_full_refuses_nobody_while_another_has_room() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "12/15m".into())]).await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let email = |n: usize| vec![("email", format!("nobody{n}@exemple.ca")), ("password", OTHER.to_owned())];
    let pages = side_by_side(vec![browser; 9], "/login", email).await;
    assert_eq!(pages.iter().filter(|page| page.status == 422).count(), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_64_parallel_registrations_from_a_source_20_are_kept() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let mut browsers = Vec::new();
    for _ in 0..64 {
        browser.get("/register").await;
        browsers.push(browser.clone());
    }
    let email = |n: usize| vec![("email", format!("ana{n}@exemple.ca")), ("password", PASSWORD.to_owned())];
    let pages = side_by_side(browsers, "/register", email).await;
    assert_eq!(pages.iter().filter(|page| page.path == "/register/sent").count(), 20);
    assert_eq!(pages.iter().filter(|page| page.status == 429).count(), 44);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_64_parallel_requests_for_a_link_one_sends_an_email() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(31);
    let mut browsers: Vec<_> = (0..64).map(|_| env.browser()).collect();
    for browser in &mut browsers {
        browser.get("/reset").await;
    }
    let pages = side_by_side(browsers, "/reset", |_| vec![("email", ANA.to_owned())]).await;
    assert_eq!(pages.iter().filter(|page| page.path == "/reset/sent").count(), 1);
    assert_eq!(pages.iter().filter(|page| page.status == 429).count(), 63);
    assert_eq!(env.emails().await.len(), 2, "the activation link, and one to reset");
    // Requests from one browser count as one.
    let mut browser = env.browser();
    wait(31);
    browser.get("/reset").await;
    let pages = side_by_side(vec![browser; 64], "/reset", |_| vec![("email", ANA.to_owned())]).await;
    assert!(pages.iter().all(|page| page.path == "/reset/sent"));
    assert_eq!(env.emails().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_of_200_parallel_guesses_from_40_sources_five_are_compared() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let sources: Vec<_> = (0..40).map(|_| env.browser()).collect();
    let mut browsers = Vec::new();
    for mut browser in sources {
        browser.get("/login").await;
        browsers.extend(vec![browser; 5]);
    }
    let wrong = vec![("email", ANA.to_owned()), ("password", OTHER.to_owned())];
    let pages = side_by_side(browsers, "/login", |_| wrong.clone()).await;
    // The four that failed before the fifth, which locked the account; nothing else was compared.
    assert!(pages.iter().filter(|page| page.html.contains("Incorrect email")).count() <= 4);
    let view = env.seen(ANA).await;
    assert!(matches!(view.account, Some(Account::Locked(_))));
    assert_eq!(view.attempts.attempts.failed(), 5);
    let trail =
        env.stack.app.table.audit_trail(view.account.unwrap().details().id, env.now()).await.unwrap().entries;
    let failed = trail.iter().filter(|entry| entry.event == AuditEvent::SignInFailed).count();
    assert_eq!(failed, 5, "each that was compared is in the audit trail");
    assert_eq!(env.emails().await.len(), 2, "the activation link, and one that tells of the lock");
}
