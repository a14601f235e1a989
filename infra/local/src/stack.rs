//! Assembles the stand-in: everything that the functions reach on AWS, in one process.

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
    dynamodb::{DynamoDb, TABLE},
    failure::{Context, Failure},
    flows,
    gateway::Gateway,
    incoming::Incoming,
    origins::{Listen, Listeners, Origins, bind, serve},
    response::GatewayResponse,
    root,
    saved::{Folder, Saved},
    secrets::{self, Secrets},
    ses::{self, Message, Ses},
    streams::{Settled, Streams},
    template::Template,
};

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
    /// Environment variables of the functions that replace the default ones.
    pub variables: Vec<(&'static str, String)>,
    /// The signing keys of another stack, from [`Secrets::signing_keys`]; generating keys takes seconds.
    pub signing_keys: Value,
    /// The demo bank's signing key, from [`bank::fresh_key`]; generating it takes seconds.
    pub bank_key: Option<String>,
    /// Observes the functions' DynamoDB calls.
    pub interceptor: Option<SharedInterceptor>,
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
    /// The origins of the product, the demo services and the demo bank.
    pub origins: Origins,
    bank: OnceLock<Bank>,
    config: Arc<Config>,
    variables: BTreeMap<&'static str, String>,
    template: Arc<Template>,
    pub(crate) root: PathBuf,
    folder: Option<Folder>,
}

/// The AWS services that the functions call.
struct Services {
    dynamodb: Arc<DynamoDb>,
    ses: Arc<Ses>,
    secrets: Arc<Secrets>,
    /// The endpoint of SES and Secrets Manager.
    endpoint: String,
}

impl Stack {
    /// Starts a stack.
    ///
    /// # Errors
    /// [`Failure`], whose message says what to do.
    pub async fn start(options: Options) -> Result<Arc<Self>, Failure> {
        let root = root::find(options.root.as_deref())?;
        let template = Arc::new(read_template(&root)?);
        let folder = options.saved_in.as_deref().map(Folder::open).transpose()?;
        let saved = saved(folder.as_ref(), options.is_fresh, &template)?;
        let listeners = Listeners::bind(options.listen).await?;
        let origins = listeners.origins(options.origin.as_deref())?;

        let services = Services::start(&template, folder.as_ref(), saved.as_ref()).await?;
        let mut variables = variables(&root, &origins, &services, &options.variables);
        variables.entry("PARTNERS").or_insert_with(|| listeners.partners(&origins));
        let config =
            Config::from_lookup(|name| variables.get(name).cloned()).context("configuring the functions")?;
        let config = Arc::new(config);
        services.secrets.rotate_by(flows::rotator(config.clone()));
        if !options.signing_keys.is_null() {
            services.secrets.replace_signing_keys(options.signing_keys)?;
        }
        let app = Arc::new(App::start(&config, options.interceptor).await.context("starting the functions")?);

        let Services { dynamodb, ses, secrets, .. } = services;
        let progress = saved.map(|saved| saved.progress).unwrap_or_default();
        let streams = Streams::new(app.clone(), dynamodb.clone(), template.clone(), progress)?;
        let gateway = Gateway::new(app.clone(), template.clone())?;
        let stack = Arc::new(Self {
            app,
            gateway,
            streams,
            dynamodb,
            ses,
            secrets,
            origins,
            bank: OnceLock::new(),
            config,
            variables,
            template,
            root,
            folder,
        });
        if let Some(bank) = listeners.serve(&stack, options.bank_key).await? {
            let _ = stack.bank.set(bank);
        }
        Ok(stack)
    }

    /// The functions' environment variables, for running functions in other processes.
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
        for rotation in &self.template.rotations {
            self.secrets.fall_due(self.app.now(), rotation.every).await;
        }
        self.streams.fall_due().await
    }

    /// A gateway to flows that use another app.
    ///
    /// # Errors
    /// [`Failure`] when a route's function is not in the list of flows.
    pub fn gateway_of(&self, app: App) -> Result<Gateway, Failure> {
        Gateway::new(Arc::new(app), self.template.clone())
    }

    /// The app of another Lambda instance on the same table; it reads the current key ring.
    ///
    /// # Errors
    /// [`Failure`] when the key ring can't be read.
    pub async fn another_app(&self, interceptor: Option<SharedInterceptor>) -> Result<App, Failure> {
        App::start(&self.config, interceptor).await.context("starting the functions")
    }

    /// Writes the functions' environment to a file for `scripts/ops local`.
    ///
    /// # Errors
    /// [`Failure`] when it can't be written.
    pub fn write_environment(&self) -> Result<(), Failure> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let lines: Vec<_> = self.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        std::fs::write(folder.environment(), lines.join("\n") + "\n").context("writing the environment")
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
            progress: self.streams.progress().await,
            table: self.template.table.create.clone(),
        };
        // The table is saved last: records that are delivered in between are at worst delivered again.
        folder.write(&saved)?;
        self.dynamodb.save(&folder.table())
    }
}

