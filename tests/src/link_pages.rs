//! The pages of emailed links: each acts on its own link, in whatever browser (RULES 2.11), and a repeated form is answered
//! like the first (RULES 3.3).

use futures_util::future::join_all;
use local::Incoming;

use crate::{
    linking,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    },
};

const BOB: &str = "bob@exemple.ca";

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Use {
    Activate,
    Refuse,
    Unlock,
    Reset,
    Dispute,
    Remove,
}

const USES: [Use; 6] = [Use::Activate, Use::Refuse, Use::Unlock, Use::Reset, Use::Dispute, Use::Remove];

impl Use {
    fn path(self) -> &'static str {
        match self {
            Self::Activate => "/activate",
            Self::Refuse => "/activate/refuse",
            Self::Unlock => "/unlock/link",
            Self::Reset => "/reset/link",
            Self::Dispute => "/dispute",
            Self::Remove => "/federated/remove/link",
        }
    }

    /// What is typed or chosen.
    fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Activate => &[("password", PASSWORD)],
            Self::Reset => &[("password", OTHER)],
            Self::Refuse | Self::Unlock | Self::Dispute | Self::Remove => CONFIRMED,
        }
    }

    /// The heading of the page after it.
    fn done(self) -> &'static str {
        match self {
            Self::Activate => "My connected services",
            Self::Refuse => "Registration cancelled",
            Self::Unlock => "Your account is unlocked",
            Self::Reset => "Password changed",
            Self::Dispute => "Your account is secured",
            Self::Remove => "Sign-in partner removed",
        }
    }

    /// The heading that another browser sees after it.
    fn used(self) -> &'static str {
        match self {
            Self::Activate => "Your account is active",
            Self::Refuse => "This registration is no longer valid",
            Self::Unlock | Self::Reset | Self::Dispute | Self::Remove => "This link has already been used",
        }
    }

    /// How many emails it causes.
    fn notices(self) -> usize {
        usize::from(!matches!(self, Self::Activate | Self::Refuse))
    }

    /// A link of this use for a resident, whose bank is that of this number.
    async fn link(self, env: &TestEnv, email: &str, resident: usize) -> String {
        let mut browser = env.browser();
        if matches!(self, Self::Activate | Self::Refuse) {
            env.register(&mut browser, email, PASSWORD).await;
            return env.last_link().await;
        }
        let mut owner = env.activated(email).await;
        match self {
            Self::Unlock => {
                for _ in 0..5 {
                    browser.sign_in(email, OTHER).await;
                }
                env.last_link().await
            }
            Self::Dispute => {
                browser.sign_in(email, PASSWORD).await;
                env.last_link().await
            }
            Self::Reset => requested(env, &mut browser, "/reset", email).await,
            _ => {
                linking::link(env, &mut owner, resident).await;
                requested(env, &mut browser, "/federated/remove", email).await
            }
        }
    }

    /// Whether the link of this use has taken effect for a resident.
    async fn is_done(self, env: &TestEnv, email: &str) -> bool {
        let view = env.seen(email).await;
        let details = view.account.as_ref().map(domain::account::Account::details);
        match self {
            Self::Activate => details.is_some(),
            Self::Refuse => {
                let email = email.parse().unwrap();
                env.stack.app.table.registrations(&email, env.now()).await.unwrap().is_empty()
            }
            Self::Unlock => matches!(view.account, Some(domain::account::Account::Active(_))),
            Self::Reset => details.unwrap().reset_at.is_some(),
            Self::Dispute => details.unwrap().password.is_none(),
            Self::Remove => {
                let account = details.unwrap().id;
                env.stack.app.table.partner_identities(account, env.now()).await.unwrap().is_empty()
            }
        }
    }
}

async fn requested(env: &TestEnv, browser: &mut Browser, path: &str, email: &str) -> String {
    wait(31);
    browser.get(path).await;
    browser.post(path, &[("email", email)]).await;
    env.last_link().await
}

