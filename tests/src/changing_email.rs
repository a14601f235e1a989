//! A resident changes the email address of their account (RULES 7.3), and undoes it from the previous address (RULES 3.10).

use std::collections::BTreeSet;

use domain::link::{EmailChange, Token};

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    page::Page,
};

mod closing;
mod pending;
mod races;
mod resending;
mod reservations;
mod reserved;
mod undoing;

/// The address that Ana changes to.
pub(crate) const NEW: &str = "ana@nouvelle.ca";

/// Asks for this address in a browser with recent proofs, and sends the email; returns the page after it.
pub(crate) async fn ask(env: &TestEnv, browser: &mut Browser, email: &str) -> Page {
    if browser.get("/settings/email").await.path == "/mfa" {
        env.verify_by_email(browser).await;
    }
    let page = browser.press("/settings/email", &[("email", email)]).await;
    env.emails().await;
    page
}

/// Asks for this address; returns the link to it.
pub(crate) async fn link_to(env: &TestEnv, browser: &mut Browser, email: &str) -> String {
    let page = ask(env, browser, email).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings/email/sent"), "{}", page.html);
    let sent = env.emails().await.pop().unwrap();
    assert_eq!((sent.to.as_str(), links(&sent).len()), (email, 1));
    links(&sent).remove(0)
}

/// Opens the link and confirms; returns the page after it.
pub(crate) async fn confirm(browser: &mut Browser, link: &str) -> Page {
    let page = browser.get(link).await;
    assert_eq!(page.path, "/settings/email/link", "{}", page.html);
    browser.press("/settings/email/link", &[]).await
}

/// Whether the link can confirm a change.
pub(crate) async fn is_pending(env: &TestEnv, link: Option<&String>) -> bool {
    let Some(link) = link else { return false };
    let (app, now) = (&env.stack.app, env.now());
    let token =
        Token::<EmailChange>::parse(link.split('=').nth(1).unwrap(), app.keys.link().unwrap()).unwrap();
    let found = app.table.find_account_link::<EmailChange>(token.id(), now).await.unwrap().unwrap();
    let (account, pending) = (found.account.unwrap(), found.email_change.unwrap());
    found.sent.check(now).is_ok_and(|link| account.may_change_email(&link, &pending).is_ok())
}

/// Changes the address of the account that is signed in.
pub(crate) async fn change(env: &TestEnv, browser: &mut Browser, email: &str) {
    let link = link_to(env, browser, email).await;
    let page = confirm(browser, &link).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/settings/email/done"), "{}", page.html);
}

/// Signs in with these proofs: the password and the email code.
pub(crate) async fn sign_in(env: &TestEnv, email: &str, password: &str) -> Browser {
    let mut browser = env.browser();
    let page = browser.sign_in(email, password).await;
    assert_eq!(page.path, "/services", "{}", page.html);
    env.emails().await;
    browser
}

/// The link *This wasn't me* in the newest email to this address.
pub(crate) async fn dispute_link(env: &TestEnv, email: &str) -> String {
    let emails = env.emails().await;
    let to_it = emails.iter().rev().filter(|message| message.to == email);
    let found = to_it.filter_map(|message| links(message).pop()).find(|link| link.starts_with("/dispute"));
    found.unwrap_or_else(|| panic!("no link to dispute was sent to {email}"))
}

/// Opens *This wasn't me* and confirms; returns the page after it.
pub(crate) async fn dispute(env: &TestEnv, link: &str) -> Page {
    let mut browser = env.browser();
    let page = browser.get(link).await;
    if page.status != 200 {
        return page;
    }
    browser.post("/dispute", CONFIRMED).await
}

/// Whether this password signs in at this address, in a new browser.
pub(crate) async fn opens(env: &TestEnv, email: &str, password: &str) -> bool {
    let page = env.browser().sign_in(email, password).await;
    env.emails().await;
    page.path == "/services"
}

/// The subjects of the emails to this address, oldest first.
pub(crate) async fn subjects(env: &TestEnv, email: &str) -> Vec<String> {
    let to_it = env.emails().await.into_iter().filter(|message| message.to == email);
    to_it.map(|message| message.subject).collect()
}

