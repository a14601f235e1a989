//! The release binaries, each under Lambda's runtime emulator, from registration to sign-in.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use local::{
    FLOWS, GatewayResponse, Handled, Incoming, Listen, Message, Options, ROTATING, ROTATING_ORIGIN, Stack,
    Template, WORKERS,
};
use serde_json::{Value, json};

use crate::support::{
    env::signing_keys,
    hanging::{Hanging, Mode},
    html::Html,
};

mod function;
mod release;
mod scenarios;

use function::{Function, Usage};
use release::Release;
use scenarios::story;

/// The largest size of a function's zipped binary, in bytes.
const ZIPPED_LIMIT: usize = 5 * 1024 * 1024;

/// All functions in processes of their own, on one stack.
struct Deployment {
    stack: Arc<Stack>,
    template: Template,
    /// The functions of each release. Invocations go to the releases in turn.
    releases: Vec<BTreeMap<&'static str, Function>>,
    turn: AtomicUsize,
    handled: Handled,
}

impl Deployment {
    /// `name` is the folder of its logs, `target/emulator/NAME`.
    async fn start(name: &str) -> Self {
        Self::of(name, &[Release::current()]).await
    }

    /// With the functions of several releases.
    async fn of(name: &str, releases: &[Release]) -> Self {
        // These tests run in real time, so emails may follow each other at once.
        let variables = vec![("EMAIL_LIMITS", "9/1h".to_owned())];
        let options = Options { listen: Listen::BankAlone, variables, ..Options::default() };
        let stack = Stack::start(options.with_keys_in(signing_keys()).unwrap()).await.unwrap();
        let template = Release::current().template;
        let logs = root().join("target/emulator").join(name);
        let releases = releases.iter().enumerate().map(|(number, release)| {
            let logs = logs.join(number.to_string());
            fs::create_dir_all(&logs).unwrap();
            release.start(&stack, &logs)
        });
        let releases = releases.collect();
        Self { stack, template, releases, turn: AtomicUsize::new(0), handled: Handled::default() }
    }

    /// The function of the release whose turn it is, among those that have it.
    fn function(&self, name: &str) -> &Function {
        let having: Vec<_> = self.releases.iter().filter_map(|functions| functions.get(name)).collect();
        having[self.turn.fetch_add(1, Ordering::Relaxed) % having.len()]
    }

    /// The functions of all releases, with their names.
    fn functions(&self) -> impl Iterator<Item = (&'static str, &Function)> {
        self.releases.iter().flatten().map(|(name, function)| (*name, function))
    }

    /// The response of the route's function.
    fn answer(&self, request: &Incoming) -> GatewayResponse {
        let event = self.stack.event(request);
        let function = &self.template.routes[event["routeKey"].as_str().unwrap()];
        let returned = self.function(function).invoke(&event);
        self.handled.keep(&event, &returned);
        GatewayResponse::from_returned(&returned)
    }

    /// Invokes a reader of the stream with all records that it wants.
    fn deliver(&self, function: &str) {
        let reader = self.template.readers.iter().find(|reader| reader.function == function).unwrap();
        let wanted: Vec<_> = self.records().into_iter().filter(|record| reader.wants(record)).collect();
        assert!(!wanted.is_empty(), "nothing in the stream is for {function}");
        let returned = self.function(function).invoke(&json!({ "Records": wanted }));
        assert_eq!(returned, json!({ "batchItemFailures": [] }));
    }

    /// Delivers the outbox and returns the emails that it sends, in any order.
    fn emails(&self) -> Vec<Message> {
        let before = self.stack.ses.inbox().len();
        self.deliver("outbox");
        self.stack.ses.inbox().split_off(before)
    }

    /// The kinds of the items that were removed so far.
    fn removed(&self) -> Vec<String> {
        let removals = self.records().into_iter().filter(|record| record["eventName"] == "REMOVE");
        let kinds = removals.map(|record| record["dynamodb"]["OldImage"]["kind"]["S"].clone());
        kinds.map(|kind| kind.as_str().unwrap().to_owned()).collect()
    }

    fn records(&self) -> Vec<Value> {
        self.stack.dynamodb.records(None, 1000).unwrap()
    }
}