#[tokio::test]
async fn rule_2_11_two_links_of_two_people_in_one_browser_act_on_their_own() {
    for link_use in USES {
        let env = TestEnv::at_the_bank().await;
        let of_ana = link_use.link(&env, ANA, 0).await;
        let of_bob = link_use.link(&env, BOB, 1).await;
        let mut browser = env.browser();
        let page = browser.get(&of_ana).await;
        assert!(
            page.html.contains(ANA) && !page.html.contains(BOB),
            "{link_use:?}: the page names the account"
        );
        let mut of_ana = browser.clone();
        let page = browser.get(&of_bob).await;
        assert!(page.html.contains(BOB) && !page.html.contains(ANA), "{link_use:?}");
        // The first page, with the cookies that the browser has now.
        of_ana.jar.clone_from(&browser.jar);
        if link_use != Use::Refuse {
            for language in ["fr", "en"] {
                let page = of_ana.press(link_use.path(), &[("switch_language", language)]).await;
                assert!(page.html.contains(ANA), "{link_use:?}");
            }
        }
        let page = of_ana.press(link_use.path(), link_use.fields()).await;
        assert_eq!(page.heading(), link_use.done(), "{link_use:?}");
        let done = (link_use.is_done(&env, ANA).await, link_use.is_done(&env, BOB).await);
        assert_eq!(done, (true, false), "{link_use:?}");
        let mut jar = of_ana.jar;
        jar.retain(|name, _| name.starts_with("__Host-link") || name == "__Host-pre");
        browser.jar = jar;
        browser.get(&of_bob).await;
        let page = browser.press(link_use.path(), link_use.fields()).await;
        assert_eq!(page.heading(), link_use.done(), "{link_use:?}");
    }
}

#[tokio::test]
async fn rule_2_11_two_links_of_two_purposes_in_one_browser_act_on_their_own() {
    let env = TestEnv::begin().await;
    let dispute = Use::Dispute.link(&env, ANA, 0).await;
    let mut browser = env.browser();
    let reset = requested(&env, &mut browser, "/reset", ANA).await;
    browser.get(&dispute).await;
    let mut disputing = browser.clone();
    browser.get(&reset).await;
    disputing.jar.clone_from(&browser.jar);
    // The page of one purpose with the link of another one.
    let id = browser.html.action("/reset/link").split_once("link=").unwrap().1.to_owned();
    for path in ["/unlock/link", "/dispute", "/activate", "/federated/remove/link"] {
        let page = browser.get(&format!("{path}?link={id}")).await;
        assert_eq!((page.status, page.heading()), (404, "This link does not work"), "{path}");
    }
    assert_eq!(disputing.press("/dispute", CONFIRMED).await.heading(), "Your account is secured");
    assert!(Use::Dispute.is_done(&env, ANA).await && !Use::Reset.is_done(&env, ANA).await);
}

#[tokio::test]
async fn rule_2_11_a_link_id_without_its_cookie_grants_nothing() {
    let env = TestEnv::begin().await;
    let reset = Use::Reset.link(&env, ANA, 0).await;
    let mut browser = env.browser();
    browser.get(&reset).await;
    let action = browser.html.action("/reset/link");
    let mut thief = env.browser();
    let page = thief.get(&action).await;
    assert_eq!((page.status, page.heading()), (404, "This link does not work"));
    let id = action.split_once("link=").unwrap().1;
    // Another link's token under this link's name.
    let other = Use::Reset.link(&env, BOB, 0).await;
    thief.get(&other).await;
    let token = thief.jar.iter().find(|(name, _)| name.starts_with("__Host-link-")).unwrap().1.clone();
    thief.jar.insert(format!("__Host-link-{id}"), token);
    assert_eq!(thief.get(&action).await.status, 404);
}

