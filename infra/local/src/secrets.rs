//! Secrets Manager: the keys of each purpose, the signing keys with their rotation, and the account of the synthetic resident.
//!
//! After a deployment the first rotation is due immediately. Here it is deferred until a function reads the signing keys,
//! because generating them takes seconds.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use data_encoding::{BASE64, HEXLOWER};
use domain::keys::KeyPurpose;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex as AsyncMutex;

use crate::{
    failure::{Context, Failure},
    rotation::{self, ApiError, Rotator, Secret},
};

/// The name of the secret that holds the signing keys.
pub const SIGNING_KEYS: &str = "signing-keys";

/// The name of the secret that holds their public halves.
pub(crate) const PUBLIC_KEYS: &str = "public-keys";

/// The name of the secret that holds the account of the synthetic resident.
pub const CANARY_ACCOUNT: &str = "canary-account";

/// The first version of each secret.
const FIRST_VERSION: &str = "00000000-0000-0000-0000-000000000001";

/// The version that the first rotation of the signing keys creates; `events/rotate.json` is its first step.
const FIRST_ROTATION: &str = "c1a5e0de-7b1f-4c59-9d0e-2f6b8a3d4e71";

/// The stand-in for Secrets Manager.
pub struct Secrets {
    inner: Mutex<Inner>,
    rotator: OnceLock<Rotator>,
    /// Serializes rotations.
    rotating: AsyncMutex<()>,
}

struct Inner {
    keys: BTreeMap<KeyPurpose, Secret>,
    signing_keys: Secret,
    public_keys: Secret,
    canary_account: Secret,
    failing: Option<u16>,
}

#[derive(Serialize, Deserialize)]
struct SavedSigningKeys {
    signing_keys: Secret,
    public_keys: Secret,
}

impl Secrets {
    /// A store with the key ring of an earlier run; adds missing keys.
    ///
    /// # Errors
    /// [`Failure`] when the value is not a key ring, or the system has no randomness.
    pub fn with_key_ring(key_ring: Value) -> Result<Self, Failure> {
        let (keys, signing_keys) = (by_purpose(key_ring)?, unrotated());
        let public_keys = Secret::new(FIRST_VERSION, json!({}));
        let canary_account = Secret::new(FIRST_VERSION, Value::Null);
        let inner = Mutex::new(Inner { keys, signing_keys, public_keys, canary_account, failing: None });
        Ok(Self { inner, rotator: OnceLock::new(), rotating: AsyncMutex::default() })
    }

    /// A store with a key ring of random keys.
    ///
    /// # Errors
    /// [`Failure`] when the system has no randomness.
    pub fn with_fresh_keys() -> Result<Self, Failure> {
        Self::with_key_ring(json!({}))
    }

    /// Replaces the signing keys with those of another run, from [`Secrets::signing_keys`].
    ///
    /// # Errors
    /// [`Failure`] when the value is malformed.
    pub fn replace_signing_keys(&self, saved: Value) -> Result<(), Failure> {
        let saved: SavedSigningKeys = serde_json::from_value(saved)
            .context("reading the saved signing keys (scripts/dev --fresh starts empty)")?;
        let mut inner = self.lock();
        (inner.signing_keys, inner.public_keys) = (saved.signing_keys, saved.public_keys);
        Ok(())
    }

    /// The keys of all purposes, by name.
    #[must_use]
    pub fn key_ring(&self) -> Value {
        let keys = self.lock().keys.values().map(Secret::value).collect::<Vec<_>>();
        let keys = keys
            .into_iter()
            .filter_map(|keys| if let Value::Object(keys) = keys { Some(keys) } else { None });
        Value::Object(keys.flatten().collect())
    }

    /// Replaces the keys of all purposes. Running apps keep those that they have read.
    ///
    /// # Errors
    /// As [`Secrets::with_key_ring`].
    pub fn replace_key_ring(&self, key_ring: Value) -> Result<(), Failure> {
        self.lock().keys = by_purpose(key_ring)?;
        Ok(())
    }

