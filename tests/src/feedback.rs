//! What a page confirms after an action that succeeded (RULES 8.8).

use std::collections::{BTreeMap, BTreeSet};

use http_kernel::Method;
use local::{Fate, Incoming};

use crate::{
    bouncing::report,
    linking::{TO_LINK, answer_review, link},
    recovery_codes::make_codes,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        page::Page,
        partner::{At, START},
        phone::Phone,
    },
};

/// A signed-in browser that has disconnected a service, and not followed the redirect yet.
async fn disconnected(env: &TestEnv) -> Browser {
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.code(&mut browser, &service, &[]).await;
    browser.get("/services/disconnect?service=health").await;
    let reply = browser.send(browser.posting("/services/disconnect?service=health", &[])).await;
    assert_eq!(reply.status, 303);
    let cookie = reply.set_cookies().find(|line| line.starts_with("__Host-success=")).unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"), "{cookie}");
    browser
}

const DONE: Option<&str> = Some("health in English was disconnected.");

#[tokio::test]
async fn rule_8_8_a_success_is_confirmed_once_on_the_next_page_whichever_it_is() {
    let env = TestEnv::begin().await;
    let browser = disconnected(&env).await;
    // A page of another function, an error page, and a page for nobody in particular.
    for (path, status) in [("/services", 200), ("/factors", 200), ("/nowhere", 404), ("/contact", 200)] {
        let mut browser = browser.clone();
        let page = browser.get(path).await;
        assert_eq!((page.status, page.success().as_deref()), (status, DONE), "{path}");
        assert_eq!(page.html.count(".ontario-alert--success[autofocus] h2"), 1);
        assert_eq!(browser.get("/services").await.success(), None, "{path}");
    }
}

#[tokio::test]
async fn rule_8_8_a_success_outlives_what_shows_nothing_and_is_forgotten_after_a_minute() {
    let env = TestEnv::begin().await;
    let mut browser = disconnected(&env).await;
    for request in [
        Incoming::new("HEAD", "/services"),
        Incoming::get("/.well-known/openid-configuration"),
        Incoming::get("/"),
    ] {
        let reply = browser.send(request).await;
        assert!(!reply.set_cookies().any(|line| line.starts_with("__Host-success")));
    }
    let mut late = browser.clone();
    assert_eq!(browser.get("/services").await.success().as_deref(), DONE);
    wait(61);
    late.drop_expired();
    assert_eq!(late.get("/services").await.success(), None);
}

#[tokio::test]
async fn rule_8_8_a_value_that_the_system_did_not_write_confirms_nothing() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    for (value, shown) in [
        ("success-code-sent", Some("We sent you a new code.")),
        ("success-of-another-release", None),
        ("success-partner-removed.%3Cb%3E", None),
        // <script>
        ("success-partner-removed.PHNjcmlwdD4", Some("<script> was removed.")),
    ] {
        browser.jar.insert("__Host-success".into(), value.into());
        let page = browser.get("/login").await;
        assert_eq!(page.success().as_deref(), shown, "{value}");
        assert!(!page.html.contains("<script>"));
    }
}

/// How the form of a route says that it succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// By an alert on the next page.
    Alert,
    /// By the heading of a page of its own.
    OwnPage,
    /// It is a step on the way to something, such as signing in, and the page of the next step follows.
    NextStep,
}

