//! The activity of an account, and *This wasn't me* about an entry (RULES 7.5).

use domain::device::Device;
use table::AuditEvent;

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    page::Page,
};

pub(super) const DAY: i64 = 24 * 3600;

/// The entries of the page: what, when and in which browser.
fn entries(page: &Page) -> Vec<String> {
    let main = page.html.part("main").unwrap().to_string();
    let items = main.split("<li>").skip(1).map(|item| item.split("</li>").next().unwrap().to_owned());
    items.filter(|item| item.contains("<strong>")).collect()
}

/// The address that reports the newest entry of this kind.
pub(super) fn report_of(browser: &Browser, what: &str) -> String {
    let main = browser.html.part("main").unwrap().to_string();
    let item = main.split("<li>").find(|item| item.contains(&format!("<strong>{what}</strong>"))).unwrap();
    let href = item.split("href=\"").nth(1).unwrap_or_else(|| panic!("{what}: {item}"));
    href.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn rule_7_5_activity_says_what_when_in_which_browser_and_country() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(60);
    env.browser().sign_in(ANA, OTHER).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    let page = browser.get("/settings/activity").await;
    assert_eq!((page.status, page.heading()), (200, "Recent activity"));
    let found = entries(&page);
    let expected = ["Signed in on a new browser", "Sign-in failed: incorrect password", "Account activated"];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    // The newest comes first, also of those within one second.
    for (entry, what) in found.iter().zip(expected) {
        assert!(entry.contains(&format!("<strong>{what}</strong>")), "{found:?}");
        assert!(entry.contains("<br>Firefox, Windows, Canada"), "{entry}");
        assert!(entry.contains("p.m. (E") || entry.contains("a.m. (E"), "{entry}");
        assert_eq!(entry.contains("This wasn’t me"), what == "Signed in on a new browser", "{entry}");
    }
    let page = browser.get("/settings/activity?switch_language=fr").await;
    assert_eq!(page.heading(), "Activité récente");
    assert!(entries(&page).iter().any(|entry| entry.contains("Compte activé")));
}

#[tokio::test]
async fn rule_7_5_activity_shows_ninety_days_and_older_entries_on_demand() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    wait(91 * DAY);
    browser.sign_in(ANA, PASSWORD).await;
    let page = browser.get("/settings/activity").await;
    assert_eq!(entries(&page).len(), 1, "{page:?}");
    let page = browser.get(&page.html.href("/settings/activity?before=")).await;
    let found = entries(&page);
    assert!(found.len() == 1 && found[0].contains("Account activated"), "{found:?}");
    assert_eq!(page.html.count("main a[href^='/settings/activity?before=']"), 0, "there is nothing older");
    assert_eq!(entries(&browser.get("/settings/activity").await).len(), 1);
    // Nothing within 90 days.
    wait(11 * 3600);
    for junk in ["x", "1.x", "-5.00000000-0000-4000-8000-000000000000", "99999999999999999999."] {
        assert_eq!(browser.get(&format!("/settings/activity?before={junk}")).await.status, 200, "{junk}");
    }
}

#[tokio::test]
async fn rule_7_5_a_page_has_200_entries_and_together_they_have_all() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let table = &env.stack.app.table;
    let cookie = domain::session::SessionCookie::parse(&browser.jar["__Host-session"]).unwrap();
    let session = table.session(&cookie, env.now()).await.unwrap().unwrap();
    for _ in 0..205 {
        table.end_other_sessions(&session, &Device::default(), env.now()).await.unwrap();
    }
    let mut counts = Vec::new();
    let mut next = "/settings/activity".to_owned();
    loop {
        let page = browser.get(&next).await;
        counts.push(entries(&page).len());
        match page.html.attribute("main a[href^='/settings/activity?before=']", "href") {
            Some(older) => next = older,
            None => break,
        }
    }
    assert_eq!(counts, [200, 6]);
    let trail = table.audit_trail(account, env.now()).await.unwrap();
    assert_eq!(trail.entries.len(), 206);
}

#[tokio::test]
async fn rule_7_5_reporting_an_entry_sends_the_owner_the_link_that_disputes_it() {
    let env = TestEnv::begin().await;
    let mut owner = env.activated(ANA).await;
    wait(60);
    let mut thief = env.browser();
    thief.sign_in(ANA, PASSWORD).await;
    thief.get("/factors/add").await;
    env.verify_by_email(&mut thief).await;
    env.add_app(&mut thief, "Thief").await;
    wait(20 * 60);
    owner.get("/settings/activity").await;
    let report = report_of(&owner, "Signed in on a new browser");
    let page = owner.get(&report).await;
    assert_eq!(page.heading(), "You do not recognize this activity?");
    let before = env.emails().await.len();
    let page = owner.press("/settings/activity/report", &[]).await;
    let success = "To secure your account, open the link that we just emailed you and choose \
        “This wasn’t me”. It works for 10 days.";
    assert_eq!((page.path.as_str(), page.success().as_deref()), ("/settings/activity", Some(success)));
    assert_eq!(thief.get("/services").await.path, "/services", "a session alone ends nothing");
    let sent = env.emails().await.split_off(before);
    assert_eq!((sent.len(), sent[0].subject.as_str()), (1, "Secure your My Ontario Account"));
    // The link works for ten days from the report, whenever the event was.
    wait(9 * DAY + 23 * 3600);
    let mut anywhere = env.browser();
    anywhere.get(&links(&sent[0]).pop().unwrap()).await;
    assert_eq!(anywhere.press("/dispute", CONFIRMED).await.status, 200);
    let details = env.seen(ANA).await.account.unwrap().details().clone();
    assert!(details.password.is_none());
    let factors = env.stack.app.table.factors(details.id, env.now()).await.unwrap();
    assert!(factors.authenticators.is_empty(), "what was added since the event");
}

#[tokio::test]
async fn rule_7_5_five_entries_a_day_are_reported() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    browser.get("/settings/activity").await;
    let report = report_of(&browser, "Signed in on a new browser");
    for _ in 0..5 {
        browser.get(&report).await;
        assert_eq!(browser.press("/settings/activity/report", &[]).await.path, "/settings/activity");
    }
    let sent = env.emails().await.len();
    browser.get(&report).await;
    let page = browser.press("/settings/activity/report", &[]).await;
    assert_eq!(page.status, 429);
    assert!(page.html.contains("We have already sent you 5 of these links today."));
    assert_eq!(env.emails().await.len(), sent);
}

#[tokio::test]
async fn rule_7_5_nobody_reports_what_is_not_theirs_or_cannot_be_disputed() {
    let env = TestEnv::begin().await;
    let mut ana = env.activated(ANA).await;
    env.browser().sign_in(ANA, PASSWORD).await;
    ana.get("/settings/activity").await;
    let report = report_of(&ana, "Signed in on a new browser");
    let mut bob = env.activated("bob@exemple.ca").await;
    assert_eq!(bob.get(&report).await.path, "/settings/activity");
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let trail = env.stack.app.table.audit_trail(account, env.now()).await.unwrap().entries;
    let activated = trail.iter().find(|entry| entry.event == AuditEvent::Activated).unwrap();
    let target = format!("/settings/activity/report?entry={}.{}", activated.at.as_second(), activated.id);
    for target in [target.as_str(), "/settings/activity/report", "/settings/activity/report?entry=x"] {
        assert_eq!(ana.get(target).await.path, "/settings/activity", "{target}");
    }
}
