//! *Settings* (RULES 7.1): each item with its value, and the language.

use domain::{assurance::Assurance, language::Language};

use crate::{
    linking::link,
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, wait},
    },
    verifying::taking,
};

mod activity;
pub(crate) mod data;
mod flooded;
mod password;
mod reporting;

/// The value of the row with this label.
fn value(browser: &Browser, label: &str) -> String {
    let rows =
        (0..12).filter_map(|n| browser.html.part(&format!("main div.site-summary__row:nth-of-type({n})")));
    drop(rows);
    let main = browser.html.part("main").unwrap().to_string();
    let row = main.split("site-summary__row").find(|row| row.contains(&format!(">{label}</dt>")));
    let row = row.unwrap_or_else(|| panic!("no row {label}: {main}"));
    let value = row.split("site-summary__value\">").nth(1).unwrap().split("</dd>").next().unwrap();
    value.replace("<br>", "; ")
}

#[tokio::test]
async fn rule_7_1_settings_show_each_item_with_its_value() {
    let env = TestEnv::at_the_bank().await;
    let service = taking(&env, Assurance::TwoStep).await;
    let mut browser = env.activated(ANA).await;
    let page = browser.get("/settings").await;
    assert_eq!((page.status, page.heading()), (200, "Settings"));
    for (label, shown) in [
        ("Email address", "<span translate=\"no\">ana@exemple.ca</span>"),
        ("Password", "Set"),
        ("Verification methods", "Code by email"),
        ("Sign-in partners", "None"),
        ("Second step", "None of the services you use always asks for one."),
        ("Language", "English"),
        ("Devices and sessions", "Signed in on this browser only"),
    ] {
        assert_eq!(value(&browser, label), shown, "{label}");
    }
    assert!(value(&browser, "Recent activity").starts_with("Account activated, "));
    for (path, about) in [
        ("/settings/email", "Change your email address"),
        ("/settings/password", "Change your password"),
        ("/factors", "Manage your verification methods"),
        ("/federated", "Manage your sign-in partners"),
        ("/settings/language", "Change your language"),
        ("/settings/sessions", "Manage your devices and sessions"),
        ("/settings/activity", "View your recent activity"),
        ("/settings/data", "Download your data"),
        ("/settings/close", "Close your account"),
    ] {
        assert_eq!(page.html.text(&format!("main a[href='{path}']")).as_deref(), Some(about));
    }

    env.add_app(&mut browser, "Phone").await;
    link(&env, &mut browser, 0).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    env.code(&mut browser, &service, &[]).await;
    browser.get("/settings").await;
    assert_eq!(value(&browser, "Verification methods"), "Phone; Code by email");
    assert_eq!(value(&browser, "Sign-in partners"), "Demo bank");
    assert_eq!(value(&browser, "Devices and sessions"), "Signed in on 2 browsers");
    let second_step = value(&browser, "Second step");
    let asks = "asks for a code by email or a code from an authenticator app.";
    assert!(second_step.ends_with(asks), "{second_step}");
    assert_eq!(value(&browser, "Recent activity").split("; ").count(), 3);
    browser.get("/settings?switch_language=fr").await;
    assert_eq!(value(&browser, "Appareils et sessions"), "Sessions ouvertes dans 2&nbsp;navigateurs");
}

#[tokio::test]
async fn rule_7_1_the_language_of_pages_and_emails_is_a_setting() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/settings/language").await;
    assert_eq!(browser.html.attribute("input[name='language'][checked]", "value").as_deref(), Some("en"));
    // The toggle changes nothing but the page, and keeps what was chosen.
    let page = browser.press("/settings/language", &[("language", "fr"), ("switch_language", "fr")]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/language", "Langue"));
    assert_eq!(browser.html.attribute("input[name='language'][checked]", "value").as_deref(), Some("fr"));
    let language = async || env.seen(ANA).await.account.unwrap().details().language;
    assert_eq!(language().await, Language::English);
    for nothing in ["", "de"] {
        let page = browser.press("/settings/language", &[("language", nothing)]).await;
        assert_eq!((page.status, page.html.count("#language-error")), (422, 1), "{nothing}");
    }
    let page = browser.press("/settings/language", &[("language", "en")]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings", "Settings"));
    browser.get("/settings/language").await;
    let page = browser.press("/settings/language", &[("language", "fr")]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings", "Param\u{e8}tres"));
    assert_eq!(page.success().as_deref(), Some("Votre langue est enregistr\u{e9}e."));
    assert_eq!(language().await, Language::French);
    // Emails, and the pages of another browser after signing in, which prefers English.
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    assert_eq!(other.get("/settings").await.heading(), "Param\u{e8}tres");
    let notice = env.emails().await.pop().unwrap();
    assert!(notice.subject.contains("compte Mon Ontario"), "{}", notice.subject);
    wait(60);
    assert_eq!(browser.get("/services").await.heading(), "Mes services connect\u{e9}s");
}

#[tokio::test]
async fn rule_7_1_a_language_that_is_saved_while_the_account_changes_is_saved_once() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/settings/language").await;
    let presses: Vec<_> = (0..8)
        .map(|n| {
            let (mut browser, language) = (browser.clone(), if n % 2 == 0 { "fr" } else { "en" });
            tokio::spawn(async move { browser.press("/settings/language", &[("language", language)]).await })
        })
        .collect();
    for page in presses {
        assert_eq!(page.await.unwrap().path, "/settings");
    }
    let saved = env.seen(ANA).await.account.unwrap().details().language;
    browser.jar.remove("__Host-language");
    browser.language = "de";
    let heading = if saved == Language::French { "Param\u{e8}tres" } else { "Settings" };
    assert_eq!(browser.get("/settings").await.heading(), heading, "account and session agree");
}