/// A browser of the deployment; it follows no redirects.
struct Visitor<'a> {
    deployment: &'a Deployment,
    jar: BTreeMap<String, String>,
    html: Html,
    /// The link that was followed last, as it is named in the address of its pages.
    link: Option<String>,
}

impl<'a> Visitor<'a> {
    fn of(deployment: &'a Deployment) -> Self {
        Self { deployment, jar: BTreeMap::new(), html: Html::default(), link: None }
    }

    /// Returns the status and the `Location` header.
    fn get(&mut self, target: &str) -> (u16, String) {
        self.send(Incoming::get(&self.with_link(target)).header("sec-fetch-site", "none"))
    }

    /// The address of a page, with the followed link where it is one of a link's pages.
    fn with_link(&self, target: &str) -> String {
        let is_of_link = ["/activate", "/dispute"].contains(&target)
            || target.ends_with("/link") && target != "/federated/link"
            || target.ends_with("/done");
        match &self.link {
            Some(link) if is_of_link => format!("{target}?link={link}"),
            _ => target.to_owned(),
        }
    }

    /// Posts the form of the page that is open, with these fields.
    fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let own = self.html.values(&["csrf", "once"]);
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let fields: Vec<_> = fields.iter().copied().chain(own).collect();
        let origin = &self.deployment.stack.origins.product;
        let request = Incoming::post(&self.with_link(target));
        let request = request.header("sec-fetch-site", "same-origin").header("origin", origin);
        self.send(request.form(&fields))
    }

    fn send(&mut self, request: Incoming) -> (u16, String) {
        let request = self.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        let reply = self.deployment.answer(&request.header("host", "localhost:4000"));
        for line in reply.set_cookies() {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        self.jar.retain(|_, value| !value.is_empty());
        self.html = reply.text().into_owned().into();
        let location = reply.header("location").unwrap_or_default();
        match location.split_once("?link=") {
            Some((path, link)) => {
                self.link = Some(link.to_owned());
                (reply.status, path.to_owned())
            }
            None => (reply.status, location.to_owned()),
        }
    }
}

