//! Caches the [`App`] between requests, and refreshes its key ring.

use std::sync::Arc;

use domain::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::{App, Config, Failure, clock};

/// How long a key ring is used before it is read again. A new key is in use in every function after this time.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The app of a function. The first request starts it, so that initialization makes no calls.
pub struct AppCache {
    config: Arc<Config>,
    current: Mutex<Option<(Timestamp, Arc<App>)>>,
}

impl AppCache {
    /// A cache for the app of this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config: Arc::new(config), current: Mutex::new(None) }
    }

    /// The app, with a key ring that was read in the last few minutes, or an older one while the secret store is unavailable.
    ///
    /// # Errors
    /// [`Failure`] when the app was not started before and can't be started now.
    pub async fn app(&self) -> Result<Arc<App>, Failure> {
        let mut current = self.current.lock().await;
        let now = clock::now();
        if let Some((at, app)) = &*current
            && now < *at + FRESH_FOR
        {
            return Ok(app.clone());
        }
        let started = match &*current {
            None => App::start(&self.config, None).await?,
            Some((_, older)) => match older.with_fresh_keys().await {
                Ok(app) => app,
                Err(failure) => {
                    tracing::warn!(reason = failure.reason, "the key ring could not be read again");
                    return Ok(older.clone());
                }
            },
        };
        Ok(current.insert((now, Arc::new(started))).1.clone())
    }

    /// The configuration of the function.
    #[must_use]
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }
}