/// Every form of the product.
const FORMS: &[(&str, Says)] = &[
    ("/activate", Says::Alert),
    ("/activate/refuse", Says::OwnPage),
    ("/authorize", Says::NextStep),
    ("/authorize/continue", Says::NextStep),
    ("/contact", Says::OwnPage),
    ("/dispute", Says::OwnPage),
    ("/factors/add", Says::NextStep),
    ("/factors/confirm", Says::Alert),
    ("/factors/email-code", Says::Alert),
    ("/factors/recovery-codes", Says::OwnPage),
    ("/factors/recovery-codes/remove", Says::Alert),
    ("/factors/remove", Says::Alert),
    // The page of the code, and an alert if it is another one.
    ("/federated/code", Says::Alert),
    ("/federated/first", Says::Alert),
    ("/federated/link", Says::Alert),
    ("/federated/remove", Says::OwnPage),
    ("/federated/remove/link", Says::OwnPage),
    ("/federated/unlink", Says::Alert),
    ("/login", Says::NextStep),
    ("/logout", Says::OwnPage),
    ("/mfa", Says::NextStep),
    // The page of the code says that it was sent, and an alert if it is another one.
    ("/mfa/choose", Says::NextStep),
    ("/mfa/send", Says::Alert),
    ("/register", Says::OwnPage),
    ("/register/again", Says::Alert),
    ("/reset", Says::Alert),
    ("/reset/done", Says::Alert),
    ("/reset/link", Says::OwnPage),
    ("/services/disconnect", Says::Alert),
    ("/settings/activity/report", Says::Alert),
    ("/settings/close", Says::OwnPage),
    // The download itself.
    ("/settings/data", Says::NextStep),
    ("/settings/email", Says::OwnPage),
    ("/settings/email/link", Says::OwnPage),
    ("/settings/email/problem", Says::Alert),
    ("/settings/language", Says::Alert),
    ("/settings/password", Says::Alert),
    ("/settings/sessions", Says::Alert),
    ("/settings/stay", Says::Alert),
    ("/unlock", Says::Alert),
    ("/unlock/link", Says::OwnPage),
];

#[test]
fn rule_8_8_every_form_is_known_to_say_that_it_succeeded() {
    let flows = local::FLOWS.iter().filter(|(name, _)| !["token", "userinfo"].contains(name));
    let routes = flows.flat_map(|(_, flow)| flow.routes()).filter(|route| route.method() == Method::Post);
    let built: BTreeSet<_> = routes.map(http_kernel::Route::path).collect();
    let listed: BTreeSet<_> = FORMS.iter().map(|(path, _)| *path).collect();
    assert_eq!(built, listed);
}

