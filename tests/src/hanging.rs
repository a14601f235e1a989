//! What AWS or others don't answer leads to the page that says to try again, in time (RULES 9.9).

use std::time::Duration;

use bench::{Target, requests};
use futures_util::future::join_all;
use local::{GatewayResponse, Incoming};
use serde_json::Value;

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv, wait},
    hanging::{Hanging, Mode},
};

/// The budget of a request in these tests.
const BUDGET: Duration = Duration::from_millis(600);

/// What a busy computer adds. With the budget, it is less than the four seconds after which a call ends by itself.
const SLACK: Duration = Duration::from_millis(2500);

/// How many requests are made at a time.
const AT_ONCE: usize = 24;

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
        upstream.make_signing_keys().await;
        let mut variables = bench::limits(1_000_000);
        variables.extend([
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url.clone()),
            ("REQUEST_BUDGET_MS", budget.as_millis().to_string()),
        ]);
        let env = TestEnv::begin_with(variables).await;
        // The functions read the other environment's origin secret.
        env.stack.cloudfront.replace_sent(&upstream.stack.cloudfront.sent());
        Self { env, dynamodb, secrets, upstream }
    }

    /// A browser whose account is signed in, on a page with a form.
    async fn signed_in(&self) -> Browser {
        self.upstream.activated(ANA).await.moved_to(&self.env)
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
    let all = requests(&proxied.env.stack, &target).await;
    for mode in [Mode::Silent, Mode::SilentFor("TransactWriteItems")] {
        proxied.dynamodb.set(mode);
        let mut said = 0;
        for some in all.chunks(AT_ONCE) {
            let responses = join_all(some.iter().map(async |hostile| {
                let name = format!("{mode:?} {}", hostile.name);
                says_to_try_again(&name, &in_time(&proxied.env, &name, &hostile.request).await)
            }));
            said += responses.await.into_iter().filter(|said| *said).count();
        }
        assert!(said > 20, "{mode:?}: {said} of {} requests", all.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_9_every_page_of_a_resident_responds_in_time_while_the_table_hangs() {
    let proxied = Proxied::begin(BUDGET).await;
    let template = local::Template::parse(include_str!("../../template.yaml")).unwrap();
    let paths = template.routes.keys().filter_map(|key| Some(key.split_once(' ')?.1));
    let paths: Vec<_> =
        paths.map(|path| path.replace("{partner}", "bank").replace("{topic}", "tls")).collect();
    let signed_in = proxied.signed_in().await;
    for language in ["en", "fr-CA"] {
        let mut browser = signed_in.clone();
        browser.language = language;
        browser.get("/settings/password").await;
        for mode in MODES {
            proxied.dynamodb.set(mode);
            let mut said = 0;
            let gets = paths.iter().map(|path| browser.getting(path));
            let posts =
                paths.iter().map(|path| browser.posting(path, &[("email", ANA), ("password", PASSWORD)]));
            let all = gets.chain(posts).map(|request| browser.with_cookies(request)).collect::<Vec<_>>();
            for some in all.chunks(AT_ONCE) {
                let responses = join_all(some.iter().map(async |request| {
                    let name = format!("{mode:?} {language} {}", request.target());
                    (in_time(&proxied.env, &name, request).await, name)
                }));
                for (response, name) in responses.await {
                    said += usize::from(says_to_try_again(&name, &response));
                    let text = response.text();
                    let is_french = text.contains("<html lang=\"fr");
                    assert!(!text.contains("<main") || is_french == (language == "fr-CA"), "{name}");
                }
            }
            assert!(said > if mode == Mode::Silent { 30 } else { 5 }, "{mode:?}: {said} of {}", all.len());
            proxied.dynamodb.set(Mode::Pass);
        }
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
    let mut browser = proxied.signed_in().await;
    assert_eq!(browser.get("/settings").await.path, "/settings");
    for mode in [Mode::DeadConnections, Mode::ClosedConnections] {
        let before = proxied.dynamodb.connections();
        proxied.dynamodb.set(mode);
        let page = browser.get("/settings").await;
        assert_eq!((page.status, page.path.as_str()), (200, "/settings"), "{mode:?}");
        assert!(proxied.dynamodb.connections() > before, "{mode:?} with new connections");
    }
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
