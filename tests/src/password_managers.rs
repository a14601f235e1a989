//! What browsers and password managers need of our pages (RULES 8.7).

use std::collections::BTreeSet;

use domain::password::PasswordPolicy;
use http_kernel::Method;
use local::{FLOWS, Incoming};

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv, wait},
    html::Html,
};

/// Whether the page has a password field. It then has the user name that the password belongs to, where password managers
/// see it, and says what a new password has to meet.
fn is_checked(html: &Html, policy: PasswordPolicy, page: &str) -> bool {
    let Some(form) = html.part("form#page-form") else {
        assert_eq!(html.count("input[type='password']"), 0, "{page}");
        return false;
    };
    if form.count("input[type='password']") == 0 {
        return false;
    }
    let user_name = "input[type='email'][autocomplete='username']:not([hidden]):not([class*='show-for-sr'])";
    assert_eq!(form.count(user_name), 1, "{page}: {form}");
    let (name, password) = (form.find("\"username\""), form.find("type=\"password\""));
    assert!(name < password, "{page}: the user name comes first");
    let kind = form.attribute("input[type='password']", "autocomplete");
    let rules = form.attribute("input[type='password']", "passwordrules");
    match kind.as_deref() {
        Some("current-password") => assert_eq!(rules, None, "{page}"),
        Some("new-password") => {
            assert_eq!(rules.as_deref(), Some(policy.for_generators()), "{page}");
            describes_the_field_from_above(&form, page);
        }
        other => panic!("{page}: {other:?}"),
    }
    true
}

/// Whoever types a new password has read its rules: they stand above the field, in three groups (RULES 2.3).
fn describes_the_field_from_above(form: &Html, page: &str) {
    let (rules, password) = (form.find("id=\"password-rules\""), form.find("type=\"password\""));
    assert!(rules.is_some() && rules < password, "{page}: {form}");
    let described_by = form.attribute("input[type='password']", "aria-describedby").unwrap_or_default();
    assert!(described_by.split_whitespace().any(|id| id == "password-rules"), "{page}: {described_by}");
    assert_eq!(form.count("#password-rules ul[aria-labelledby]"), 3, "{page}");
}

/// The pages with a password field that this browser finds.
async fn with_password_field(browser: &Browser, policy: PasswordPolicy) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for route in FLOWS.iter().flat_map(|(_, flow)| flow.routes()) {
        if route.method() == Method::Get && !route.path().contains(['{', '$']) {
            let page = browser.clone().get(route.path()).await;
            if is_checked(&page.html, policy, route.path()) {
                found.insert(page.path);
            }
        }
    }
    found
}

#[tokio::test]
async fn rule_8_7_each_password_field_comes_with_its_user_name_and_the_rules_of_the_policy() {
    for (name, policy) in
        [("predecessor", PasswordPolicy::Predecessor), ("standards", PasswordPolicy::Standards)]
    {
        let env = TestEnv::begin_with(vec![("PASSWORD_POLICY", name.to_owned())]).await;
        let password = "onze pommes et un v\u{e9}lo 9A";
        assert_eq!(
            with_password_field(&env.browser(), policy).await,
            ["/login", "/register"].map(str::to_owned).into()
        );
        // Activation in another browser, and after a wrong password.
        let mut browser = env.browser();
        env.register(&mut browser, ANA, password).await;
        let link = env.last_link().await;
        let mut other = env.browser();
        for page in [other.get(&link).await, other.press("/activate", &[("password", PASSWORD)]).await] {
            assert!(is_checked(&page.html, policy, "/activate"), "{page:?}");
            assert_eq!(page.html.value("username").as_deref(), Some(ANA));
            assert_eq!(page.html.count("input[name='username'][readonly]"), 1);
        }
        browser.get(&link).await;
        browser.post("/activate", &[]).await;
        let page = browser.clone().get("/login?again=true").await;
        assert!(
            is_checked(&page.html, policy, "/login?again")
                && page.html.value("email").as_deref() == Some(ANA)
        );
        with_password_field(&browser, policy).await;
        // A new password, before and after one that is refused.
        wait(31);
        browser.get("/reset").await;
        browser.post("/reset", &[("email", ANA)]).await;
        let link = env.last_link().await;
        for page in [browser.get(&link).await, browser.post("/reset/link", &[("password", "short")]).await] {
            assert!(is_checked(&page.html, policy, "/reset/link"), "{page:?}");
            assert_eq!(page.html.value("username").as_deref(), Some(ANA));
        }
        // What is not met is said, in both languages.
        let unmet = browser.html.attributes("#password-rules li.site-rules__unmet", "class").len();
        assert!(unmet >= 1, "{}", browser.html);
        if policy == PasswordPolicy::Predecessor {
            assert!(browser.html.contains("With 15 characters or more, any kind will do."));
            let page = browser.get("/reset/link?ui_locales=fr").await;
            let long = "\u{c0} partir de 15\u{a0}caract\u{e8}res, tous conviennent.";
            assert!(page.html.contains(long), "{page:?}");
        }
    }
}

#[tokio::test]
async fn rule_8_7_a_password_that_a_browser_generates_is_accepted() {
    let env = TestEnv::begin().await;
    // Chrome, Firefox and Safari; Bitwarden with what the field asks for.
    for (n, password) in ["hE3wRzkP8mYtcQd", "yT7nGhXw4bQsVfK", "wuvtuf-9Cobqo-pyzxyb", "dT5#qWzXk8vNpr"]
        .into_iter()
        .enumerate()
    {
        let email = format!("ana{n}@exemple.ca");
        let page = env.register(&mut env.browser(), &email, password).await;
        assert_eq!(page.path, "/register/sent", "{password}: {}", page.html);
    }
    let page = env.register(&mut env.browser(), ANA, "hE3wRzkP8mYtcQ").await;
    assert_eq!(page.status, 422, "14 characters without a symbol");
    assert_eq!(page.html.attributes("#password-rules li.site-rules__unmet", "class").len(), 1);
}

#[tokio::test]
async fn rule_8_7_the_well_known_address_leads_to_where_a_password_is_changed() {
    let env = TestEnv::begin().await;
    let pages = [("/login", "Sign in"), ("/settings/password", "Change your password")];
    for (mut browser, (path, heading)) in [env.browser(), env.activated(ANA).await].into_iter().zip(pages) {
        let reply = browser.send(Incoming::get("/.well-known/change-password")).await;
        assert_eq!((reply.status, reply.header("location")), (303, Some("/settings/password")));
        let page = browser.get("/.well-known/change-password").await;
        assert_eq!((page.status, page.path.as_str()), (200, path));
        assert!(page.heading().starts_with(heading), "{}", page.heading());
        // By this address, browsers find out whether the statuses of a server can be relied on.
        let none = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
        assert_eq!(browser.get(none).await.status, 404);
    }
}
