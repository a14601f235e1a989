//! Residents sign in with their bank (RULES 4.1 to 4.5, 4.7).

use bank::Fault;
use domain::{account::Account, assurance::Assurance};
use futures_util::future::join_all;
use local::Incoming;
use serde_json::json;

use crate::{
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        partner::{At, START, from},
        phone::code_in,
        watch,
    },
    verifying::taking,
};

/// Signs in by the bank for the first time and creates an account with this address; returns the next page.
pub(crate) async fn first_time(
    env: &TestEnv,
    browser: &mut Browser,
    start: &str,
    (resident, email): (usize, &str),
) -> Page {
    let page = env.by_bank(browser, start, At::SignIn(resident)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank", "{page:?}");
    let page = browser.press("/federated/first", &[("email", email)]).await;
    assert_eq!(page.heading(), "Enter the code we emailed you", "{page:?}");
    let code = env.emailed_code().await;
    browser.press("/federated/code", &[("code", &code)]).await
}

#[tokio::test]
async fn rule_3_9_one_email_reports_a_new_browser_even_if_the_response_to_its_sign_in_is_lost() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    // Another browser, which comes to the bank from the page to register.
    let mut other = env.browser();
    let back = env.at_bank(&mut other, START, (At::SignIn(0), None)).await;
    env.watch.decide_by(|call| {
        let is_sign_in =
            call.operation == "TransactWriteItems" && call.body.to_string().contains("\"session\"");
        if is_sign_in { watch::Fault::AnswerLost("InternalServerError") } else { watch::Fault::None }
    });
    assert_eq!(other.get(&back).await.status, 503);
    env.watch.recover();
    let page = env.by_bank(&mut other, START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services", "{page:?}");
    let reports = env.emails().await.into_iter().filter(|email| email.subject.contains("New sign-in"));
    assert_eq!(reports.count(), 1);
}

#[tokio::test]
async fn rule_4_3_who_has_no_account_makes_one_with_their_bank_and_an_address_and_goes_on_to_the_service() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = first_time(&env, &mut browser, &start, (0, ANA)).await;
    let tokens = env.tokens(&service, &page.with["code"]).await;
    let claims = env.verified(&tokens["id_token"], &service).await;
    assert!(claims["acr"].as_str().unwrap().ends_with("/assurance/two-step"), "the code proved the mailbox");
    assert_eq!(claims["amr"], json!(["otp"]), "how the bank recognized them is the bank's");
    let view = env.seen(ANA).await;
    assert!(matches!(&view.account, Some(Account::Active(active)) if active.0.password.is_none()));
    // Later, the bank signs them in directly in any browser, and the service gets the same subject.
    let mut other = env.browser();
    let start = from(&mut other, (&service, START)).await;
    let page = env.by_bank(&mut other, &start, At::SignIn(0)).await;
    let again = env.tokens(&service, &page.with["code"]).await;
    let again = env.verified(&again["id_token"], &service).await;
    assert_eq!(again["sub"], claims["sub"]);
    assert!(again["acr"].as_str().unwrap().ends_with("/assurance/password") && again.get("amr").is_none());
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "New sign-in to your My Ontario Account");
}

#[tokio::test]
async fn rule_4_4_who_has_an_account_signs_in_once_and_is_linked() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = env.by_bank(&mut browser, &start, At::SignIn(1)).await;
    let page = browser.get(&page.html.href("/login?interaction")).await;
    assert_eq!(page.heading(), "Sign in");
    browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!(page.heading(), "Connect Demo bank to your account?");
    assert!(page.html.contains(ANA));
    let page = browser.press("/federated/link", &[]).await;
    assert!(page.with.contains_key("code"), "on to the service: {page:?}");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "A sign-in partner was connected to your My Ontario Account");
    assert!(links(&told)[0].starts_with("/dispute?"));
    let mut other = env.browser();
    let page = env.by_bank(&mut other, START, At::SignIn(1)).await;
    assert_eq!(page.path, "/services");
}