/// What the pages after forms said, by the route of the form.
#[derive(Default)]
struct Said(BTreeMap<&'static str, String>);

impl Said {
    fn note(&mut self, route: &'static str, page: &Page) {
        let text = page.success().unwrap_or_else(|| panic!("{route} says nothing: {page:?}"));
        self.0.insert(route, text);
    }
}

#[tokio::test]
async fn rule_8_8_every_action_that_succeeds_says_so() {
    let env = TestEnv::at_the_bank().await;
    let mut said = Said::default();
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    wait(60);
    browser.get("/register/again").await;
    said.note("/register/again", &browser.press("/register/again", &[("email", ANA)]).await);
    browser.get(&env.last_link().await).await;
    said.note("/activate", &browser.post("/activate", &[]).await);

    browser.get("/mfa?factor=email&next=/factors/add").await;
    assert_eq!(browser.press("/mfa/send", &[]).await.success(), None, "the page of the first code says so");
    wait(60);
    said.note("/mfa/send", &browser.press("/mfa/send", &[]).await);
    let code = env.emailed_code().await;
    browser.press("/mfa", &[("code", &code)]).await;
    browser.press("/factors/add", &[]).await;
    let phone = Phone::scanning(&browser);
    let form = [("name", " Phone <1> "), ("code", &*phone.code())];
    said.note("/factors/confirm", &browser.press("/factors/confirm", &form).await);
    let page = browser.get("/factors").await;
    browser.get(&page.html.href("/factors/remove")).await;
    said.note("/factors/remove", &browser.press("/factors/remove", &[]).await);
    env.add_app(&mut browser, "Tablet").await;
    make_codes(&mut browser).await;
    browser.get("/factors/email-code").await;
    said.note("/factors/email-code", &browser.press("/factors/email-code", &[]).await);
    browser.get("/factors/recovery-codes/remove").await;
    let page = browser.press("/factors/recovery-codes/remove", &[]).await;
    said.note("/factors/recovery-codes/remove", &page);

    env.by_bank(&mut browser, TO_LINK, At::SignIn(0)).await;
    said.note("/federated/link", &browser.press("/federated/link", &[]).await);
    let page = browser.get("/federated").await;
    browser.get(&page.html.href("/federated/unlink")).await;
    said.note("/federated/unlink", &browser.press("/federated/unlink", &[]).await);

    let service = env.service("health").await;
    env.code(&mut browser, &service, &[]).await;
    browser.get("/services/disconnect?service=health").await;
    let page = browser.press("/services/disconnect", &[]).await;
    said.note("/services/disconnect", &page);
    env.browser().sign_in(ANA, PASSWORD).await;
    browser.get("/settings/sessions").await;
    let page = browser.post("/settings/sessions", &[("session", "")]).await;
    said.note("/settings/sessions", &page);
    browser.get("/settings/stay?next=/factors").await;
    let script = browser.pressing("/settings/stay", &[]).header("sec-fetch-dest", "empty");
    let page = browser.clone().follow(script).await;
    assert_eq!((page.path.as_str(), page.success()), ("/factors", None), "the script says it in place");
    let page = browser.press("/settings/stay", &[]).await;
    assert_eq!(page.path, "/factors");
    said.note("/settings/stay", &page);

    browser.get("/settings/language").await;
    said.note("/settings/language", &browser.press("/settings/language", &[("language", "en")]).await);
    let page = browser.get("/settings/activity").await;
    browser.get(&page.html.href("/settings/activity/report")).await;
    said.note("/settings/activity/report", &browser.press("/settings/activity/report", &[]).await);

    report(&env, ANA, Fate::Complained).await;
    browser.get("/settings/email/problem").await;
    said.note("/settings/email/problem", &browser.press("/settings/email/problem", &[]).await);
    env.emails().await;
    env.stack.deliver_events().await;

    link(&env, &mut browser, 1).await;
    for path in ["/reset", "/unlock"] {
        let mut browser = env.browser();
        for attempt in 0..2 {
            wait(60);
            browser.get(path).await;
            let page = browser.press(path, &[("email", ANA)]).await;
            if attempt == 0 {
                assert_eq!(page.success(), None, "the page of the first email says so");
            } else {
                said.note(path, &page);
            }
        }
    }
    wait(60);
    let mut reset = env.browser();
    reset.get("/reset").await;
    reset.press("/reset", &[("email", ANA)]).await;
    reset.get(&env.last_link().await).await;
    reset.press("/reset/link", &[("password", OTHER)]).await;
    said.note("/reset/done", &answer_review(&mut reset, "remove").await);

    let other = "bo@example.com";
    let mut changing = env.activated("cleo@exemple.ca").await;
    changing.get("/settings/password").await;
    said.note("/settings/password", &changing.press("/settings/password", &[("password", OTHER)]).await);
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(2)).await;
    browser.press("/federated/first", &[("email", other)]).await;
    wait(60);
    said.note("/federated/first", &browser.press("/federated/first", &[("email", other)]).await);
    let code = env.emailed_code().await;
    said.note("/federated/code", &browser.press("/federated/code", &[("code", &code)]).await);

    let told = |route: &str| said.0[route].as_str();
    assert_eq!(told("/activate"), "Your account is active.");
    assert_eq!(told("/factors/confirm"), "Phone <1> was added.");
    assert_eq!(told("/factors/remove"), "Phone <1> was removed.");
    assert_eq!(told("/federated/link"), "You can now sign in with Demo bank.");
    let alerts: Vec<_> =
        FORMS.iter().filter(|(_, says)| *says == Says::Alert).map(|(path, _)| *path).collect();
    assert_eq!(said.0.into_keys().collect::<Vec<_>>(), alerts);
}
