//! Which code works where: every emailed code of the last ten minutes, codes of another factor than the form asks for, and
//! guesses by somebody who holds one factor (RULES 4.3, 5.5, 5.6).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    assurance::Assurance,
    factors::Factors,
    proof::{FactorKind, RootOfTrust},
    session::{Session, SessionCookie},
};
use futures_util::future::join_all;

use crate::{
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, wait},
        partner::{At, START, from},
        phone::Phone,
        watch::Fault,
    },
    verifying::{go, learned, taking},
};

async fn factors(env: &TestEnv) -> Factors {
    let account = env.seen(ANA).await.account.unwrap().details().id;
    env.stack.app.table.factors(account, env.now()).await.unwrap()
}

/// The live session of this browser.
pub(crate) async fn session(env: &TestEnv, browser: &Browser) -> Option<Session> {
    let cookie = SessionCookie::parse(browser.jar.get("__Host-session")?)?;
    env.stack.app.table.session(&cookie, env.now()).await.unwrap()
}

/// The factors that the session proved, and how many seconds ago.
async fn proven(env: &TestEnv, browser: &Browser) -> Vec<(FactorKind, i64)> {
    let ago = |at: domain::Timestamp| env.now().as_second() - at.as_second();
    let session = session(env, browser).await.expect("nobody is signed in");
    session.proofs.iter().map(|proof| (proof.factor, ago(proof.at))).collect()
}

/// A browser that is signed in by the password alone, to an account with an authenticator.
pub(crate) async fn with_phone(env: &TestEnv) -> (Browser, Phone) {
    let phone = env.add_app(&mut env.activated(ANA).await, "Phone").await;
    wait(60);
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    (browser, phone)
}

#[tokio::test]
async fn rule_5_5_the_code_before_the_newest_works_and_using_one_uses_up_both() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut codes = Vec::new();
    browser.get("/mfa?next=/factors").await;
    for _ in 0..2 {
        browser.press("/mfa/send", &[]).await;
        codes.push(env.emailed_code().await);
        wait(31);
    }
    let mut other = browser.clone();
    let page = browser.press("/mfa", &[("code", &codes[0])]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/factors"), "{}", page.html);
    assert_eq!(factors(&env).await.guesses.taken, 0, "it was no wrong guess");
    // The newer one is used up with it, also for whoever left its page open.
    wait(301);
    other.jar.clone_from(&browser.jar);
    let page = other.press("/mfa", &[("code", &codes[1])]).await;
    assert_eq!((page.status, page.heading()), (422, "Get a code by email"), "{}", page.html);
}

#[tokio::test]
async fn rule_4_3_every_code_for_an_address_works() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let first = env.emailed_code().await;
    wait(31);
    browser.press("/federated/first", &[]).await;
    assert_eq!(env.emails().await.len(), 2);
    let page = browser.press("/federated/code", &[("code", &first)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/services"), "{}", page.html);
}

#[tokio::test]
async fn rule_5_6_the_code_of_the_app_in_the_form_for_the_email_code_verifies_once() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let (mut browser, phone) = with_phone(&env).await;
    go(&mut browser, &service).await;
    let choose = browser.html.href("/mfa/choose");
    browser.get(&choose).await;
    let by_email = browser.html.href("/mfa?factor=email");
    browser.get(&by_email).await;
    browser.press("/mfa/send", &[]).await;
    let (code, mut other) = (phone.code(), env.browser());
    browser.press("/mfa", &[("code", &code)]).await;
    let page = go(&mut browser, &service).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
    let factors = factors(&env).await;
    assert_eq!((factors.guesses.taken, factors.codes[0].tries), (0, 0), "it was no guess");
    // The time step is used, in whichever form.
    other.sign_in(ANA, PASSWORD).await;
    other.get("/mfa?next=/services&factor=email").await;
    wait(31);
    other.press("/mfa/send", &[]).await;
    let page = other.press("/mfa", &[("code", &code)]).await;
    assert_eq!(page.status, 422, "{}", page.html);
}