const CHANGED: &str = "The email address of your My Ontario Account was changed";

#[tokio::test]
async fn rule_7_3_the_address_changes_when_the_link_to_the_new_one_is_confirmed() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut other = sign_in(&env, ANA, PASSWORD).await;
    let link = link_to(&env, &mut browser, NEW).await;
    assert!(link.starts_with("/settings/email/link?token="), "{link}");
    let email = env.emails().await.pop().unwrap();
    assert!(!email.text.contains(ANA) && !email.text.contains(NEW), "it names no address: {}", email.text);

    let page = browser.get(&link).await;
    assert_eq!(
        (page.path.as_str(), page.heading()),
        ("/settings/email/link", "Confirm your new email address")
    );
    assert!(page.html.contains(ANA) && page.html.contains(NEW));
    assert!(opens(&env, ANA, PASSWORD).await && !opens(&env, NEW, PASSWORD).await, "looking changes nothing");
    let page = browser.press("/settings/email/link", &[]).await;
    assert_eq!(
        (page.path.as_str(), page.heading()),
        ("/settings/email/done", "Your email address was changed")
    );
    assert!(page.html.contains(NEW));
    let page = browser.get("/settings/email/done?switch_language=fr").await;
    assert_eq!(page.heading(), "Votre adresse courriel a été changée", "it can be shown again");
    browser.get("/settings/email/done?switch_language=en").await;

    assert!(opens(&env, NEW, PASSWORD).await && !opens(&env, ANA, PASSWORD).await);
    assert_eq!(subjects(&env, ANA).await.last().map(String::as_str), Some(CHANGED));
    assert_eq!(subjects(&env, NEW).await[1], "This is now the email address of your My Ontario Account");
    for browser in [&mut browser, &mut other] {
        assert_eq!(browser.get("/services").await.path, "/services", "sessions continue");
    }
    // A browser that the account knew is known under the new address, and others' records don't lock it.
    let told = env.emails().await.len();
    other.post("/logout", &[]).await;
    assert_eq!(other.sign_in(NEW, PASSWORD).await.path, "/services");
    assert_eq!(env.emails().await.len(), told, "no email about a new browser");
}

#[tokio::test]
async fn rule_7_2_a_change_of_the_address_requires_recent_proofs_and_keeps_what_was_typed() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = sign_in(&env, ANA, PASSWORD).await;
    let page = browser.get("/settings/email").await;
    assert_eq!(page.path, "/mfa");
    let page = env.verify_by_email(&mut browser).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/settings/email", "Change your email address"));
    wait(5 * 60 + 1);
    let page = browser.press("/settings/email", &[("email", "Ana@Nouvelle.ca")]).await;
    assert!(page.html.contains("href=\"/login?again=true"), "{}", page.html);
    assert_eq!(subjects(&env, NEW).await, [""; 0]);
    let mut browser = env.browser();
    assert_eq!(browser.get("/settings/email").await.path, "/login");
}

#[tokio::test]
async fn rule_7_3_what_was_typed_is_there_after_a_proof_and_after_a_new_sign_in() {
    const ZOE: &str = "zoe@exemple.ca";
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(31);
    env.activated(ZOE).await;
    let mut browser = sign_in(&env, ANA, PASSWORD).await;
    browser.get("/settings/email").await;
    env.verify_by_email(&mut browser).await;
    // The proof expires, then the session; then somebody else signs in.
    for (seconds, email, kept) in [(301, ANA, NEW), (1801, ANA, NEW), (1801, ZOE, "")] {
        wait(seconds);
        let page = browser.press("/settings/email", &[("email", "Ana@Nouvelle.ca")]).await;
        if seconds < 1800 {
            browser.get(&page.html.href("/login?again=true")).await;
        }
        browser.press("/login", &[("email", email), ("password", PASSWORD)]).await;
        let page = env.verify_by_email(&mut browser).await;
        assert_eq!(page.path, "/settings/email", "{page:?}");
        let typed = page.html.attribute("main input[name='email']", "value");
        assert_eq!(typed.unwrap_or_default(), kept, "{email} after {seconds} s");
    }
}

