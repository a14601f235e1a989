//! A form with a guess that is sent again is no other guess, and a cookie from before guesses nothing (RULES 3.3, 3.8).

use domain::comparisons::{self, GuessableSecret};
use futures_util::future::join_all;
use local::Incoming;

use crate::{
    federating::first_time,
    recovery_codes::make_codes,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        partner::{At, START},
        phone::Phone,
    },
};

/// A browser that is asked for the code of its account's authenticator.
async fn asked_for_a_code(env: &TestEnv) -> (Browser, Phone) {
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(60);
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    browser.get("/mfa?next=/services").await;
    (browser, phone)
}

async fn guesses(env: &TestEnv) -> u32 {
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let factors = env.stack.app.table.factors(account, env.now()).await.unwrap();
    let in_known_browsers: u32 = factors.browsers.iter().map(|browser| browser.guesses.taken).sum();
    factors.guesses.taken + in_known_browsers
}

/// Sends a request several times one after the other and then at once, each time with the same cookies; returns the
/// pages' titles.
async fn again_and_again(browser: &Browser, request: &Incoming) -> Vec<String> {
    let mut replies = Vec::new();
    for _ in 0..3 {
        replies.push(browser.clone().send(request.clone()).await);
    }
    let mut copies: Vec<_> = (0..4).map(|_| browser.clone()).collect();
    replies.extend(join_all(copies.iter_mut().map(|copy| copy.send(request.clone()))).await);
    let title = |reply: &local::GatewayResponse| {
        let text = reply.text().into_owned();
        let title = text.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
        format!("{} {}", reply.status, title.unwrap_or_default())
    };
    replies.iter().map(title).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_3_a_wrong_password_that_is_sent_again_is_no_other_attempt() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    for (email, failed) in [(ANA, 1), ("bob@exemple.ca", 1)] {
        let mut browser = env.browser();
        browser.get("/login").await;
        let wrong = browser.pressing("/login", &[("email", email), ("password", OTHER)]);
        let titles = again_and_again(&browser, &wrong).await;
        assert!(titles.iter().all(|title| *title == titles[0] && title.starts_with("422")), "{titles:?}");
        assert_eq!(env.seen(email).await.attempts.attempts.failed(), failed);
        browser.press("/login", &[("email", email), ("password", OTHER)]).await;
        assert_eq!(env.seen(email).await.attempts.attempts.failed(), failed, "the same page");
        browser.press("/login", &[("email", email), ("password", OTHER)]).await;
        assert_eq!(env.seen(email).await.attempts.attempts.failed(), failed + 1, "another page");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_11_right_passwords_at_once_use_up_no_tries_and_are_never_told_of_a_lock() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "12/15m".into())]).await;
    env.activated(ANA).await;
    let mut browsers = Vec::new();
    for _ in 0..10 {
        let mut browser = env.browser();
        browser.get("/login").await;
        let request = browser.pressing("/login", &[("email", ANA), ("password", PASSWORD)]);
        browsers.push((browser, request));
    }
    for _ in 0..3 {
        // A double click sends the cookies that the page was opened with.
        let mut copies = browsers.clone();
        let replies =
            join_all(copies.iter_mut().map(|(browser, request)| browser.send(request.clone()))).await;
        for reply in &replies {
            let text = reply.text();
            assert!(matches!(reply.status, 303 | 503), "{} {text}", reply.status);
            assert!(!text.contains("is locked"), "{text}");
        }
        assert!(replies.iter().any(|reply| reply.status == 303));
    }
    // A source that has used up none of its tries has all of them.
    let mut guesser = env.browser();
    for n in 0..12 {
        let email = format!("bob{n}@exemple.ca");
        guesser.get("/login").await;
        assert_eq!(guesser.press("/login", &[("email", &email), ("password", OTHER)]).await.status, 422);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_3_a_wrong_code_that_is_sent_again_is_no_other_guess() {
    let env = TestEnv::begin().await;
    let (mut browser, phone) = asked_for_a_code(&env).await;
    let wrong = browser.pressing("/mfa", &[("code", &phone.wrong())]);
    let mut copies: Vec<_> = (0..4).map(|_| browser.clone()).collect();
    let replies = join_all(copies.iter_mut().map(|copy| copy.send(wrong.clone()))).await;
    assert!(replies.iter().all(|reply| reply.status == 422));
    assert_eq!(guesses(&env).await, 1);
    let titles = again_and_again(&browser, &wrong).await;
    assert!(titles.iter().all(|title| *title == titles[0]), "{titles:?}");
    assert_eq!(guesses(&env).await, 1);
    browser.get("/mfa?next=/services").await;
    browser.press("/mfa", &[("code", &phone.wrong())]).await;
    assert_eq!(guesses(&env).await, 2, "the same code on another page is another guess");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_3_3_a_wrong_code_for_an_address_that_is_sent_again_is_no_other_try() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let request = browser.pressing("/federated/code", &[("code", wrong)]);
    let titles = again_and_again(&browser, &request).await;
    assert!(titles.iter().all(|title| title.starts_with("422")), "{titles:?}");
    // Four more tries are left.
    for _ in 0..3 {
        browser.press("/federated/code", &[("code", wrong)]).await;
    }
    let page = browser.press("/federated/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/services", "{page:?}");
    first_time(&env, &mut env.browser(), START, (1, "bob@exemple.ca")).await;
}

/// Sends a form that was opened in this browser many times: again, at once, and from pages opened anew, by which `page` is
/// opened.
async fn guess_in_every_way(browser: &mut Browser, page: &str, path: &str, wrong: &[(&str, &str)]) {
    browser.get(page).await;
    again_and_again(browser, &browser.pressing(path, wrong)).await;
    for _ in 0..2 {
        browser.get(page).await;
        if browser.html.attribute(&format!("form[action^='{path}'] input[name=code]"), "name").is_none() {
            break;
        }
        browser.press(path, wrong).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_5_6_of_all_comparisons_of_a_secret_all_were_counted() {
    let env = TestEnv::at_the_bank().await;
    // A registration's password, in another browser than the one that registered.
    env.register(&mut env.browser(), "bob@exemple.ca", PASSWORD).await;
    let mut other = env.browser();
    other.get(&env.last_link().await).await;
    for _ in 0..3 {
        other.press("/activate", &[("password", OTHER)]).await;
    }
    // A password, with and without an account.
    let mut owner = env.activated(ANA).await;
    let phone = env.add_app(&mut owner, "Phone").await;
    make_codes(&mut owner).await;
    wait(60);
    let mut browser = env.browser();
    for email in [ANA, "nobody@exemple.ca"] {
        browser.get("/login").await;
        again_and_again(&browser, &browser.pressing("/login", &[("email", email), ("password", OTHER)]))
            .await;
    }
    // Codes, also with the cookies from before the session was renewed.
    browser.sign_in(ANA, PASSWORD).await;
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    guess_in_every_way(&mut browser, "/mfa?next=/services&factor=email", "/mfa", &[("code", wrong)]).await;
    browser.get("/mfa?next=/services").await;
    let mut before = browser.clone();
    browser.get("/mfa/choose?next=/services").await;
    let page = format!("/mfa?next=/services&factor={}", browser.html.radio("“Phone”"));
    guess_in_every_way(&mut browser, &page, "/mfa", &[("code", &phone.wrong())]).await;
    browser.get(&page).await;
    assert_eq!(browser.press("/mfa", &[("code", &phone.code())]).await.path, "/services");
    for guess in ["000000", "111111", wrong, &phone.code()] {
        before.post("/mfa?next=/services", &[("code", guess), ("factor", "email")]).await;
    }
    // The code for an address.
    let mut arrived = env.browser();
    env.by_bank(&mut arrived, START, At::SignIn(0)).await;
    arrived.press("/federated/first", &[("email", "eve@exemple.ca")]).await;
    guess_in_every_way(&mut arrived, "/federated/code", "/federated/code", &[("code", "00000 1")]).await;
    // A recovery code, in the browser that is known.
    wait(301);
    let page = "/mfa?next=/services&factor=recovery";
    for wrong in ["AAAAAAAAAAAAAAAAAAAAAAAAA", "BBBBBAAAAAAAAAAAAAAAAAAAA"] {
        guess_in_every_way(&mut owner, page, "/mfa", &[("code", wrong)]).await;
    }
    for secret in <GuessableSecret as strum::IntoEnumIterator>::iter() {
        let (compared, counted) = comparisons::totals(secret);
        assert_eq!(compared, counted, "{secret:?}");
        assert!(compared >= 4, "{secret:?}: {compared}");
    }
}

#[tokio::test]
async fn rule_3_8_the_cookie_from_before_a_verification_guesses_nothing() {
    let env = TestEnv::begin().await;
    let (mut browser, phone) = asked_for_a_code(&env).await;
    let before = browser.clone();
    let code = phone.code();
    let right = browser.pressing("/mfa", &[("code", &code)]);
    assert_eq!(browser.press("/mfa", &[("code", &code)]).await.path, "/services");
    // Whoever has the cookies from before, but not the page.
    let mut thief = before.clone();
    for form in ["", &"A".repeat(43)] {
        let page = thief.clone().press("/mfa", &[("code", &code), ("form", form)]).await;
        assert_eq!(page.path, "/login", "the right code is not told from a wrong one: {page:?}");
    }
    assert!(!thief.jar.is_empty() && guesses(&env).await == 0);
    // The page itself, sent twice.
    let reply = thief.send(right).await;
    assert_eq!(reply.header("location"), Some("/services"));
    assert_eq!(thief.get("/services").await.path, "/services");
}
