//! The release binaries, each under Lambda's runtime emulator, from registration to sign-in.

use std::{
    collections::BTreeMap,
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use local::{
    FLOWS, GatewayResponse, Handled, Incoming, Listen, Message, Options, ROTATING, ROTATING_ORIGIN, Stack,
    Template, WORKERS,
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::{runtime::Handle, task, time};

use crate::support::{
    env::{ANA, PASSWORD, links},
    html::Html,
};

mod scenarios;

use scenarios::{comes_by_the_bank, recovers, serves, verifies};

/// The largest size of a function's zipped binary, in bytes.
const ZIPPED_LIMIT: usize = 5 * 1024 * 1024;

/// All functions in processes of their own, on one stack.
struct Deployment {
    stack: Arc<Stack>,
    template: Template,
    functions: BTreeMap<&'static str, Function>,
    handled: Handled,
}

impl Deployment {
    /// `name` is the folder of its logs, `target/emulator/NAME`.
    async fn start(env: &str) -> Self {
        // These tests run in real time, so emails may follow each other at once.
        let variables = vec![("EMAIL_LIMITS", "9/1h".to_owned())];
        let stack = Stack::start(Options { listen: Listen::BankAlone, variables, ..Options::default() })
            .await
            .unwrap();
        let template = Template::parse(&fs::read_to_string(root().join("template.yaml")).unwrap()).unwrap();
        let logs = root().join("target/emulator").join(env);
        fs::create_dir_all(&logs).unwrap();
        let start = |name| (name, Function::start(name, &logs, &stack.environment_of(name)));
        let functions = names().map(start).collect();
        Self { stack, template, functions, handled: Handled::default() }
    }

    /// The response of the route's function.
    fn answer(&self, request: &Incoming) -> GatewayResponse {
        let event = self.stack.event(request);
        let function = &self.template.routes[event["routeKey"].as_str().unwrap()];
        let returned = self.functions[function.as_str()].invoke(&event);
        self.handled.keep(&event, &returned);
        GatewayResponse::from_returned(&returned)
    }

    /// Invokes a reader of the stream with all records that it wants.
    fn deliver(&self, function: &str) {
        let reader = self.template.readers.iter().find(|reader| reader.function == function).unwrap();
        let wanted: Vec<_> = self.records().into_iter().filter(|record| reader.wants(record)).collect();
        assert!(!wanted.is_empty(), "nothing in the stream is for {function}");
        let returned = self.functions[function].invoke(&json!({ "Records": wanted }));
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
        for function in self.functions.values() {
            let log = function.log();
            let lines: Vec<_> = log.lines().filter(|line| line.starts_with('{')).collect();
            assert_eq!(self.handled.found_in(&lines.join("\n")), Vec::<String>::new());
        }
    }
}

/// A function under its emulator; dropping this ends both.
struct Function {
    emulator: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Function {
    fn start(name: &str, logs: &Path, environment: &BTreeMap<&'static str, String>) -> Self {
        let (address, runtime) = free_addresses();
        let log = logs.join(format!("{name}.log"));
        let out = fs::File::create(&log).unwrap();
        let emulator = Command::new(emulator_program())
            .args(["--runtime-interface-emulator-address", &address.to_string()])
            .args(["--runtime-api-address", &runtime.to_string()])
            .arg(binary(name))
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        Self { emulator, address, log }
    }

    /// What the function returns for this event.
    fn invoke(&self, event: &Value) -> Value {
        let url = format!("http://{}/2015-03-31/functions/function/invocations", self.address);
        let client = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
        let request = client.post(url).body(event.to_string());
        let answer = task::block_in_place(|| Handle::current().block_on(self.send(&request)));
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{answer}\n{}", self.log()))
    }

    /// Sends a request as soon as the emulator listens; returns the response's body.
    async fn send(&self, request: &RequestBuilder) -> String {
        for _ in 0..500 {
            match request.try_clone().unwrap().send().await {
                Ok(response) => return response.text().await.unwrap(),
                Err(error) if error.is_connect() => time::sleep(Duration::from_millis(20)).await,
                Err(error) => panic!("{error}:\n{}", self.log()),
            }
        }
        panic!("the emulator does not listen:\n{}", self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // The function ends with the emulator's runtime API.
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// Two free ports below the range from which the system takes the ports of outgoing connections.
fn free_addresses() -> (SocketAddr, SocketAddr) {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    let mut free = std::iter::repeat_with(|| (Ipv4Addr::LOCALHOST, NEXT.fetch_add(1, Ordering::Relaxed)))
        .filter(|address| TcpListener::bind(address).is_ok());
    (free.next().unwrap().into(), free.next().unwrap().into())
}

/// The emulator that is part of sam.
fn emulator_program() -> PathBuf {
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let pythons = fs::read_dir(root().join(".tools/lib")).into_iter().flatten().flatten();
    let rapid = format!("site-packages/samcli/local/rapid/aws-lambda-rie-{processor}");
    let mut programs = pythons.map(|python| python.path().join(&rapid));
    let found = programs.find(|program| program.exists());
    found.expect("Lambda's runtime emulator is not in .tools: run scripts/test, or scripts/tools tests alone")
}

fn binary(name: &str) -> PathBuf {
    let path = root().join("target/release").join(name);
    assert!(path.exists(), "{name} is not built: run scripts/test, or cargo build --release alone");
    path
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
    let deployment = Deployment::start("story").await;
    let mut ana = Visitor::of(&deployment);
    let account = [("email", ANA), ("password", PASSWORD)];

    assert_eq!(ana.get("/register").0, 200);
    assert_eq!(ana.post("/register", &account), (303, "/register/sent?registered=true".into()));
    let [email] = &deployment.emails()[..] else { panic!("one email is sent") };
    let link = links(email).remove(0);

    assert_eq!(ana.get(&link), (303, "/activate".into()));
    let token = link.split_once('=').unwrap().1.to_owned();
    assert_eq!(ana.get("/activate").0, 200);
    assert_eq!(ana.post("/activate", &[]), (303, "/services".into()));
    assert_eq!(ana.get("/logout").0, 200);
    assert_eq!(ana.post("/logout", &[]), (303, "/logout".into()));

    assert_eq!(ana.get("/login").0, 200);
    assert_eq!(ana.post("/login", &account), (303, "/services".into()));
    assert_eq!(ana.get("/services").0, 200);
    assert!(ana.html.contains("<h1>My connected services</h1>"), "{}", ana.html);

    // Activation and signing out leave these items to be deleted; a used link is remembered.
    assert_eq!(deployment.removed(), ["outbox", "registration", "session"]);
    deployment.deliver("expire");
    assert_eq!(deployment.removed().len(), 3);
    let other = recovers(&deployment, &mut ana);
    let session = ana.jar["__Host-session"].clone();
    let mut told = verifies(&deployment, &mut ana);
    told.extend(serves(&deployment, &mut ana).await);
    told.extend(comes_by_the_bank(&deployment).await);

    for (name, function) in &deployment.functions {
        let log = function.log();
        let secrets = [ANA, PASSWORD, &other, &token, &session, &ana.jar["__Host-pre"]];
        for secret in secrets.into_iter().chain(told.iter().map(String::as_str)) {
            assert!(!log.contains(secret), "{name} logs {secret}:\n{log}");
        }
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
async fn each_event_is_one_its_function_takes() {
    let deployment = Deployment::start("events").await;
    for (name, function) in &deployment.functions {
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
    for name in names() {
        assert!(!contains(&binary(name), &mark), "{name} is built with the feature test-clock");
    }
}

#[test]
fn what_is_deployed_is_small() {
    let zipped = "import sys, zlib; print(len(zlib.compress(open(sys.argv[1], 'rb').read())))";
    for name in names() {
        let told = Command::new("python3").args(["-c", zipped]).arg(binary(name)).output().unwrap();
        let size: usize = String::from_utf8(told.stdout).unwrap().trim().parse().unwrap();
        assert!(size <= ZIPPED_LIMIT, "{name} is {size} bytes zipped");
    }
}