/// Checks that the functions logged nothing personal (RULES 9.6). The emulator's own lines are no JSON.
impl Drop for Deployment {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for email in self.stack.ses.inbox() {
            self.handled.keep_email(&email);
        }
        for (_, function) in self.functions() {
            let log = function.log();
            let lines: Vec<_> = log.lines().filter(|line| line.starts_with('{')).collect();
            assert_eq!(self.handled.found_in(&lines.join("\n")), Vec::<String>::new());
        }
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    let functions = FLOWS.iter().map(|(name, _)| *name).chain(WORKERS.iter().map(|(name, _)| *name));
    functions.chain([ROTATING, ROTATING_ORIGIN])
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn contains(path: &Path, mark: &str) -> bool {
    fs::read(path).unwrap().windows(mark.len()).any(|part| part == mark.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployed_binaries_register_activate_and_sign_in_for_a_service_too() {
    story(&Deployment::start("story").await).await;
}

/// Every request, and every delivery of the stream, goes to the other release than the one before it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "scripts/test-releases builds the other release"]
async fn rule_9_7_two_releases_take_turns_the_earlier_one_first() {
    story(&Deployment::of("earlier-first", &[Release::earlier(), Release::current()]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "scripts/test-releases builds the other release"]
async fn rule_9_7_two_releases_take_turns_the_later_one_first() {
    story(&Deployment::of("later-first", &[Release::current(), Release::earlier()]).await).await;
}

/// What `MemorySize` in the template is chosen by: docs/design/performance.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "scripts/bench memory prints it"]
async fn what_each_function_needs() {
    let deployment = Deployment::start("memory").await;
    story(&deployment).await;
    println!("{:14} {:>9} {:>9} {:>9} {:>5}", "", "start ms", "median ms", "most ms", "MB");
    for (name, function) in deployment.functions() {
        let Some(Usage { first, mut later, memory }) = function.usage() else { continue };
        assert!(first < Duration::from_millis(25), "{name} starts in {first:?}: see decision 15");
        later.sort();
        let milliseconds =
            |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0);
        let (median, most) = (milliseconds(later.get(later.len() / 2)), milliseconds(later.last()));
        println!(
            "{name:14} {:9.1} {median:9.1} {most:9.1} {:5}",
            first.as_secs_f64() * 1000.0,
            memory / 1_000_000
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_a_function_says_so_and_serves_the_next_request_that_finds_them() {
    let deployment = Deployment::start("keys").await;
    deployment.stack.secrets.fail_with(Some(500));
    for path in ["/login", "/unlock"] {
        let mut ana = Visitor::of(&deployment);
        assert_eq!(ana.get(path).0, 503, "{path}");
        assert!(
            ana.html.contains("There is a problem on our side")
                && ana.html.contains(&format!("href=\"{path}\""))
        );
    }
    deployment.stack.secrets.fail_with(None);
    for path in ["/login", "/unlock"] {
        assert_eq!(Visitor::of(&deployment).get(path).0, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_9_9_a_cold_start_while_the_secret_store_hangs_responds_in_time_and_recovers() {
    let stack = Stack::start(Options::default()).await.unwrap();
    let store = Hanging::start().await;
    store.pass_to(&stack.environment()["AWS_ENDPOINT_URL_SECRETS_MANAGER"]);
    let logs = root().join("target/emulator/cold");
    fs::create_dir_all(&logs).unwrap();
    let release = Release::current();
    let cold = |name| {
        let mut environment = stack.environment_of(name, &release.template);
        environment.insert("AWS_ENDPOINT_URL_SECRETS_MANAGER", store.url.clone());
        Function::start(&release.binary(name), &logs, &environment)
    };
    let functions = [cold("login"), cold("register"), cold("token")];
    let requests = [Incoming::get("/login"), Incoming::get("/register"), Incoming::post("/token").form(&[])];
    let responses = async || {
        let both = functions.iter().zip(&requests);
        let all = join_all(both.map(async |(function, request)| {
            let start = app::clock::elapsed();
            let returned = function.returned(&stack.event(request)).await;
            (GatewayResponse::from_returned(&returned), app::clock::elapsed().saturating_sub(start))
        }));
        all.await
    };
    store.set(Mode::Silent);
    for (response, took) in responses().await {
        assert!(response.status == 503 && took < Duration::from_secs(5), "{took:?}: {}", response.text());
        let text = response.text();
        assert!(
            text.contains("There is a problem on our side") || text.contains("temporarily_unavailable"),
            "{text}"
        );
    }
    store.set(Mode::Pass);
    let statuses: Vec<_> = responses().await.into_iter().map(|(response, _)| response.status).collect();
    assert_eq!(statuses, [200, 200, 401]);
    for function in &functions {
        assert_eq!(
            function.log().matches("\"cold\":true").count(),
            1,
            "it was not restarted: {}",
            function.log()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_one_its_function_takes() {
    let deployment = Deployment::start("events").await;
    for (name, function) in deployment.functions() {
        let path = root().join(format!("events/{name}.json"));
        let event = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let returned = function.invoke(&serde_json::from_str(&event).unwrap());
        let is_page = returned["statusCode"].as_u64().is_some_and(|status| status < 500 && status != 403);
        let is_done = returned == json!({ "batchItemFailures": [] }) || returned.is_null();
        assert!(is_page || is_done, "{name}: {returned}");
    }
}

#[test]
fn no_deployed_clock_can_be_moved() {
    // In two parts, so that this test's own source is not what it finds.
    let mark = ["this clock", "can move"].join(" ");
    assert!(contains(&env::current_exe().unwrap(), &mark));
    let release = Release::current();
    for name in names() {
        assert!(!contains(&release.binary(name), &mark), "{name} is built with the feature test-clock");
    }
}

#[test]
fn what_is_deployed_is_small() {
    let zipped = "import sys, zlib; print(len(zlib.compress(open(sys.argv[1], 'rb').read())))";
    let release = Release::current();
    for name in names() {
        let told = Command::new("python3").args(["-c", zipped]).arg(release.binary(name)).output().unwrap();
        let size: usize = String::from_utf8(told.stdout).unwrap().trim().parse().unwrap();
        assert!(size <= ZIPPED_LIMIT, "{name} is {size} bytes zipped");
    }
}
