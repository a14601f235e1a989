//! What a cold start builds: configuration, clock, randomness, clients, telemetry.

use std::sync::{Arc, OnceLock};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use domain::{
    Timestamp,
    hashing::{Match, PasswordHash},
    id::Id,
    keys::{KeyPurpose, KeyRing, MissingKeys},
    password::Password,
    secret::Secret,
};
use futures_util::future::try_join;
use table::Table;

use telemetry::Timer;

mod app_cache;
mod cache;
mod client_registry;
mod clients;
pub mod clock;
mod config;
mod origin_secret;
mod random;
mod refreshed;
mod signing_keys;
pub mod telemetry;
mod ttl_cache;

pub use app_cache::AppCache;
use cache::Cache;
pub use clients::{LONGEST_CALL, LONGEST_EMAIL_CALL, cloudfront_request, code, secrets_client};
pub use config::{Access, BadConfig, Config, key_secret_variable};
use origin_secret::{ReadSecret, read};
pub use ttl_cache::TtlCache;

/// What flows work with, apart from the request.
#[derive(Clone)]
pub struct App {
    /// The configuration.
    pub config: Arc<Config>,
    /// The DynamoDB table.
    pub table: Table,
    /// The keys of the purposes that the configuration names.
    pub keys: Arc<KeyRing>,
    email: Arc<OnceLock<aws_sdk_sesv2::Client>>,
    cache: Arc<Cache>,
}

/// A failure outside the function: of AWS, the network or the configuration.
#[derive(Debug)]
pub struct Failure {
    /// The reason, for the operator. It contains no personal data.
    pub reason: String,
}

impl Failure {
    /// A failure with this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// A call to AWS that failed: what can't be done, and the code of the error.
    #[must_use]
    pub fn of_call<E: ProvideErrorMetadata, R>(what: &str, error: &SdkError<E, R>) -> Self {
        Self::new(format!("{what}: {}", code(error)))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Failure {}

impl From<MissingKeys> for Failure {
    fn from(missing: MissingKeys) -> Self {
        Self::new(missing.to_string())
    }
}

impl From<table::Unavailable> for Failure {
    fn from(error: table::Unavailable) -> Self {
        Self { reason: error.reason }
    }
}

impl From<oidc::SubjectError> for Failure {
    fn from(error: oidc::SubjectError) -> Self {
        Self::new(error.to_string())
    }
}

impl App {
    /// Reads the key ring and the origin secret, and creates the clients. `extra` observes the calls to the table, in tests.
    ///
    /// # Errors
    /// [`Failure`] when one of them can't be read.
    pub async fn start(config: &Arc<Config>, extra: Option<SharedInterceptor>) -> Result<Self, Failure> {
        let (keys, origin_secret) = read_secrets(config).await?;
        let rules = table::Rules { limits: config.limits.clone(), audit_kept: config.audit_kept };
        let client = clients::table_client(config, extra)?;
        let sources = table::Sources { random: random::fill, clock: clock::precise };
        let table = Table::new(client, &config.table_name, keys.clone(), sources, rules);
        let app = Self { config: config.clone(), table, keys, email: Arc::default(), cache: Arc::default() };
        app.keep_origin_secret(origin_secret);
        Ok(app)
    }

    /// The same app with the current key ring and origin secret. Clients keep their connections.
    ///
    /// # Errors
    /// [`Failure`] when one of them can't be read.
    pub(crate) async fn with_fresh_keys(&self) -> Result<Self, Failure> {
        let (keys, origin_secret) = read_secrets(&self.config).await?;
        self.keep_origin_secret(origin_secret);
        Ok(Self { table: self.table.with_keys(keys.clone()), keys, ..self.clone() })
    }

    /// The same app as a function has it that may use the keys of these purposes alone.
    #[must_use]
    pub fn restricted(&self, purposes: &[KeyPurpose]) -> Self {
        let keys = Arc::new(self.keys.restricted(purposes));
        Self { table: self.table.with_keys(keys.clone()), keys, ..self.clone() }
    }

    /// The same app with another configuration. The clients stay as they are.
    #[must_use]
    pub fn configured(&self, config: Arc<Config>) -> Self {
        Self { config, ..self.clone() }
    }

    /// The SES client, which is created when it is first used.
    ///
    /// # Errors
    /// [`Failure`] when TLS can't be set up.
    pub fn email_client(&self) -> Result<&aws_sdk_sesv2::Client, Failure> {
        if let Some(client) = self.email.get() {
            return Ok(client);
        }
        let client = clients::email_client(&self.config)?;
        Ok(self.email.get_or_init(|| client))
    }

    /// The current value of a secret.
    ///
    /// # Errors
    /// [`Failure`] when it can't be read.
    pub async fn secret(&self, name: &str) -> Result<String, Failure> {
        clients::secret(&self.config, name).await
    }

    /// The value of this type that the function keeps between requests. It is created when it is first used.
    #[must_use]
    pub fn cached<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.cache.get()
    }

    /// The time now, in whole seconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        clock::now()
    }

    /// A new random id.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        Id::from_random(random())
    }

    /// A new random secret.
    #[must_use]
    pub fn new_secret<K>(&self) -> Secret<K> {
        Secret::from_random(random())
    }

    /// Hashes a new password on a blocking thread.
    ///
    /// # Errors
    /// [`Failure`] when the thread was stopped.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, Failure> {
        let (hasher, salt) = (self.config.hasher.clone(), random());
        apart(move || hasher.hash(&password, salt)).await
    }

    /// Compares a password with its hash, or does the same work for an address without an account (RULES 3.3). Returns the
    /// spelling that matched (RULES 2.3), so that it can be hashed again.
    ///
    /// # Errors
    /// [`Failure`] when the thread was stopped.
    pub async fn compare(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<(Match, Password), Failure> {
        let (hasher, salt) = (self.config.hasher.clone(), random());
        apart(move || match &hash {
            Some(hash) => hasher.compare(password, hash),
            None => (hasher.compare_decoy(&password, salt), password),
        })
        .await
    }
}

/// Reads the key ring and the origin secret, in parallel.
async fn read_secrets(config: &Config) -> Result<(Arc<KeyRing>, Option<ReadSecret>), Failure> {
    let client = clients::secrets_client(config)?;
    let (keys, origin_secret) = try_join(clients::key_ring(&client, config), read(&client, config)).await?;
    Ok((Arc::new(keys), origin_secret))
}

/// Random bytes from the system's generator.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    random::fill(&mut bytes);
    bytes
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = telemetry::timed(Timer::HashDuration, tokio::task::spawn_blocking(work)).await;
    done.map_err(|_| Failure::new("the hashing task failed"))
}
