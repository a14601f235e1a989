//! Addresses and passwords as residents type and paste them (RULES 2.2, 2.3).

use domain::comparisons::{self, GuessableSecret};

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    partner::{At, START},
};

/// [`ANA`] with what comes along from web pages and word processors: a byte order mark, no-break spaces, zero-width
/// characters, a soft hyphen and directional marks.
const PASTED: &str = "\u{feff}\u{a0}a\u{200b}na@exem\u{ad}ple.ca\u{200e}\u{202f} ";

#[tokio::test]
async fn rule_2_2_a_pasted_address_is_the_same_wherever_it_is_typed() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    let page = env.register(&mut browser, PASTED, PASSWORD).await;
    assert_eq!((page.path.as_str(), page.html.text("main strong").as_deref()), ("/register/sent", Some(ANA)));
    browser.get(&env.last_link().await).await;
    assert_eq!(browser.post("/activate", &[]).await.path, "/services");
    assert_eq!(env.browser().sign_in(PASTED, PASSWORD).await.path, "/services");
    for path in ["/register/again", "/unlock", "/reset", "/federated/remove"] {
        wait(31);
        let (mut browser, before) = (env.browser(), env.emails().await.len());
        browser.get(path).await;
        let page = browser.post(path, &[("email", PASTED)]).await;
        assert_eq!(page.html.text("main strong").as_deref(), Some(ANA), "{path}: {}", page.html);
        let sent = env.emails().await.split_off(before);
        assert!(sent.len() == 1 && sent[0].to == ANA, "{path}: {sent:?}");
    }
    let mut arrived = env.browser();
    env.by_bank(&mut arrived, START, At::SignIn(0)).await;
    wait(31);
    let page = arrived.press("/federated/first", &[("email", PASTED)]).await;
    let text = page.html.text("main").unwrap_or_default();
    assert!(page.path == "/federated/code" && text.contains("a code to ana@exemple.ca."), "{page:?}");
    let mut writer = env.browser();
    writer.get("/contact").await;
    let fields = [("email", PASTED), ("topic", "signing-in"), ("message", "Help")];
    assert_eq!(writer.press("/contact", &fields).await.path, "/contact/sent");
    assert!(env.emails().await.last().unwrap().text.contains(ANA));
}

#[tokio::test]
async fn rule_2_2_the_error_about_letters_is_shown_only_where_it_is_true() {
    let env = TestEnv::begin().await;
    for (typed, is_about_letters) in [
        ("zo\u{e9}@exemple.ca", true),
        ("\u{438}\u{432}\u{430}\u{43d}@exemple.ca", true),
        ("an\u{a0}a@exemple.ca", false),
        ("\u{201c}ana\u{201d}@exemple.ca", false),
        ("zo\u{e9}@exemple", false),
    ] {
        for path in ["/register", "/login", "/reset", "/unlock", "/register/again", "/federated/remove"] {
            let mut browser = env.browser();
            browser.get(path).await;
            let page = browser.post(path, &[("email", typed), ("password", PASSWORD)]).await;
            let error = page.html.text("#email-error").unwrap();
            assert_eq!(error.contains("without accents"), is_about_letters, "{path} {typed}: {error}");
        }
    }
}

/// How many passwords were compared as typed, and how many of them once more without white space.
fn compared() -> (u64, u64) {
    let (compared, counted) = comparisons::totals(GuessableSecret::Password);
    assert_eq!(compared, counted, "each comparison as typed was counted before");
    (compared, comparisons::second_spellings())
}

