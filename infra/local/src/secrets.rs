//! Secrets Manager: the keys of each purpose, the signing keys and the origin secret with their rotations, and the account of
//! the synthetic resident.
//!
//! After a deployment the first rotation is due immediately. Here it is deferred until a function reads the signing keys,
//! because generating them takes seconds.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use data_encoding::BASE64;
use domain::{Timestamp, keys::KeyPurpose};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    failure::{Context, Failure},
    rotation::{ApiError, Secret},
};

mod rotating;

use rotating::Rotating;

/// The name of the secret that holds the signing keys.
pub const SIGNING_KEYS: &str = "signing-keys";

/// The name of the secret that holds their public halves.
pub(crate) const PUBLIC_KEYS: &str = "public-keys";

/// The name of the secret that proves that a request came through `CloudFront`.
pub const ORIGIN_SECRET: &str = "origin-secret";

/// The name of the secret that holds the account of the synthetic resident.
pub const CANARY_ACCOUNT: &str = "canary-account";

/// The first version of each secret.
const FIRST_VERSION: &str = "00000000-0000-0000-0000-000000000001";

/// The version that the first rotation of the signing keys creates; `events/rotate.json` is its first step.
const FIRST_ROTATION: &str = "c1a5e0de-7b1f-4c59-9d0e-2f6b8a3d4e71";

/// The version that the first rotation of the origin secret creates, as in `events/rotate_origin.json`.
const FIRST_ORIGIN_ROTATION: &str = "5e0c2b8a-3f5d-4c0e-9a41-7d6c1e2b9f03";

/// The first value of the origin secret, which the events in `events` have. Only the stand-in's `CloudFront` sends requests.
const FIRST_ORIGIN_VALUE: &str = "the-front-of-the-local-run-until-it-rotates";

/// The stand-in for Secrets Manager.
pub struct Secrets {
    inner: Mutex<Inner>,
    signing_keys: Rotating,
    origin_secret: Rotating,
}

struct Inner {
    keys: BTreeMap<KeyPurpose, Secret>,
    signing_keys: Secret,
    public_keys: Secret,
    origin_secret: Secret,
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
        let mut origin_secret = Secret::new(FIRST_VERSION, json!({ "current": FIRST_ORIGIN_VALUE }));
        origin_secret.begin(|| FIRST_ORIGIN_ROTATION.to_owned());
        let canary_account = Secret::new(FIRST_VERSION, Value::Null);
        let inner = Inner { keys, signing_keys, public_keys, origin_secret, canary_account, failing: None };
        let (signing_keys, origin_secret) = Default::default();
        Ok(Self { inner: Mutex::new(inner), signing_keys, origin_secret })
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

    /// The values of the origin secret.
    #[must_use]
    pub fn origin_secret(&self) -> Value {
        self.lock().origin_secret.value()
    }

    /// Replaces the origin secret.
    pub fn replace_origin_secret(&self, values: Value) {
        self.lock().origin_secret = Secret::new(FIRST_VERSION, values);
    }

    /// All versions of the signing keys and of their public halves, with the state of their rotation.
    #[must_use]
    pub fn signing_keys(&self) -> Value {
        let inner = self.lock();
        let (signing_keys, public_keys) = (inner.signing_keys.clone(), inner.public_keys.clone());
        json!(SavedSigningKeys { signing_keys, public_keys })
    }

    /// Makes every call fail with this status until it is set to `None`.
    pub fn fail_with(&self, status: Option<u16>) {
        self.lock().failing = status;
    }

    fn call(&self, operation: &str, request: &Value) -> Result<Value, ApiError> {
        let found = FoundSecret::of(&request["SecretId"]).ok_or(ApiError("ResourceNotFoundException"))?;
        let mut inner = self.lock();
        let mut answer = match found {
            FoundSecret::SigningKeys => inner.signing_keys.answer(operation, request)?,
            FoundSecret::PublicKeys => inner.public_keys.answer(operation, request)?,
            FoundSecret::OriginSecret => inner.origin_secret.answer(operation, request)?,
            FoundSecret::CanaryAccount => inner.canary_account.answer(operation, request)?,
            FoundSecret::Keys(purpose) => {
                let secret = inner.keys.get_mut(&purpose).ok_or(ApiError("ResourceNotFoundException"))?;
                secret.answer(operation, request)?
            }
        };
        answer["ARN"] = arn(&found.name()).into();
        answer["Name"] = found.name().into();
        if operation == "DescribeSecret" {
            answer["RotationEnabled"] = inner.rotated(found).is_some().into();
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

/// The value that [`Secrets::replace_signing_keys`] takes, of keys that a first rotation has made.
///
/// # Errors
/// [`ApiError`] when the public keys are no JSON.
pub(crate) fn rotated_once(ring: &Value, public: &str, now: Timestamp) -> Result<Value, ApiError> {
    let (mut signing_keys, mut public_keys) = (unrotated(), Secret::new(FIRST_VERSION, json!({})));
    let version = |stage: &str, value: &str| json!({ "ClientRequestToken": FIRST_ROTATION, "VersionStages": [stage], "SecretString": value });
    signing_keys.answer("PutSecretValue", &version("AWSPENDING", &ring.to_string()))?;
    public_keys.answer("PutSecretValue", &version("AWSCURRENT", public))?;
    let finish = json!({
        "VersionStage": "AWSCURRENT", "RemoveFromVersionId": FIRST_VERSION, "MoveToVersionId": FIRST_ROTATION,
    });
    signing_keys.answer("UpdateSecretVersionStage", &finish)?;
    signing_keys.end(FIRST_ROTATION, now);
    Ok(json!(SavedSigningKeys { signing_keys, public_keys }))
}

/// A secret that a call identifies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FoundSecret {
    Keys(KeyPurpose),
    SigningKeys,
    PublicKeys,
    OriginSecret,
    CanaryAccount,
}

impl FoundSecret {
    /// The secret with this name or ARN.
    fn of(id: &Value) -> Option<Self> {
        let mut all = KeyPurpose::ALL.into_iter().map(Self::Keys).chain([
            Self::SigningKeys,
            Self::PublicKeys,
            Self::OriginSecret,
            Self::CanaryAccount,
        ]);
        all.find(|secret| *id == secret.name() || *id == arn(&secret.name()))
    }

    fn name(self) -> String {
        match self {
            Self::Keys(purpose) => key_secret(purpose),
            Self::SigningKeys => SIGNING_KEYS.to_owned(),
            Self::PublicKeys => PUBLIC_KEYS.to_owned(),
            Self::OriginSecret => ORIGIN_SECRET.to_owned(),
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
mod tests;
