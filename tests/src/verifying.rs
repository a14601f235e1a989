//! Residents verify by a code by email or an authenticator (RULES 5.1 to 5.5).

use domain::assurance::Assurance;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv, links, wait},
    page::Page,
    phone::{Phone, code_in},
    services::{Service, told},
};

/// A service that requires this assurance.
pub(crate) async fn taking(env: &TestEnv, level: Assurance) -> Service {
    env.service_with(level.name(), |registration| registration.assurance = level).await
}

/// The `acr` and `amr` that the service gets.
pub(crate) async fn learned(env: &TestEnv, service: &Service, page: &Page) -> (String, Vec<String>) {
    let code = page.with.get("code").unwrap_or_else(|| panic!("no code: {page:?}"));
    let tokens = env.tokens(service, code).await;
    let claims = env.verified(&tokens["id_token"], service).await;
    let acr = claims["acr"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    (acr, serde_json::from_value(claims["amr"].clone()).unwrap())
}

fn is(learned: &(String, Vec<String>), acr: &str, amr: &[&str]) {
    assert_eq!(
        (learned.0.as_str(), learned.1.iter().map(String::as_str).collect::<Vec<_>>()),
        (acr, amr.to_vec())
    );
}

/// Sends a signed-in resident through the authorization endpoint for an identifier alone.
pub(crate) async fn go(browser: &mut Browser, service: &Service) -> Page {
    browser.get(&service.asks(&[("scope", "openid")])).await
}

#[tokio::test]
async fn rule_5_3_a_service_that_wants_two_steps_gets_them_by_email_with_nothing_installed() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.activated(ANA).await;
    let page = go(&mut browser, &service).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/factors/add", "Choose a verification method"));
    let sent = env.emails().await.len();
    let page = browser.press("/mfa/choose", &[]).await;
    assert_eq!(env.emails().await.len(), sent + 1, "the choice sends the code");
    assert_eq!(page.heading(), "Enter the code we emailed you");
    let email = env.emails().await.pop().unwrap();
    for part in ["two-step in English", "Firefox, Windows", "2026"] {
        assert!(email.text.contains(part), "{part}: {}", email.text);
    }
    assert!(links(&email)[0].starts_with("/dispute?"), "whoever did not ask can object");
    let page = browser.press("/mfa", &[("code", &code_in(&email))]).await;
    is(&learned(&env, &service, &page).await, "two-step", &["pwd", "otp"]);
    // The session has verified by email; next time the page offers the email code first.
    let page = go(&mut browser, &service).await;
    is(&learned(&env, &service, &page).await, "two-step", &["pwd", "otp"]);
    let services = browser.get("/services").await;
    assert!(services.html.contains("Second step required"), "{}", services.html);
    let mut again = env.browser();
    again.get(&service.asks(&[("scope", "openid")])).await;
    let page = again.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Get a code by email");
}

#[tokio::test]
async fn rule_5_3_a_service_that_wants_an_app_gets_one_that_is_set_up_on_the_way() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.activated(ANA).await;
    let page = go(&mut browser, &service).await;
    assert_eq!(page.heading(), "Set up an authenticator app");
    assert!(!page.html.contains("/mfa?"), "the email code would be too little");
    browser.press("/factors/add", &[]).await;
    let phone = Phone::scanning(&browser);
    let code = phone.code();
    let page = browser.press("/factors/confirm", &[("name", "Phone"), ("code", &code)]).await;
    is(&learned(&env, &service, &page).await, "mfa", &["pwd", "otp", "mfa"]);
    let email = env.emails().await.pop().unwrap();
    assert_eq!(email.subject, "An authenticator app was added to your My Ontario Account");
    assert!(!email.text.contains("Phone"), "a name that somebody typed is not in an email");
    assert!(links(&email)[0].starts_with("/dispute?"));
    // Another browser offers the authenticator; a used code and an older one are rejected.
    let mut other = env.browser();
    other.get(&service.asks(&[("scope", "openid")])).await;
    let page = other.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let now = env.now().as_second();
    for old in [code.clone(), phone.code_at(now - 30)] {
        let page = other.press("/mfa", &[("code", &old)]).await;
        assert_eq!(page.status, 422);
        assert!(page.html.contains("That code is incorrect or has already been used"), "{}", page.html);
    }
    let page = other.press("/mfa", &[("code", &phone.code_at(now + 30))]).await;
    is(&learned(&env, &service, &page).await, "mfa", &["pwd", "otp", "mfa"]);
}

