//! What every story has: a stack, browsers, and the emails.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{SignedDuration, Timestamp, device::AddressBlock, id::InteractionId, secret::DeviceSecret};
pub(crate) use local::Message;
use local::{Incoming, Listen, Options, Stack};
use serde_json::Value;
use table::{SignInQuery, SignInView};

use crate::watch::Watch;

/// A password that meets every rule, and another one.
pub(crate) const PASSWORD: &str = "vK9#qLw2-zebra";
pub(crate) const OTHER: &str = "Tn4!mRx8-lemur";
pub(crate) const ANA: &str = "ana@exemple.ca";

/// A stack whose calls of the table are watched.
pub(crate) struct Story {
    pub(crate) stack: Arc<Stack>,
    pub(crate) watch: Watch,
    arrived: AtomicU32,
}

impl Story {
    pub(crate) async fn begin() -> Self {
        Self::begin_with(Vec::new()).await
    }

    /// With environment variables of the functions in place of the usual ones.
    pub(crate) async fn begin_with(variables: Vec<(&'static str, String)>) -> Self {
        Self::listening(Listen::No, variables).await
    }

    /// With origins that are served.
    pub(crate) async fn listening(listen: Listen, variables: Vec<(&'static str, String)>) -> Self {
        Self::with_keys((listen, Value::Null), variables).await
    }

    /// The same, with the signing keys of another story.
    pub(crate) async fn with_keys(
        (listen, signing_keys): (Listen, Value),
        variables: Vec<(&'static str, String)>,
    ) -> Self {
        static KEY: OnceLock<String> = OnceLock::new();
        let bank_key = (listen == Listen::BankAlone).then(|| KEY.get_or_init(|| bank::fresh_key().unwrap()));
        let bank_key = bank_key.cloned();
        let makes_keys = listen == Listen::BankAlone && signing_keys.is_null();
        let options = Options { listen, signing_keys, bank_key, variables, ..Options::default() };
        let story = Self::of(options).await;
        // They are made when they are first asked for, which may take longer than a bank is waited for.
        if makes_keys {
            story.stack.call(&Incoming::get("/.well-known/jwks.json")).await;
        }
        story
    }

    async fn of(options: Options) -> Self {
        let mut variables = options.variables;
        // The cheapest that is allowed: these stories are not about the cost of a hash.
        variables.extend([("ARGON2_MEMORY_KIB", "7168".to_owned()), ("ARGON2_PASSES", "5".to_owned())]);
        let watch = Watch::default();
        let interceptor = Some(watch.interceptor());
        let stack = Stack::start(Options { variables, interceptor, ..options }).await.unwrap();
        // The newest email is the last one: those of one batch are sent side by side.
        stack.streams.deliver_one_by_one(true);
        Self { stack, watch, arrived: AtomicU32::new(1) }
    }

    /// A new browser, at an address of its own.
    pub(crate) fn browser(&self) -> Browser {
        let number = self.arrived.fetch_add(1, Ordering::Relaxed);
        let [.., a, b, c] = number.to_be_bytes();
        Browser {
            stack: self.stack.clone(),
            jar: BTreeMap::new(),
            language: "en",
            html: String::new(),
            address: Ipv4Addr::new(10, a, b, c).into(),
        }
    }

    /// What a sign-in with this email is decided on.
    pub(crate) async fn seen(&self, email: &str) -> SignInView {
        let device = DeviceSecret::from_random([0; 32]).hash();
        let (email, block) = (email.parse().unwrap(), AddressBlock::unknown());
        let from = SignInQuery { email: &email, block, device: &device, interaction: None };
        self.stack.app.table.view_sign_in(&from, self.now()).await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.stack.app.now()
    }

    /// A client of the table that nothing watches, for what no function would write.
    #[expect(clippy::disallowed_methods, reason = "not a function's client")]
    pub(crate) fn raw(&self) -> aws_sdk_dynamodb::Client {
        use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
        let config =
            Config::builder().behavior_version(BehaviorVersion::latest()).region(Region::new("ca-central-1"));
        let config = config.credentials_provider(Credentials::new("local", "local", None, None, "tests"));
        aws_sdk_dynamodb::Client::from_conf(config.endpoint_url(self.stack.dynamodb.endpoint()).build())
    }

    /// The emails so far.
    pub(crate) async fn emails(&self) -> Vec<Message> {
        self.stack.inbox().await.unwrap()
    }

    /// The path and query of the first link of the last email.
    pub(crate) async fn last_link(&self) -> String {
        links(self.emails().await.last().unwrap()).remove(0)
    }

    /// Registers in this browser; the email waits in the outbox or inbox.
    pub(crate) async fn register(&self, browser: &mut Browser, email: &str, password: &str) -> Page {
        browser.get("/register").await;
        browser.post("/register", &[("email", email), ("password", password)]).await
    }

    /// A browser that has an account, signed in.
    pub(crate) async fn activated(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        self.register(&mut browser, email, PASSWORD).await;
        browser.get(&self.last_link().await).await;
        let page = browser.post("/activate", &[]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/services"), "{}", page.html);
        browser
    }

    /// A browser's sign-in transaction with a service that asks for an identifier and no more.
    pub(crate) async fn interaction(&self, browser: &Browser) -> InteractionId {
        let service = self.service("story").await;
        let mut visiting = browser.clone();
        visiting.jar.remove("__Host-session");
        let reply = visiting.send(Incoming::get(&service.asks(&[("scope", "openid")]))).await;
        let location = reply.header("location").unwrap();
        assert!(location.starts_with("/login?interaction="), "{location}");
        location.split('=').nth(1).unwrap().parse().unwrap()
    }
}

/// In every story, reads that guard are consistent, requests are ones that AWS takes, and each function does with the
/// table only what the template permits it.
impl Drop for Story {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.watch.violations(), Vec::<String>::new());
            let permitted = permissions();
            for (function, uses) in self.watch.uses() {
                let missing: Vec<_> = uses.difference(&permitted[&function]).collect();
                assert!(missing.is_empty(), "template.yaml does not permit {function}: {missing:?}");
            }
        }
    }
}

/// What the template lets each function do with the table.
pub(crate) fn permissions() -> BTreeMap<String, BTreeSet<String>> {
    local::Template::parse(include_str!("../../template.yaml")).unwrap().permissions
}

/// Lets time pass without anything being swept or run.
pub(crate) fn wait(seconds: i64) {
    app::clock::advance(SignedDuration::from_secs(seconds));
}

/// Lets time pass until a window of the clock begins, so that no limit by source is counted in two.
pub(crate) fn wait_for_a_window() {
    let second = app::clock::now().as_second();
    wait(3600 - second.rem_euclid(3600));
}

/// The paths and queries of an email's links, in order.
pub(crate) fn links(message: &Message) -> Vec<String> {
    let lines = message.text.lines().filter(|line| line.starts_with("http"));
    lines.map(|line| format!("/{}", line.splitn(4, '/').nth(3).unwrap())).collect()
}

/// A browser without JavaScript: it keeps cookies, follows redirects to our own pages and posts forms with their
/// hidden fields.
#[derive(Clone)]
pub(crate) struct Browser {
    stack: Arc<Stack>,
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) language: &'static str,
    pub(crate) html: String,
    pub(crate) address: IpAddr,
}

