//! The keys that sign ID tokens and our own client assertions, read through a cache (RULES 9.5).

use std::sync::Arc;

use domain::SignedDuration;
use oidc::signing_keys::{SigningKeyRing, SigningKeys};

use crate::{App, Failure, TtlCache};

/// How old the keys get before they are read again. A key is published a day before it signs, so a few minutes are soon
/// enough (RULES 9.5).
const TTL: SignedDuration = SignedDuration::from_mins(5);

/// How long older keys stay in use while the secret store is unavailable.
const STALE_TTL: SignedDuration = SignedDuration::from_hours(24);

#[derive(Default)]
struct SigningKeyCache(TtlCache<(), SigningKeys>);

impl App {
    /// Our signing keys, not older than five minutes, or than a day while newer ones can't be read.
    ///
    /// # Errors
    /// [`Failure`] when the keys can't be read and none are cached.
    pub async fn signing_keys(&self) -> Result<Arc<SigningKeys>, Failure> {
        let (cache, now) = (self.cached::<SigningKeyCache>(), self.now());
        if let Some(keys) = cache.0.get(&(), TTL, now).await {
            return Ok(keys);
        }
        match self.read_signing_keys().await {
            Ok(keys) => Ok(cache.0.put((), keys, now).await),
            Err(failure) => match cache.0.get(&(), STALE_TTL, now).await {
                Some(stale) => {
                    tracing::warn!(reason = failure.reason, "the signing keys could not be read again");
                    Ok(stale)
                }
                None => Err(failure),
            },
        }
    }

    async fn read_signing_keys(&self) -> Result<SigningKeys, Failure> {
        let json = self.secret(&self.config.signing_keys_secret).await?;
        let keys = SigningKeyRing::parse(&json).and_then(|ring| SigningKeys::new(&ring));
        keys.map_err(|_| Failure::new("the signing keys are missing or malformed"))
    }
}