#[tokio::test]
async fn rule_5_3_who_does_not_want_to_goes_back_to_the_service() {
    let env = TestEnv::begin().await;
    for level in [Assurance::TwoStep, Assurance::Mfa] {
        let service = taking(&env, level).await;
        let mut browser = env.browser();
        env.register(&mut browser, &format!("{level:?}@exemple.ca"), PASSWORD).await;
        browser.get(&env.last_link().await).await;
        browser.post("/activate", &[]).await;
        go(&mut browser, &service).await;
        let page = browser.press("/authorize/continue", &[("answer", "no")]).await;
        assert_eq!(told(&page.with), ("access_denied", Some("a state")));
    }
}

#[tokio::test]
async fn rule_5_3_the_factor_last_used_comes_first_and_the_others_are_one_click_away() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.activated(ANA).await;
    let (phone, _tablet) = (env.add_app(&mut browser, "Phone").await, {
        wait(30);
        env.add_app(&mut browser, "Tablet").await
    });
    let sign_in = async |env: &TestEnv| {
        let mut other = env.browser();
        other.get(&service.asks(&[("scope", "openid")])).await;
        let page = other.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
        (other, page)
    };
    let (mut other, page) = sign_in(&env).await;
    assert!(page.html.text("main").is_some_and(|text| text.contains("“Tablet”")), "{}", page.html);
    let page = other.get(&page.html.href("/mfa/choose")).await;
    assert_eq!(page.heading(), "How do you want to confirm it’s you?");
    for part in ["“Phone”", "“Tablet”", "A code by email to ana@exemple.ca"] {
        assert!(page.html.text("main").is_some_and(|text| text.contains(part)), "{part}");
    }
    assert_eq!(page.html.attribute("input[checked]", "value"), Some(page.html.radio("“Tablet”")));
    other.choose_method("“Phone”").await;
    wait(1);
    let page = other.press("/mfa", &[("code", &phone.code())]).await;
    is(&learned(&env, &service, &page).await, "mfa", &["pwd", "otp", "mfa"]);
    let (mut other, page) = sign_in(&env).await;
    assert!(page.html.text("main").is_some_and(|text| text.contains("“Phone”")), "the last used");
    other.get(&page.html.href("/mfa/choose")).await;
    wait(1);
    other.choose_method("A code by email").await;
    let page = other.press("/mfa", &[("code", &env.emailed_code().await)]).await;
    is(&learned(&env, &service, &page).await, "two-step", &["pwd", "otp"]);
    let (_, page) = sign_in(&env).await;
    assert_eq!(page.heading(), "Get a code by email");
}

#[tokio::test]
async fn rule_5_5_the_page_of_the_fifth_wrong_code_says_that_none_is_left_to_enter() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/mfa?next=/factors").await;
    browser.press("/mfa/send", &[]).await;
    let right = env.emailed_code().await;
    let mut wrong = (0..).map(|n| format!("{n:06}")).filter(|code| *code != right);
    for _ in 0..4 {
        let page = browser.press("/mfa", &[("code", &wrong.next().unwrap())]).await;
        assert!(page.status == 422 && page.html.contains("That code is incorrect"), "{}", page.html);
    }
    let page = browser.press("/mfa", &[("code", &wrong.next().unwrap())]).await;
    assert_eq!((page.status, page.heading()), (422, "Get a code by email"));
    assert!(page.html.contains("You entered 5 incorrect codes"), "{}", page.html);
}