/// Where a browser ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The page's path; empty when the browser left for another origin.
    pub(crate) path: String,
    /// The origin and path it left for.
    pub(crate) left_for: Option<String>,
    /// The parameters it left with.
    pub(crate) with: BTreeMap<String, String>,
    pub(crate) html: String,
}

impl Page {
    fn left(status: u16, location: &str) -> Self {
        let (place, query) = location.split_once('?').unwrap_or((location, ""));
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self { status, left_for: Some(place.to_owned()), with: pairs.collect(), ..Self::default() }
    }

    /// The text of the page's heading.
    pub(crate) fn heading(&self) -> &str {
        between(&self.html, "<h1>", "</h1>").unwrap_or_default()
    }

    /// The page as a resident sees it: whatever changes from visit to visit is left out.
    pub(crate) fn words(&self) -> String {
        let mut text = between(&self.html, "<main", "</main>").unwrap_or_default().to_owned();
        for name in ["csrf", "once"] {
            while let Some(value) =
                hidden(&text, name).map(ToOwned::to_owned).filter(|value| !value.is_empty())
            {
                text = text.replace(&value, "");
            }
        }
        text
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, target: &str) -> Page {
        self.follow(Incoming::get(target).header("sec-fetch-site", "none")).await
    }

    /// Posts the page's form with these fields.
    pub(crate) async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.posting(target, fields);
        self.follow(request).await
    }

    /// Sends the page's form that goes to this path, with its hidden fields and these.
    pub(crate) async fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.pressing(path, fields);
        self.follow(request).await
    }

    /// The request that sends the page's form that goes to this path.
    pub(crate) fn pressing(&self, path: &str, fields: &[(&str, &str)]) -> Incoming {
        let mut forms = self.html.split("<form ").skip(1).filter_map(|form| form.split("</form>").next());
        let action = |form: &str| between(form, "action=\"", "\"").unwrap().replace("&#38;", "&");
        let form = forms.find(|form| action(form).split('?').next() == Some(path));
        let form = form.unwrap_or_else(|| panic!("no form goes to {path}: {}", self.html));
        let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
        let hidden = inputs.filter_map(|input| input.split_once("\" value=\""));
        let hidden = hidden.map(|(name, rest)| (name, rest.split('"').next().unwrap()));
        let own = hidden.filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        let all: Vec<_> = own.chain(fields.iter().copied()).collect();
        let origin = &self.stack.origins.product;
        let request = Incoming::post(&action(form)).header("sec-fetch-site", "same-origin");
        request.header("origin", origin).form(&all)
    }

    /// The request that posts the page's form.
    pub(crate) fn posting(&self, target: &str, fields: &[(&str, &str)]) -> Incoming {
        let mut all = fields.to_vec();
        for name in ["csrf", "once"] {
            all.extend(hidden(&self.html, name).map(|value| (name, value)));
        }
        let origin = &self.stack.origins.product;
        Incoming::post(target).header("sec-fetch-site", "same-origin").header("origin", origin).form(&all)
    }

    /// Sends a request as it is, with this browser's cookies.
    pub(crate) async fn send(&mut self, request: Incoming) -> local::GatewayResponse {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let request = request
            .from_address(self.address)
            .header("host", "localhost:4000")
            .header("accept-language", self.language)
            .header("user-agent", agent);
        let request = self.jar.iter().fold(request, |request, (name, value)| request.cookie(name, value));
        let reply = self.stack.call(&request).await;
        for line in reply.set_cookies() {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }

    async fn follow(&mut self, request: Incoming) -> Page {
        let mut path = request.target();
        let mut reply = self.send(request.clone()).await;
        for _ in 0..5 {
            let Some(location) = reply.header("location").map(ToOwned::to_owned) else { break };
            if !location.starts_with('/') {
                return Page::left(reply.status, &location);
            }
            reply = self
                .send(match reply.status {
                    307 => request.clone().repeated_at(&location),
                    _ => Incoming::get(&location).header("sec-fetch-site", "same-origin"),
                })
                .await;
            path = location;
        }
        self.html = reply.text().into_owned();
        let path = path.split('?').next().unwrap().to_owned();
        Page { status: reply.status, path, html: self.html.clone(), ..Page::default() }
    }

    /// Signs in from the empty form.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.get("/login").await;
        self.post("/login", &[("email", email), ("password", password)]).await
    }
}

pub(crate) fn hidden<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    between(html, &format!("name=\"{name}\" value=\""), "\"")
}

pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let start = text.find(from)? + from.len();
    let length = text[start..].find(to)?;
    Some(&text[start..start + length])
}
