//! Recovery codes are made, used, renewed and removed (RULES 5.9).

use data_encoding::BASE64;
use domain::{assurance::Assurance, factors::Factors};
use futures_util::future::join_all;

use crate::{
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, links, wait},
        html::Html,
        page::Page,
    },
    verifying::{go, learned, taking},
};

mod after_reset;
mod email_code_off;

/// Where they are made.
const CODES: &str = "/factors/recovery-codes";

/// The codes that a page shows.
pub(crate) fn shown_codes(html: &Html) -> Vec<String> {
    html.texts(".site-recovery-codes code")
}

/// Makes recovery codes in a session with a recent proof.
pub(crate) async fn make_codes(browser: &mut Browser) -> Vec<String> {
    browser.get(CODES).await;
    let page = browser.press(CODES, &[]).await;
    let codes = shown_codes(&page.html);
    assert_eq!((page.status, codes.len()), (200, 10), "{}", page.html);
    codes
}

async fn factors(env: &TestEnv) -> Factors {
    let account = env.seen(ANA).await.account.unwrap().details().id;
    env.stack.app.table.factors(account, env.now()).await.unwrap()
}

async fn left(env: &TestEnv) -> usize {
    factors(env).await.recovery_codes.map_or(0, |codes| codes.unused.len())
}

/// Signs in anew, and uses a recovery code on the way to this page.
async fn use_code(env: &TestEnv, code: &str) -> (Browser, Page) {
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    let page = browser.get("/mfa?next=/factors&factor=recovery").await;
    assert_eq!(page.heading(), "Enter a recovery code");
    let page = browser.press("/mfa", &[("code", code)]).await;
    (browser, page)
}

#[tokio::test]
async fn rule_5_9_ten_codes_are_shown_once_and_can_be_downloaded() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let page = browser.get("/factors").await;
    let page = browser.get(&page.html.href(CODES)).await;
    assert_eq!(page.heading(), "Recovery codes");
    let request = browser.pressing(CODES, &[]);
    let reply = browser.send(request.clone()).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"), "it holds the codes");
    let page = browser.follow(request).await;
    assert_eq!(page.heading(), "Your new recovery codes");
    let codes = shown_codes(&page.html);
    let mut different = codes.clone();
    different.sort();
    different.dedup();
    assert!(different.len() == 10 && codes.iter().all(|code| code.len() == 29), "{codes:?}");
    let file = page.html.attribute("a[download]", "href").unwrap();
    let file = file.strip_prefix("data:text/plain;charset=utf-8;base64,").unwrap();
    let file = String::from_utf8(BASE64.decode(file.as_bytes()).unwrap()).unwrap();
    assert!(codes.iter().all(|code| file.contains(&format!("{code}\r\n"))), "{file}");
    assert!(page.html.attribute("a[download]", "download").unwrap().ends_with("recovery-codes.txt"));
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "Recovery codes were created for your My Ontario Account");
    assert!(links(&told)[0].starts_with("/dispute?") && !told.text.contains(&codes[0]));
    // No other page has them, and nothing that is stored.
    for path in ["/factors", CODES, "/settings", "/settings/activity"] {
        let page = browser.get(path).await;
        assert!(codes.iter().all(|code| !page.html.contains(code)), "{path}");
    }
    let all = env.raw().scan().table_name(local::TABLE).send().await.unwrap();
    let stored = format!("{:?}", all.items());
    let bare: Vec<_> = codes.iter().map(|code| code.replace('-', "")).collect();
    assert!(bare.iter().chain(&codes).all(|code| !stored.contains(code.as_str())), "stored in the clear");
    let page = browser.get("/factors").await;
    assert!(page.html.contains("Codes left: 10"), "{}", page.html);
    assert!(browser.get("/settings/activity").await.html.contains("Recovery codes created"));
}

