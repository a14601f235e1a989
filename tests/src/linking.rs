//! Partners are linked and removed, and nobody loses access (RULES 4.2, 4.4, 4.6, 4.8).

use domain::{
    account::Account,
    assurance::Assurance,
    device::Device,
    form::Submission,
    link::{Dispute, Token},
};
use futures_util::future::join_all;
use table::{Conflict, DisputeEmails, DisputedFactors, LinkUser, WriteError};

use crate::{
    federating::first_time,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        partner::{At, START},
        phone::Phone,
    },
    verifying::{go, learned, taking},
};

pub(crate) const TO_LINK: &str = "/federated/start?partner=demo-bank&link=yes";

/// Links the bank's resident of this number to the account that is signed in. Proves the mailbox first, where that is asked
/// for.
pub(crate) async fn link(env: &TestEnv, browser: &mut Browser, resident: usize) -> Page {
    let mut page = env.by_bank(browser, TO_LINK, At::SignIn(resident)).await;
    if page.path == "/mfa" {
        page = env.verify_by_email(browser).await;
    }
    if page.path != "/federated/link" {
        return page;
    }
    browser.press("/federated/link", &[]).await
}

/// Requests a link and resets the password to the other one; returns the next page.
pub(crate) async fn reset_password(env: &TestEnv) -> Page {
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.press("/reset", &[("email", ANA)]).await;
    let mut reset = env.browser();
    reset.get(&env.last_link().await).await;
    let page = reset.press("/reset/link", &[("password", OTHER)]).await;
    if page.heading() == REVIEW { answer_review(&mut reset, "keep").await } else { page }
}

/// The heading of the page that asks what to keep of what was added lately.
pub(crate) const REVIEW: &str = "Check what was added recently";

/// Gives this answer to each question of the page that asks what to keep.
pub(crate) async fn answer_review(browser: &mut Browser, answer: &str) -> Page {
    let names = browser.html.attributes("input[type=radio][value=keep]", "name");
    let answers: Vec<_> = names.iter().map(|name| (name.as_str(), answer)).collect();
    browser.press("/reset/done", &answers).await
}

#[tokio::test]
async fn rule_4_6_forgot_password_gives_an_account_made_by_the_bank_a_password() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.status, 422, "it has none yet");
    let page = reset_password(&env).await;
    assert_eq!(page.heading(), "Password changed");
    assert!(page.html.contains("<li>Demo bank</li>"), "what could still let somebody in (RULES 3.6)");
    assert_eq!(browser.get("/services").await.path, "/login", "a reset ends all sessions");
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.path, "/services");
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services", "and the bank as before");
}

#[tokio::test]
async fn rule_5_3_an_account_made_by_the_bank_sets_an_app_up_where_a_service_asks_for_one() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.browser();
    let page = go(&mut browser, &service).await;
    let start = page.html.href(START);
    let page = first_time(&env, &mut browser, &start, (0, ANA)).await;
    assert_eq!(page.heading(), "Set up an authenticator app");
    browser.press("/factors/add", &[]).await;
    let phone = Phone::scanning(&browser);
    let page = browser.press("/factors/confirm", &[("name", "Phone"), ("code", &phone.code())]).await;
    let own = ["otp", "mfa"].map(str::to_owned).to_vec();
    assert_eq!(learned(&env, &service, &page).await, ("mfa".into(), own));
    // From now on, the bank and the authenticator sign in together, and neither alone.
    wait(60);
    let mut other = env.browser();
    let start = go(&mut other, &service).await.html.href(START);
    let page = env.by_bank(&mut other, &start, At::SignIn(0)).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = other.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
}

