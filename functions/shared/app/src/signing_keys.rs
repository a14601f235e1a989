//! The keys that sign ID tokens and our own client assertions, read through a cache (RULES 9.5).

use std::sync::Arc;

use domain::SignedDuration;
use oidc::signing_keys::{SigningKeyRing, SigningKeys};

use crate::{
    App, Failure,
    refreshed::{Ages, Refreshed, TooOld},
};

/// How long keys stay in use while the secret store is unavailable. A key is published a day before it signs, and long after
/// (RULES 9.5).
const AGES: Ages = Ages { used_for: SignedDuration::from_hours(24), then: TooOld::Useless };

#[derive(Default)]
struct SigningKeyCache(Refreshed<SigningKeys>);

impl App {
    /// Our signing keys. They are read again every five minutes, in the background (RULES 9.9).
    ///
    /// # Errors
    /// [`Failure`] when the keys can't be read and none are cached that are younger than a day.
    pub async fn signing_keys(&self) -> Result<Arc<SigningKeys>, Failure> {
        let (cache, app) = (self.cached::<SigningKeyCache>(), self.clone());
        cache.0.get(AGES, self.now(), |_| async move { app.read_signing_keys().await }).await
    }

    async fn read_signing_keys(&self) -> Result<SigningKeys, Failure> {
        let json = self.secret(&self.config.signing_keys_secret).await?;
        let keys = SigningKeyRing::parse(&json).and_then(|ring| SigningKeys::new(&ring));
        keys.map_err(|_| Failure::new("the signing keys are missing or malformed"))
    }
}
