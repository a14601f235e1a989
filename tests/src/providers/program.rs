//! The program of `tests/providers`: a certified provider, and the residents who sign in there.

use std::{path::Path, process::Stdio};

use domain::{partner::Partner, service::Bilingual};
use local::partners_json;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};
use url::{Url, form_urlencoded};

use crate::support::{browser::Browser, env::TestEnv, page::Page};

/// The provider's id as a partner, and our client id there.
const PARTNER: (&str, &str) = ("certified", "my-ontario-account");

/// Where signing in by the provider begins.
pub(super) const START: &str = "/federated/start?partner=certified";

/// The provider in a process of its own, which dropping this ends.
pub(super) struct Provider {
    /// What it can forge.
    pub(super) forgeries: Vec<String>,
    issuer: String,
    /// How far its clock is ahead of ours, in seconds.
    ahead: i64,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

/// An environment whose one partner is the provider.
pub(super) async fn begin() -> (TestEnv, Provider) {
    let mut provider = Provider::start().await;
    let (id, client_id) = PARTNER;
    let partner = Partner {
        id: id.parse().unwrap(),
        issuer: provider.issuer.clone(),
        client_id: client_id.to_owned(),
        name: Bilingual { en: "Certified bank".into(), fr: "Banque certifiée".into() },
        is_on: true,
        has_auth_time: true,
        cancel_errors: Vec::new(),
    };
    let variables = vec![("EMAIL_LIMITS", "100/24h".to_owned()), ("PARTNERS", partners_json(&[partner]))];
    let env = TestEnv::in_real_time(variables).await;
    let origins = &env.stack.origins;
    let open = json!({
        "do": "open",
        "client_id": client_id,
        "redirect_uri": format!("{}/federated/callback/{id}", origins.product),
        "jwks_uri": format!("{}/.well-known/jwks.json", origins.local),
    });
    provider.ask(&open).await;
    (env, provider)
}

impl Provider {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers");
        assert!(
            folder.join("node_modules").exists(),
            "run scripts/test, which installs the provider's packages"
        );
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let asks = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let (forgeries, issuer) = (Vec::new(), String::new());
        let mut provider = Self { forgeries, issuer, ahead: 0, asks, answers, _process: process };
        let said = provider.answer().await;
        said["issuer"].as_str().unwrap().clone_into(&mut provider.issuer);
        provider.forgeries = serde_json::from_value(said["forgeries"].clone()).unwrap();
        provider
    }

    /// Publishes its other signing keys instead of the previous ones, and signs with them.
    pub(super) async fn rotate(&mut self) {
        self.ask(&json!({ "do": "rotate" })).await;
    }

    /// Moves its clock ahead of ours.
    pub(super) fn be_ahead(&mut self, seconds: i64) {
        self.ahead = seconds;
    }

    /// Whether it listens at its address.
    pub(super) async fn listen(&mut self, listens: bool) {
        self.ask(&json!({ "do": if listens { "listen" } else { "close" } })).await;
    }

    /// Starts or stops forging; returns how many responses were forged before.
    pub(super) async fn forge(&mut self, what: Option<&str>) -> u64 {
        self.ask(&json!({ "do": "forge", "what": what })).await["done"].as_u64().unwrap()
    }

    /// Signs in or cancels on the page that the browser left for; returns the callback's address.
    pub(super) async fn visit(&mut self, left: &Page, resident: Option<&str>) -> String {
        let asked = json!({ "do": "visit", "address": self.address(left), "resident": resident });
        let back = self.ask(&asked).await["back"].as_str().unwrap().to_owned();
        let back = Url::parse(&back).unwrap();
        format!("{}?{}", back.path(), back.query().unwrap_or_default())
    }

    /// The code that another client of the provider would get for the same request.
    pub(super) async fn strangers_code(&mut self, left: &Page, resident: &str) -> String {
        let asked = json!({ "do": "strangers_code", "address": self.address(left), "resident": resident });
        self.ask(&asked).await["code"].as_str().unwrap().to_owned()
    }

    /// Opens the provider, signs in there or cancels, and returns; returns the next page.
    pub(super) async fn by(&mut self, browser: &mut Browser, start: &str, resident: Option<&str>) -> Page {
        let left = browser.get(start).await;
        let back = self.visit(&left, resident).await;
        browser.get(&back).await
    }

    fn address(&self, left: &Page) -> String {
        let place = left.left_for.as_deref().unwrap_or_else(|| panic!("it does not lead there: {left:?}"));
        assert_eq!(place, format!("{}/auth", self.issuer));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&left.with).finish();
        format!("{place}?{query}")
    }

    async fn ask(&mut self, what: &Value) -> Value {
        // Tests move the clock, which the provider's follows.
        let seconds = app::clock::offset().as_secs() + self.ahead;
        for asked in [&json!({ "do": "clock", "seconds": seconds }), what] {
            self.asks.write_all(format!("{asked}\n").as_bytes()).await.unwrap();
        }
        self.answer().await;
        self.answer().await
    }

    /// The next line that is a response: the provider's package writes to the same stream.
    async fn answer(&mut self) -> Value {
        loop {
            let line = self.answers.next_line().await.unwrap();
            let line = line.expect("the provider goes on: what it said is above");
            if let Ok(answer) = serde_json::from_str(&line) {
                return answer;
            }
        }
    }
}
