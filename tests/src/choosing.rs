//! Choosing how to verify: the choice of the code by email sends it (RULES 5.3, 5.5).

use domain::assurance::Assurance;

use crate::{
    codes::with_phone,
    linking::reset_password,
    support::{
        browser::Browser,
        env::{ANA, OTHER, TestEnv, wait},
    },
    verifying::{go, taking},
};

const CHOOSE: &str = "/mfa/choose?next=/services";
const BY_EMAIL: &str = "A code by email";

/// The label of the radio button that is checked.
fn chosen(browser: &Browser) -> String {
    let id = browser.html.attribute("input[type='radio'][checked]", "id").unwrap_or_default();
    browser.html.text(&format!("label[for='{id}']")).unwrap_or_default()
}

#[tokio::test]
async fn rule_5_3_the_choice_sends_the_code_and_a_second_click_sends_no_other() {
    let env = TestEnv::begin().await;
    let (mut browser, _phone) = with_phone(&env).await;
    let sent = env.emails().await.len();
    browser.get("/mfa?next=/services").await;
    let page = browser.get(&browser.html.href_of("Try another way")).await;
    assert!(chosen(&browser).contains("“Phone”"), "the one that is offered first: {page:?}");
    let back = page.html.href_of("Go back to the previous step");
    assert_eq!(browser.clone().get(&back).await.heading(), "Enter the code from your authenticator app");
    assert_eq!(env.emails().await.len(), sent, "looking sends nothing");

    let mut second = browser.clone();
    for browser in [&mut browser, &mut second] {
        let page = browser.choose_method(BY_EMAIL).await;
        assert_eq!(page.heading(), "Enter the code we emailed you");
        assert_eq!((page.success(), env.emails().await.len()), (None, sent + 1));
    }
    // Too early for another one: the code that was sent works.
    wait(20);
    browser.get(CHOOSE).await;
    let page = browser.choose_method(BY_EMAIL).await;
    assert_eq!((page.status, page.heading()), (200, "Enter the code we emailed you"));
    assert_eq!(env.emails().await.len(), sent + 1);
    wait(20);
    browser.get(CHOOSE).await;
    let page = browser.choose_method(BY_EMAIL).await;
    assert_eq!(page.success().as_deref(), Some("We sent you a new code."));
    assert_eq!(env.emails().await.len(), sent + 2);
    let page = browser.press("/mfa", &[("code", &env.emailed_code().await)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/services"));
    // Verified meanwhile, in another tab.
    second.jar.clone_from(&browser.jar);
    second.get(CHOOSE).await;
    let page = second.choose_method(BY_EMAIL).await;
    assert_eq!(page.path, "/services");
    assert_eq!(env.emails().await.len(), sent + 2);
}

#[tokio::test]
async fn rule_5_3_the_page_says_what_is_wrong_with_a_choice_and_keeps_it() {
    let env = TestEnv::begin().await;
    let (mut browser, _phone) = with_phone(&env).await;
    browser.get(CHOOSE).await;
    for nothing in ["", "sms"] {
        let page = browser.press("/mfa/choose", &[("factor", nothing)]).await;
        assert_eq!((page.status, page.heading()), (422, "How do you want to confirm it’s you?"));
        assert_eq!(page.html.href("#factor"), "#factor");
        assert_eq!(page.html.attribute("input[type='radio']", "id").as_deref(), Some("factor"));
        assert!(page.html.contains("Choose how you want to confirm it’s you."), "{page:?}");
    }
    let page = browser.press("/mfa/choose", &[("factor", "email"), ("switch_language", "fr")]).await;
    assert_eq!(page.heading(), "Comment voulez-vous confirmer votre identité?");
    assert!(chosen(&browser).contains(ANA), "what was chosen is kept: {page:?}");
    // Five wrong codes leave none that works, and another one is sent after 30 seconds.
    browser.get("/mfa/choose?next=/services&switch_language=en").await;
    browser.choose_method(BY_EMAIL).await;
    let right = env.emailed_code().await;
    let sent = env.emails().await.len();
    for wrong in (0..).map(|n| format!("{n:06}")).filter(|code| *code != right).take(5) {
        browser.press("/mfa", &[("code", &wrong)]).await;
    }
    wait(12);
    browser.get(CHOOSE).await;
    let page = browser.choose_method(BY_EMAIL).await;
    assert_eq!((page.status, page.heading()), (429, "How do you want to confirm it’s you?"));
    assert!(page.html.contains("You can ask for another one in 1"), "{page:?}");
    assert_eq!(env.emails().await.len(), sent);
    wait(20);
    let page = browser.choose_method(BY_EMAIL).await;
    assert_eq!((page.status, page.heading()), (200, "Enter the code we emailed you"));
    assert_eq!(env.emails().await.len(), sent + 1);
}

#[tokio::test]
async fn rule_5_7_a_method_that_does_not_verify_now_is_explained_and_cannot_be_chosen() {
    let env = TestEnv::begin().await;
    let service = taking(&env, Assurance::Mfa).await;
    let (mut browser, _phone) = with_phone(&env).await;
    go(&mut browser, &service).await;
    let page = browser.get(&browser.html.href_of("Try another way")).await;
    assert_eq!(page.html.count("input[type='radio']"), 1, "{page:?}");
    assert!(
        page.html.contains("This service only accepts a code from an app or a recovery code."),
        "{page:?}"
    );
    let sent = env.emails().await.len();
    let page = browser.press("/mfa/choose", &[("factor", "email")]).await;
    assert_eq!((page.status, env.emails().await.len()), (422, sent));
    // For a day after a reset by email, the email code verifies nowhere.
    wait(60);
    reset_password(&env).await;
    let mut browser = env.browser();
    browser.sign_in(ANA, OTHER).await;
    let page = browser.get(CHOOSE).await;
    assert!(chosen(&browser).contains("“Phone”"), "{page:?}");
    assert_eq!(page.html.count("input[value='email']"), 0, "{page:?}");
    let sent = env.emails().await.len();
    let page = browser.press("/mfa/choose", &[("factor", "email")]).await;
    assert!(page.status == 422 && page.html.contains("you cannot use codes sent by email until"), "{page:?}");
    assert_eq!(env.emails().await.len(), sent);
}
