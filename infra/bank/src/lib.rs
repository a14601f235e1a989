//! A demo bank: the sign-in partner of the local run and the tests.
//!
//! An OpenID Connect provider that signs in fictitious residents. On request it produces each [`Fault`] that a relying
//! party must handle.

mod assertion;
mod authorize;
mod client_keys;
mod discovery;
mod failure;
mod fault;
mod fields;
mod id_token;
mod keys;
mod language;
mod memory;
mod messages;
mod pages;
mod recorder;
mod residents;
#[cfg(test)]
mod tests;
mod token;
mod trickle;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use url::Url;

use crate::{client_keys::ClientKeys, keys::Keys, memory::Memory};
pub use crate::{
    failure::Failure,
    fault::{Fault, Stage},
    keys::fresh_key,
    recorder::ReceivedRequest,
    residents::{RESIDENTS, Resident},
};

/// The settings of a bank, which has one client.
pub struct Options {
    /// The bank's origin, which is also its issuer, such as `http://localhost:4003`.
    pub issuer: String,
    /// The client ID of the client.
    pub client_id: String,
    /// The registered redirect URIs, compared character by character.
    pub redirect_uris: Vec<String>,
    /// The address of the client's public keys.
    pub client_jwks_uri: String,
    /// The `http` origin at which the client listens, when it differs from the one of `client_jwks_uri`.
    pub reached_at: Option<String>,
    /// The first signing key in PEM (PKCS #8), from [`Bank::key`] or [`fresh_key`]. `None`: it is generated when it is
    /// first needed, which takes seconds.
    pub key: Option<String>,
    /// Returns the current time.
    pub now: fn() -> Timestamp,
    /// Fills a buffer with random bytes. Keys are generated with the system's randomness instead.
    pub random: fn(&mut [u8]),
}

/// A bank. Clones share its state, which is in memory.
#[derive(Clone)]
pub struct Bank {
    inner: Arc<Inner>,
}

struct Inner {
    issuer: String,
    client_id: String,
    redirect_uris: Vec<String>,
    client_keys: ClientKeys,
    keys: Keys,
    memory: Memory,
    now: fn() -> Timestamp,
    random: fn(&mut [u8]),
}

impl Bank {
    /// Creates a bank.
    ///
    /// # Errors
    /// [`Failure`] when an address is malformed, or the key can't be parsed.
    pub fn new(options: Options) -> Result<Self, Failure> {
        failure::check_origin(&options.issuer)?;
        for uri in &options.redirect_uris {
            failure::check_url(uri)?;
        }
        let client_keys = ClientKeys::new(&options.client_jwks_uri, options.reached_at.as_deref())?;
        let inner = Inner {
            issuer: options.issuer,
            client_id: options.client_id,
            redirect_uris: options.redirect_uris,
            client_keys,
            keys: Keys::new(options.key.as_deref())?,
            memory: Memory::default(),
            now: options.now,
            random: options.random,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The pages and endpoints, to be served at the issuer.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(discovery::configuration))
            .route("/jwks", get(discovery::keys))
            .route("/", get(authorize::home))
            .route("/authorize", get(authorize::show).post(authorize::submit))
            .route("/token", post(token::exchange))
            .layer(middleware::from_fn_with_state(self.clone(), recorder::record))
            .with_state(self.clone())
    }

    /// Sets a fault for every sign-in and request. It overrides the fault that was selected on the page.
    pub fn fail_with(&self, fault: Option<Fault>) {
        self.inner.memory.fail_with(fault);
    }

    /// The last thousand requests to the bank, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedRequest> {
        self.inner.memory.received()
    }

    /// Clears [`Bank::received`].
    pub fn clear_received(&self) {
        self.inner.memory.clear_received();
    }

    /// The signing key in PEM; `None` until it is first needed.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        self.inner.keys.pem()
    }

    /// Replaces the signing key. The old one is no longer published.
    ///
    /// # Errors
    /// [`Failure`] when the system has no randomness.
    pub async fn rotate_keys(&self) -> Result<(), Failure> {
        self.inner.keys.rotate().await
    }

    fn now(&self) -> Timestamp {
        (self.inner.now)()
    }

    /// 256 random bits in base64url.
    fn secret(&self) -> String {
        let mut bytes = [0; 32];
        (self.inner.random)(&mut bytes);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The address of a path.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.inner.issuer)
    }

    /// The origin of the client's pages, to which residents return.
    fn client_origin(&self) -> String {
        let uri = self.inner.redirect_uris.first().and_then(|uri| Url::parse(uri).ok());
        uri.map_or_else(String::new, |uri| uri.origin().ascii_serialization())
    }

    /// The fault of a sign-in for which `selected` was selected.
    fn fault(&self, selected: Option<Fault>) -> Option<Fault> {
        self.inner.memory.standing().or(selected)
    }
}
