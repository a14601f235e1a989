//! The keys that sign ID tokens and our own client assertions, and their public halves, read through a cache (RULES 9.5).

use std::sync::Arc;

use domain::SignedDuration;
use oidc::signing_keys::{PublicKeys, SigningKeyRing, SigningKeys};

use crate::{
    App, Failure,
    refreshed::{Ages, Refreshed, TooOld},
};

/// How long keys stay in use while the secret store is unavailable. A key is published a day before it signs, and long after
/// (RULES 9.5).
const AGES: Ages = Ages { used_for: SignedDuration::from_hours(24), then: TooOld::Useless };

#[derive(Default)]
struct SigningKeyCache(Refreshed<SigningKeys>);

#[derive(Default)]
struct PublicKeyCache(Refreshed<PublicKeys>);

impl App {
    /// Our signing keys. They are read again every five minutes, in the background (RULES 9.9).
    ///
    /// # Errors
    /// [`Failure`] when the function has none, or they can't be read and none are cached that are younger than a day.
    pub async fn signing_keys(&self) -> Result<Arc<SigningKeys>, Failure> {
        let name = self.config.signing_keys_secret.clone();
        let name = name.ok_or_else(|| Failure::new("the function has no signing keys"))?;
        let (cache, app) = (self.cached::<SigningKeyCache>(), self.clone());
        let read = |_| async move {
            let json = app.secret(&name).await?;
            let keys = SigningKeyRing::parse(&json).and_then(|ring| SigningKeys::new(&ring));
            keys.map_err(|_| Failure::new("the signing keys are missing or malformed"))
        };
        cache.0.get(AGES, self.now(), read).await
    }

    /// The public halves of our signing keys. They are read like [`App::signing_keys`].
    ///
    /// # Errors
    /// As for [`App::signing_keys`].
    pub async fn public_keys(&self) -> Result<Arc<PublicKeys>, Failure> {
        let name = self.config.public_keys_secret.clone();
        let name = name.ok_or_else(|| Failure::new("the function has no public keys"))?;
        let (cache, app) = (self.cached::<PublicKeyCache>(), self.clone());
        let read = |_| async move {
            let keys = PublicKeys::parse(&app.secret(&name).await?);
            keys.map_err(|_| Failure::new("the public keys are missing or malformed"))
        };
        cache.0.get(AGES, self.now(), read).await
    }
}
