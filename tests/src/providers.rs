//! Residents sign in with an independent, certified provider: npm's oidc-provider, unmodified, as a bank (RULES 4.1 to
//! 4.3, 4.7). The program of `tests/providers` starts it and forges its responses.

use std::collections::{BTreeMap, BTreeSet};

use local::Log;
use url::form_urlencoded;

use crate::support::{
    browser::Browser,
    env::{ANA, TestEnv, wait},
    page::Page,
    partner::from,
    services::{Changes, Service},
};

mod program;

use program::{Provider, START, begin};

/// The error message on the sign-in page.
const CANCELLED: &str = "You cancelled signing in with your sign-in partner";
const UNAVAILABLE: &str = "We cannot reach your sign-in partner";
const FAILED: &str = "We could not sign you in with your sign-in partner";
const EXPIRED: &str = "Signing in took too long";

/// Forged responses that are valid nevertheless.
const RIGHT: [&str; 2] = ["nothing but its signature", "an audience in a list"];

/// Forgeries that have tests of their own.
const ELSEWHERE: [&str; 5] = [
    "a withdrawn key",
    "the token endpoint is slow",
    "the metadata are down",
    "the metadata are another issuer's",
    "the keys are down",
];

/// Why a response is rejected, as logged.
const SIGNATURE: &str = "ID token: its signature";
const ALGORITHM: &str = "ID token: not signed by RS256";
const MALFORMED: &str = "token endpoint: the answer is malformed";

/// What is forged at the token endpoint, the message for the resident, and the logged reason.
const FORGED: [(&str, &str, &str); 35] = [
    ("another issuer", FAILED, "another issuer"),
    ("the issuer with a slash", FAILED, "another issuer"),
    ("no issuer", FAILED, MALFORMED),
    ("another audience", FAILED, "another audience"),
    ("a second audience", FAILED, "another audience"),
    ("no audience", FAILED, "another audience"),
    ("another authorized party", FAILED, "azp is another client"),
    ("another nonce", FAILED, "another nonce"),
    ("no nonce", FAILED, "another nonce"),
    ("an hour ago", FAILED, "ID token: expired"),
    ("expired but issued now", FAILED, "ID token: expired"),
    ("issued an hour ago but not expired", FAILED, "iat is 36"),
    ("issued in ten minutes", FAILED, "iat is -"),
    ("no expiry", FAILED, MALFORMED),
    ("no time of issue", FAILED, MALFORMED),
    ("no subject", FAILED, MALFORMED),
    ("an empty subject", FAILED, "its subject names nobody"),
    ("a subject of 256 characters", FAILED, "its subject names nobody"),
    ("no signature", FAILED, SIGNATURE),
    ("a signature cut off", FAILED, SIGNATURE),
    ("other claims under its signature", FAILED, SIGNATURE),
    ("HS256 by the public key", FAILED, ALGORITHM),
    ("RS512 by its key", FAILED, ALGORITHM),
    ("PS256 by its key", FAILED, ALGORITHM),
    ("ES256 by a published key", FAILED, ALGORITHM),
    ("an unknown key under its id", FAILED, SIGNATURE),
    ("an unknown key under an unknown id", FAILED, "no such key is published"),
    ("a key that it brings along", FAILED, SIGNATURE),
    ("an access token's type", FAILED, "its type, or a critical header"),
    ("a critical extension", FAILED, "its type, or a critical header"),
    ("no ID token", FAILED, "no ID token"),
    ("an ID token that is none", FAILED, MALFORMED),
    ("no JSON", FAILED, MALFORMED),
    ("a redirect", FAILED, MALFORMED),
    ("the token endpoint is down", UNAVAILABLE, "token endpoint: the answer's status is a server's error"),
];

