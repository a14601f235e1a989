//! The secret by which requests through `CloudFront` are recognized, read through a cache (RULES 9.10).

use std::{pin::Pin, sync::Arc};

use aws_sdk_secretsmanager::Client;
use domain::{SignedDuration, Timestamp, origin_secret::OriginSecret};

use crate::{
    Access, App, Config, Failure, clients, clock,
    refreshed::{Ages, Refreshed, TooOld},
};

/// How long requests use the secret without waiting. While it can't be read, the function continues with an older one, whose
/// values may still be sent.
const AGES: Ages = Ages { used_for: SignedDuration::from_hours(1), then: TooOld::Usable };

impl App {
    /// The origin secret; none when the function has none, or when requests may reach it directly. It is read again every
    /// five minutes, in the background (RULES 9.9).
    ///
    /// # Errors
    /// [`Failure`] when it can't be read and none is cached.
    pub async fn origin_secret(&self) -> Result<Option<Arc<OriginSecret>>, Failure> {
        if name(&self.config).is_none() {
            return Ok(None);
        }
        let config = self.config.clone();
        let read = |_| async move {
            let read = read(&clients::secrets_client(&config)?, &config).await?;
            read.map(|read| read.secret).ok_or_else(|| Failure::new("the function has no origin secret"))
        };
        // Boxed: reading takes a future of many kilobytes, which most requests don't need.
        let cache = self.cached::<Refreshed<OriginSecret>>();
        let secret: Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(cache.get(AGES, self.now(), read));
        secret.await.map(Some)
    }

    /// Caches the secret that was read with the keys.
    pub(crate) fn keep_origin_secret(&self, read: Option<ReadSecret>) {
        if let Some(ReadSecret { secret, asked_at }) = read {
            self.cached::<Refreshed<OriginSecret>>().keep(secret, asked_at);
        }
    }
}

/// The secret, and when it was asked for.
pub(crate) struct ReadSecret {
    secret: OriginSecret,
    asked_at: Timestamp,
}

/// Reads the secret; none when the configuration names none.
pub(crate) async fn read(client: &Client, config: &Config) -> Result<Option<ReadSecret>, Failure> {
    let Some(name) = name(config) else { return Ok(None) };
    let asked_at = clock::now();
    let secret = OriginSecret::parse(&clients::value_of(client, name).await?);
    let secret = secret.map_err(|error| Failure::new(error.to_string()))?;
    Ok(Some(ReadSecret { secret, asked_at }))
}

fn name(config: &Config) -> Option<&str> {
    config.origin_secret.as_deref().filter(|_| config.access == Access::CloudFront)
}