#[tokio::test]
async fn rule_5_5_a_code_lasts_ten_minutes_and_another_one_is_sent_after_thirty_seconds() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/mfa?next=/factors").await;
    browser.press("/mfa/send", &[]).await;
    let first = env.emailed_code().await;
    let sent = env.emails().await.len();
    let page = browser.press("/mfa/send", &[]).await;
    assert_eq!(page.heading(), "Enter the code we emailed you", "a double click");
    assert_eq!(env.emails().await.len(), sent);
    wait(20);
    let page = browser.press("/mfa/send", &[]).await;
    assert_eq!((page.status, page.heading()), (429, "Wait before asking for another email"));
    assert!(page.html.contains("10 seconds") || page.html.contains("9 seconds"), "{}", page.html);
    wait(10);
    browser.get("/mfa?next=/factors&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let second = env.emailed_code().await;
    // Some seconds less than the limit, since the tests' clock also runs by itself.
    wait(590);
    if first != second {
        let page = browser.press("/mfa", &[("code", &first)]).await;
        assert_eq!(page.status, 422, "it has expired");
    }
    let mut in_time = browser.clone();
    let page = in_time.press("/mfa", &[("code", &second)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/factors"));
    wait(31);
    in_time.get("/mfa?next=/factors&factor=email").await;
    wait(300);
    in_time.get("/mfa?next=/factors&factor=email").await;
    in_time.press("/mfa/send", &[]).await;
    let third = env.emailed_code().await;
    wait(600);
    let page = in_time.press("/mfa", &[("code", &third)]).await;
    assert_eq!((page.status, page.heading()), (422, "Get a code by email"));
    assert!(page.html.contains("This code has expired"), "{}", page.html);
}

#[tokio::test]
async fn rule_5_5_a_code_works_in_the_session_that_asked_for_it_alone() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    for browser in [&mut browser, &mut other] {
        browser.get("/mfa?next=/factors").await;
    }
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    wait(30);
    other.press("/mfa/send", &[]).await;
    let page = other.press("/mfa", &[("code", &code)]).await;
    assert_eq!(page.status, 422, "another session's");
    let page = browser.press("/mfa", &[("code", &code)]).await;
    assert_eq!(page.path, "/factors");
}

#[tokio::test]
async fn rule_5_5_what_is_no_code_is_no_guess() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/mfa?next=/factors").await;
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    for (typed, says) in [
        ("", "Enter the code."),
        ("12345", "Enter the 6 digits of the code."),
        ("abcdef", "Enter the 6 digits of the code."),
        ("\u{200b}", "Enter the code."),
        ("①２３４５６", "Enter the 6 digits of the code."),
    ] {
        for _ in 0..6 {
            let page = browser.press("/mfa", &[("code", typed)]).await;
            assert!(page.status == 422 && page.html.contains(says), "{typed}: {}", page.html);
        }
    }
    // As people type and paste it: in full width and in Devanagari, with a zero-width space.
    let digits = |text: &str, zero: u32| -> String {
        text.bytes().filter_map(|digit| char::from_u32(zero + u32::from(digit - b'0'))).collect()
    };
    let typed = format!(" \u{feff}{} \u{200b}{}\n", digits(&code[..3], 0xff10), digits(&code[3..], 0x966));
    let page = browser.press("/mfa", &[("code", &typed)]).await;
    assert_eq!(page.path, "/factors", "{typed}");
}

#[tokio::test]
async fn rule_3_8_the_session_goes_on_under_another_secret_and_a_double_click_is_answered_alike() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(400);
    browser.get("/mfa?next=/factors").await;
    let before = browser.jar["__Host-session"].clone();
    let code = phone.code();
    // Both requests have the same cookie.
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let request = || browser.pressing("/mfa", &[("code", &code)]);
    let replies = join_all([first.send(request()), second.send(request())]).await;
    for reply in &replies {
        assert_eq!((reply.status, reply.header("location")), (303, Some("/factors")), "{}", reply.text());
    }
    assert_eq!(first.jar["__Host-session"], second.jar["__Host-session"]);
    assert_ne!(first.jar["__Host-session"], before);
    // A second later, too; but not with another code, and not a minute later.
    let mut late = browser.clone();
    wait(1);
    assert_eq!(late.send(request()).await.header("location"), Some("/factors"));
    let other = browser.pressing("/mfa", &[("code", &phone.wrong())]);
    assert_eq!(browser.clone().send(other).await.header("location"), Some("/login?next=/factors"));
    wait(60);
    let gone = browser.clone().send(request()).await;
    assert_eq!(gone.header("location"), Some("/login?next=/factors"));
    assert_eq!(browser.get("/services").await.path, "/login", "the secret before is nobody's");
    assert_eq!(first.get("/services").await.path, "/services");
    // Signing out with the cookie from before, as an immediate click would, ends the session too.
    wait(400);
    first.get("/mfa?next=/factors").await;
    let mut leaving = first.clone();
    let verified = first.press("/mfa", &[("code", &phone.code())]).await;
    assert_eq!(verified.path, "/factors");
    leaving.press("/logout", &[]).await;
    assert_eq!(first.get("/services").await.path, "/login");
}