#[tokio::test]
async fn rule_5_6_the_email_code_in_the_form_for_the_app_verifies_where_it_suffices() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let (mut browser, phone) = with_phone(&env).await;
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    // A service that requires an authenticator does not take it, and says so without counting it.
    let mut at_service = browser.clone();
    let page = go(&mut at_service, &service).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    for _ in 0..12 {
        let page = at_service.press("/mfa", &[("code", &code)]).await;
        assert_eq!(page.status, 422);
        assert!(page.html.contains("which is not enough here"), "{}", page.html);
    }
    let counted = factors(&env).await;
    assert_eq!((counted.guesses.taken, counted.codes[0].tries), (0, 0));
    assert_eq!(at_service.press("/mfa", &[("code", &phone.wrong())]).await.status, 422);
    let counted = factors(&env).await;
    assert_eq!((counted.guesses.taken, counted.codes[0].tries), (2, 1), "a wrong one counts for both");
    // For a change, it verifies in either form.
    browser.get("/mfa?next=/services").await;
    browser.get("/mfa/choose?next=/services").await;
    let page = browser.choose_method("“Phone”").await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = browser.press("/mfa", &[("code", &code)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/services"), "{}", page.html);
    let kinds: Vec<_> = proven(&env, &browser).await.into_iter().map(|(factor, _)| factor).collect();
    assert_eq!(kinds, [FactorKind::Password, FactorKind::EmailCode], "as what it is");
    assert_eq!(factors(&env).await.codes.len(), 0, "it is used");
}

#[tokio::test]
async fn rule_5_6_a_thief_with_the_mailbox_has_ten_guesses_at_the_authenticator() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "10000/15m".into())]).await;
    let (mut thief, phone) = with_phone(&env).await;
    let mut guesses = 0;
    for round in 0.. {
        assert!(round < 9, "{guesses} guesses");
        for _ in 0..2 {
            thief.get("/mfa/choose?next=/services").await;
            thief.choose_method("“Phone”").await;
            let page = thief.press("/mfa", &[("code", &phone.wrong())]).await;
            guesses += 1;
            if page.status == 429 {
                assert_eq!(guesses, 10);
                return;
            }
        }
        // The code by email is right each time.
        thief.get("/mfa?next=/services&factor=email").await;
        assert_eq!(env.verify_by_email(&mut thief).await.path, "/services");
        wait(310);
        thief = env.browser();
        thief.sign_in(ANA, PASSWORD).await;
    }
}

