//! Secrets Manager's `GetSecretValue`, with one secret: the key ring.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::failure::{Failure, While};

/// The name of the secret that holds the key ring.
pub const KEY_RING: &str = "key-ring";

/// The keys of the ring.
const KEYS: [&str; 5] = ["lookup", "seal", "password", "link", "form"];

/// The secret store.
pub struct Secrets(Mutex<Inner>);

struct Inner {
    key_ring: Value,
    failing: Option<u16>,
}

impl Secrets {
    /// With the key ring of an earlier run.
    #[must_use]
    pub fn with_key_ring(key_ring: Value) -> Self {
        Self(Mutex::new(Inner { key_ring, failing: None }))
    }

    /// With a key ring of fresh random keys, each in its first version.
    ///
    /// # Errors
    /// [`Failure`] when the system has no randomness.
    pub fn with_fresh_keys() -> Result<Self, Failure> {
        let keys = KEYS
            .into_iter()
            .map(|name| Ok((name.to_owned(), json!({ "current": 1, "keys": { "1": fresh_key()? } }))));
        Ok(Self::with_key_ring(Value::Object(keys.collect::<Result<_, Failure>>()?)))
    }

    /// The key ring, as the secret holds it.
    #[must_use]
    pub fn key_ring(&self) -> Value {
        self.lock().key_ring.clone()
    }

    /// Puts another key ring in its place; an app that is running keeps the one it has read.
    pub fn replace_key_ring(&self, key_ring: Value) {
        self.lock().key_ring = key_ring;
    }

    /// From now on every call is answered with this status; with `None` it works again.
    pub fn fail_with(&self, status: Option<u16>) {
        self.lock().failing = status;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A random 256-bit key in base64, as the key ring holds it.
///
/// # Errors
/// [`Failure`] when the system has no randomness.
pub fn fresh_key() -> Result<String, Failure> {
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).while_("making keys")?;
    Ok(BASE64.encode(&key))
}

/// The endpoint.
pub(crate) fn router(secrets: Arc<Secrets>) -> Router {
    Router::new().route("/", post(answer)).with_state(secrets)
}

async fn answer(State(secrets): State<Arc<Secrets>>, headers: HeaderMap, body: String) -> Response {
    let inner = secrets.lock();
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    match (inner.failing, target, request["SecretId"].as_str()) {
        (Some(status), ..) => error(status, "InternalServiceError"),
        (None, Some("secretsmanager.GetSecretValue"), Some(KEY_RING)) => {
            Json(found(&inner.key_ring)).into_response()
        }
        (None, Some("secretsmanager.GetSecretValue"), _) => error(400, "ResourceNotFoundException"),
        _ => error(400, "UnknownOperationException"),
    }
}

fn found(key_ring: &Value) -> Value {
    json!({
        "ARN": format!("arn:aws:secretsmanager:ca-central-1:000000000000:secret:{KEY_RING}"),
        "Name": KEY_RING,
        "SecretString": key_ring.to_string(),
        "VersionId": "00000000-0000-0000-0000-000000000001",
        "VersionStages": ["AWSCURRENT"],
    })
}

fn error(status: u16, kind: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "__type": kind, "Message": "The stand-in can't answer this." }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fresh_key_ring_is_one_the_domain_reads() {
        let secrets = Secrets::with_fresh_keys().unwrap();
        assert!(domain::keys::KeyRing::parse(&secrets.key_ring().to_string()).is_ok());
    }
}
