//! Caches the [`App`] between requests, and refreshes its key ring in the background (RULES 9.9).

use std::{pin::Pin, sync::Arc};

use domain::SignedDuration;

use crate::{
    App, Config, Failure, clock,
    refreshed::{Ages, Refreshed, TooOld},
};

/// Until this age, a request uses the key ring without waiting. A function that was idle for longer asks for the newer one
/// first: a key that came into use meanwhile may be missing in its ring.
const AGES: Ages = Ages { used_for: SignedDuration::from_hours(1), then: TooOld::Usable };

/// The app of a function. The first request starts it, so that initialization makes no calls.
pub struct AppCache {
    config: Arc<Config>,
    app: Refreshed<App>,
}

impl AppCache {
    /// A cache for the app of this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config: Arc::new(config), app: Refreshed::default() }
    }

    /// The app, with a key ring that was read in the last few minutes, or an older one while a newer one is being read or
    /// can't be.
    ///
    /// # Errors
    /// [`Failure`] when the app was not started before and can't be started now.
    pub async fn app(&self) -> Result<Arc<App>, Failure> {
        let config = self.config.clone();
        let read = |older: Option<Arc<App>>| async move {
            match older {
                Some(older) => older.with_fresh_keys().await,
                None => App::start(&config, None).await,
            }
        };
        // Boxed: starting the clients takes a future of many kilobytes, which most requests don't need.
        let app: Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(self.app.get(AGES, clock::now(), read));
        app.await
    }

    /// The configuration of the function.
    #[must_use]
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }
}