#[tokio::test]
async fn rule_5_9_the_same_form_again_shows_the_same_codes_and_makes_no_others() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get(CODES).await;
    let request = browser.pressing(CODES, &[]);
    // A double click.
    let both = [browser.moved_to(&env), browser.moved_to(&env)];
    let both = both.into_iter().map(|mut tab| {
        let request = request.clone();
        async move { tab.follow(request).await }
    });
    let pages = join_all(both).await;
    let codes = shown_codes(&pages[0].html);
    assert!(codes.len() == 10 && codes == shown_codes(&pages[1].html), "{pages:?}");
    let told = env.emails().await.iter().filter(|email| email.subject.contains("ecovery codes")).count();
    assert_eq!(told, 1);
    // A reload, and the other language.
    let page = browser.follow(request.clone()).await;
    assert_eq!(shown_codes(&page.html), codes);
    let page = browser.press(CODES, &[("switch_language", "fr")]).await;
    assert_eq!(
        (page.heading(), shown_codes(&page.html)),
        ("Vos nouveaux codes de récupération", codes.clone())
    );
    browser.press(CODES, &[("switch_language", "en")]).await;
    assert_eq!(left(&env).await, 10);
    // Later, the form shows nothing, and makes new ones only with a new proof.
    wait(600);
    let page = browser.follow(request.clone()).await;
    assert_eq!(page.heading(), "Confirm it’s you", "{page:?}");
    // Codes of another form replaced these.
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    other.get("/mfa?next=/factors&factor=email").await;
    env.verify_by_email(&mut other).await;
    let renewed = make_codes(&mut other).await;
    assert_ne!(renewed, codes);
    assert_eq!(left(&env).await, 10);
}

#[tokio::test]
async fn rule_5_9_the_language_can_be_changed_before_codes_are_made() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get(CODES).await;
    let page = browser.press(CODES, &[("switch_language", "fr")]).await;
    assert_eq!((page.heading(), left(&env).await), ("Codes de récupération", 0));
    let page = browser.press(CODES, &[]).await;
    let codes = shown_codes(&page.html);
    assert_eq!(codes.len(), 10);
    let (mut browser, _) = use_code(&env, &codes[0]).await;
    browser.get(&format!("{CODES}/remove")).await;
    let page = browser.press(&format!("{CODES}/remove"), &[("switch_language", "fr")]).await;
    assert_eq!((page.heading(), left(&env).await), ("Retirer vos codes de récupération?", 9));
}

#[tokio::test]
async fn rule_5_9_a_code_is_a_second_factor_and_works_once_however_it_is_typed() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.activated(ANA).await;
    let codes = make_codes(&mut browser).await;
    wait(31);
    let mut other = env.browser();
    other.get(&service.asks(&[("scope", "openid")])).await;
    let page = other.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Enter a recovery code", "nothing else is enough");
    for (typed, says) in [
        ("", "Enter the code"),
        ("123456", "Enter a recovery code. It has 25"),
        ("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "incorrect"),
    ] {
        let page = other.press("/mfa", &[("code", typed)]).await;
        assert!(page.status == 422 && page.html.contains(says), "{typed}: {}", page.html);
    }
    let typed =
        format!(" {} ", codes[2].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
    let page = other.press("/mfa", &[("code", &typed)]).await;
    let (acr, amr) = learned(&env, &service, &page).await;
    assert_eq!((acr.as_str(), amr), ("mfa", ["pwd", "otp", "mfa"].map(ToOwned::to_owned).to_vec()));
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "A recovery code of your My Ontario Account was used");
    assert!(told.text.contains("Recovery codes left: 9") && links(&told)[0].starts_with("/dispute?"));
    let (_, page) = use_code(&env, &codes[2]).await;
    assert!(page.status == 422 && page.html.contains("has already been used"), "{}", page.html);
    assert_eq!(left(&env).await, 9);
    assert!(browser.get("/settings/activity").await.html.contains("Recovery code used"));
}