    /// Replaces the account of the synthetic resident.
    pub fn replace_canary_account(&self, account: Value) {
        self.lock().canary_account = Secret::new(FIRST_VERSION, account);
    }

    /// All versions of the signing keys and of their public halves, with the state of their rotation.
    #[must_use]
    pub fn signing_keys(&self) -> Value {
        let inner = self.lock();
        let (signing_keys, public_keys) = (inner.signing_keys.clone(), inner.public_keys.clone());
        json!(SavedSigningKeys { signing_keys, public_keys })
    }

    /// Sets the function that rotates the signing keys. Only the first call has an effect.
    pub fn rotate_by(
        &self,
        rotator: impl Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) {
        let _ = self.rotator.set(Box::new(rotator));
    }

    /// Rotates the signing keys, or resumes a failed rotation.
    ///
    /// # Errors
    /// [`Failure`] when a step fails.
    pub async fn rotate(&self) -> Result<(), Failure> {
        let _guard = self.rotating.lock().await;
        self.run_steps().await
    }

    /// Rotates the signing keys when the last rotation is older than `every`. Does not create the first keys.
    pub async fn fall_due(&self, now: Timestamp, every: SignedDuration) {
        let rotated_at = self.lock().signing_keys.rotated_at();
        if rotated_at.is_some_and(|at| now.duration_since(at) >= every)
            && let Err(failure) = self.rotate().await
        {
            tracing::warn!(%failure, "the signing keys could not be rotated");
        }
    }

    /// Makes every call fail with this status until it is set to `None`.
    pub fn fail_with(&self, status: Option<u16>) {
        self.lock().failing = status;
    }

    /// Creates the first signing keys; concurrent callers wait for them.
    async fn make_first_keys(&self) {
        let _guard = self.rotating.lock().await;
        if self.lacks_keys()
            && let Err(failure) = self.run_steps().await
        {
            tracing::warn!(%failure, "the first signing keys could not be created");
        }
    }

    fn lacks_keys(&self) -> bool {
        self.rotator.get().is_some() && self.lock().signing_keys.rotated_at().is_none()
    }

    async fn run_steps(&self) -> Result<(), Failure> {
        let rotator =
            self.rotator.get().ok_or_else(|| Failure::new("no function rotates the signing keys"))?;
        let version = self.lock().signing_keys.begin(|| HEXLOWER.encode(&app::random::<16>()));
        rotation::run_steps(rotator, &arn(SIGNING_KEYS), &version).await?;
        let is_done = self.lock().signing_keys.end(&version, app::clock::now());
        if is_done { Ok(()) } else { Err(Failure::new("the last step did not change the current version")) }
    }

    fn call(&self, operation: &str, request: &Value) -> Result<Value, ApiError> {
        let found = FoundSecret::of(&request["SecretId"]).ok_or(ApiError("ResourceNotFoundException"))?;
        let mut inner = self.lock();
        let mut answer = match found {
            FoundSecret::SigningKeys => inner.signing_keys.answer(operation, request)?,
            FoundSecret::PublicKeys => inner.public_keys.answer(operation, request)?,
            FoundSecret::CanaryAccount => inner.canary_account.answer(operation, request)?,
            FoundSecret::Keys(purpose) => {
                let secret = inner.keys.get_mut(&purpose).ok_or(ApiError("ResourceNotFoundException"))?;
                secret.answer(operation, request)?
            }
        };
        answer["ARN"] = arn(&found.name()).into();
        answer["Name"] = found.name().into();
        if operation == "DescribeSecret" {
            answer["RotationEnabled"] = matches!(found, FoundSecret::SigningKeys).into();
        }
        Ok(answer)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A random 256-bit key in base64, the format of the key ring.
///
/// # Errors
/// [`Failure`] when the system has no randomness.
#[expect(clippy::disallowed_methods, reason = "makes keys for the stand-in, before there is an app")]
pub fn fresh_key() -> Result<String, Failure> {
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).context("generating keys")?;
    Ok(BASE64.encode(&key))
}

/// Signing keys without a value, whose first rotation has begun.
fn unrotated() -> Secret {
    let mut secret = Secret::new(FIRST_VERSION, json!({}));
    secret.begin(|| FIRST_ROTATION.to_owned());
    secret
}

/// A secret that a call identifies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FoundSecret {
    Keys(KeyPurpose),
    SigningKeys,
    PublicKeys,
    CanaryAccount,
}