#[tokio::test]
async fn rule_4_3_an_address_that_has_an_account_is_never_linked_by_the_email_alone() {
    let env = TestEnv::at_the_bank().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let page = first_time(&env, &mut browser, START, (0, ANA)).await;
    assert_eq!(page.heading(), "There is already an account with this email address");
    assert_eq!(browser.get("/services").await.path, "/login", "nobody is signed in");
    let account = env.seen(ANA).await.account.unwrap().details().id;
    assert!(env.stack.app.table.partner_identities(account, env.now()).await.unwrap().is_empty());
    browser.get("/federated/code").await;
    let page = browser.get(&page.html.href("/login?next=/federated/link?partner=demo-bank")).await;
    assert_eq!(page.heading(), "Sign in");
    browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!(page.heading(), "Connect Demo bank to your account?");
    let page = browser.press("/federated/link", &[]).await;
    assert_eq!(page.path, "/federated");
    assert!(page.html.contains("Remove Demo bank"), "{}", page.html);
}

#[tokio::test]
async fn rule_4_3_an_unactivated_registration_takes_no_address_from_who_proves_it() {
    let env = TestEnv::at_the_bank().await;
    let mut squatter = env.browser();
    env.register(&mut squatter, ANA, OTHER).await;
    let link = env.last_link().await;
    let mut browser = env.browser();
    let page = first_time(&env, &mut browser, START, (0, ANA)).await;
    assert_eq!(page.path, "/services");
    squatter.get(&link).await;
    let page = squatter.post("/activate", &[]).await;
    assert_ne!(page.path, "/services", "{page:?}");
    assert_eq!(squatter.sign_in(ANA, OTHER).await.status, 422);
}

#[tokio::test]
async fn rule_4_3_codes_run_out_are_sent_again_and_tried_five_times() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    let page = browser.press("/federated/first", &[("email", "ana@")]).await;
    assert_eq!(page.status, 422);
    browser.press("/federated/first", &[("email", ANA)]).await;
    let first = env.emailed_code().await;
    let wrong = if first == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        let page = browser.press("/federated/code", &[("code", wrong)]).await;
        assert_eq!(page.status, 422);
    }
    let page = browser.press("/federated/code", &[("code", &first)]).await;
    assert!(page.html.contains("This code has expired"), "{}", page.html);
    let page = browser.press("/federated/first", &[]).await;
    assert_eq!(page.heading(), "Enter the code we emailed you", "it is sent to the same address");
    let second = env.emailed_code().await;
    wait(600);
    let page = browser.press("/federated/code", &[("code", &second)]).await;
    assert!(page.html.contains("This code has expired"), "{}", page.html);
    // Starts again with the partner.
    let page = env.by_bank(&mut browser, &page.html.href(START), At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank");
    browser.press("/federated/first", &[("email", ANA)]).await;
    let third = code_in(env.emails().await.last().unwrap());
    let page = browser.press("/federated/code", &[("code", &third)]).await;
    assert_eq!(page.path, "/services");
}

/// The message for each failure at the partner, except those that the rotation of keys has to survive.
fn told(fault: Fault) -> &'static str {
    match fault {
        Fault::ServerError
        | Fault::TemporarilyUnavailable
        | Fault::TokenDown
        | Fault::TokenSlow
        | Fault::TokenTrickle
        | Fault::TokenHuge
        | Fault::DiscoveryDown
        | Fault::JwksDown
        | Fault::JwksTrickle => "We cannot reach your sign-in partner",
        Fault::WrongState => "Signing in took too long",
        Fault::LoginRequired => "You cancelled signing in with your sign-in partner",
        _ => "We could not sign you in with your sign-in partner",
    }
}

