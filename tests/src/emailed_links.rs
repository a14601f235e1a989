//! Emailed links of every purpose: which of them work (RULES 2.11).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{account::Account, id::LinkId};

use crate::{
    federating,
    recovering::{ask, lock},
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        page::Page,
        partner::START,
    },
};

/// What an emailed link is for, among the purposes that anybody can request a link for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Purpose {
    Activate,
    Unlock,
    Reset,
}

const PURPOSES: [Purpose; 3] = [Purpose::Activate, Purpose::Unlock, Purpose::Reset];

const NO_LONGER: &str = "This link no longer works";

impl Purpose {
    /// The page where a link is requested.
    fn request(self) -> &'static str {
        match self {
            Self::Activate => "/register/again",
            Self::Unlock => "/unlock",
            Self::Reset => "/reset",
        }
    }

    /// The page of the link.
    fn path(self) -> &'static str {
        match self {
            Self::Activate => "/activate",
            Self::Unlock => "/unlock/link",
            Self::Reset => "/reset/link",
        }
    }

    /// The path of the page after its use.
    fn done(self) -> &'static str {
        match self {
            Self::Activate => "/services",
            Self::Unlock => "/unlock/done",
            Self::Reset => "/reset/done",
        }
    }

    /// The heading of the page of an unused link after another one was used.
    fn heading_after(self) -> &'static str {
        match self {
            Self::Activate => "Your account is active",
            Self::Unlock => "Your account is not locked",
            Self::Reset => NO_LONGER,
        }
    }

    /// Ana's browser, in a state in which links of this purpose are sent.
    async fn prepare(self, env: &TestEnv) -> Browser {
        let mut browser = env.browser();
        if self == Self::Activate {
            env.register(&mut browser, ANA, PASSWORD).await;
            env.emails().await;
        } else {
            browser = env.activated(ANA).await;
        }
        if self == Self::Unlock {
            lock(env).await;
        }
        browser
    }

    /// Presses the button of the link's page that the browser shows.
    async fn press(self, browser: &mut Browser) -> Page {
        let fields: &[(&str, &str)] = match self {
            Self::Activate => &[],
            Self::Unlock => CONFIRMED,
            Self::Reset => &[("password", OTHER)],
        };
        browser.post(self.path(), fields).await
    }
}

#[tokio::test]
async fn rule_2_11_a_link_works_though_a_stranger_requested_newer_ones_and_its_use_voids_the_others() {
    for purpose in PURPOSES {
        let env = TestEnv::begin().await;
        let mut browser = purpose.prepare(&env).await;
        let own = ask(&env, &mut browser, purpose.request()).await;
        // One that is open while another one is requested, and one that is opened afterwards.
        let mut open = browser.clone();
        open.get(&own).await;
        let mut stranger = env.browser();
        let newer = ask(&env, &mut stranger, purpose.request()).await;
        assert_ne!(own, newer);
        let mut elsewhere = env.browser();
        let page = elsewhere.get(&own).await;
        assert_eq!((page.status, page.path.as_str()), (200, purpose.path()), "{purpose:?}");
        let page = purpose.press(&mut open).await;
        assert_eq!(page.path, purpose.done(), "{purpose:?}: {}", page.html);
        let page = env.browser().get(&newer).await;
        assert_eq!(page.heading(), purpose.heading_after(), "{purpose:?}");
        if purpose == Purpose::Unlock {
            // A later lock does not revive it.
            lock(&env).await;
            assert_eq!(env.browser().get(&newer).await.heading(), NO_LONGER);
        }
    }
}