impl FoundSecret {
    /// The secret with this name or ARN.
    fn of(id: &Value) -> Option<Self> {
        let mut all = KeyPurpose::ALL.into_iter().map(Self::Keys).chain([
            Self::SigningKeys,
            Self::PublicKeys,
            Self::CanaryAccount,
        ]);
        all.find(|secret| *id == secret.name() || *id == arn(&secret.name()))
    }

    fn name(self) -> String {
        match self {
            Self::Keys(purpose) => key_secret(purpose),
            Self::SigningKeys => SIGNING_KEYS.to_owned(),
            Self::PublicKeys => PUBLIC_KEYS.to_owned(),
            Self::CanaryAccount => CANARY_ACCOUNT.to_owned(),
        }
    }
}

/// The name of the secret with the keys of a purpose: `data-keys`.
#[must_use]
pub fn key_secret(purpose: KeyPurpose) -> String {
    format!("{}-keys", purpose.name())
}

/// The secret of each purpose, with the keys that an earlier release did not have.
fn by_purpose(key_ring: Value) -> Result<BTreeMap<KeyPurpose, Secret>, Failure> {
    let Value::Object(mut keys) = key_ring else {
        return Err(Failure::new("the saved key ring is malformed"));
    };
    // The link keys made what the session keys make now.
    if let (false, Some(link)) = (keys.contains_key("session"), keys.get("link").cloned()) {
        keys.insert("session".to_owned(), link);
    }
    let mut secrets = BTreeMap::new();
    for purpose in KeyPurpose::ALL {
        let mut own = Map::new();
        for name in purpose.key_names() {
            let key = match keys.remove(*name) {
                Some(key) => key,
                None => json!({ "current": 1, "keys": { "1": fresh_key()? } }),
            };
            own.insert((*name).to_owned(), key);
        }
        secrets.insert(purpose, Secret::new(FIRST_VERSION, own.into()));
    }
    Ok(secrets)
}

fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:ca-central-1:000000000000:secret:{name}-a1B2c3")
}

/// The HTTP endpoint.
pub(crate) fn router(secrets: Arc<Secrets>) -> Router {
    Router::new().route("/", post(answer)).with_state(secrets)
}

