//! Every page leads on (RULES 8.4). [`Browser::send`] checks each page of each test; here are the pages where residents were
//! stopped.
//!
//! [`Browser::send`]: crate::support::browser::Browser::send

use domain::assurance::Assurance;

use crate::{
    linking::{link, reset_password},
    support::{
        browser::CONFIRMED,
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        page::{Page, leads_on},
        partner::{At, START},
    },
    verifying::{go, taking},
};

#[test]
fn rule_8_4_header_footer_and_contact_lead_nowhere() {
    let page =
        |main: &str| format!("<header><a href=\"/a\"></a></header><main>{main}</main><a href=\"/b\"></a>");
    for dead in [
        "<p>…</p>",
        "<a href=\"#email\">",
        "<a href=\"/contact?next=/a\">",
        "<noscript><a href=\"/stay\"></noscript>",
    ] {
        assert!(!leads_on(&page(dead)), "{dead}");
    }
    for alive in ["<a href=\"/reset\">", "<noscript></noscript><button>", "<a href=\"https://b.example\">"] {
        assert!(leads_on(&page(alive)), "{alive}");
    }
}

/// The main content, which has a link whose text contains this.
fn assert_links(page: &Page, text: &str, href: &str) {
    let main = page.html.part("main").unwrap();
    assert_eq!(main.href_of(text), href, "{page:?}");
}

#[tokio::test]
async fn rule_8_4_an_identity_of_another_account_leads_on_by_signing_out() {
    let env = TestEnv::at_the_bank().await;
    link(&env, &mut env.activated(ANA).await, 0).await;
    wait(31);
    let mut browser = env.activated("bob@exemple.ca").await;
    let page = link(&env, &mut browser, 0).await;
    assert_eq!((page.status, page.heading()), (409, "Connected to a different account"));
    browser.html = page.html.part("main").unwrap();
    let page = browser.press("/logout", &[]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/logout", "You are signed out"));
    assert_links(&page, "Sign in", "/login");
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services");
    assert!(browser.get("/factors").await.html.contains(ANA));
}

#[tokio::test]
async fn rule_8_4_a_deleted_registration_leads_on() {
    let env = TestEnv::begin().await;
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    let mut owner = env.browser();
    owner.get(&env.last_link().await).await;
    let page = owner.press("/activate/refuse", CONFIRMED).await;
    assert_eq!(page.heading(), "Registration cancelled");
    assert_links(&page, "Create an account", "/register");
}

#[tokio::test]
async fn rule_5_7_a_lost_device_is_offered_only_while_it_can_be_removed() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::Mfa).await;
    let mut owner = env.activated(ANA).await;
    env.add_app(&mut owner, "Phone").await;
    wait(301);
    let offered = "Sign in again, then enter a code that we email you";
    let page = owner.get("/factors/add").await;
    assert!(page.html.contains(offered), "{page:?}");
    wait(60);
    reset_password(&env).await;
    let mut resident = env.browser();
    resident.sign_in(ANA, OTHER).await;
    wait(301);
    for path in ["/factors/add", "/mfa/choose?next=/factors", "/mfa?factor=email&next=/factors"] {
        let page = resident.get(path).await;
        assert!(page.html.contains("you cannot use codes sent by email until"), "{path}: {page:?}");
        assert!(!page.html.contains(offered), "{path}: {page:?}");
        assert_eq!(page.html.count("main a[href^='/login']"), 0, "{path}: {page:?}");
        assert_links(&page, "If you cannot wait, contact us", &page.html.href("/contact"));
    }
    // On the way to a service, its support can help.
    let page = go(&mut resident, &service).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    let page = resident.get(&page.html.href("/mfa/choose")).await;
    assert!(page.html.contains("If you cannot wait, contact mfa in English"), "{page:?}");
    wait(86_400);
    let mut resident = env.browser();
    resident.sign_in(ANA, OTHER).await;
    wait(301);
    assert!(resident.get("/factors/add").await.html.contains(offered));
}

#[tokio::test]
async fn rule_5_5_the_fifth_wrong_code_is_answered_by_the_button_for_another_one() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    wait(301);
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for n in 1..=5 {
        let page = browser.press("/mfa", &[("code", wrong)]).await;
        assert_eq!(page.status, 422);
        assert_eq!(page.html.contains("You entered 5 incorrect codes"), n == 5, "{n}: {page:?}");
        assert_eq!(page.html.count("input[name='code']"), usize::from(n < 5), "{n}: {page:?}");
    }
    assert_eq!(browser.html.count("form[action^='/mfa/send'] button"), 1);
    assert!(browser.html.href_of("Try another way").starts_with("/mfa/choose"));
    // Ten comparisons in a row are a pause, whose page leads on after it. The first codes were compared with both factors.
    browser.get(&browser.html.href_of("Try another way")).await;
    browser.choose_method("“Phone”").await;
    for _ in 0..2 {
        browser.press("/mfa", &[("code", &phone.wrong())]).await;
    }
    let retry = browser.html.href_of("Try again after the pause");
    assert_eq!(browser.get(&retry).await.heading(), "Too many incorrect codes");
    wait(901);
    browser.get(&retry).await;
    assert_eq!(browser.press("/mfa", &[("code", &phone.code())]).await.path, "/services");
}
