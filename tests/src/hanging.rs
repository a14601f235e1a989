//! What AWS or others don't answer leads to the page that says to try again, in time (RULES 9.9).

use std::{collections::BTreeMap, time::Duration};

use bank::Fault;
use bench::{Target, requests};
use futures_util::future::join_all;
use local::{GatewayResponse, Incoming};
use serde_json::Value;

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv, wait},
    hanging::{Hanging, Mode},
    partner::{At, START},
};

/// The budget of a request in these tests.
const BUDGET: Duration = Duration::from_millis(400);

/// What a busy computer adds. With the budget, it is less than the four seconds after which a call ends by itself.
const SLACK: Duration = Duration::from_millis(2500);

/// How many requests are made at a time. They only wait.
const AT_ONCE: usize = 120;

/// How services that hang do so, and what of them.
const MODES: [Mode; 5] = [
    Mode::Silent,
    Mode::Headers,
    Mode::Trickle,
    Mode::SilentFor("TransactWriteItems"),
    Mode::SilentFor("BatchGetItem"),
];

/// An environment whose calls to DynamoDB and Secrets Manager go through proxies to those of another one.
struct Proxied {
    env: TestEnv,
    dynamodb: Hanging,
    secrets: Hanging,
    /// Its functions call the services without a proxy.
    upstream: TestEnv,
}

impl Proxied {
    async fn begin(budget: Duration) -> Self {
        let (dynamodb, secrets, upstream) =
            (Hanging::start().await, Hanging::start().await, TestEnv::begin().await);
        dynamodb.pass_to(&upstream.stack.dynamodb.endpoint());
        secrets.pass_to(&upstream.stack.environment()["AWS_ENDPOINT_URL_SECRETS_MANAGER"]);
        let mut variables = bench::limits(1_000_000);
        variables.extend([
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url.clone()),
            ("AWS_ACCESS_KEY_ID", upstream.stack.dynamodb.access_key().to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url.clone()),
            ("REQUEST_BUDGET_MS", budget.as_millis().to_string()),
        ]);
        let env = TestEnv::begin_with(variables).await;
        // The functions read the other environment's origin secret.
        env.stack.cloudfront.replace_sent(&upstream.stack.cloudfront.sent());
        Self { env, dynamodb, secrets, upstream }
    }

    /// A browser that is signed in to an account in this language.
    async fn signed_in(&self, email: &str, language: &'static str) -> Browser {
        let mut browser = self.upstream.browser();
        browser.language = language;
        self.upstream.register(&mut browser, email, PASSWORD).await;
        browser.get(&self.upstream.last_link().await).await;
        assert_eq!(browser.post("/activate", &[]).await.path, "/services");
        browser.moved_to(&self.env)
    }
}

/// The response, which comes within the budget.
async fn in_time(env: &TestEnv, name: &str, request: &Incoming) -> GatewayResponse {
    let start = app::clock::elapsed();
    let response = env.stack.call(request).await;
    let took = app::clock::elapsed().saturating_sub(start);
    assert!(took < BUDGET + SLACK, "{name} took {took:?}");
    response
}