#[tokio::test]
async fn rule_4_7_whatever_goes_wrong_at_the_partner_the_sign_in_page_says_so_with_the_way_intact() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let outage = |fault| matches!(fault, Fault::DiscoveryDown | Fault::JwksDown | Fault::JwksTrickle);
    // These sign in, but for a new sign-in at the partner (RULES 4.5).
    let signs_in = |fault| matches!(fault, Fault::RotatedKeys | Fault::OldAuthTime | Fault::NoAuthTime);
    let faults = Fault::ALL.iter().copied().filter(|fault| !outage(*fault) && !signs_in(*fault));
    // All at once: some partners take as long as they are given.
    let all = faults.map(async |fault| {
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        let back = env.at_bank(&mut browser, &start, (At::SignIn(0), Some(fault))).await;
        let page = browser.get(&back).await;
        assert_eq!(page.path, "/login", "{fault}: {page:?}");
        assert!(page.html.contains(told(fault)), "{fault}: {}", page.html);
        let is_way_told = page.html.contains("health in English");
        assert!(is_way_told || matches!(fault, Fault::WrongState | Fault::NoState), "{fault}: {}", page.html);
        assert!(!browser.jar.contains_key("__Host-session") && !browser.jar.contains_key("__Host-arrival"));
    });
    join_all(all).await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = env.by_bank(&mut browser, &start, At::Cancel).await;
    assert!(
        page.html.contains("You cancelled signing in with your sign-in partner")
            && page.html.contains("health in English")
    );
}

#[tokio::test]
async fn rule_4_1_the_partners_keys_change_and_nobody_notices() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    for _ in 0..2 {
        wait(31);
        let mut other = env.browser();
        let back = env.at_bank(&mut other, START, (At::SignIn(0), Some(Fault::RotatedKeys))).await;
        let page = other.get(&back).await;
        assert_eq!(page.path, "/services", "{page:?}");
    }
}

#[tokio::test]
async fn rule_4_1_a_partner_that_is_away_is_said_to_be() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    env.bank().fail_with(Some(Fault::DiscoveryDown));
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = browser.get(&start).await;
    assert!(
        page.html.contains("We cannot reach your sign-in partner") && page.html.contains("health in English")
    );
    env.bank().fail_with(None);
    wait(31);
    assert_eq!(
        env.by_bank(&mut browser, &start, At::SignIn(0)).await.heading(),
        "You signed in with Demo bank"
    );
}

#[tokio::test]
async fn rule_4_1_an_answer_is_taken_once_from_the_browser_that_left_in_half_an_hour() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    first_time(&env, &mut browser, START, (0, ANA)).await;
    let mut other = env.browser();
    let start = from(&mut other, (&service, START)).await;
    let back = env.at_bank(&mut other, &start, (At::SignIn(0), None)).await;
    // The callback's address, in somebody else's browser.
    let mut thief = env.browser();
    thief.get("/login").await;
    let page = thief.get(&back).await;
    assert!(page.path == "/login" && page.html.contains("took too long"), "{page:?}");
    assert!(!thief.jar.contains_key("__Host-session"));
    // Another partner's redirect URI.
    let elsewhere = back.replace("/demo-bank", "/other-bank");
    assert!(!other.clone().get(&elsewhere).await.with.contains_key("code"));
    let mut twice = other.clone();
    let page = other.get(&back).await;
    assert!(page.with.contains_key("code"), "{page:?}");
    // A double click at the bank: the second response signs nobody in, and the sign-in continues.
    let page = twice.get(&back).await;
    assert!(page.path == "/login" && page.html.contains("health in English"), "{page:?}");
    assert!(!twice.jar.contains_key("__Host-session"));
    assert!(other.get(&back).await.with.contains_key("code"), "who is signed in goes on");
    let mut late = env.browser();
    let start = from(&mut late, (&service, START)).await;
    let back = env.at_bank(&mut late, &start, (At::SignIn(0), None)).await;
    wait(1800);
    let page = late.get(&back).await;
    assert!(page.path == "/login" && page.html.contains("took too long"), "{page:?}");
    for junk in [
        "/federated/callback/demo-bank",
        "/federated/callback/demo-bank?state=x&code=y",
        "/federated/callback/",
    ] {
        assert!(matches!(late.get(junk).await.status, 200 | 404), "{junk}");
    }
}