/// Signs in by the bank at a service for the first time, up to the page of the code; returns the code, too.
async fn asked_for_code(
    env: &TestEnv,
    level: Assurance,
) -> (Browser, crate::support::services::Service, String) {
    let service = taking(env, level).await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    env.by_bank(&mut browser, &start, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    (browser, service, code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_3_each_answer_to_a_double_click_has_the_proof_by_the_code() {
    let env = TestEnv::at_the_bank().await;
    let (browser, service, code) = asked_for_code(&env, Assurance::TwoStep).await;
    let request = browser.pressing("/federated/code", &[("code", &code)]);
    let mut copies = vec![browser.clone(); 3];
    join_all(copies.iter_mut().map(|copy| copy.send(request.clone()))).await;
    // The response was lost, and the form is sent again.
    wait(30);
    let mut late = browser.clone();
    late.send(request.clone()).await;
    for copy in copies.iter_mut().chain([&mut late]) {
        let kinds: Vec<_> = proven(&env, copy).await.into_iter().map(|(factor, _)| factor).collect();
        assert_eq!(kinds, [FactorKind::Partner, FactorKind::EmailCode]);
        let page = go(copy, &service).await;
        assert_eq!(learned(&env, &service, &page).await.0, "two-step");
    }
    let [.., (_, ago)] = proven(&env, &late).await[..] else { panic!("no proof") };
    assert!((30..40).contains(&ago), "the code was entered then: {ago}");
    // Nothing but that form signs in.
    for page in ["/federated/code", "/federated/first"] {
        let mut other = browser.clone();
        assert_eq!(other.get(page).await.path, "/login");
        assert!(session(&env, &other).await.is_none(), "{page}");
    }
    let mut other = browser.clone();
    other.press("/federated/code", &[("code", "000000")]).await;
    assert!(session(&env, &other).await.is_none(), "another code");
}

#[tokio::test]
async fn rule_4_3_the_proof_by_the_code_is_as_old_as_the_code_that_was_entered() {
    let env = TestEnv::at_the_bank().await;
    let (mut browser, _, code) = asked_for_code(&env, Assurance::Password).await;
    env.watch.decide_by(|call| {
        let is_account = call.body.to_string().contains("\"partner_link\"");
        if is_account && call.operation == "TransactWriteItems" {
            return Fault::Refused("InternalServerError");
        }
        Fault::None
    });
    let page = browser.clone().press("/federated/code", &[("code", &code)]).await;
    assert_eq!(page.status, 503, "{page:?}");
    env.watch.recover();
    wait(240);
    // The page makes no account; the form does, whose code was right.
    let page = browser.get("/federated/code").await;
    assert_eq!((page.status, page.heading()), (200, "Enter the code we emailed you"));
    assert!(session(&env, &browser).await.is_none());
    browser.press("/federated/code", &[("code", &code)]).await;
    let [.., (factor, ago)] = proven(&env, &browser).await[..] else { panic!("no proof") };
    assert!(factor == FactorKind::EmailCode && (240..260).contains(&ago), "{factor:?} {ago}");
}

#[tokio::test]
async fn rule_3_2_a_partner_login_from_before_a_sign_in_replaces_nobodys_session() {
    let env = TestEnv::at_the_bank().await;
    let mut thief = env.browser();
    crate::federating::first_time(&env, &mut thief, START, (1, "bob@exemple.ca")).await;
    env.activated(ANA).await;
    let service = env.service("health").await;
    // Somebody who uses the browser before the resident leaves for the bank, and keeps the address that returns.
    let mut browser = env.browser();
    let start = go(&mut browser, &service).await.html.href(START);
    let returns = [
        env.at_bank(&mut browser, &start, (At::SignIn(1), None)).await,
        env.at_bank(&mut browser, &start, (At::SignIn(1), None)).await,
    ];
    browser.sign_in(ANA, PASSWORD).await;
    let own = session(&env, &browser).await.unwrap();
    let page = browser.get(&returns[0]).await;
    let after = session(&env, &browser).await.unwrap();
    assert_eq!((after.account, after.id == own.id), (own.account, true), "{page:?}");
    assert!(page.with.contains_key("code"), "the resident continues as who they are: {page:?}");
    // Without a session, the tab that left for the bank returns whatever other tabs do.
    wait(1900);
    assert!(session(&env, &browser).await.is_none());
    let mut tabs = env.browser();
    let start = go(&mut tabs, &service).await.html.href(START);
    let back = env.at_bank(&mut tabs, &start, (At::SignIn(1), None)).await;
    tabs.jar.remove("__Host-pre");
    tabs.get("/login").await;
    assert!(tabs.get(&back).await.with.contains_key("code"));
}

/// Types wrong codes of the authenticator in this browser until verification pauses there; returns how many.
async fn guess_until_the_pause(browser: &mut Browser, phone: &Phone) -> usize {
    for guesses in 0..100 {
        if browser.get("/mfa?next=/services").await.status == 429 {
            return guesses;
        }
        browser.press("/mfa", &[("code", &phone.wrong())]).await;
    }
    panic!("there is no pause");
}

#[tokio::test]
async fn rule_5_6_a_thief_in_100_fresh_browsers_has_ten_guesses_and_the_owner_verifies() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "10000/15m".into())]).await;
    let mut owner = env.activated(ANA).await;
    let phone = env.add_app(&mut owner, "Phone").await;
    wait(301);
    let mut guesses = 0;
    for _ in 0..100 {
        let mut thief = env.browser();
        thief.sign_in(ANA, PASSWORD).await;
        // One that signed in before is no better known.
        thief.sign_in(ANA, PASSWORD).await;
        if thief.get("/mfa?next=/services").await.status != 429 {
            thief.press("/mfa", &[("code", &phone.wrong())]).await;
            guesses += 1;
        }
    }
    assert_eq!(guesses, 10);
    owner.sign_in(ANA, PASSWORD).await;
    let page = owner.get("/mfa?next=/services").await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app", "{}", page.html);
    assert_eq!(owner.press("/mfa", &[("code", &phone.code())]).await.path, "/services");
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    assert_eq!(thief.get("/mfa?next=/services").await.status, 429, "it ends no pause of the others");
    // Of ten wrong codes in a known browser, the resident is told, too, and once.
    wait(301);
    let told = async || {
        let emails = env.emails().await;
        emails.iter().filter(|email| email.subject.starts_with("Too many")).count()
    };
    assert_eq!(told().await, 1);
    assert_eq!(guess_until_the_pause(&mut owner, &phone).await, 10);
    assert_eq!(told().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_5_6_200_parallel_guesses_in_known_and_strange_browsers_compare_ten_in_each() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "10000/15m".into())]).await;
    let mut owner = env.activated(ANA).await;
    let phone = env.add_app(&mut owner, "Phone").await;
    wait(301);
    owner.sign_in(ANA, PASSWORD).await;
    let mut browsers = vec![owner];
    for _ in 0..3 {
        let mut thief = env.browser();
        thief.sign_in(ANA, PASSWORD).await;
        browsers.push(thief);
    }
    let mut requests = Vec::new();
    for browser in &mut browsers {
        browser.get("/mfa?next=/services").await;
        for n in 0..50 {
            let code = format!("{n:06}");
            let is_near = (-2..=2).any(|step| phone.code_at(env.now().as_second() + step * 30) == code);
            let code = if is_near { "999999" } else { &code };
            requests.push((browser.clone(), browser.pressing("/mfa", &[("code", code)])));
        }
    }
    join_all(requests.into_iter().map(|(mut tab, request)| async move { tab.send(request).await })).await;
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let trail = env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries;
    let count = |event| trail.iter().filter(|entry| entry.event == event).count();
    assert_eq!(count(table::AuditEvent::VerificationFailed), 20);
    assert_eq!(count(table::AuditEvent::VerificationPaused), 2, "one notice for each pause");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_5_7_a_partner_is_linked_by_what_its_proofs_are_when_it_is_written() {
    let env = TestEnv::at_the_bank().await;
    let mut owner = env.activated(ANA).await;
    owner.get("/mfa?next=/factors").await;
    env.verify_by_email(&mut owner).await;
    let page = env.by_bank(&mut owner, crate::linking::TO_LINK, At::SignIn(0)).await;
    assert_eq!(page.heading(), "Connect Demo bank to your account?");
    let key = format!("ACCOUNT#{}", env.seen(ANA).await.account.unwrap().details().id);
    // Between the decision and its write, the account gets a second factor: the proofs share a root now.
    let (client, mut is_late) = (env.raw(), false);
    env.watch.decide_by(move |call| {
        let is_link =
            call.operation == "TransactWriteItems" && call.body.to_string().contains("partner_link");
        if is_link && !is_late {
            is_late = true;
            let update = client.update_item().table_name(local::TABLE);
            let update = update.key("pk", AttributeValue::S(key.clone()));
            let update = update.key("sk", AttributeValue::S("FACTORS".into()));
            let update = update.update_expression("SET had_second = :yes, revision = revision + :one");
            let update = update.expression_attribute_values(":yes", AttributeValue::Bool(true));
            let update = update.expression_attribute_values(":one", AttributeValue::N("1".into()));
            let update = async { update.send().await.unwrap() };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(update));
        }
        Fault::None
    });
    let page = owner.press("/federated/link", &[]).await;
    assert_eq!(page.path, "/federated", "{page:?}");
    env.watch.recover();
    let mut other = env.browser();
    env.by_bank(&mut other, START, At::SignIn(0)).await;
    let [proof] = session(&env, &other).await.unwrap().proofs[..] else { panic!("one proof") };
    assert_eq!(proof.root, RootOfTrust::Mailbox, "for a day");
}