#[tokio::test]
async fn rule_4_8_an_account_has_a_password_before_its_partner_is_removed() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    let page = browser.get("/federated").await;
    let page = browser.get(&page.html.href("/federated/unlink")).await;
    assert_eq!(page.heading(), "Remove Demo bank?");
    assert!(page.html.contains("Set a password first"), "{}", page.html);
    assert_eq!(page.html.href_of("Set a password"), "/settings/password");
    let page = browser.press("/federated/unlink", &[]).await;
    assert!(page.html.contains("Set a password first"), "whatever is posted");
    reset_password(&env).await;
    browser.sign_in(ANA, OTHER).await;
    let page = browser.get("/federated").await;
    browser.get(&page.html.href("/federated/unlink")).await;
    env.verify_by_email(&mut browser).await;
    let page = browser.press("/federated/unlink", &[]).await;
    assert!(page.path == "/federated" && page.html.contains("Connect Demo bank"), "{page:?}");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "A sign-in partner was removed from your My Ontario Account");
    assert!(links(&told)[0].starts_with("/dispute?"));
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "it opens nothing now");
}

#[tokio::test]
async fn rule_3_4_a_locked_password_leaves_the_partner_usable() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    link(&env, &mut browser, 0).await;
    let mut guesser = env.browser();
    for _ in 0..5 {
        guesser.sign_in(ANA, OTHER).await;
    }
    assert!(matches!(env.seen(ANA).await.account, Some(Account::Locked(_))));
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services");
}

#[tokio::test]
async fn rule_4_2_an_identity_is_one_accounts_and_an_account_has_one_at_a_partner() {
    let env = TestEnv::at_the_bank().await;
    let mut ana = env.activated(ANA).await;
    wait(31);
    let mut bob = env.activated("bob@exemple.ca").await;
    assert_eq!(link(&env, &mut ana, 0).await.path, "/federated");
    let page = link(&env, &mut bob, 0).await;
    assert_eq!((page.status, page.heading()), (409, "Connected to a different account"));
    assert_eq!(bob.get("/services").await.path, "/services", "and nobody else is signed in here");
    let page = link(&env, &mut ana, 1).await;
    assert_eq!(
        (page.status, page.heading()),
        (409, "Your account is already connected to this sign-in partner")
    );
    assert_eq!(link(&env, &mut ana, 0).await.path, "/federated", "the same again changes nothing");
    assert_eq!(link(&env, &mut bob, 1).await.path, "/federated");
    let told = env.emails().await.into_iter().filter(|email| email.subject.contains("was connected"));
    assert_eq!(told.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_2_of_many_that_link_one_identity_at_once_one_does() {
    let env = TestEnv::at_the_bank().await;
    let mut browsers = Vec::new();
    for n in 0..6 {
        let mut browser = env.activated(&format!("ana{n}@exemple.ca")).await;
        env.by_bank(&mut browser, TO_LINK, At::SignIn(3)).await;
        let request = browser.pressing("/federated/link", &[]);
        browsers.push((browser, request));
    }
    let replies = browsers.iter_mut().map(|(browser, request)| browser.send(request.clone()));
    let replies = join_all(replies).await;
    let ways: Vec<_> = replies.iter().filter_map(|reply| reply.header("location")).collect();
    assert_eq!(ways.iter().filter(|way| **way == "/federated").count(), 1, "{ways:?}");
    assert_eq!(ways.iter().filter(|way| way.ends_with("?refused=elsewhere")).count(), 5, "{ways:?}");
}

#[tokio::test]
async fn rule_7_2_linking_and_removing_need_a_proof_of_the_last_five_minutes() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    wait(301);
    let page = env.by_bank(&mut browser, TO_LINK, At::SignIn(0)).await;
    assert_eq!(page.heading(), "Confirm it’s you");
    browser.get(&page.html.href("/login?again=true")).await;
    browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!(page.heading(), "Connect Demo bank to your account?", "who has arrived waits");
    browser.press("/federated/link", &[]).await;
    wait(301);
    let page = browser.get("/federated/unlink?partner=demo-bank").await;
    assert_eq!(page.heading(), "Confirm it’s you");
    // Signing in by the partner again is a proof, too.
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.get("/federated/unlink?partner=demo-bank").await;
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!(page.heading(), "Remove Demo bank?");
    assert!(page.html.contains("no longer be able to sign in with Demo bank."), "{page:?}");
}

#[tokio::test]
async fn rule_8_10_a_resident_confirms_by_the_password_or_by_a_partner_of_the_account() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    wait(301);
    let again = "/login?again=true&next=/settings/data";
    let page = browser.get(again).await;
    assert_eq!(page.html.count("main a[href^='/federated/start']"), 0, "it has no partner");
    let page = browser.press("/login", &[("email", ANA), ("password", OTHER)]).await;
    assert_eq!((page.status, page.heading()), (422, "Confirm it’s you"));
    assert_eq!(page.html.text(".ontario-alert--error h2").as_deref(), Some("Incorrect password"));
    assert_eq!(page.html.count("main a[href^='/federated/start']"), 0);
    let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.html.href_of("Cancel"), "/settings", "before the code is sent");
    env.verify_by_email(&mut browser).await;
    assert_eq!(link(&env, &mut browser, 0).await.path, "/federated");
    wait(301);
    let page = browser.get(again).await;
    assert_eq!(page.html.count("main a[href^='/federated/start']"), 1, "{page:?}");
}