async fn answer(State(secrets): State<Arc<Secrets>>, headers: HeaderMap, body: String) -> Response {
    if let Some(status) = secrets.lock().failing {
        return error(status, "InternalServiceError");
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let operation = target.and_then(|target| target.strip_prefix("secretsmanager.")).unwrap_or_default();
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    if reads_signing_keys(operation, &request) && secrets.lacks_keys() {
        let rotating = secrets.clone();
        // In a separate task: a client that times out closes the connection, which cancels this request.
        let _ = tokio::spawn(async move { rotating.make_first_keys().await }).await;
    }
    match secrets.call(operation, &request) {
        Ok(answer) => Json(answer).into_response(),
        Err(ApiError(kind)) => error(400, kind),
    }
}

/// Whether a function reads the current signing keys, or their public halves. A rotation names a version or a label.
fn reads_signing_keys(operation: &str, request: &Value) -> bool {
    operation == "GetSecretValue"
        && matches!(
            FoundSecret::of(&request["SecretId"]),
            Some(FoundSecret::SigningKeys | FoundSecret::PublicKeys)
        )
        && request["VersionId"].is_null()
        && request["VersionStage"].is_null()
}

fn error(status: u16, kind: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "__type": kind, "Message": "The stand-in rejected the call." }))).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{FutureExt, future::join_all};

    use super::*;

    /// A store whose nth rotation stores the value n, and the number of rotations.
    fn counting() -> (Arc<Secrets>, Arc<AtomicUsize>) {
        let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
        let rotations = Arc::new(AtomicUsize::new(0));
        let (store, count) = (Arc::downgrade(&secrets), rotations.clone());
        secrets.rotate_by(move |event| {
            let (store, count) = (store.upgrade().unwrap(), count.clone());
            Box::pin(async move {
                tokio::task::yield_now().await;
                let (id, version) = (&event["SecretId"], &event["ClientRequestToken"]);
                let current = json!({ "SecretId": id, "VersionStage": "AWSCURRENT" });
                assert_eq!(call(&store, "GetSecretValue", current).await.0, 200);
                if event["Step"] == "createSecret" {
                    let keys = (count.fetch_add(1, Ordering::SeqCst) + 1).to_string();
                    // Without labels the version becomes current.
                    let put = json!({ "SecretId": id, "ClientRequestToken": version, "SecretString": keys });
                    assert_eq!(call(&store, "PutSecretValue", put).await.0, 200);
                }
                Ok(())
            })
        });
        (secrets, rotations)
    }

    async fn call(secrets: &Arc<Secrets>, operation: &str, request: Value) -> (u16, Value) {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", format!("secretsmanager.{operation}").parse().unwrap());
        let response = answer(State(secrets.clone()), headers, request.to_string()).await;
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    /// Reads the signing keys like a function.
    async fn read(secrets: &Arc<Secrets>) -> String {
        let (status, found) = call(secrets, "GetSecretValue", json!({ "SecretId": SIGNING_KEYS })).await;
        assert_eq!(status, 200, "{found}");
        found["SecretString"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn each_purpose_has_a_secret_with_its_keys_alone() {
        let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
        for purpose in KeyPurpose::ALL {
            let (status, found) =
                call(&secrets, "GetSecretValue", json!({ "SecretId": key_secret(purpose) })).await;
            assert_eq!(status, 200, "{found}");
            let json = found["SecretString"].as_str().unwrap();
            assert!(domain::keys::KeyRing::default().with(purpose, json).is_ok());
            let keys: Map<String, Value> = serde_json::from_str(json).unwrap();
            assert!(keys.keys().eq(purpose.key_names()), "{json}");
        }
    }

    #[tokio::test]
    async fn a_stored_value_is_the_next_one_read() {
        let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
        let before = secrets.key_ring();
        let newer = json!({ "link": { "current": 2, "keys": { "2": fresh_key().unwrap() } } });
        let put =
            json!({ "SecretId": "link-keys", "ClientRequestToken": "2", "SecretString": newer.to_string() });
        assert_eq!(call(&secrets, "PutSecretValue", put).await.0, 200);
        let now = secrets.key_ring();
        assert_eq!((&now["link"], &now["form"]), (&newer["link"], &before["form"]));
    }

    #[test]
    fn missing_keys_are_added_to_a_saved_key_ring() {
        let mut earlier = Secrets::with_fresh_keys().unwrap().key_ring();
        for name in ["subject", "session"] {
            earlier.as_object_mut().unwrap().remove(name);
        }
        let now = Secrets::with_key_ring(earlier.clone()).unwrap().key_ring();
        assert!(earlier.as_object().unwrap().iter().all(|(name, keys)| now[name] == *keys));
        assert!(now["subject"].is_object());
        assert_eq!(now["session"], earlier["link"], "which made what the session keys make");
        assert!(Secrets::with_key_ring(json!([])).is_err());
    }

    #[tokio::test]
    async fn concurrent_readers_wait_for_the_first_keys() {
        let (secrets, rotations) = counting();
        let all = join_all((0..5).map(|_| read(&secrets))).await;
        assert_eq!(all, vec!["1"; 5]);
        assert_eq!(read(&secrets).await, "1");
        assert_eq!(rotations.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn the_first_keys_are_created_even_if_the_reader_disconnects() {
        let (secrets, rotations) = counting();
        assert_eq!(read(&secrets).now_or_never(), None);
        tokio::task::yield_now().await;
        drop(secrets.rotating.lock().await);
        assert_eq!((secrets.lacks_keys(), rotations.load(Ordering::SeqCst)), (false, 1));
    }

    #[tokio::test]
    async fn keys_are_rotated_when_due_but_not_before_the_first_read() {
        let (secrets, rotations) = counting();
        let (now, day) = (app::clock::now(), SignedDuration::from_hours(24));
        secrets.fall_due(now + day * 400, day * 30).await;
        assert_eq!(rotations.load(Ordering::SeqCst), 0);
        read(&secrets).await;
        secrets.fall_due(now + day * 29, day * 30).await;
        assert_eq!(read(&secrets).await, "1");
        secrets.fall_due(now + day * 31, day * 30).await;
        assert_eq!(read(&secrets).await, "2");
        secrets.rotate().await.unwrap();
        assert_eq!(read(&secrets).await, "3");
    }

    #[tokio::test]
    async fn a_failed_rotation_resumes_with_its_version() {
        let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
        assert!(secrets.rotate().await.is_err(), "no function rotates");
        let events = Arc::new(Mutex::new(Vec::new()));
        let log = events.clone();
        secrets.rotate_by(move |event| {
            let mut log = log.lock().unwrap();
            log.push((event["Step"].clone(), event["ClientRequestToken"].clone()));
            let returned = if log.len() == 1 { Err("on purpose".to_owned()) } else { Ok(()) };
            Box::pin(async { returned })
        });
        assert_eq!(read(&secrets).await, "{}");
        assert!(secrets.rotate().await.is_err(), "the last step moved no label");
        let expected = ["createSecret", "createSecret", "setSecret"];
        let expected = expected.map(|step| (json!(step), json!(FIRST_ROTATION)));
        assert_eq!(events.lock().unwrap()[..3], expected);
    }

    #[tokio::test]
    async fn saved_signing_keys_are_restored() {
        let (secrets, _) = counting();
        read(&secrets).await;
        let again = Secrets::with_fresh_keys().unwrap();
        again.replace_signing_keys(secrets.signing_keys()).unwrap();
        assert_eq!(again.signing_keys(), secrets.signing_keys());
        assert_eq!(read(&Arc::new(again)).await, "1");
        let none = Secrets::with_fresh_keys().unwrap();
        assert!(none.replace_signing_keys(json!(1)).is_err());
        assert_eq!(read(&Arc::new(none)).await, "{}");
    }

    #[tokio::test]
    async fn only_known_secrets_are_found_by_name_or_arn() {
        let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
        for (name, rotates) in [("data-keys", false), (SIGNING_KEYS, true)] {
            let by_name = call(&secrets, "DescribeSecret", json!({ "SecretId": name })).await;
            assert_eq!(by_name, call(&secrets, "DescribeSecret", json!({ "SecretId": arn(name) })).await);
            assert_eq!((by_name.0, &by_name.1["RotationEnabled"]), (200, &json!(rotates)));
        }
        for (operation, id, kind) in [
            ("GetSecretValue", "other", "ResourceNotFoundException"),
            ("PutSecretValue", "data-keys", "InvalidParameterException"),
            ("DeleteSecret", "data-keys", "UnknownOperationException"),
        ] {
            let (status, error) = call(&secrets, operation, json!({ "SecretId": id })).await;
            assert_eq!((status, error["__type"].as_str()), (400, Some(kind)));
        }
        secrets.fail_with(Some(500));
        assert_eq!(call(&secrets, "GetSecretValue", json!({ "SecretId": "data-keys" })).await.0, 500);
    }

    #[test]
    fn the_example_event_is_the_first_step_of_the_first_rotation() {
        let event: Value = serde_json::from_str(include_str!("../../../events/rotate.json")).unwrap();
        assert_eq!(event["Step"], "createSecret");
        assert_eq!(event["ClientRequestToken"], FIRST_ROTATION);
        assert!(event["SecretId"].as_str().unwrap().contains(&format!(":secret:{SIGNING_KEYS}-")));
    }
}