#[tokio::test]
async fn rule_2_11_of_many_unexpired_links_the_five_newest_work() {
    for purpose in PURPOSES {
        let env = TestEnv::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
        let mut browser = purpose.prepare(&env).await;
        let mut links = Vec::new();
        for _ in 0..6 {
            links.push(ask(&env, &mut browser, purpose.request()).await);
        }
        assert_eq!(browser.get(&links[0]).await.heading(), NO_LONGER, "{purpose:?}");
        for link in &links[1..] {
            assert_eq!(browser.get(link).await.path, purpose.path(), "{purpose:?}");
            assert_eq!(browser.html.count("#page-form"), 1, "{purpose:?}");
        }
        assert_eq!(purpose.press(&mut browser).await.path, purpose.done(), "{purpose:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_11_of_two_links_used_at_once_one_takes_effect() {
    for purpose in PURPOSES {
        for _ in 0..4 {
            let env = TestEnv::begin().await;
            let (mut first, mut second) = (purpose.prepare(&env).await, env.browser());
            let older = ask(&env, &mut first, purpose.request()).await;
            let newer = ask(&env, &mut second, purpose.request()).await;
            first.get(&older).await;
            second.jar.clone_from(&first.jar);
            second.get(&newer).await;
            let before = env.emails().await.len();
            let pages = tokio::join!(purpose.press(&mut first), purpose.press(&mut second));
            let pages = [pages.0, pages.1];
            let used = pages.iter().filter(|page| page.path == purpose.done()).count();
            assert_eq!(used, 1, "{purpose:?}: {} {}", pages[0].heading(), pages[1].heading());
            assert!(pages.iter().all(|page| page.status < 500));
            let notices = env.emails().await.len() - before;
            assert_eq!(notices, usize::from(purpose != Purpose::Activate), "{purpose:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_2_11_a_link_is_used_while_another_one_is_requested() {
    for purpose in PURPOSES {
        for _ in 0..4 {
            let env = TestEnv::begin().await;
            let mut browser = purpose.prepare(&env).await;
            let own = ask(&env, &mut browser, purpose.request()).await;
            browser.get(&own).await;
            wait(31);
            let mut stranger = env.browser();
            stranger.get(purpose.request()).await;
            let asked = stranger.post(purpose.request(), &[("email", ANA)]);
            let (page, asked) = tokio::join!(purpose.press(&mut browser), asked);
            assert_eq!(page.path, purpose.done(), "{purpose:?}: {}", page.html);
            assert_eq!(asked.status, 200, "{purpose:?}: {}", asked.html);
        }
    }
}

#[tokio::test]
async fn rule_2_10_the_page_after_an_email_shows_the_address_and_lets_it_be_corrected() {
    let env = TestEnv::at_the_bank().await;
    for (path, sent, correct) in [
        ("/register", "/register/sent", "/register"),
        ("/register/again", "/register/sent", "/register"),
        ("/unlock", "/unlock/sent", "/unlock"),
        ("/reset", "/reset/sent", "/reset"),
        ("/federated/remove", "/federated/remove/sent", "/federated/remove"),
    ] {
        let mut browser = env.browser();
        wait(31);
        browser.get(path).await;
        let page = browser.post(path, &[("email", " Ana@Exemple.ca "), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, sent), "{path}");
        assert_eq!(page.html.text("main strong").as_deref(), Some(ANA), "{path}");
        assert_eq!(page.html.href_of("Change it"), correct, "{path}");
        assert_eq!(page.html.href_of("Sign in"), "/login", "{path}: for who opened the link on a phone");
        for link in [page.html.href_of("Change it"), page.html.href_of("Send another email")] {
            browser.get(&link).await;
            assert_eq!(browser.html.value("email").as_deref(), Some(ANA), "{path} {link}");
        }
        // The address is in no URL, and its cookie is this browser's alone.
        assert!(!browser.jar.values().any(|value| value.contains("ana")), "{path}");
        let mut other = env.browser();
        other.get("/login").await;
        other.jar.insert("__Host-address".into(), browser.jar["__Host-address"].clone());
        assert!(!other.get(sent).await.html.contains(ANA), "{path}");
        browser.jar.remove("__Host-address");
        assert_eq!(browser.get(sent).await.html.count("main strong"), 0, "{path}: without the cookie");
    }
    let mut signed_in = env.activated("zoe@exemple.ca").await;
    assert!(signed_in.jar.contains_key("__Host-address"));
    signed_in.get("/logout").await;
    signed_in.post("/logout", &[]).await;
    assert!(!signed_in.jar.contains_key("__Host-address"), "signing out forgets it");
}

#[tokio::test]
async fn rule_2_7_an_activation_link_that_is_opened_after_the_bank_made_the_account_offers_what_works() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    let link = env.last_link().await;
    wait(31);
    federating::first_time(&env, &mut env.browser(), START, (0, ANA)).await;
    let page = browser.get(&link).await;
    assert_eq!((page.status, page.heading()), (200, "Your account has no password"));
    assert_eq!(page.html.href_of("Sign in with a sign-in partner"), "/login");
    let reset = page.html.href_of("Forgot password");
    assert!(
        browser.sign_in(ANA, PASSWORD).await.html.contains("Incorrect email"),
        "so the page does not offer it"
    );
    let link = ask(&env, &mut browser, &reset).await;
    browser.get(&link).await;
    assert_eq!(Purpose::Reset.press(&mut browser).await.path, "/reset/done");
}

/// The attribute of Ana's account, as stored.
async fn stored(env: &TestEnv, attribute: &str) -> Option<AttributeValue> {
    let place = env.stack.app.keys.data().unwrap().email_key(&ANA.parse().unwrap());
    let pk = AttributeValue::S(format!("EMAIL#{}", place.as_str()));
    let key = HashMap::from([("pk".into(), pk), ("sk".into(), AttributeValue::S("ACCOUNT".into()))]);
    let get = env.raw().get_item().table_name(local::TABLE).set_key(Some(key)).consistent_read(true);
    get.send().await.unwrap().item.unwrap().remove(attribute)
}

/// Ana's links that reset.
async fn reset_links(env: &TestEnv) -> Vec<LinkId> {
    match env.seen(ANA).await.account.unwrap() {
        Account::Active(active) => active.0.reset_links.ids().to_vec(),
        Account::Locked(_) => panic!("locked"),
    }
}

#[tokio::test]
async fn rule_9_7_the_previous_release_reads_and_writes_the_newest_link_alone() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for _ in 0..2 {
        ask(&env, &mut browser, "/reset").await;
    }
    let both = reset_links(&env).await;
    assert_eq!(both.len(), 2);
    let newest = AttributeValue::S(both[0].to_string());
    assert_eq!(stored(&env, "reset_link").await, Some(newest), "what the previous release reads");

    // The previous release sends another one, and then removes it with its use.
    let place = env.stack.app.keys.data().unwrap().email_key(&ANA.parse().unwrap());
    let key = [("pk", format!("EMAIL#{}", place.as_str())), ("sk", "ACCOUNT".to_owned())];
    let write = async |expression: &str, link: Option<&str>| {
        let update = env.raw().update_item().table_name(local::TABLE).update_expression(expression);
        let update = key
            .iter()
            .fold(update, |update, (name, value)| update.key(*name, AttributeValue::S(value.clone())));
        let values = link.map(|link| HashMap::from([(":link".into(), AttributeValue::S(link.into()))]));
        update.set_expression_attribute_values(values).send().await.unwrap();
    };
    let third = "0198c0de-0000-4000-8000-000000000001";
    write("SET reset_link = :link", Some(third)).await;
    assert_eq!(reset_links(&env).await, [third.parse().unwrap(), both[0], both[1]]);
    write("REMOVE reset_link", None).await;
    assert_eq!(reset_links(&env).await, []);
}