#[tokio::test]
async fn rule_3_10_this_was_not_me_removes_a_partner_that_was_linked_since() {
    let env = TestEnv::at_the_bank().await;
    env.activated(ANA).await;
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    wait(1);
    assert_eq!(link(&env, &mut thief, 0).await.path, "/federated");
    let mut owner = env.browser();
    owner.get(&dispute).await;
    owner.press("/dispute", CONFIRMED).await;
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "the thief's bank opens nothing");
}

#[tokio::test]
async fn rule_3_10_a_partner_that_is_linked_while_somebody_objects_is_seen() {
    let env = TestEnv::at_the_bank().await;
    env.activated(ANA).await;
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    let dispute = links(env.emails().await.last().unwrap()).pop().unwrap();
    let (app, now) = (&env.stack.app, env.now());
    let token =
        Token::<Dispute>::parse(dispute.split('=').nth(1).unwrap(), app.keys.link().unwrap()).unwrap();
    let found = app.table.find_account_link::<Dispute>(token.id(), now).await.unwrap().unwrap();
    let (account, live) = (found.account.unwrap(), found.sent.check(now).unwrap());
    let factors = app.table.factors(live.account, now).await.unwrap().disputed(live.sent_at);
    assert_eq!(link(&env, &mut thief, 0).await.path, "/federated");
    let disputed = account.dispute(&live, now).unwrap();
    let device = Device { name: String::new(), country: String::new() };
    let way = email::EmailedLink::new(app.new_id(), now);
    let about = email::DisputedReset { link: way };
    let notice = account::emails::compose(app, disputed.account.details(), about);
    let user = LinkUser { device: &device, known: None, submission: &Submission::default() };
    let emails = DisputeEmails { notice: &notice, left: None };
    let left = DisputedFactors { factors: &factors, unlinked: &[], in_review: &[] };
    let refused = app.table.dispute(&disputed, &left, emails, &user).await;
    assert!(matches!(refused, Err(WriteError::Conflict(Conflict::Account))), "{refused:?}");
}

#[tokio::test]
async fn rule_4_7_turning_back_at_the_partner_leads_back_to_where_linking_began() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    let page = env.by_bank(&mut browser, TO_LINK, At::Cancel).await;
    assert!(
        page.path == "/federated" && page.html.contains("You cancelled connecting a sign-in partner"),
        "{page:?}"
    );
    for target in ["/federated/link", "/federated/unlink?partner=demo-bank", "/federated/unlink?partner=none"]
    {
        assert_eq!(browser.get(target).await.path, "/federated", "{target}");
    }
}