#[tokio::test]
async fn rule_5_9_one_code_in_several_browsers_at_once_verifies_once() {
    for _ in 0..4 {
        let env = TestEnv::begin().await;
        let codes = make_codes(&mut env.activated(ANA).await).await;
        let mut browsers = Vec::new();
        for _ in 0..4 {
            let mut browser = env.browser();
            browser.sign_in(ANA, PASSWORD).await;
            browser.get("/mfa?next=/factors&factor=recovery").await;
            browsers.push(browser);
        }
        let code = codes[0].as_str();
        let uses =
            browsers.iter_mut().map(|browser| async move { browser.press("/mfa", &[("code", code)]).await });
        let pages = join_all(uses.collect::<Vec<_>>()).await;
        let done = pages.iter().filter(|page| page.path == "/factors").count();
        assert_eq!((done, left(&env).await), (1, 9), "{pages:?}");
        let told = env.emails().await.iter().filter(|email| email.subject.contains("was used")).count();
        assert_eq!(told, 1);
    }
}

#[tokio::test]
async fn rule_3_3_the_same_form_with_a_recovery_code_gets_the_same_session() {
    let env = TestEnv::begin().await;
    let codes = make_codes(&mut env.activated(ANA).await).await;
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    browser.get("/mfa?next=/factors&factor=recovery").await;
    let request = browser.pressing("/mfa", &[("code", &codes[0])]);
    let both = [browser.moved_to(&env), browser.moved_to(&env)].map(|mut tab| {
        let request = request.clone();
        async move { tab.follow(request).await.path }
    });
    assert_eq!(join_all(both).await, ["/factors", "/factors"]);
    assert_eq!(left(&env).await, 9);
}

#[tokio::test]
async fn rule_5_6_a_recovery_code_is_recognized_in_every_form_and_counts_as_a_guess() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let codes = make_codes(&mut browser).await;
    env.add_app(&mut browser, "Phone").await;
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    let page = other.get("/mfa?next=/factors").await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    for _ in 0..9 {
        let page = other.press("/mfa", &[("code", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")]).await;
        assert_eq!((page.status, page.heading()), (422, "Enter the code from your authenticator app"));
    }
    let page = other.press("/mfa", &[("code", &codes[0])]).await;
    assert_eq!((page.path.as_str(), left(&env).await), ("/factors", 9), "{page:?}");
    let mut third = env.browser();
    third.sign_in(ANA, PASSWORD).await;
    third.get("/mfa?next=/factors&factor=recovery").await;
    for _ in 0..9 {
        third.press("/mfa", &[("code", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")]).await;
    }
    let page = third.press("/mfa", &[("code", "BBBBB-AAAAA-AAAAA-AAAAA-AAAAA")]).await;
    assert_eq!(page.heading(), "Too many incorrect codes");
    assert_eq!(third.get("/mfa?next=/factors&factor=recovery").await.heading(), "Too many incorrect codes");
}

#[tokio::test]
async fn rule_5_9_it_is_the_last_of_the_list_and_never_offered_first_where_something_else_is_enough() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let codes = make_codes(&mut browser).await;
    let (_, page) = use_code(&env, &codes[0]).await;
    assert_eq!(page.path, "/factors");
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    let page = other.get("/mfa?next=/factors").await;
    assert_eq!(page.heading(), "Get a code by email");
    let page = other.get(&page.html.href("/mfa/choose")).await;
    let labels = page.html.texts("main label");
    assert!(
        labels[0].starts_with("A code by email") && labels[1].starts_with("One of your recovery codes (9")
    );
    let page = other.choose_method("recovery codes").await;
    assert_eq!(page.heading(), "Enter a recovery code");
    assert_eq!(other.press("/mfa", &[("code", &codes[1])]).await.path, "/factors");
}

#[tokio::test]
async fn rule_5_9_with_three_left_the_email_the_list_and_the_settings_remind() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let codes = make_codes(&mut browser).await;
    for (used, code) in (1..=10).zip(&codes) {
        let (mut other, page) = use_code(&env, code).await;
        assert_eq!(page.path, "/factors");
        let told = env.emails().await.pop().unwrap();
        let subject = match 10 - used {
            0 => "Your last recovery code was used".to_owned(),
            few @ 1..=3 => format!("A recovery code was used, and you have only {few} left"),
            _ => "A recovery code of your My Ontario Account was used".to_owned(),
        };
        assert_eq!(told.subject, subject);
        let reminds = page.html.contains("You have only a few recovery codes left");
        let hub = other.get("/settings").await;
        assert_eq!((reminds, hub.html.contains("left, create new ones")), (used >= 7, used >= 7));
    }
    // Nothing is left to choose, and the account is treated as having had a second factor.
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    let page = other.get("/mfa/choose?next=/factors").await;
    assert!(!page.html.contains("One of your recovery codes") && factors(&env).await.had_second);
}

#[tokio::test]
async fn rule_5_9_new_codes_replace_those_before_and_removing_them_ends_them() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let old = make_codes(&mut browser).await;
    // The account has a second factor now: the activation link proves nothing more.
    assert_eq!(browser.get(CODES).await.heading(), "Get a code by email");
    let (mut browser, _) = use_code(&env, &old[9]).await;
    assert_eq!(browser.get(CODES).await.heading(), "New recovery codes");
    let new = make_codes(&mut browser).await;
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "New recovery codes were created for your My Ontario Account");
    let (_, page) = use_code(&env, &old[0]).await;
    assert_eq!(page.status, 422);
    let (mut other, page) = use_code(&env, &new[0]).await;
    let href = page.html.href(CODES);
    let page = other.get(&href).await;
    other.get(&page.html.href(&format!("{CODES}/remove"))).await;
    let page = other.press(&format!("{CODES}/remove"), &[]).await;
    assert_eq!(page.success().unwrap(), "Your recovery codes were removed.");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "The recovery codes of your My Ontario Account were removed");
    assert!(factors(&env).await.recovery_codes.is_none() && factors(&env).await.had_second);
    assert_eq!(other.get(&format!("{CODES}/remove")).await.path, "/factors", "there are none");
}