impl Services {
    async fn start(
        template: &Template,
        folder: Option<&Folder>,
        saved: Option<&Saved>,
    ) -> Result<Self, Failure> {
        let table = folder.map(Folder::table).filter(|_| saved.is_some());
        let dynamodb = Arc::new(DynamoDb::start(&template.table, table.as_deref())?);
        let (ses, secrets) = match saved {
            Some(saved) => {
                let secrets = Secrets::with_key_ring(saved.key_ring.clone())?;
                if !saved.signing_keys.is_null() {
                    secrets.replace_signing_keys(saved.signing_keys.clone())?;
                }
                (Ses::with_inbox(saved.inbox.clone()), secrets)
            }
            None => (Ses::default(), Secrets::with_fresh_keys()?),
        };
        let (ses, secrets) = (Arc::new(ses), Arc::new(secrets));

        let listener = bind(0).await?;
        let endpoint = format!("http://{}", listener.local_addr().context("listening")?);
        serve(listener, ses::router(ses.clone()).merge(secrets::router(secrets.clone())));
        Ok(Self { dynamodb, ses, secrets, endpoint })
    }
}

/// The folder that `scripts/assets` fills.
pub(crate) fn assets_folder(root: &Path) -> PathBuf {
    root.join("target/static")
}

fn read_template(root: &Path) -> Result<Template, Failure> {
    Template::parse(&std::fs::read_to_string(root.join(root::TEMPLATE)).context("reading template.yaml")?)
}

/// Reads the saved state and restores the clock. A fresh run has no saved state.
fn saved(folder: Option<&Folder>, is_fresh: bool, template: &Template) -> Result<Option<Saved>, Failure> {
    let Some(folder) = folder else { return Ok(None) };
    if is_fresh {
        folder.clear()?;
    }
    let saved = folder.read()?;
    if let Some(saved) = &saved {
        if saved.table != template.table.create {
            return Err(Failure::new(
                "the saved table differs from the one in template.yaml: scripts/dev --fresh starts empty",
            ));
        }
        app::clock::set_offset(saved.clock_offset);
    }
    Ok(saved)
}

/// The environment variables of the functions.
fn variables(
    root: &Path,
    origins: &Origins,
    services: &Services,
    replaced: &[(&'static str, String)],
) -> BTreeMap<&'static str, String> {
    let defaults = [
        ("TABLE_NAME", TABLE.to_owned()),
        ("PUBLIC_ORIGIN", origins.product.clone()),
        ("KEY_RING_SECRET", secrets::KEY_RING.to_owned()),
        ("SIGNING_KEYS_SECRET", secrets::SIGNING_KEYS.to_owned()),
        ("OUTBOUND_LOOPBACK", "allow".to_owned()),
        ("MAIL_FROM", "My Ontario Account / compte Mon Ontario <no-reply@localhost.example>".to_owned()),
        ("SUPPORT_EMAIL", "support@localhost.example".to_owned()),
        ("STATIC_BASE", crate::assets::base(&assets_folder(root))),
        ("ARGON2_MEMORY_KIB", "19456".to_owned()),
        ("ARGON2_PASSES", "2".to_owned()),
        ("PASSWORD_POLICY", "predecessor".to_owned()),
        ("EMAIL_LIMITS", "1/30s,5/1h,20/24h".to_owned()),
        ("CODE_LIMITS", "1/30s,20/1h".to_owned()),
        ("REGISTRATION_LIMIT", "20/1h".to_owned()),
        ("TRY_LIMIT", "100/15m".to_owned()),
        ("AUDIT_DAYS", "730".to_owned()),
        ("ORIGIN_SECRETS", crate::incoming::ORIGIN_SECRET.to_owned()),
        ("AWS_REGION", "ca-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", services.dynamodb.endpoint()),
        ("AWS_ENDPOINT_URL_SESV2", services.endpoint.clone()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", services.endpoint.clone()),
    ];
    defaults.into_iter().chain(replaced.iter().cloned()).collect()
}
