//! What a reset asks about does not count until it is kept (RULES 5.7).

use domain::assurance::Assurance;

use crate::{
    linking::{REVIEW, answer_review, link},
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        page::Page,
        partner::{At, START, from},
        phone::Phone,
        services::Service,
    },
    verifying::{go, learned, taking},
};

/// Resets the password; returns the browser, and the page that it ends on.
async fn reset(env: &TestEnv) -> (Browser, Page) {
    let mut browser = env.browser();
    browser.get("/reset").await;
    browser.press("/reset", &[("email", ANA)]).await;
    browser.get(&env.last_link().await).await;
    let page = browser.press("/reset/link", &[("password", OTHER)]).await;
    (browser, page)
}

/// An account whose owner reset the password after a thief added an authenticator and a partner. The browser is on the last
/// page of the reset.
async fn reset_after_theft(env: &TestEnv) -> (Browser, Phone, Phone) {
    let mut owner = env.activated(ANA).await;
    let own = env.add_app(&mut owner, "Own phone").await;
    wait(60);
    owner.sign_in(ANA, PASSWORD).await;
    wait(60);
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    thief.get("/mfa?next=/factors/add").await;
    assert_eq!(thief.press("/mfa", &[("code", &own.code())]).await.path, "/factors/add");
    let other = env.add_app(&mut thief, "Other phone").await;
    link(env, &mut thief, 0).await;
    wait(60);
    let (browser, page) = reset(env).await;
    assert_eq!(page.heading(), REVIEW);
    wait(60);
    (browser, own, other)
}

/// Signs in by the bank at the service, and opens the page of the authenticator of this name; returns its page.
async fn by_bank_and_app(env: &TestEnv, service: &Service, phone: &Phone, name: &str) -> (Browser, Page) {
    let mut browser = env.browser();
    let start = from(&mut browser, (service, START)).await;
    let page = env.by_bank(&mut browser, &start, At::SignIn(0)).await;
    if page.with.contains_key("code") {
        return (browser, page);
    }
    // Without a factor that counts, the service leads to setting one up.
    let choose = page.html.href("/mfa/choose");
    let page = browser.get(&choose).await;
    if page.html.contains("you have not told us that it is yours") {
        return (browser, page);
    }
    browser.choose_method(&format!("“{name}”")).await;
    let page = browser.press("/mfa", &[("code", &phone.code())]).await;
    (browser, page)
}

#[tokio::test]
async fn rule_5_7_what_a_reset_asks_about_does_not_count_until_it_is_kept() {
    let env = TestEnv::at_the_bank().await;
    let (mfa, two_step) = (taking(&env, Assurance::Mfa).await, taking(&env, Assurance::TwoStep).await);
    let (mut browser, own, other) = reset_after_theft(&env).await;
    // The thief's bank and app, while the question is open: no service gets `mfa`.
    let (_, page) = by_bank_and_app(&env, &mfa, &other, "Other phone").await;
    assert!(page.html.contains("you have not told us that it is yours"), "{page:?}");
    let (mut thief, page) = by_bank_and_app(&env, &two_step, &other, "Other phone").await;
    assert_eq!(learned(&env, &two_step, &page).await.0, "two-step");
    let page = thief.get("/factors/add").await;
    assert_eq!(page.heading(), "Confirm it’s you", "{page:?}");
    let again = thief.get("/login?again=true&next=/factors/add").await.html.href(START);
    env.by_bank(&mut thief, &again, At::SignIn(0)).await;
    let page = thief.get("/factors/add").await;
    assert_eq!(page.heading(), "Confirm it’s you", "signing in there again proves nothing");
    // Nor does the resident who opens the sign-in page instead, also from a browser that the account knows.
    let mut known = env.browser();
    known.sign_in(ANA, OTHER).await;
    known.sign_in(ANA, OTHER).await;
    let page = go(&mut known, &mfa).await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    assert!(page.html.text("main").unwrap().contains("“Own phone”"), "{}", page.html);
    let page = known.press("/mfa", &[("code", &own.code())]).await;
    assert_eq!(learned(&env, &mfa, &page).await.0, "mfa", "what was not asked about counts");
    // The question is still there, and its answer is what counts.
    wait(60);
    let page = answer_review(&mut browser, "keep").await;
    assert_eq!(page.heading(), "Password changed", "{page:?}");
    let (_, page) = by_bank_and_app(&env, &mfa, &other, "Other phone").await;
    assert_eq!(learned(&env, &mfa, &page).await.0, "mfa", "it is theirs");
}

#[tokio::test]
async fn rule_5_7_an_authenticator_in_review_adds_and_removes_nothing() {
    let env = TestEnv::at_the_bank().await;
    let (_, own, other) = reset_after_theft(&env).await;
    // Somebody who has the new password and the app that the reset asks about.
    let mut thief = env.browser();
    thief.sign_in(ANA, OTHER).await;
    let page = thief.get("/factors/add").await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    assert!(
        page.html.text("main").unwrap().contains("“Own phone”"),
        "one in review is not asked for: {page:?}"
    );
    let to_choose = "/mfa/choose?next=/factors/add";
    let choose = thief.get(to_choose).await;
    assert!(choose.html.contains("You cannot use it here"), "{choose:?}");
    for path in ["/factors/add", "/factors/remove"] {
        thief.get(to_choose).await;
        thief.choose_method("“Own phone”").await;
        let page = thief.press("/mfa", &[("code", &other.code())]).await;
        assert_ne!(page.path, path, "{page:?}");
        assert_ne!(thief.get(path).await.path, path);
        wait(30);
    }
    let page = thief.get("/mfa?next=/factors/add").await;
    assert_eq!(page.heading(), "Enter the code from your authenticator app");
    assert_eq!(thief.press("/mfa", &[("code", &own.code())]).await.path, "/factors/add", "the owner can");
}

#[tokio::test]
async fn rule_5_7_a_short_audit_trail_hides_nothing_from_the_question() {
    for (days, heading) in [("730", "Password changed"), ("12", REVIEW)] {
        let env = TestEnv::begin_with(vec![("AUDIT_DAYS", days.into())]).await;
        let mut owner = env.activated(ANA).await;
        env.add_app(&mut owner, "Phone").await;
        wait(60);
        owner.sign_in(ANA, PASSWORD).await;
        wait(60);
        let (_, page) = reset(&env).await;
        assert_eq!(page.heading(), heading, "{days} days");
    }
}