#[tokio::test]
async fn rule_7_2_making_codes_needs_the_proofs_of_a_change_and_lost_ones_are_replaced_a_day_later() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.activated(ANA).await;
    let lost = make_codes(&mut browser).await;
    wait(301);
    for path in [CODES.to_owned(), format!("{CODES}/remove")] {
        let page = browser.get(&path).await;
        assert_eq!(page.heading(), "Confirm it’s you");
        assert!(page.html.contains("Lost your recovery codes?"), "{}", page.html);
    }
    // At a service, where they are lost.
    let mut other = env.browser();
    other.get(&service.asks(&[("scope", "openid")])).await;
    let page = other.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    let page = other.get(&page.html.href("/mfa/choose")).await;
    assert!(page.html.contains("Lost your recovery codes?"), "{}", page.html);
    other.get(&page.html.href_of("go to my verification methods")).await;
    let page = env.verify_by_email(&mut other).await;
    let page = other.get(&page.html.href(CODES)).await;
    assert!(page.html.contains("24 hours after you create them"), "{}", page.html);
    let page = other.press(CODES, &[]).await;
    let new = shown_codes(&page.html);
    let told = env.emails().await.pop().unwrap();
    assert!(told.text.contains("will accept them starting"), "{}", told.text);
    let page = go(&mut other, &service).await;
    assert_eq!(page.heading(), "You cannot use your recovery codes for this service yet");
    let two_step = taking(&env, Assurance::TwoStep).await;
    let page = go(&mut other, &two_step).await;
    assert_eq!(learned(&env, &two_step, &page).await.0, "two-step");
    wait(86_400);
    let mut later = env.browser();
    later.get(&service.asks(&[("scope", "openid")])).await;
    let page = later.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Enter a recovery code");
    assert_eq!(later.press("/mfa", &[("code", &lost[0])]).await.status, 422);
    let page = later.press("/mfa", &[("code", &new[0])]).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
}

#[tokio::test]
async fn rule_5_7_a_recovery_code_proves_a_new_phone_that_counts_at_once() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut browser = env.activated(ANA).await;
    let codes = make_codes(&mut browser).await;
    env.add_app(&mut browser, "Lost phone").await;
    wait(600);
    let (mut other, page) = use_code(&env, &codes[0]).await;
    other.get(&page.html.href("/factors/remove")).await;
    other.press("/factors/remove", &[]).await;
    env.add_app(&mut other, "New phone").await;
    let page = go(&mut other, &service).await;
    assert_eq!(learned(&env, &service, &page).await.0, "mfa");
}