#[tokio::test]
async fn rule_4_2_the_partner_is_told_the_same_whichever_service_the_resident_goes_to() {
    let env = TestEnv::at_the_bank().await;
    let mut told = Vec::new();
    for name in ["health", "roads"] {
        let service = env.service(name).await;
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        let leaves = browser.clone().send(Incoming::get(&start)).await;
        assert_eq!(leaves.header("referrer-policy"), Some("same-origin"), "nor does the page before say it");
        env.bank().clear_received();
        let back = env.at_bank(&mut browser, &start, (At::SignIn(0), None)).await;
        browser.get(&back).await;
        let seen = env.bank().received().into_iter().map(|seen| {
            let text = format!("{} {}\n{}", seen.method, seen.target, String::from_utf8_lossy(&seen.body));
            let headers = seen.headers.iter().filter(|(name, _)| name != "content-length");
            let headers: Vec<_> = headers
                .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()))
                .collect();
            (without_random(&text), headers)
        });
        let all: Vec<_> = seen.collect();
        assert!(all.iter().any(|(text, _)| text.starts_with("POST /token")), "{all:?}");
        assert!(!format!("{all:?}").contains(name));
        told.push(all);
    }
    // The partner's metadata and keys are cached.
    told[0].retain(|(text, _)| !text.starts_with("GET /.well-known") && !text.starts_with("GET /jwks"));
    assert_eq!(told[0], told[1]);
}

/// Values of at least 22 characters, which could be random, and the times of assertions.
fn without_random(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut kept = String::new();
    for piece in text.split_inclusive(|c: char| !is_part(c)) {
        let word = piece.trim_end_matches(|c: char| !is_part(c));
        let is_random = word.len() >= 22 && !word.contains("localhost");
        kept.push_str(if is_random { "…" } else { word });
        kept.push_str(&piece[word.len()..]);
    }
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_2_an_identity_becomes_one_account_however_many_come_at_once() {
    let env = TestEnv::at_the_bank().await;
    let mut browsers = Vec::new();
    for n in 0..6 {
        let mut browser = env.browser();
        env.by_bank(&mut browser, START, At::SignIn(0)).await;
        browser.press("/federated/first", &[("email", &format!("ana{n}@exemple.ca"))]).await;
        let code = env.emailed_code().await;
        let request = browser.pressing("/federated/code", &[("code", &code)]);
        browsers.push((browser, request));
    }
    let replies = browsers.iter_mut().map(|(browser, request)| browser.send(request.clone()));
    let replies = join_all(replies).await;
    // It is one person, whose first request decides the address; the others sign in to that account.
    let ways: Vec<_> = replies.iter().map(|reply| reply.header("location")).collect();
    assert_eq!(ways, [Some("/services"); 6]);
    let mut accounts = 0;
    for n in 0..6 {
        accounts += usize::from(env.seen(&format!("ana{n}@exemple.ca")).await.account.is_some());
    }
    assert_eq!(accounts, 1);
}

#[tokio::test]
async fn rule_4_1_a_partner_that_is_switched_off_or_unknown_leads_to_the_sign_in_page() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    assert!(!browser.get("/login").await.html.contains("/federated"), "there is none");
    for target in
        [START, "/federated/start", "/federated/start?partner=../x", "/federated/first", "/federated/code"]
    {
        assert_eq!(browser.get(target).await.path, "/login", "{target}");
    }
    let post = Incoming::post("/federated/first").form(&[("email", ANA)]);
    assert_eq!(browser.send(post).await.status, 403, "not a form of ours");
}

#[tokio::test]
async fn rule_4_3_a_way_that_ends_while_the_account_is_made_is_no_address_that_is_taken() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::Password).await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    wait(24 * 3600 - 600);
    env.by_bank(&mut browser, &start, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    let (stack, mut has_ended) = (env.stack.clone(), false);
    env.watch.decide_by(move |call| {
        if !has_ended && call.body.to_string().contains("\"activated\"") {
            has_ended = true;
            wait(700);
            stack.dynamodb.sweep().unwrap();
        }
        watch::Fault::None
    });
    let page = browser.press("/federated/code", &[("code", &code)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/services"), "{page:?}");
}
