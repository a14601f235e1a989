//! Residents who return from the bank click twice, switch the language and cancel, and lose nothing (RULES 3.2, 4.3, 4.4,
//! 4.7).

use std::collections::BTreeSet;

use futures_util::future::join_all;
use local::{GatewayResponse, Incoming, Listen};
use serde_json::json;

use crate::{
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, wait},
        partner::{At, START},
        watch::Fault,
    },
    verifying::go,
};

/// Submits the page's form with this path concurrently, this many times, with the same cookies.
async fn at_once(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Vec<(Browser, GatewayResponse)> {
    let request = browser.pressing(path, fields);
    let mut browsers = vec![browser.clone(); 4];
    let replies = join_all(browsers.iter_mut().map(|browser| browser.send(request.clone()))).await;
    browsers.into_iter().zip(replies).collect()
}

/// The one page to which all of these responses lead.
fn link_return(replies: &[(Browser, GatewayResponse)]) -> String {
    let ways: BTreeSet<_> =
        replies.iter().map(|(_, reply)| (reply.status, reply.header("location"))).collect();
    assert_eq!(ways.len(), 1, "{ways:?}");
    ways.into_iter().next().unwrap().1.unwrap().to_owned()
}

/// Signs in by the bank from a service for the first time.
async fn arrived(env: &TestEnv) -> Browser {
    let service = env.service("health").await;
    let mut browser = env.browser();
    let start = go(&mut browser, &service).await.html.href(START);
    let page = env.by_bank(&mut browser, &start, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank");
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_3_a_code_that_is_sent_twice_makes_one_account_and_both_go_on() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = arrived(&env).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    let before = browser.clone();
    let replies = at_once(&browser, "/federated/code", &[("code", &code)]).await;
    let on = link_return(&replies);
    assert!(on.starts_with("/authorize/continue?interaction="), "{on}");
    for (mut browser, _) in replies {
        assert!(browser.get(&on).await.with.contains_key("code"), "each of the answers signs in");
    }
    // The response was lost, and the browser submits the form again.
    wait(30);
    let page = before.clone().press("/federated/code", &[("code", &code)]).await;
    assert!(page.with.contains_key("code"), "{page:?}");
    wait(31);
    let page = before.clone().press("/federated/code", &[("code", &code)]).await;
    assert!(page.path == "/login" && page.html.contains("took too long"), "{page:?}");
    assert!(page.html.contains("health in English"), "the way is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_3_a_try_that_is_counted_beside_the_right_code_leads_nobody_back_to_the_code() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = arrived(&env).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    // While the first proof of the address waits to be written again, the other requests take their tries.
    let mut is_refused = false;
    env.watch.decide_by(move |call| {
        let is_proof = call.body.to_string().contains(r#""is_proven":{"BOOL":true}"#);
        if is_proof && !is_refused {
            is_refused = true;
            return Fault::Refused("ThrottlingException");
        }
        Fault::None
    });
    let on = link_return(&at_once(&browser, "/federated/code", &[("code", &code)]).await);
    assert!(on.starts_with("/authorize/continue?interaction="), "{on}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_4_a_link_that_is_made_twice_leads_on_to_the_service() {
    let env = TestEnv::at_the_bank().await;
    env.activated(ANA).await;
    let mut browser = arrived(&env).await;
    let sign_in_redirect = browser.html.href("/login?interaction");
    let page = browser.get(&sign_in_redirect).await;
    assert!(page.html.contains("You can then connect Demo bank"), "{}", page.html);
    assert!(!page.html.contains("/federated/start"), "who has come by the bank is not sent there again");
    browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    env.verify_by_email(&mut browser).await;
    let replies = at_once(&browser, "/federated/link", &[]).await;
    let on = link_return(&replies);
    assert!(on.starts_with("/authorize/continue?interaction="), "{on}");
    let told = env.emails().await.into_iter().filter(|email| email.subject.contains("was connected"));
    assert_eq!(told.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_3_a_code_that_is_asked_for_twice_is_sent_once_and_no_limit_is_met() {
    // The limits of a deployment.
    let env = TestEnv::listening(Listen::BankAlone, Vec::new()).await;
    let browser = arrived(&env).await;
    let replies = at_once(&browser, "/federated/first", &[("email", ANA)]).await;
    assert!(link_return(&replies).starts_with("/federated/code"));
    assert_eq!(env.emails().await.len(), 1);
    let mut browser = browser;
    let page = browser.press("/federated/first", &[("email", ANA)]).await;
    assert_eq!(page.heading(), "Enter the code we emailed you", "a moment later, too");
    wait(11);
    browser.get("/federated/first").await;
    let page = browser.press("/federated/first", &[("email", ANA)]).await;
    assert_eq!(page.status, 429);
    assert!(page.html.contains("href=\"/federated/code"), "the way back to the code: {}", page.html);
}

#[tokio::test]
async fn rule_4_1_partners_are_offered_in_their_order_and_those_that_are_off_are_not() {
    let partner = |id: &str, is_on: bool| {
        let name = json!({ "en": format!("{id} in English"), "fr": format!("{id} en français") });
        let issuer = format!("https://{id}.example");
        json!({ "id": id, "issuer": issuer, "client_id": "us", "name": name, "on": is_on })
    };
    let partners = json!([partner("union", true), partner("closed", false), partner("bank", true)]);
    let env = TestEnv::begin_with(vec![("PARTNERS", partners.to_string())]).await;
    for (language, of) in [("en", "in English"), ("fr-CA", "en français")] {
        let mut browser = env.browser();
        browser.language = language;
        let page = browser.get("/login").await;
        let places = ["union", "bank"].map(|id| page.html.find(&format!("{id} {of}")).unwrap());
        assert!(places[0] < places[1] && !page.html.contains("closed"), "{}", page.html);
        let page = browser.get("/federated/start?partner=closed").await;
        assert_eq!((page.status, page.path.as_str()), (200, "/login"));
    }
    let mut ana = env.activated(ANA).await;
    let page = ana.get("/federated").await;
    assert!(page.html.contains("Connect union in English") && !page.html.contains("closed"));
}

#[tokio::test]
async fn rule_4_7_what_is_said_of_the_bank_is_said_in_the_other_language_too() {
    let env = TestEnv::at_the_bank().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    let start = go(&mut browser, &service).await.html.href(START);
    let page = env.by_bank(&mut browser, &start, At::Cancel).await;
    assert!(page.html.contains("You cancelled signing in with your sign-in partner"));
    let page = browser.press("/login", &[("switch_language", "fr")]).await;
    assert!(page.html.contains("Ouverture de session annulée"), "{}", page.html);
    let page = browser.press("/login", &[("email", ""), ("password", "")]).await;
    assert!(!page.html.contains("Ouverture de session annulée"), "it is past");
}

#[tokio::test]
async fn rule_8_1_why_an_identity_is_not_linked_is_said_in_both_languages() {
    let env = TestEnv::at_the_bank().await;
    crate::linking::link(&env, &mut env.activated(ANA).await, 0).await;
    wait(31);
    let mut bob = env.activated("bob@exemple.ca").await;
    let page = crate::linking::link(&env, &mut bob, 0).await;
    assert_eq!((page.status, page.heading()), (409, "Connected to a different account"));
    let reply = bob.send(Incoming::get("/federated/link?refused=elsewhere&ui_locales=fr")).await;
    assert!(reply.status == 409 && reply.text().contains("Déjà associé à un autre compte"));
}

#[tokio::test]
async fn rule_2_11_the_form_of_one_bank_login_never_acts_on_another_one() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    let mut of_ana = browser.clone();
    env.by_bank(&mut browser, START, At::SignIn(1)).await;
    of_ana.jar.clone_from(&browser.jar);
    let page = of_ana.press("/federated/first", &[("email", ANA)]).await;
    assert_eq!(page.path, "/login", "{}", page.html);
    assert!(page.html.contains("took too long"), "{}", page.html);
    assert_eq!(env.emails().await.len(), 0);

    // The same on the page of the code.
    browser.press("/federated/first", &[("email", "bob@exemple.ca")]).await;
    let code = env.emailed_code().await;
    let mut of_bob = browser.clone();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    let of_second = browser.jar.clone();
    of_bob.jar.clone_from(&of_second);
    assert_eq!(of_bob.press("/federated/code", &[("code", &code)]).await.path, "/login");
    assert!(env.seen("bob@exemple.ca").await.account.is_none());
    // And where it is linked to an account.
    let mut owner = env.activated(ANA).await;
    env.by_bank(&mut owner, "/federated/start?partner=demo-bank&link=yes", At::SignIn(0)).await;
    let mut of_first = owner.clone();
    env.by_bank(&mut owner, "/federated/start?partner=demo-bank&link=yes", At::SignIn(1)).await;
    of_first.jar.clone_from(&owner.jar);
    of_first.press("/federated/link", &[]).await;
    let account = env.seen(ANA).await.account.unwrap().details().id;
    assert!(env.stack.app.table.partner_identities(account, env.now()).await.unwrap().is_empty());
    owner.press("/federated/link", &[]).await;
    assert_eq!(env.stack.app.table.partner_identities(account, env.now()).await.unwrap().len(), 1);
}
