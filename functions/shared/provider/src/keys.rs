//! Our signing keys, and the services' public keys.

use std::sync::Arc;

use app::{App, Failure};
use domain::{
    SignedDuration,
    service::{Client, ClientId},
};
use jsonwebtoken::jwk::JwkSet;
use oidc::keys::{Ring, SigningKeys};

use crate::{cached::Cached, fetch};

/// How old our keys get before they are read again. A key is published for a day before it signs, so that this is soon
/// enough (RULES 9.5).
const OURS_FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// How old a service's keys get before they are read again.
const THEIRS_FRESH_FOR: SignedDuration = SignedDuration::from_mins(10);

/// How often a service's keys are read at most, whatever keys its assertions name.
const THEIRS_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// How long older keys serve while newer ones can't be had.
const STALE_FOR: SignedDuration = SignedDuration::from_hours(24);

#[derive(Default)]
struct Ours(Cached<(), SigningKeys>);

#[derive(Default)]
struct Theirs {
    had: Cached<ClientId, JwkSet>,
    /// When they were last asked for, whatever came of it: nobody makes us ask a service all the time.
    asked: Cached<ClientId, ()>,
}

/// Our signing keys; older ones while they can't be read again.
///
/// # Errors
/// [`Failure`] when there are none yet and they can't be read.
pub async fn signing_keys(app: &App) -> Result<Arc<SigningKeys>, Failure> {
    let (cached, now) = (app.cached::<Ours>(), app.now());
    if let Some(keys) = cached.0.get(&(), OURS_FRESH_FOR, now).await {
        return Ok(keys);
    }
    match read(app).await {
        Ok(keys) => Ok(cached.0.put((), keys, now).await),
        Err(failure) => match cached.0.get(&(), STALE_FOR, now).await {
            Some(older) => {
                tracing::warn!(reason = failure.reason, "the signing keys could not be read again");
                Ok(older)
            }
            None => Err(failure),
        },
    }
}

async fn read(app: &App) -> Result<SigningKeys, Failure> {
    let text = app.secret(&app.config.signing_keys_secret).await?;
    let ring = Ring::parse(&text).and_then(|ring| SigningKeys::new(&ring));
    ring.map_err(|_| Failure::new("the signing keys are missing or malformed"))
}

/// A service's public keys; `newer` when those that were had before are not enough. `None` when they can't be had.
pub async fn service_keys(app: &App, client: &Client, newer: bool) -> Option<Arc<JwkSet>> {
    let registration = &client.registration;
    if let Some(jwks) = &registration.jwks {
        return serde_json::from_value(jwks.clone()).ok().map(Arc::new);
    }
    let uri = registration.jwks_uri.as_deref()?;
    let (cached, now, id) = (app.cached::<Theirs>(), app.now(), &registration.client_id);
    let fresh_for = if newer { THEIRS_AT_MOST_EVERY } else { THEIRS_FRESH_FOR };
    if let Some(keys) = cached.had.get(id, fresh_for, now).await {
        return Some(keys);
    }
    if cached.asked.get(id, THEIRS_AT_MOST_EVERY, now).await.is_some() {
        return cached.had.get(id, STALE_FOR, now).await;
    }
    cached.asked.put(id.clone(), (), now).await;
    let fetched = match fetch(uri, app.config.outbound_loopback).await {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| "not a set of keys"),
        Err(unreachable) => Err(unreachable.0),
    };
    match fetched {
        Ok(keys) => Some(cached.had.put(id.clone(), keys, now).await),
        Err(reason) => {
            tracing::warn!(client = %id, reason, "a service's keys can't be had");
            cached.had.get(id, STALE_FOR, now).await
        }
    }
}
