//! Keeps the [`App`] between requests, and its key ring fresh.

use std::sync::Arc;

use domain::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::{App, Config, Failure, clock};

/// How old a key ring gets before it is read again: a new key is in use everywhere after this long.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The app of a function, started by the first request so that initialization reaches out to nothing.
pub struct AppCache {
    config: Arc<Config>,
    current: Mutex<Option<(Timestamp, Arc<App>)>>,
}

impl AppCache {
    /// Keeps the app of this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config: Arc::new(config), current: Mutex::new(None) }
    }

    /// The app, with a key ring of the last few minutes; with an older one while a newer can't be had.
    ///
    /// # Errors
    /// [`Failure`] when there is none yet and it can't be started.
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

    /// How the deployment is configured.
    #[must_use]
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }
}
