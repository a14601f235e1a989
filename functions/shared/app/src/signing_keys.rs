//! The keys that sign ID tokens and our own client assertions, and their public halves, read through a cache (RULES 9.5).

use std::sync::Arc;

use domain::SignedDuration;
use oidc::signing_keys::{PublicKeys, SigningKeyError, SigningKeyRing, SigningKeys};

use crate::{
    App, Failure,
    refreshed::{Ages, Refreshed, TooOld},
};

/// How long keys stay in use while the secret store is unavailable. A key is published a day before it signs, and long after
/// (RULES 9.5).
const AGES: Ages = Ages { used_for: SignedDuration::from_hours(24), then: TooOld::Useless };

impl App {
    /// Our signing keys. They are read again every five minutes, in the background (RULES 9.9).
    ///
    /// # Errors
    /// [`Failure`] when the function has none, or they can't be read and none are cached that are younger than a day.
    pub async fn signing_keys(&self) -> Result<Arc<SigningKeys>, Failure> {
        let parse = |json: &str| SigningKeyRing::parse(json).and_then(|ring| SigningKeys::new(&ring));
        self.kept_keys("signing", self.config.signing_keys_secret.as_ref(), parse).await
    }

    /// The public halves of our signing keys. They are read like [`App::signing_keys`].
    ///
    /// # Errors
    /// As for [`App::signing_keys`].
    pub async fn public_keys(&self) -> Result<Arc<PublicKeys>, Failure> {
        self.kept_keys("public", self.config.public_keys_secret.as_ref(), PublicKeys::parse).await
    }

    /// The keys in a secret. The function keeps one value of each type.
    async fn kept_keys<T: Send + Sync + 'static>(
        &self,
        what: &'static str,
        secret: Option<&String>,
        parse: impl FnOnce(&str) -> Result<T, SigningKeyError> + Send + 'static,
    ) -> Result<Arc<T>, Failure> {
        let secret =
            secret.cloned().ok_or_else(|| Failure::new(format!("the function has no {what} keys")))?;
        let (cache, app) = (self.cached::<Refreshed<T>>(), self.clone());
        let read = |_| async move {
            let keys = parse(&app.secret(&secret).await?);
            keys.map_err(|_| Failure::new(format!("the {what} keys are missing or malformed")))
        };
        cache.get(AGES, self.now(), read).await
    }
}
