//! The rotations of the signing keys and of the origin secret.

use std::sync::OnceLock;

use data_encoding::HEXLOWER;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Mutex as AsyncMutex;

use super::{FoundSecret, Inner, Secrets, arn};
use crate::{
    failure::Failure,
    rotation::{self, Rotator, STEPS, Secret},
};

/// The rotations of a secret.
#[derive(Default)]
pub(super) struct Rotating {
    pub(super) rotator: OnceLock<Rotator>,
    /// Serializes rotations.
    pub(super) running: AsyncMutex<()>,
}

impl Secrets {
    /// Sets the function that rotates the signing keys. Only the first call has an effect.
    pub fn rotate_by(
        &self,
        rotator: impl Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) {
        let _ = self.signing_keys.rotator.set(Box::new(rotator));
    }

    /// Sets the function that rotates the origin secret. Only the first call has an effect.
    pub fn rotate_origin_by(
        &self,
        rotator: impl Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) {
        let _ = self.origin_secret.rotator.set(Box::new(rotator));
    }

    /// Rotates the signing keys, or resumes a failed rotation.
    ///
    /// # Errors
    /// [`Failure`] when a step fails.
    pub async fn rotate(&self) -> Result<(), Failure> {
        let _guard = self.signing_keys.running.lock().await;
        self.run_steps(FoundSecret::SigningKeys, &self.signing_keys).await
    }

    /// Rotates the origin secret, or resumes a failed rotation.
    ///
    /// # Errors
    /// [`Failure`] when a step fails.
    pub async fn rotate_origin(&self) -> Result<(), Failure> {
        let _guard = self.origin_secret.running.lock().await;
        self.run_steps(FoundSecret::OriginSecret, &self.origin_secret).await
    }

    /// Begins a rotation of the origin secret, or resumes an unfinished one. Returns the version that its steps make.
    pub fn begin_origin_rotation(&self) -> String {
        self.begin(FoundSecret::OriginSecret)
    }

    /// Takes one of the [`STEPS`] of a rotation of the origin secret.
    ///
    /// # Errors
    /// [`Failure`] when it fails.
    pub async fn take_origin_step(&self, version: &str, step: &'static str) -> Result<(), Failure> {
        self.run_step(FoundSecret::OriginSecret, &self.origin_secret, version, step).await
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

    /// Rotates the origin secret when the last rotation is older than `every`, or when there was none.
    pub async fn origin_falls_due(&self, now: Timestamp, every: SignedDuration) {
        let rotated_at = self.lock().origin_secret.rotated_at();
        if rotated_at.is_none_or(|at| now.duration_since(at) >= every)
            && let Err(failure) = self.rotate_origin().await
        {
            tracing::warn!(%failure, "the origin secret could not be rotated");
        }
    }

    /// Creates the first signing keys; concurrent callers wait for them.
    pub(super) async fn make_first_keys(&self) {
        let _guard = self.signing_keys.running.lock().await;
        if self.lacks_keys()
            && let Err(failure) = self.run_steps(FoundSecret::SigningKeys, &self.signing_keys).await
        {
            tracing::warn!(%failure, "the first signing keys could not be created");
        }
    }

    pub(super) fn lacks_keys(&self) -> bool {
        self.signing_keys.rotator.get().is_some() && self.lock().signing_keys.rotated_at().is_none()
    }

    async fn run_steps(&self, secret: FoundSecret, rotating: &Rotating) -> Result<(), Failure> {
        let version = self.begin(secret);
        for step in STEPS {
            self.run_step(secret, rotating, &version, step).await?;
        }
        let mut inner = self.lock();
        let is_done = inner.rotated(secret).is_some_and(|rotated| rotated.end(&version, app::clock::now()));
        if is_done { Ok(()) } else { Err(Failure::new("the last step did not change the current version")) }
    }

    /// Begins a rotation, or resumes an unfinished one; returns its version.
    fn begin(&self, secret: FoundSecret) -> String {
        let fresh = || HEXLOWER.encode(&app::random::<16>());
        self.lock().rotated(secret).map(|rotated| rotated.begin(fresh)).unwrap_or_default()
    }

    async fn run_step(
        &self,
        secret: FoundSecret,
        rotating: &Rotating,
        version: &str,
        step: &'static str,
    ) -> Result<(), Failure> {
        let rotator = rotating.rotator.get().ok_or_else(|| Failure::new("no function rotates the secret"))?;
        rotation::run_step(rotator, &arn(&secret.name()), version, step).await
    }
}

impl Inner {
    /// The secret, if it is one that a function rotates.
    pub(super) fn rotated(&mut self, secret: FoundSecret) -> Option<&mut Secret> {
        match secret {
            FoundSecret::SigningKeys => Some(&mut self.signing_keys),
            FoundSecret::OriginSecret => Some(&mut self.origin_secret),
            FoundSecret::Keys(_) | FoundSecret::PublicKeys | FoundSecret::CanaryAccount => None,
        }
    }
}