/// Parameters of the redirect that are replaced, or removed where empty, and the message for the resident.
const REDIRECTS: [(Changes<'static>, &str); 11] = [
    (&[("iss", "https://another-bank.example")], FAILED),
    (&[("iss", "")], FAILED),
    (&[("code", "")], FAILED),
    (&[("code", "another")], FAILED),
    (&[("code", ""), ("error", "access_denied")], CANCELLED),
    (&[("code", ""), ("error", "server_error")], UNAVAILABLE),
    (&[("code", ""), ("error", "temporarily_unavailable")], UNAVAILABLE),
    (&[("code", ""), ("error", "login_required")], CANCELLED),
    (&[("code", ""), ("error", "invalid_scope")], FAILED),
    (&[("error", "access_denied")], CANCELLED),
    (&[("error", "access_denied"), ("iss", "https://another-bank.example")], FAILED),
];

/// The provider's resident whom tests link to Ana's account.
const RESIDENT: &str = "resident-1";

/// An environment in which Ana's account is linked, and a service.
async fn linked() -> (TestEnv, Provider, Service) {
    let (env, mut provider) = begin().await;
    let service = env.service("health").await;
    first_time(&env, &mut provider, (&mut env.browser(), START)).await;
    (env, provider, service)
}

/// Signs in for the first time and creates an account with Ana's address; returns the next page.
async fn first_time(env: &TestEnv, provider: &mut Provider, (browser, start): (&mut Browser, &str)) -> Page {
    let log = Log::default();
    let page = log.of(provider.by(browser, start, Some(RESIDENT))).await;
    assert_eq!(page.heading(), "You signed in with Certified bank", "{}{page:?}", log.text());
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    browser.press("/federated/code", &[("code", &code)]).await
}

/// Checks that the resident sees this message, that nobody is signed in, and that the return to the service continues.
async fn is_told(what: &str, page: &Page, (browser, case): (&Browser, &str)) {
    assert_eq!(page.path, "/login", "{case}: {page:?}");
    assert!(page.html.contains(what), "{case}: {}", page.html);
    assert!(page.html.contains("health in English"), "{case}: {}", page.html);
    assert!(page.html.href(START).contains("interaction="), "{case}");
    is_nobody(browser, case).await;
}

async fn is_nobody(browser: &Browser, case: &str) {
    for cookie in ["__Host-session", "__Host-arrival"] {
        assert!(!browser.jar.contains_key(cookie), "{case}: {cookie}");
    }
    assert_eq!(browser.clone().get("/services").await.path, "/login", "{case}");
}

/// Checks that the resident is signed in at once and returns to the service.
async fn goes_on(provider: &mut Provider, (browser, start): (&mut Browser, &str), case: &str) {
    let log = Log::default();
    let page = log.of(provider.by(browser, start, Some(RESIDENT))).await;
    assert!(page.with.contains_key("code"), "{case}: {}{page:?}", log.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_1_a_certified_provider_signs_a_resident_in_for_a_service() {
    let (env, mut provider) = begin().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let page = provider.by(&mut browser, &start, None).await;
    is_told(CANCELLED, &page, (&browser, "turned back")).await;

    let page = first_time(&env, &mut provider, (&mut browser, &start)).await;
    let tokens = env.tokens(&service, &page.with["code"]).await;
    let claims = env.verified(&tokens["id_token"], &service).await;
    assert!(claims["acr"].as_str().unwrap().ends_with("/assurance/two-step"), "{claims}");

    let mut other = env.browser();
    let start = from(&mut other, (&service, START)).await;
    let page = provider.by(&mut other, &start, Some(RESIDENT)).await;
    let again = env.tokens(&service, &page.with["code"]).await;
    assert_eq!(env.verified(&again["id_token"], &service).await["sub"], claims["sub"]);

    let page = provider.by(&mut env.browser(), START, Some("resident-2")).await;
    assert_eq!(page.heading(), "You signed in with Certified bank", "another identity belongs to no account");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_1_a_certified_provider_changes_its_keys_and_nobody_notices() {
    let (env, mut provider, service) = linked().await;
    for case in ["once", "twice"] {
        wait(31);
        provider.rotate().await;
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        goes_on(&mut provider, (&mut browser, &start), case).await;
    }
    // A withdrawn key verifies nothing, whether or not the keys are fetched again.
    for seconds in [0, 31] {
        wait(seconds);
        let withdrawn = ("a withdrawn key", FAILED, "no such key is published");
        is_refused(&env, (&mut provider, &service), withdrawn).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_1_a_providers_clock_may_be_half_a_minute_off_and_not_ten() {
    let (env, mut provider, service) = linked().await;
    for seconds in [30, -30] {
        provider.be_ahead(seconds);
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        goes_on(&mut provider, (&mut browser, &start), &seconds.to_string()).await;
    }
    for (seconds, why) in [(600, "iat is -"), (-600, "iat is 60")] {
        provider.be_ahead(seconds);
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        let log = Log::default();
        let page = log.of(provider.by(&mut browser, &start, Some(RESIDENT))).await;
        is_told(FAILED, &page, (&browser, why)).await;
        assert!(log.text().contains(why), "{why}: {}", log.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_7_whatever_a_provider_forges_nobody_is_signed_in_and_the_way_goes_on() {
    let (env, mut provider, service) = linked().await;
    let names: BTreeSet<_> = provider.forgeries.iter().map(String::as_str).collect();
    let told = FORGED.iter().map(|(case, ..)| *case).chain(RIGHT).chain(ELSEWHERE);
    assert_eq!(names, told.collect(), "the table has every forgery");
    // Otherwise the forged signature itself would be rejected.
    for case in RIGHT {
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        provider.forge(Some(case)).await;
        goes_on(&mut provider, (&mut browser, &start), case).await;
        assert_eq!(provider.forge(None).await, 1, "{case}");
    }
    let emails = env.emails().await.len();
    for forged in FORGED {
        is_refused(&env, (&mut provider, &service), forged).await;
    }
    assert_eq!(env.emails().await.len(), emails, "nobody was told of a sign-in or a link");
    let account = env.seen(ANA).await.account.unwrap().details().id;
    assert_eq!(env.stack.app.table.partner_identities(account, env.now()).await.unwrap().len(), 1);
}

/// Checks that this callback is rejected for this reason.
async fn is_refused(
    env: &TestEnv,
    (provider, service): (&mut Provider, &Service),
    (case, told, why): (&str, &str, &str),
) {
    let mut browser = env.browser();
    let start = from(&mut browser, (service, START)).await;
    provider.forge(Some(case)).await;
    let log = Log::default();
    let page = log.of(provider.by(&mut browser, &start, Some(RESIDENT))).await;
    assert_eq!(provider.forge(None).await, 1, "{case}: the answer was forged");
    is_told(told, &page, (&browser, case)).await;
    assert!(log.text().contains(why), "{case}: {}", log.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_7_whatever_is_changed_in_the_redirect_nobody_is_signed_in_and_the_way_goes_on() {
    let (env, mut provider, service) = linked().await;
    for (changes, told) in REDIRECTS {
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        let left = browser.get(&start).await;
        let back = changed(&provider.visit(&left, Some(RESIDENT)).await, changes);
        let page = browser.get(&back).await;
        is_told(told, &page, (&browser, &format!("{changes:?}"))).await;
    }
    // A callback with another browser's state does not end this browser's sign-in.
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    let left = browser.get(&start).await;
    let back = provider.visit(&left, Some(RESIDENT)).await;
    let others = env.browser().get(START).await.with["state"].clone();
    for (state, told) in [(others.as_str(), EXPIRED), ("x", FAILED), ("", FAILED)] {
        let page = browser.get(&changed(&back, &[("state", state)])).await;
        assert!(page.path == "/login" && page.html.contains(told), "{state:?}: {page:?}");
        is_nobody(&browser, "another state").await;
    }
    assert!(browser.get(&back).await.with.contains_key("code"));
}

/// The path and query with these parameters replaced or removed.
fn changed(back: &str, changes: Changes<'_>) -> String {
    let (path, query) = back.split_once('?').unwrap();
    let mut all: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    all.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all.retain(|_, value| !value.is_empty());
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_1_a_code_is_good_once_for_the_browser_and_the_client_that_it_was_made_for() {
    let (env, mut provider, service) = linked().await;
    let mut ana = env.browser();
    let start = from(&mut ana, (&service, START)).await;
    let left = ana.get(&start).await;
    let back = provider.visit(&left, Some(RESIDENT)).await;
    let mut again = ana.clone();
    assert!(ana.get(&back).await.with.contains_key("code"));
    // The same callback again, before the provider would have to reject its code.
    let page = again.get(&back).await;
    is_told(EXPIRED, &page, (&again, "the same answer")).await;

    let left = env.browser().get(START).await;
    let others = provider.visit(&left, Some("resident-2")).await;
    for case in ["a spent code", "another browser's", "another client's"] {
        let mut browser = env.browser();
        let start = from(&mut browser, (&service, START)).await;
        let left = browser.get(&start).await;
        let own = provider.visit(&left, Some(RESIDENT)).await;
        let code = match case {
            "a spent code" => code_of(&back),
            "another browser's" => code_of(&others),
            _ => provider.strangers_code(&left, RESIDENT).await,
        };
        let log = Log::default();
        let page = log.of(browser.get(&changed(&own, &[("code", &code)]))).await;
        is_told(FAILED, &page, (&browser, case)).await;
        assert!(log.text().contains("token endpoint: invalid_grant"), "{case}: {}", log.text());
    }
}

fn code_of(back: &str) -> String {
    let query = back.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").unwrap().1.into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_1_a_certified_provider_that_is_away_is_said_to_be_and_comes_back() {
    let (env, mut provider, service) = linked().await;
    wait(3_600);
    let mut browser = env.browser();
    let start = from(&mut browser, (&service, START)).await;
    for case in ["the metadata are down", "the metadata are another issuer's"] {
        provider.forge(Some(case)).await;
        is_told(UNAVAILABLE, &browser.get(&start).await, (&browser, case)).await;
        assert_eq!(provider.forge(None).await, 1, "{case}");
        wait(31);
    }
    provider.listen(false).await;
    is_told(UNAVAILABLE, &browser.get(&start).await, (&browser, "nobody listens")).await;
    provider.listen(true).await;
    wait(31);
    let left = browser.get(&start).await;
    let back = provider.visit(&left, Some(RESIDENT)).await;
    provider.listen(false).await;
    let page = browser.get(&back).await;
    is_told(UNAVAILABLE, &page, (&browser, "nobody listens any longer")).await;
    provider.listen(true).await;
    // The provider signs with other keys, whose set can't be fetched at that moment.
    provider.rotate().await;
    wait(31);
    is_refused(&env, (&mut provider, &service), ("the keys are down", UNAVAILABLE, "keys: ")).await;
    wait(31);
    goes_on(&mut provider, (&mut browser, &start), "it is back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_4_1_a_certified_provider_that_takes_too_long_is_not_waited_for() {
    let (env, mut provider, service) = linked().await;
    let slow = ("the token endpoint is slow", UNAVAILABLE, "a partner does not answer in time");
    is_refused(&env, (&mut provider, &service), slow).await;
}
