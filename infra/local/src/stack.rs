//! All of it together: what AWS is to the functions, in one process.

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
    failure::{Failure, While},
    flows,
    gateway::Gateway,
    incoming::Incoming,
    origins::{Listen, Listeners, Origins, bind, serve},
    reply::GatewayResponse,
    saved::{Folder, Saved},
    secrets::{self, Secrets},
    ses::{self, Message, Ses},
    streams::{Settled, Streams},
    template::Template,
};

/// How a stack is put together.
#[derive(Default)]
pub struct Options {
    /// Which origins are served to browsers.
    pub listen: Listen,
    /// Where it saves what outlives it; nothing does when there is none.
    pub saved_in: Option<PathBuf>,
    /// Whether it forgets what was saved there.
    pub is_fresh: bool,
    /// The product's public origin, when something in front of it has another one.
    pub origin: Option<String>,
    /// Environment variables of the functions, in place of the usual ones.
    pub variables: Vec<(&'static str, String)>,
    /// The signing keys of another run, as [`Secrets::signing_keys`] gave them; making them takes a while.
    pub signing_keys: Value,
    /// The demo bank's signing key, as [`bank::fresh_key`] gave it; making it takes a while.
    pub bank_key: Option<String>,
    /// Watches the functions' calls of the table.
    pub interceptor: Option<SharedInterceptor>,
}

/// What AWS is to the functions, in one process.
///
/// The clock is the process's: moving it moves every stack's.
pub struct Stack {
    /// What the flows work with.
    pub app: Arc<App>,
    /// API Gateway.
    pub gateway: Gateway,
    /// The stream's readers and the schedules.
    pub streams: Streams,
    /// The embedded DynamoDB.
    pub dynamodb: Arc<DynamoDb>,
    /// The email service.
    pub ses: Arc<Ses>,
    /// The secret store.
    pub secrets: Arc<Secrets>,
    /// The origins.
    pub origins: Origins,
    bank: OnceLock<Bank>,
    config: Arc<Config>,
    variables: BTreeMap<&'static str, String>,
    template: Arc<Template>,
    folder: Option<Folder>,
}

/// What the functions reach.
struct Services {
    dynamodb: Arc<DynamoDb>,
    ses: Arc<Ses>,
    secrets: Arc<Secrets>,
    /// Where SES and the secret store answer.
    endpoint: String,
}

impl Stack {
    /// Starts it all.
    ///
    /// # Errors
    /// [`Failure`] says what can't be started, and what to do about it.
    pub async fn start(options: Options) -> Result<Arc<Self>, Failure> {
        let template = Arc::new(read_template()?);
        let folder = options.saved_in.as_deref().map(Folder::at).transpose()?;
        let saved = saved(folder.as_ref(), options.is_fresh, &template)?;
        let listeners = Listeners::bind(options.listen).await?;
        let origins = listeners.origins(options.origin.as_deref())?;

        let services = Services::start(&template, folder.as_ref(), saved.as_ref()).await?;
        let mut variables = variables(&origins, &services, &options.variables);
        variables.entry("PARTNERS").or_insert_with(|| listeners.partners(&origins));
        let config =
            Config::from_lookup(|name| variables.get(name).cloned()).while_("configuring the functions")?;
        let config = Arc::new(config);
        services.secrets.rotate_by(flows::rotator(config.clone()));
        if !options.signing_keys.is_null() {
            services.secrets.replace_signing_keys(options.signing_keys)?;
        }
        let app = Arc::new(App::start(&config, options.interceptor).await.while_("starting the functions")?);

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
            folder,
        });
        if let Some(bank) = listeners.serve(&stack, options.bank_key).await? {
            let _ = stack.bank.set(bank);
        }
        Ok(stack)
    }

    /// The functions' environment variables, for running them in processes of their own.
    #[must_use]
    pub fn environment(&self) -> &BTreeMap<&'static str, String> {
        &self.variables
    }

    /// The demo bank, if it is served.
    #[must_use]
    pub fn bank(&self) -> Option<&Bank> {
        self.bank.get()
    }

    /// What the client of a request gets.
    pub async fn call(&self, incoming: &Incoming) -> GatewayResponse {
        self.gateway.answer(incoming).await
    }

    /// The event of a request, for [`Gateway::call`].
    #[must_use]
    pub fn event(&self, incoming: &Incoming) -> Value {
        self.gateway.event(incoming)
    }

    /// The emails that were sent, oldest first, after delivering what waits in the stream.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn inbox(&self) -> Result<Vec<Message>, Failure> {
        self.settle().await?;
        Ok(self.ses.inbox())
    }

    /// Delivers what waits in the stream; see [`Streams::settle`].
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn settle(&self) -> Result<Settled, Failure> {
        self.streams.settle().await
    }

    /// Moves the clock, then does what falls due; see [`Stack::fall_due`].
    ///
    /// To move the clock with nothing swept or run, use `app::clock::advance`.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn advance(&self, by: SignedDuration) -> Result<Settled, Failure> {
        app::clock::advance(by);
        self.fall_due().await
    }

    /// Does what is due by the clock: sweeps, schedules, the rotation of keys.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn fall_due(&self) -> Result<Settled, Failure> {
        for rotation in &self.template.rotations {
            self.secrets.fall_due(self.app.now(), rotation.every).await;
        }
        self.streams.fall_due().await
    }

    /// The flows run by another app.
    ///
    /// # Errors
    /// [`Failure`] when a route's function is not in the list of flows.
    pub fn gateway_of(&self, app: App) -> Result<Gateway, Failure> {
        Gateway::new(Arc::new(app), self.template.clone())
    }

    /// Another instance's app on the same table, which reads the key ring as it is now.
    ///
    /// # Errors
    /// [`Failure`] when the key ring can't be had.
    pub async fn another_app(&self, interceptor: Option<SharedInterceptor>) -> Result<App, Failure> {
        App::start(&self.config, interceptor).await.while_("starting the functions")
    }

    /// Writes the functions' environment where `scripts/ops local` finds it.
    ///
    /// # Errors
    /// [`Failure`] when it can't be written.
    pub fn write_environment(&self) -> Result<(), Failure> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let lines: Vec<_> = self.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        std::fs::write(folder.environment(), lines.join("\n") + "\n").while_("writing the environment")
    }

    /// Saves what outlives this run, if anything is to.
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
        // The table last: a record that was read after this is at worst read again.
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
        let endpoint = format!("http://{}", listener.local_addr().while_("listening")?);
        serve(listener, ses::router(ses.clone()).merge(secrets::router(secrets.clone())));
        Ok(Self { dynamodb, ses, secrets, endpoint })
    }
}