#[tokio::test]
async fn rule_2_2_the_new_address_is_read_like_that_of_a_registration() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for (typed, error) in [
        ("", "email"),
        ("ana", "name@example.com"),
        ("zo\u{e9}@exemple.ca", ""),
        (" \u{200b}ANA@exemple.ca", "This is already the email address of your account"),
    ] {
        let page = ask(&env, &mut browser, typed).await;
        assert_eq!((page.status, page.path.as_str()), (422, "/settings/email"), "{typed}");
        assert!(
            page.html.text(".ontario-error-messaging").unwrap().contains(error),
            "{typed}: {}",
            page.html
        );
    }
    let page = ask(&env, &mut browser, " Ana@H\u{f4}tel.ca").await;
    assert!(page.html.contains("ana@h\u{f4}tel.ca"), "{}", page.html);
    assert_eq!(env.emails().await.pop().unwrap().to, "ana@xn--htel-vqa.ca");
}

#[tokio::test]
async fn rule_2_1_the_page_says_the_same_for_an_address_with_an_account() {
    let env = TestEnv::begin().await;
    env.activated("zoe@exemple.ca").await;
    let mut browser = env.activated(ANA).await;
    wait(31);
    // A decoy takes the place of a link, under another partition key.
    let actions = || {
        let uses = env.watch.uses().into_values().flatten();
        uses.filter(|one| !one.starts_with(local::LEADING_KEYS)).collect::<BTreeSet<_>>()
    };
    let (free, calls) = (ask(&env, &mut browser, "free@exemple.ca").await, actions());
    let taken = ask(&env, &mut browser, "zoe@exemple.ca").await;
    let words = |page: &Page, email: &str| page.words().replace(email, "ADDRESS");
    assert_eq!(words(&free, "free@exemple.ca"), words(&taken, "zoe@exemple.ca"));
    assert_eq!(calls, actions());
    let told = env.emails().await.pop().unwrap();
    assert_eq!(
        (told.to.as_str(), told.subject.as_str()),
        ("zoe@exemple.ca", "Another My Ontario Account cannot use this email address")
    );
    assert_eq!(links(&told), ["/login"]);
}

#[tokio::test]
async fn rule_2_12_a_program_without_the_account_presses_its_buttons_in_vain() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.activated("zoe@exemple.ca").await;
    let link = link_to(&env, &mut browser, NEW).await;
    let mut scanner = env.browser();
    let page = scanner.get(&link).await;
    assert_eq!(page.path, "/login", "whoever has no session has to sign in");
    assert!(!page.html.contains(ANA) && !page.html.contains(NEW));
    // From the sign-in page, the resident comes back to the link.
    let mut other = scanner.clone();
    let page = other.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/mfa", "the session is not the one that asked");
    let page = env.verify_by_email(&mut other).await;
    assert_eq!(
        (page.path.as_str(), page.heading()),
        ("/settings/email/link", "Confirm your new email address")
    );
    // Another account learns nothing.
    let page = scanner.press("/login", &[("email", "zoe@exemple.ca"), ("password", PASSWORD)]).await;
    assert_eq!((page.status, page.heading()), (403, "You are signed in to another account"));
    assert!(!page.html.contains(ANA) && !page.html.contains(NEW));
    assert!(opens(&env, ANA, PASSWORD).await);
    let page = other.press("/settings/email/link", &[]).await;
    assert_eq!(page.heading(), "Your email address was changed");
}