#[tokio::test]
async fn rule_5_2_an_independent_generators_codes_are_accepted() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/factors/add").await;
    browser.press("/factors/add", &[]).await;
    let secret = Phone::scanning(&browser).secret;
    let now = env.now().strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let made = std::process::Command::new("oathtool").args(["--totp", "-b", "-N", &now, &secret]).output();
    let made = made.expect("oathtool is there: scripts/tools codes installs it");
    let code = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert_eq!(code, Phone { secret }.code(), "and ours is made alike");
    let page = browser.press("/factors/confirm", &[("name", "oathtool"), ("code", &code)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/factors"), "{}", page.html);
}

#[tokio::test]
async fn rule_6_2_nothing_hands_a_service_less_than_it_asked_for() {
    let env = TestEnv::begin().await;
    let service = env.service_with("health", |_| {}).await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    // Signed in again, with the password alone.
    browser.get("/login?again=true").await;
    browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    let mfa = [("scope", "openid offline_access"), ("acr_values", "mfa")];
    let silent = [("scope", "openid"), ("acr_values", "mfa"), ("prompt", "none")];
    let page = browser.get(&service.asks(&silent)).await;
    assert_eq!(told(&page.with), ("interaction_required", Some("a state")));
    // Verifying in a second tab lets the first one continue, and nothing else does.
    let page = browser.get(&service.asks(&mfa)).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let way = page.html.href("/mfa/choose").replace("/mfa/choose", "/authorize/continue");
    assert_eq!(browser.get(&way).await.path, "/mfa");
    let mut tab = browser.clone();
    tab.get("/mfa?next=/services").await;
    wait(30);
    tab.press("/mfa", &[("code", &phone.code())]).await;
    browser.jar.clone_from(&tab.jar);
    browser.get(&way).await;
    let page = browser.press("/authorize/continue", &[("answer", "yes")]).await;
    let tokens = env.tokens(&service, &page.with["code"]).await;
    let claims = env.verified(&tokens["id_token"], &service).await;
    assert_eq!(claims["amr"], json!(["pwd", "otp", "mfa"]));
    let page = browser.get(&service.asks(&silent)).await;
    assert!(page.with.contains_key("code"), "{page:?}");
    // A refreshed token keeps the assurance of its sign-in; a service that requires more now gets none.
    let (reply, refreshed) = env.call(service.refreshes(tokens["refresh_token"].as_str().unwrap())).await;
    assert_eq!(reply.status, 200, "{refreshed}");
    assert_eq!(env.verified(&refreshed["id_token"], &service).await["acr"], claims["acr"]);
}

#[tokio::test]
async fn rule_6_2_a_service_that_comes_to_ask_for_more_gets_nothing_of_before() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[("scope", "openid offline_access")]).await;
    let tokens = env.tokens(&service, &code).await;
    let page = browser.get(&service.asks(&[("scope", "openid"), ("prompt", "select_account")])).await;
    assert_eq!(page.path, "/authorize/continue");
    let way = page.html.action("/authorize");
    env.service_with("health", |registration| registration.assurance = Assurance::TwoStep).await;
    wait(61);
    let (reply, body) = env.call(service.refreshes(tokens["refresh_token"].as_str().unwrap())).await;
    assert_eq!((reply.status, &body["error"]), (400, &json!("invalid_grant")));
    // The sign-in that began before starts again at the service.
    browser.get("/services").await;
    let page = browser.get(&way).await;
    assert_eq!(page.left_for.as_deref(), Some("https://health.example/start"));
}