/// The project's folder.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

pub(crate) fn assets_folder() -> PathBuf {
    root().join("target/static")
}

fn read_template() -> Result<Template, Failure> {
    Template::parse(&std::fs::read_to_string(root().join("template.yaml")).while_("reading template.yaml")?)
}

/// What was saved, and with it the clock; nothing when it starts fresh.
fn saved(folder: Option<&Folder>, is_fresh: bool, template: &Template) -> Result<Option<Saved>, Failure> {
    let Some(folder) = folder else { return Ok(None) };
    if is_fresh {
        folder.clear()?;
    }
    let saved = folder.read()?;
    if let Some(saved) = &saved {
        if saved.table != template.table.create {
            return Err(Failure::new(
                "template.yaml's table has changed since it was saved: scripts/dev --fresh starts empty",
            ));
        }
        app::clock::set_offset(saved.clock_offset);
    }
    Ok(saved)
}

/// The environment of the functions.
fn variables(
    origins: &Origins,
    services: &Services,
    own: &[(&'static str, String)],
) -> BTreeMap<&'static str, String> {
    let usual = [
        ("TABLE_NAME", TABLE.to_owned()),
        ("PUBLIC_ORIGIN", origins.product.clone()),
        ("KEY_RING_SECRET", secrets::KEY_RING.to_owned()),
        ("SIGNING_KEYS_SECRET", secrets::SIGNING_KEYS.to_owned()),
        ("OUTBOUND_LOOPBACK", "allow".to_owned()),
        ("MAIL_FROM", "My Ontario Account / compte Mon Ontario <no-reply@localhost.example>".to_owned()),
        ("SUPPORT_EMAIL", "support@localhost.example".to_owned()),
        ("STATIC_BASE", crate::assets::base(&assets_folder())),
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
    usual.into_iter().chain(own.iter().cloned()).collect()
}