#[tokio::test]
async fn rule_7_3_the_link_works_once_for_half_an_hour_and_only_while_the_change_is_pending() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let first = link_to(&env, &mut browser, NEW).await;
    let second = link_to(&env, &mut browser, "ana@deuxieme.ca").await;
    let heading = async |browser: &mut Browser, link: &str| browser.get(link).await.heading().to_owned();
    assert_eq!(confirm(&mut browser, &first).await.status, 200);
    assert_eq!(heading(&mut browser, &first).await, "This link has already been used");
    assert_eq!(heading(&mut browser, &second).await, "This link no longer works");
    let third = link_to(&env, &mut browser, "ana@troisieme.ca").await;
    wait(30 * 60);
    assert_eq!(heading(&mut browser, &third).await, "This link has expired");
    assert!(opens(&env, NEW, PASSWORD).await);

    // A reset ends what was pending.
    let mut browser = sign_in(&env, NEW, PASSWORD).await;
    let fourth = link_to(&env, &mut browser, "ana@quatrieme.ca").await;
    let mut elsewhere = env.browser();
    elsewhere.get("/reset").await;
    elsewhere.post("/reset", &[("email", NEW)]).await;
    elsewhere.get(&env.last_link().await).await;
    elsewhere.post("/reset/link", &[("password", OTHER)]).await;
    let mut browser = sign_in(&env, NEW, OTHER).await;
    assert_eq!(heading(&mut browser, &fourth).await, "This link no longer works");
}

#[tokio::test]
async fn rule_2_11_five_links_work_at_the_same_time() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut sent = Vec::new();
    for n in 0..6 {
        sent.push(link_to(&env, &mut browser, &format!("ana@exemple{n}.ca")).await);
    }
    assert_eq!(browser.get(&sent[0]).await.heading(), "This link no longer works");
    for link in &sent[1..] {
        assert_eq!(browser.get(link).await.heading(), "Confirm your new email address");
    }
}

#[tokio::test]
async fn rule_7_3_ten_links_a_day_and_five_changes_in_ten_days() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for n in 0..5 {
        change(&env, &mut browser, &format!("ana@exemple{n}.ca")).await;
    }
    let page = browser.get("/settings/email").await;
    assert_eq!((page.status, page.heading()), (429, "You cannot change your email address now"));
    // The first address is no longer kept.
    wait(10 * 24 * 3600);
    let mut browser = sign_in(&env, "ana@exemple4.ca", PASSWORD).await;
    change(&env, &mut browser, "ana@exemple5.ca").await;

    wait(24 * 3600);
    let mut browser = sign_in(&env, "ana@exemple5.ca", PASSWORD).await;
    for n in 0..10 {
        assert_eq!(ask(&env, &mut browser, &format!("ana@autre{n}.ca")).await.status, 200);
    }
    let page = ask(&env, &mut browser, "ana@autre10.ca").await;
    assert_eq!((page.status, page.heading()), (429, "Too many changes today"));
}

#[tokio::test]
async fn rule_3_11_the_limits_of_typed_addresses_apply_and_a_double_click_sends_one_email() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/settings/email").await;
    let first = browser.pressing("/settings/email", &[("email", NEW)]);
    let mut second = browser.clone();
    let (a, b) = tokio::join!(browser.follow(first.clone()), second.follow(first));
    assert_eq!((a.path.as_str(), b.path.as_str()), ("/settings/email/sent", "/settings/email/sent"));
    assert_eq!(subjects(&env, NEW).await.len(), 1);
    wait(11);
    let page = ask(&env, &mut browser, NEW).await;
    assert_eq!((page.status, page.heading()), (429, "Wait before asking for another email"));
    let page = browser.press("/settings/email", &[]).await;
    assert!(page.html.contains(NEW), "what was typed is kept: {}", page.html);
}

#[tokio::test]
async fn rule_7_3_services_learn_the_new_address() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(env.userinfo(token).await.1["email"], ANA);
    change(&env, &mut browser, NEW).await;
    assert_eq!(env.userinfo(token).await.1["email"], NEW);
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    assert_eq!(env.userinfo(tokens["access_token"].as_str().unwrap()).await.1["email"], NEW);
}

#[tokio::test]
async fn rule_5_4_an_authenticator_keeps_working_and_the_page_says_how_to_rename_its_entry() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Phone").await;
    let link = link_to(&env, &mut browser, NEW).await;
    let page = confirm(&mut browser, &link).await;
    assert!(page.html.contains("Your app keeps working"), "{}", page.html);
    wait(31);
    let mut browser = sign_in(&env, NEW, PASSWORD).await;
    browser.get("/mfa?next=%2Ffactors").await;
    assert_eq!(browser.press("/mfa", &[("code", &phone.code())]).await.path, "/factors");
}
