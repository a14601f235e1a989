//! The environment that each test runs in: the stack, browsers, and the inbox.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{SignedDuration, Timestamp, device::AddressBlock, id::InteractionId, secret::DeviceSecret};
pub(crate) use local::Message;
use local::{Handled, Incoming, Listen, Log, Options, Stack};
use table::{SignInQuery, SignInView};
use tempfile::TempDir;

use crate::support::{
    browser::Browser,
    page::Page,
    watch::{Fault, Watch},
};

/// Meets every rule for passwords, as does [`OTHER`].
pub(crate) const PASSWORD: &str = "vK9#qLw2-zebra";
pub(crate) const OTHER: &str = "Tn4!mRx8-lemur";
pub(crate) const ANA: &str = "ana@exemple.ca";

/// A stack whose calls to the table are observed.
pub(crate) struct TestEnv {
    pub(crate) stack: Arc<Stack>,
    pub(crate) watch: Watch,
    /// The origin of the demo bank, which the snapshot's original serves.
    pub(crate) bank_origin: String,
    /// What no log line may contain.
    pub(crate) handled: Handled,
    /// Where the process's log stood when the environment began.
    log_start: usize,
    /// How many browsers there are; each has an address of its own.
    browsers: AtomicU32,
    /// The folder of an environment that starts from a snapshot.
    folder: Option<TempDir>,
}

impl TestEnv {
    pub(crate) async fn begin() -> Self {
        Self::begin_with(Vec::new()).await
    }