/// Whether a response says to try again: the page in its language, or the OAuth error. A route that calls nothing responds
/// as ever.
fn says_to_try_again(name: &str, response: &GatewayResponse) -> bool {
    let text = response.text();
    if response.status != 503 {
        assert!(response.status < 500, "{name}: {} {text}", response.status);
        return false;
    }
    if response.header("content-type").is_some_and(|content| content.starts_with("text/html")) {
        let language = if text.contains("<html lang=\"fr") { "fr" } else { "en" };
        let title = match language {
            "fr" => "Un problème est survenu de notre côté",
            _ => "There is a problem on our side",
        };
        assert!(text.contains(title), "{name}: {text}");
    } else {
        let error: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(error["error"], "temporarily_unavailable", "{name}");
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_9_every_route_responds_in_time_while_the_table_hangs() {
    let proxied = Proxied::begin(BUDGET).await;
    let service = proxied.upstream.service("story").await;
    let target = Target { client_id: service.id, redirect_uri: service.redirect_uri };
    let mut all = requests(&proxied.env.stack, &target).await;
    for mode in [Mode::Silent, Mode::SilentFor("TransactWriteItems")] {
        proxied.dynamodb.set(mode);
        let mut said = Vec::new();
        for some in all.chunks(AT_ONCE) {
            let responses = join_all(some.iter().map(async |hostile| {
                let name = format!("{mode:?} {}", hostile.name);
                says_to_try_again(&name, &in_time(&proxied.env, &name, &hostile.request).await)
            }));
            said.extend(responses.await);
        }
        let count = said.iter().filter(|said| **said).count();
        assert!(count > 20, "{mode:?}: {count} of {} requests", all.len());
        // What didn't wait for any call makes no transaction either.
        let mut said = said.into_iter();
        all.retain(|_| said.next() == Some(true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_9_every_page_of_a_resident_responds_in_time_while_the_table_hangs() {
    let proxied = Proxied::begin(BUDGET).await;
    let template = local::Template::parse(include_str!("../../template.yaml")).unwrap();
    let paths = template.routes.keys().filter_map(|key| Some(key.split_once(' ')?.1));
    let paths: Vec<_> =
        paths.map(|path| path.replace("{partner}", "bank").replace("{topic}", "tls")).collect();
    let mut all = Vec::new();
    for (language, email) in [("en", ANA), ("fr-CA", "zoe@exemple.ca")] {
        let mut browser = proxied.signed_in(email, language).await;
        browser.get("/settings/password").await;
        for path in &paths {
            let post = browser.posting(path, &[("email", ANA), ("password", PASSWORD)]);
            let both = [browser.getting(path), post];
            all.extend(both.map(|request| (language, browser.with_cookies(request))));
        }
    }
    for mode in MODES {
        proxied.dynamodb.set(mode);
        let mut said = BTreeMap::new();
        for some in all.chunks(AT_ONCE) {
            let responses = join_all(some.iter().map(async |(language, request)| {
                let name = format!("{mode:?} {language} {}", request.target());
                (in_time(&proxied.env, &name, request).await, *language, name)
            }));
            for (response, language, name) in responses.await {
                *said.entry(language).or_insert(0) += usize::from(says_to_try_again(&name, &response));
                let text = response.text();
                let is_french = text.contains("<html lang=\"fr");
                assert!(!text.contains("<main") || is_french == (language == "fr-CA"), "{name}");
            }
        }
        let least = if mode == Mode::Silent { 30 } else { 5 };
        assert!(
            said.len() == 2 && said.values().all(|said| *said > least),
            "{mode:?}: {said:?} of {}",
            all.len()
        );
    }
}

#[tokio::test]
async fn rule_9_9_a_secret_store_that_hangs_leads_to_an_oauth_error_in_time() {
    let proxied = Proxied::begin(BUDGET).await;
    for mode in [Mode::Silent, Mode::Headers, Mode::Trickle] {
        proxied.secrets.set(mode);
        let request = Incoming::get("/.well-known/jwks.json");
        assert!(says_to_try_again("keys", &in_time(&proxied.env, "keys", &request).await), "{mode:?}");
    }
    proxied.secrets.set(Mode::Pass);
    let response = proxied.env.stack.call(&Incoming::get("/.well-known/jwks.json")).await;
    assert_eq!(response.status, 200);

    // Once it has keys, nobody waits for newer ones.
    proxied.secrets.set(Mode::Silent);
    for _ in 0..3 {
        wait(600);
        let response = proxied.env.stack.call(&Incoming::get("/.well-known/jwks.json")).await;
        assert_eq!(response.status, 200);
    }
}

#[tokio::test]
async fn rule_9_9_connections_that_died_in_a_frozen_function_cost_no_response() {
    let proxied = Proxied::begin(Duration::from_millis(4500)).await;
    let mut browser = proxied.signed_in(ANA, "en").await;
    assert_eq!(browser.get("/settings").await.path, "/settings");
    for mode in [Mode::DeadConnections, Mode::ClosedConnections] {
        let before = proxied.dynamodb.connections();
        proxied.dynamodb.set(mode);
        let page = browser.get("/settings").await;
        assert_eq!((page.status, page.path.as_str()), (200, "/settings"), "{mode:?}");
        assert!(proxied.dynamodb.connections() > before, "{mode:?} with new connections");
    }
}

/// A partner's responses that trickle have no end, so that only a deadline for the whole body ends them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_9_a_partner_whose_responses_never_end_leads_to_the_sign_in_page_in_time() {
    let env = TestEnv::at_the_bank().await;
    let back_of = async |fault| {
        let mut browser = env.browser();
        let back = env.at_bank(&mut browser, START, (At::SignIn(0), Some(fault))).await;
        (browser, back)
    };
    let (mut token, mut keys) = (back_of(Fault::TokenTrickle).await, back_of(Fault::JwksTrickle).await);
    // Its keys are read again when it signs with another one, and were not read a moment ago.
    env.bank().rotate_keys().await.unwrap();
    wait(31);
    let start = app::clock::elapsed();
    let pages = join_all([token.0.get(&token.1), keys.0.get(&keys.1)]).await;
    let took = app::clock::elapsed().saturating_sub(start);
    assert!(took < Duration::from_millis(4500), "{took:?}");
    for page in pages {
        assert!(
            page.path == "/login" && page.html.contains("We cannot reach your sign-in partner"),
            "{page:?}"
        );
    }
    let asked: Vec<_> = env.bank().received().into_iter().map(|request| request.target).collect();
    assert_eq!(asked.iter().filter(|path| *path == "/jwks").count(), 2, "{asked:?}");

    // Once its metadata is too old, the keys are read before the resident leaves.
    env.bank().fail_with(Some(Fault::JwksTrickle));
    wait(3600);
    let start = app::clock::elapsed();
    let page = env.browser().get(START).await;
    let took = app::clock::elapsed().saturating_sub(start);
    assert!(took < Duration::from_millis(4500), "{took:?}");
    assert!(page.html.contains("We cannot reach your sign-in partner"), "{page:?}");

    env.bank().fail_with(None);
    wait(31);
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.heading(), "You signed in with Demo bank");
}

#[test]
fn rule_9_9_the_deadlines_of_a_request_are_within_its_functions_time_out() {
    let template = include_str!("../../template.yaml");
    let number = |name: &str| {
        let line = template.lines().map(str::trim).find_map(|line| line.strip_prefix(name));
        line.unwrap().split(' ').next().unwrap().parse::<u64>().unwrap()
    };
    let budget = template.split("  RequestBudget:").nth(1).unwrap();
    let default = budget.lines().map(str::trim).find_map(|line| line.strip_prefix("Default: ")).unwrap();
    assert!(default.parse::<u64>().unwrap() < 5000, "RULES 9.9");
    assert!(10_000 < number("Timeout: ") * 1000, "the largest budget fits the functions");
}