#[tokio::test]
async fn rule_2_3_a_password_with_white_space_at_its_ends_is_one_attempt_of_two_spellings() {
    let env = TestEnv::begin().await;
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    let mut other = env.browser();
    other.get(&env.last_link().await).await;
    assert_eq!(other.press("/activate", &[("password", "Wrong-9-password ")]).await.status, 422);
    assert_eq!(compared(), (1, 1));
    let page = other.press("/activate", &[("password", &format!("{PASSWORD}\r\n"))]).await;
    assert_eq!(page.path, "/services", "{page:?}");
    assert_eq!(compared(), (2, 2));
    for typed in [format!(" {PASSWORD}"), format!("{PASSWORD}\u{a0}\t"), PASSWORD.to_owned()] {
        assert_eq!(env.browser().sign_in(ANA, &typed).await.path, "/services", "{typed:?}");
    }
    assert_eq!(compared(), (5, 4), "white space inside or none: no second comparison");
    // The fifth wrong one locks; an address without an account does the same work.
    for email in [ANA, "nobody@exemple.ca"] {
        let before = compared();
        for n in 1..=6 {
            let page = env.browser().sign_in(email, &format!("{OTHER} ")).await;
            assert_eq!(
                page.html.contains("Sign-in is locked for this email address"),
                n >= 5,
                "{email} {n}: {}",
                page.html
            );
        }
        let after = compared();
        assert_eq!((after.0 - before.0, after.1 - before.1), (5, 5), "{email}");
    }
    let page = env.browser().sign_in(ANA, &format!("{PASSWORD} ")).await;
    assert_eq!((page.status, page.path.as_str()), (422, "/login"), "the account is locked");
}

#[tokio::test]
async fn rule_2_3_a_new_password_is_stored_as_it_was_typed() {
    let env = TestEnv::begin().await;
    let typed = format!("{OTHER} ");
    let mut browser = env.browser();
    env.register(&mut browser, ANA, &typed).await;
    browser.get(&env.last_link().await).await;
    browser.post("/activate", &[]).await;
    assert_eq!(env.browser().sign_in(ANA, &typed).await.path, "/services");
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.status, 422);
}

const HOTEL: &str = "ana@h\u{f4}tel.ca";

/// Opens a page, which names the address as it was typed.
async fn shows_as_typed(browser: &mut Browser, path: &str) {
    let page = browser.get(path).await;
    assert!(page.status == 200 && page.html.contains(HOTEL), "{path}: {page:?}");
    assert!(!page.html.contains("xn--"), "{path}: {}", page.html);
}

#[tokio::test]
async fn rule_2_2_a_domain_is_shown_as_typed_and_mail_goes_to_its_a_labels() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    let page = env.register(&mut browser, HOTEL, PASSWORD).await;
    assert_eq!(page.html.text("main strong").as_deref(), Some(HOTEL));
    shows_as_typed(&mut browser, "/register").await;
    let link = env.last_link().await;
    shows_as_typed(&mut env.browser(), &link).await;
    shows_as_typed(&mut browser, &link).await;
    browser.post("/activate", &[]).await;
    for path in
        ["/factors", "/mfa/choose?next=/services", "/mfa?next=/services", "/login?again=true", "/contact"]
    {
        shows_as_typed(&mut browser, path).await;
    }
    env.add_app(&mut browser, "Phone").await;
    let mut linking = env.browser();
    env.by_bank(&mut linking, START, At::SignIn(0)).await;
    wait(31);
    linking.press("/federated/first", &[("email", HOTEL)]).await;
    shows_as_typed(&mut linking, "/federated/code").await;
    let page = linking.press("/federated/code", &[("code", &env.emailed_code().await)]).await;
    assert!(page.html.contains(HOTEL) && !page.html.contains("xn--"), "{page:?}");
    for path in ["/unlock", "/reset"] {
        let mut asking = env.browser();
        wait(31);
        asking.get(path).await;
        // As Chromium submits a domain that was typed in Unicode.
        let page = asking.post(path, &[("email", "ana@xn--htel-vqa.ca")]).await;
        assert_eq!(page.html.text("main strong").as_deref(), Some(HOTEL));
        shows_as_typed(&mut asking, path).await;
    }
    shows_as_typed(&mut env.browser(), &env.last_link().await).await;
    for _ in 0..5 {
        env.browser().sign_in(HOTEL, OTHER).await;
    }
    let locked = links(env.emails().await.last().unwrap());
    shows_as_typed(&mut env.browser(), &locked[0]).await;
    let mut disputing = env.browser();
    shows_as_typed(&mut disputing, locked.last().unwrap()).await;
    let page = disputing.press("/dispute", CONFIRMED).await;
    assert!(page.html.contains(HOTEL) && !page.html.contains("xn--"), "{page:?}");
    let emails = env.emails().await;
    assert!(emails.len() > 5 && emails.iter().all(|email| email.to == "ana@xn--htel-vqa.ca"), "{emails:?}");
    assert!(emails.iter().all(|email| !email.text.contains("xn--") && !email.html.contains("xn--")));
}