    /// Sets environment variables of the functions.
    pub(crate) async fn begin_with(variables: Vec<(&'static str, String)>) -> Self {
        Self::listening(Listen::No, variables).await
    }

    /// Serves origins within the process.
    pub(crate) async fn listening(listen: Listen, variables: Vec<(&'static str, String)>) -> Self {
        Self::stopped(None, listen, variables).await
    }

    /// With the demo bank, for programs outside the process, which have clocks of their own.
    pub(crate) async fn in_real_time(variables: Vec<(&'static str, String)>) -> Self {
        Self::saved_in(None, Listen::BankAlone, variables).await
    }

    /// Stops the clock, since a second that passes within a test changes what pages say.
    async fn stopped(
        saved_in: Option<PathBuf>,
        listen: Listen,
        variables: Vec<(&'static str, String)>,
    ) -> Self {
        app::clock::stop();
        wait_for_a_day();
        Self::saved_in(saved_in, listen, variables).await
    }

    /// Saves to this folder, for a [`Snapshot`].
    async fn saved_in(
        saved_in: Option<PathBuf>,
        listen: Listen,
        variables: Vec<(&'static str, String)>,
    ) -> Self {
        let options = Options { listen, saved_in, variables, ..Options::default() };
        Self::start(options.with_keys_in(signing_keys()).unwrap()).await
    }

    /// An environment that can be restarted.
    pub(crate) async fn restartable(variables: Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut env = Self::stopped(Some(folder.path().to_owned()), Listen::No, variables).await;
        env.folder = Some(folder);
        env
    }

    /// Restarts the functions, which read the present keys. Browsers move along by [`Browser::moved_to`].
    pub(crate) async fn restart(&mut self, variables: Vec<(&'static str, String)>) {
        self.stack.save().await.unwrap();
        let folder = copy_of(self.folder.as_ref().unwrap());
        let saved_in = Some(folder.path().to_owned());
        let mut env = Self::start(Options { saved_in, variables, ..Options::default() }).await;
        env.bank_origin.clone_from(&self.bank_origin);
        env.browsers = AtomicU32::new(self.browsers.load(Ordering::Relaxed));
        env.folder = Some(folder);
        *self = env;
    }

    async fn start(mut options: Options) -> Self {
        // scripts/test-databases sets it.
        options.dynamodb = std::env::var("TEST_DYNAMODB").ok();
        let mut variables = options.variables;
        // The cheapest parameters that the configuration allows: these tests are not about the cost of a hash.
        variables.extend([("ARGON2_MEMORY_KIB", "7168".to_owned()), ("ARGON2_PASSES", "5".to_owned())]);
        // A busy computer is slower than a function.
        if !variables.iter().any(|(name, _)| *name == "REQUEST_BUDGET_MS") {
            variables.push(("REQUEST_BUDGET_MS", "30000".to_owned()));
        }
        let (log_start, handled) = (Log::of_process().size(), Handled::default());
        let watch = Watch::default();
        let interceptor = Some(watch.interceptor());
        let stack =
            Stack::start(Options { variables, interceptor, observer: Some(handled.observer()), ..options })
                .await
                .unwrap();
        // Emails of one batch are sent concurrently; one at a time, the newest email is the last.
        stack.streams.deliver_one_by_one(true);
        let bank_origin = stack.origins.bank.clone();
        let browsers = AtomicU32::new(1);
        Self { stack, watch, bank_origin, handled, log_start, browsers, folder: None }
    }

    /// A new browser with an address of its own.
    pub(crate) fn browser(&self) -> Browser {
        let number = self.browsers.fetch_add(1, Ordering::Relaxed);
        let [.., a, b, c] = number.to_be_bytes();
        Browser::new(&self.stack, Ipv4Addr::new(10, a, b, c).into())
    }

    /// What a sign-in with this email address is decided on.
    pub(crate) async fn seen(&self, email: &str) -> SignInView {
        let device = DeviceSecret::from_random([0; 32]).hash();
        let (email, block) = (email.parse().unwrap(), AddressBlock::unknown());
        let from = SignInQuery { email: &email, block, device: &device, interaction: None };
        self.stack.app.table.view_sign_in(&from, self.now()).await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.stack.app.now()
    }

    /// A client whose calls are not observed, for writes that no function makes.
    #[expect(clippy::disallowed_methods, reason = "a test's client, not a function's")]
    pub(crate) fn raw(&self) -> aws_sdk_dynamodb::Client {
        use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
        let key = self.stack.dynamodb.access_key();
        let config =
            Config::builder().behavior_version(BehaviorVersion::latest()).region(Region::new("ca-central-1"));
        let config = config.credentials_provider(Credentials::new(key, "local", None, None, "tests"));
        aws_sdk_dynamodb::Client::from_conf(config.endpoint_url(self.stack.dynamodb.endpoint()).build())
    }

    /// Runs `meanwhile` right before the first transaction with this text is sent, as another request that races it does. It
    /// may use the table by [`TestEnv::raw`] alone, and the test needs several threads.
    pub(crate) fn race_transaction(
        &self,
        text: &'static str,
        meanwhile: impl Future<Output = ()> + Send + 'static,
    ) {
        let (mut meanwhile, runtime) = (Some(Box::pin(meanwhile)), tokio::runtime::Handle::current());
        self.watch.decide_by(move |call| {
            let is_it = call.operation == "TransactWriteItems" && call.body.to_string().contains(text);
            if is_it && let Some(meanwhile) = meanwhile.take() {
                tokio::task::block_in_place(|| runtime.block_on(meanwhile));
            }
            Fault::None
        });
    }

    /// Delivers the outbox and returns all emails so far, oldest first.
    pub(crate) async fn emails(&self) -> Vec<Message> {
        self.stack.inbox().await.unwrap()
    }

    /// The path and query of the first link in the newest email.
    pub(crate) async fn last_link(&self) -> String {
        links(self.emails().await.last().unwrap()).remove(0)
    }

    /// Registers in this browser; [`TestEnv::emails`] delivers the email.
    pub(crate) async fn register(&self, browser: &mut Browser, email: &str, password: &str) -> Page {
        browser.get("/register").await;
        browser.post("/register", &[("email", email), ("password", password)]).await
    }

    /// A browser that registered, activated its account and is signed in.
    pub(crate) async fn activated(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        self.register(&mut browser, email, PASSWORD).await;
        browser.get(&self.last_link().await).await;
        let page = browser.post("/activate", &[]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/services"), "{}", page.html);
        browser
    }

    /// Starts a browser's sign-in to a service that asks for the identifier alone.
    pub(crate) async fn interaction(&self, browser: &Browser) -> InteractionId {
        let service = self.service("story").await;
        let mut browser = browser.clone();
        browser.jar.remove("__Host-session");
        let response = browser.send(Incoming::get(&service.asks(&[("scope", "openid")]))).await;
        let location = response.header("location").unwrap();
        assert!(location.starts_with("/login?interaction="), "{location}");
        location.split('=').nth(1).unwrap().parse().unwrap()
    }
}

/// Where the tests share signing keys.
pub(crate) fn signing_keys() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tests/signing-keys.json"))
}

/// A copy of the folder of an environment, which locks its own.
fn copy_of(folder: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

/// A copy of an environment's table, keys, inbox and stream position, in a temporary folder.
pub(crate) struct Snapshot {
    folder: TempDir,
    pub(crate) variables: Vec<(&'static str, String)>,
    /// Serves the bank to the environments that start from this.
    pub(crate) original: TestEnv,
}

impl Snapshot {
    /// Runs `prepare` in a new environment, and copies that.
    pub(crate) async fn of<T>(
        listen: Listen,
        variables: Vec<(&'static str, String)>,
        prepare: impl AsyncFnOnce(&TestEnv) -> T,
    ) -> (Self, T) {
        let folder = tempfile::tempdir().unwrap();
        let original = TestEnv::stopped(Some(folder.path().to_owned()), listen, variables.clone()).await;
        let prepared = prepare(&original).await;
        original.stack.save().await.unwrap();
        let mut variables = variables;
        variables.push(("PARTNERS", original.stack.environment()["PARTNERS"].clone()));
        (Self { folder, variables, original }, prepared)
    }

    /// Starts another environment from the copy, and sets the clock back to when it was made.
    pub(crate) async fn start(&self) -> TestEnv {
        let copy = copy_of(&self.folder);
        let saved_in = Some(copy.path().to_owned());
        let options = Options { saved_in, variables: self.variables.clone(), ..Options::default() };
        let mut env = TestEnv::start(options).await;
        env.bank_origin.clone_from(&self.original.bank_origin);
        env.browsers = AtomicU32::new(self.original.browsers.load(Ordering::Relaxed));
        env.folder = Some(copy);
        env
    }
}

/// Checks in every test that reads are consistent, that requests are valid on AWS, that each function uses the table only as
/// the template permits, and that nothing personal was logged (RULES 9.6).
impl Drop for TestEnv {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.watch.violations(), Vec::<String>::new());
            let permitted = permissions();
            for (function, uses) in self.watch.uses() {
                let missing: Vec<_> = uses.difference(&permitted[&function]).collect();
                assert!(missing.is_empty(), "template.yaml does not permit {function}: {missing:?}");
            }
            for email in self.stack.ses.inbox() {
                self.handled.keep_email(&email);
            }
            let log = Log::of_process().text();
            assert_eq!(self.handled.found_in(&log[self.log_start..]), Vec::<String>::new());
        }
    }
}

/// What the template permits each function to do with the table.
pub(crate) fn permissions() -> BTreeMap<String, BTreeSet<String>> {
    template().permissions
}

pub(crate) fn template() -> local::Template {
    local::Template::parse(include_str!("../../../template.yaml")).unwrap()
}

/// Advances the clock without sweeping expired items or running schedules.
pub(crate) fn wait(seconds: i64) {
    app::clock::advance(SignedDuration::from_secs(seconds));
}

/// Advances the clock to the start of a day in UTC, where the windows of all limits begin. Otherwise a test would now and then
/// begin in one window and end in the next.
pub(crate) fn wait_for_a_day() {
    wait((-app::clock::now().as_second()).rem_euclid(86_400));
}

/// The paths and queries of an email's links, in their order.
pub(crate) fn links(message: &Message) -> Vec<String> {
    let lines = message.text.lines().filter(|line| line.starts_with("http"));
    lines.map(|line| format!("/{}", line.splitn(4, '/').nth(3).unwrap())).collect()
}
