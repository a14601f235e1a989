//! A stack: everything that the functions reach on AWS, in one process.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use app::{App, Config};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use bank::Bank;
use domain::SignedDuration;
use serde_json::Value;

use crate::{
    cloudfront::CloudFront,
    dynamodb::DynamoDb,
    failure::{Context, Failure},
    flows,
    gateway::{Gateway, Observer},
    incoming::Incoming,
    origins::{Listen, Origins},
    response::GatewayResponse,
    saved::{Folder, Saved},
    secrets::Secrets,
    ses::{Message, Ses},
    streams::{Settled, Streams},
    template::{Template, is_secret_with_keys},
};

mod start;

/// The settings of a stack.
#[derive(Default)]
pub struct Options {
    /// The origins that listen on ports.
    pub listen: Listen,
    /// The repository; `None`: the nearest folder with a `template.yaml`, from the current one upwards.
    pub root: Option<PathBuf>,
    /// The folder of the saved state; `None`: nothing is saved.
    pub saved_in: Option<PathBuf>,
    /// Whether to delete the saved state first.
    pub is_fresh: bool,
    /// The product's public origin, when a proxy is in front of it.
    pub origin: Option<String>,
    /// The endpoint of a DynamoDB in another process, in place of the embedded one.
    pub dynamodb: Option<String>,
    /// Environment variables of the functions that replace the default ones.
    pub variables: Vec<(&'static str, String)>,
    /// The signing keys of another stack, from [`Secrets::signing_keys`]; generating keys takes seconds.
    pub signing_keys: Value,
    /// The demo bank's signing key, from [`bank::fresh_key`]; generating it takes seconds.
    pub bank_key: Option<String>,
    /// Observes the functions' DynamoDB calls.
    pub interceptor: Option<SharedInterceptor>,
    /// Observes the functions' events and what they return.
    pub observer: Option<Observer>,
}

/// Everything that the functions reach on AWS, in one process.
///
/// All stacks of a process share its clock.
pub struct Stack {
    /// The dependencies of the flows.
    pub app: Arc<App>,
    /// API Gateway.
    pub gateway: Gateway,
    /// The event source mappings of the stream, and the schedules.
    pub streams: Streams,
    /// The table.
    pub dynamodb: Arc<DynamoDb>,
    /// SES.
    pub ses: Arc<Ses>,
    /// Secrets Manager.
    pub secrets: Arc<Secrets>,
    /// `CloudFront`.
    pub cloudfront: Arc<CloudFront>,
    /// The origins of the product, the demo services and the demo bank.
    pub origins: Origins,
    bank: OnceLock<Bank>,
    config: Arc<Config>,
    variables: BTreeMap<&'static str, String>,
    template: Arc<Template>,
    pub(crate) root: PathBuf,
    folder: Option<Folder>,
    observer: Option<Observer>,
}

impl Stack {
    /// The environment variables of a function, for running it in another process. The secrets are those that `template`
    /// gives it, which may be another release's.
    #[must_use]
    pub fn environment_of(&self, function: &str, template: &Template) -> BTreeMap<&'static str, String> {
        let secrets = template.secrets.get(function);
        let is_given = |name: &str| {
            !is_secret_with_keys(name) || secrets.is_some_and(|secrets| secrets.contains_key(name))
        };
        let given = self.variables.iter().filter(|(name, _)| is_given(name));
        given.map(|(name, value)| (*name, value.clone())).collect()
    }

    /// The environment variables of all functions together.
    #[must_use]
    pub fn environment(&self) -> &BTreeMap<&'static str, String> {
        &self.variables
    }

    /// The demo bank, if it listens.
    #[must_use]
    pub fn bank(&self) -> Option<&Bank> {
        self.bank.get()
    }

    /// Answers a request.
    pub async fn call(&self, incoming: &Incoming) -> GatewayResponse {
        self.gateway.answer(incoming).await
    }

    /// The Lambda event of a request, for [`Gateway::call`].
    #[must_use]
    pub fn event(&self, incoming: &Incoming) -> Value {
        self.gateway.event(incoming)
    }

    /// Delivers what is queued, and returns the emails that were sent, oldest first.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn inbox(&self) -> Result<Vec<Message>, Failure> {
        self.settle().await?;
        Ok(self.ses.inbox())
    }

    /// Delivers the records of the stream; see [`Streams::settle`].
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn settle(&self) -> Result<Settled, Failure> {
        self.streams.settle().await
    }

    /// Delivers what SES has reported, by `EventBridge`, to the functions of its rules. Returns how many events no function could
    /// process.
    pub async fn deliver_events(&self) -> usize {
        let mut failed = 0;
        for event in self.ses.take_events() {
            failed += usize::from(!self.streams.deliver_event(&event).await);
        }
        failed
    }

    /// Moves the clock, then runs what is due; see [`Stack::fall_due`].
    ///
    /// `app::clock::advance` only moves the clock.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn advance(&self, by: SignedDuration) -> Result<Settled, Failure> {
        app::clock::advance(by);
        self.fall_due().await
    }

    /// Runs what is due: time to live, schedules, the rotation of keys.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn fall_due(&self) -> Result<Settled, Failure> {
        let now = self.app.now();
        for rotation in &self.template.rotations {
            match rotation.function.as_str() {
                flows::ROTATING_ORIGIN => self.secrets.origin_falls_due(now, rotation.every).await,
                _ => self.secrets.fall_due(now, rotation.every).await,
            }
        }
        self.streams.fall_due().await
    }

    /// A gateway to flows that use another app.
    ///
    /// # Errors
    /// [`Failure`] when a route's function is not in the list of flows.
    pub fn gateway_of(&self, app: &App) -> Result<Gateway, Failure> {
        Gateway::new(app, self.template.clone(), self.cloudfront.clone(), self.observer.clone())
    }

    /// The app of another Lambda instance on the same table; it reads the current key ring.
    ///
    /// # Errors
    /// [`Failure`] when the key ring can't be read.
    pub async fn another_app(&self, interceptor: Option<SharedInterceptor>) -> Result<App, Failure> {
        App::start(&self.config, interceptor).await.context("starting the functions")
    }

    /// Writes the functions' environment to a file for `scripts/ops --local`, and where `/_local/clock` is on this computer.
    ///
    /// # Errors
    /// [`Failure`] when it can't be written.
    pub fn write_environment(&self) -> Result<(), Failure> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut lines: Vec<_> =
            self.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        lines.push(format!("LOCAL_ORIGIN={}\n", self.origins.local));
        std::fs::write(folder.environment(), lines.join("\n")).context("writing the environment")
    }

    /// Saves the state, if there is a folder for it.
    ///
    /// # Errors
    /// [`Failure`] when it can't be written.
    pub async fn save(&self) -> Result<(), Failure> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let saved = Saved {
            clock_offset: app::clock::offset(),
            key_ring: self.secrets.key_ring(),
            signing_keys: self.secrets.signing_keys(),
            inbox: self.ses.inbox(),
            suppressed: self.ses.suppressed(),
            progress: self.streams.progress().await,
            table: self.template.table.create.clone(),
        };
        // The table is saved last: records that are delivered in between are at worst delivered again.
        folder.write(&saved)?;
        self.dynamodb.save(&folder.table())
    }
}

/// The folder that `scripts/assets` fills.
pub(crate) fn assets_folder(root: &Path) -> PathBuf {
    root.join("target/static")
}
