//! The public keys of services that authenticate by `private_key_jwt`.

use std::sync::Arc;

use app::{App, TtlCache};
use domain::{
    SignedDuration,
    service::{Client, ClientId},
};
use jsonwebtoken::jwk::JwkSet;

use crate::fetch;

/// How old a service's keys get before they are fetched again.
const TTL: SignedDuration = SignedDuration::from_mins(10);

/// The shortest time between two fetches of a service's keys, whatever keys its assertions name.
const MIN_REFRESH_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// How long older keys stay in use while the service's key set is unavailable.
const STALE_TTL: SignedDuration = SignedDuration::from_hours(24);

#[derive(Default)]
struct ClientKeyCache {
    keys: TtlCache<ClientId, JwkSet>,
    /// When each key set was last fetched, with or without success: nobody can make us fetch it all the time.
    fetches: TtlCache<ClientId, ()>,
}

/// The public keys of a service: those of its registration, or those at its `jwks_uri`. `refresh` fetches the latter
/// again, unless that was done in the last 30 seconds; for assertions that name an unknown key. `None` when there are
/// none, or they are unavailable.
pub async fn client_keys(app: &App, client: &Client, refresh: bool) -> Option<Arc<JwkSet>> {
    let registration = &client.registration;
    if let Some(jwks) = &registration.jwks {
        return serde_json::from_value(jwks.clone()).ok().map(Arc::new);
    }
    let uri = registration.jwks_uri.as_deref()?;
    let (cache, now, id) = (app.cached::<ClientKeyCache>(), app.now(), &registration.client_id);
    let ttl = if refresh { MIN_REFRESH_INTERVAL } else { TTL };
    if let Some(keys) = cache.keys.get(id, ttl, now).await {
        return Some(keys);
    }
    if cache.fetches.get(id, MIN_REFRESH_INTERVAL, now).await.is_some() {
        return cache.keys.get(id, STALE_TTL, now).await;
    }
    cache.fetches.put(id.clone(), (), now).await;
    let fetched = match fetch(uri, app.config.outbound_loopback).await {
        Ok(json) => serde_json::from_slice(&json).map_err(|_| "not a set of keys"),
        Err(error) => Err(error.0),
    };
    match fetched {
        Ok(keys) => Some(cache.keys.put(id.clone(), keys, now).await),
        Err(reason) => {
            tracing::warn!(client = %id, reason, "a service's keys can't be fetched");
            cache.keys.get(id, STALE_TTL, now).await
        }
    }
}