#[tokio::test]
async fn rule_3_3_a_second_click_on_the_button_of_a_link_is_answered_like_the_first() {
    for link_use in USES {
        let env = TestEnv::at_the_bank().await;
        let link = link_use.link(&env, ANA, 0).await;
        let (mut browser, mut other) = (env.browser(), env.browser());
        browser.get(&link).await;
        other.get(&link).await;
        let mut second = browser.clone();
        let before = env.emails().await.len();
        let first = browser.press(link_use.path(), link_use.fields()).await;
        assert_eq!(first.heading(), link_use.done(), "{link_use:?}");
        let again = second.press(link_use.path(), link_use.fields()).await;
        assert_eq!((again.status, again.path.as_str()), (first.status, first.path.as_str()), "{link_use:?}");
        assert_eq!(again.heading(), link_use.done(), "{link_use:?}");
        assert_eq!(env.emails().await.len() - before, link_use.notices(), "{link_use:?}");
        // The typed address is sealed anew each time.
        for jar in [&mut second.jar, &mut browser.jar] {
            jar.remove("__Host-address");
        }
        assert_eq!(second.jar, browser.jar, "{link_use:?}: the same session, too");
        let page = other.press(link_use.path(), link_use.fields()).await;
        assert_eq!(page.heading(), link_use.used(), "{link_use:?}: another browser");
        assert!(!other.jar.contains_key("__Host-session"), "{link_use:?}");
    }
}

#[tokio::test]
async fn rule_3_3_the_form_of_a_link_with_another_password_is_not_a_repeated_one_for_long() {
    let env = TestEnv::begin().await;
    let link = Use::Reset.link(&env, ANA, 0).await;
    let mut browser = env.browser();
    browser.get(&link).await;
    let mut later = browser.clone();
    assert_eq!(browser.press("/reset/link", &[("password", OTHER)]).await.heading(), Use::Reset.done());
    wait(11);
    let page = later.press("/reset/link", &[("password", "Qz7!pWx3-okapi")]).await;
    assert_eq!(page.heading(), Use::Reset.used());
}

#[tokio::test]
async fn rule_3_3_a_second_click_revives_no_session_that_has_ended() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    browser.get(&env.last_link().await).await;
    let mut second = browser.clone();
    browser.press("/activate", &[]).await;
    browser.get("/logout").await;
    browser.post("/logout", &[]).await;
    let page = second.press("/activate", &[]).await;
    assert_eq!(page.path, "/login");
    assert!(!second.jar.contains_key("__Host-session"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_3_of_many_clicks_on_one_button_at_once_all_get_the_same_answer() {
    for link_use in USES {
        let env = TestEnv::at_the_bank().await;
        let link = link_use.link(&env, ANA, 0).await;
        let before = env.emails().await.len();
        let mut browser = env.browser();
        browser.get(&link).await;
        // No more than there are tries of a registration's password.
        let mut browsers = vec![browser; 5];
        let pages =
            join_all(browsers.iter_mut().map(|browser| browser.press(link_use.path(), link_use.fields())))
                .await;
        for page in &pages {
            assert_eq!(page.heading(), link_use.done(), "{link_use:?}");
        }
        assert_eq!(env.emails().await.len() - before, link_use.notices(), "{link_use:?}");
    }
}

#[tokio::test]
async fn rule_3_11_an_image_whose_source_is_an_emailed_link_does_nothing() {
    let env = TestEnv::at_the_bank().await;
    for link_use in USES {
        if link_use == Use::Refuse {
            continue;
        }
        let email = format!("{link_use:?}@exemple.ca").to_lowercase();
        let link = link_use.link(&env, &email, 0).await;
        let mut browser = env.browser();
        let _ = env.watch.take_calls();
        for target in [link.clone(), format!("{}?token=x", link_use.path())] {
            for destination in ["image", "iframe", "empty"] {
                let request = Incoming::get(&target).header("sec-fetch-dest", destination);
                let reply = browser.send(request.header("sec-fetch-site", "cross-site")).await;
                assert_eq!((reply.status, reply.text().len()), (204, 0), "{link_use:?}");
            }
        }
        assert_eq!(env.watch.take_calls().len(), 0, "{link_use:?}");
        assert!(browser.jar.is_empty(), "{link_use:?}");
        let reply = browser.send(Incoming::get(&link).header("sec-fetch-dest", "document")).await;
        assert_eq!(reply.status, 303, "{link_use:?}");
    }
}
