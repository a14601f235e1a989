//! A demo bank: the OpenID Connect provider that plays the sign-in partner in the local run and the tests.
//! It signs made-up residents in, and on request does each thing that a relying party must survive.

mod assertion;
mod authorize;
mod calls;
mod discovery;
mod failure;
mod fault;
mod fields;
mod id_token;
mod keys;
mod language;
mod memory;
mod pages;
mod residents;
mod seen;
#[cfg(test)]
mod stories;
mod token;
mod words;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;

use crate::{calls::Calls, keys::Keys, memory::Memory};
pub use crate::{
    failure::Failure,
    fault::{Fault, Stage, UnknownFault},
    keys::fresh_key,
    residents::{RESIDENTS, Resident},
    seen::Seen,
};

/// How a bank is set up. It has one client.
pub struct Options {
    /// Its own origin, which is its issuer, such as `http://localhost:4003`.
    pub issuer: String,
    /// What its client is called.
    pub client_id: String,
    /// Where residents may be sent back to, each compared character by character.
    pub redirect_uris: Vec<String>,
    /// Where the client publishes the keys that its assertions are verified by.
    pub client_jwks_uri: String,
    /// The `http` origin where the client answers, when it isn't the one of `client_jwks_uri`.
    pub reached_at: Option<String>,
    /// The first signing key in PEM (PKCS #8), as [`Bank::key`] or [`fresh_key`] gave it. Without one it is made when
    /// it is first needed, which takes a while.
    pub key: Option<String>,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Fills bytes with random ones. Keys alone are made from the system's own randomness.
    pub random: fn(&mut [u8]),
}

/// A bank. Its clones are the same bank; what it knows is in memory.
#[derive(Clone)]
pub struct Bank {
    inner: Arc<Inner>,
}

struct Inner {
    issuer: String,
    client_id: String,
    redirect_uris: Vec<String>,
    calls: Calls,
    keys: Keys,
    memory: Memory,
    now: fn() -> Timestamp,
    random: fn(&mut [u8]),
}

impl Bank {
    /// Opens a bank.
    ///
    /// # Errors
    /// [`Failure`] when an address is none, or the key can't be read.
    pub fn new(options: Options) -> Result<Self, Failure> {
        Failure::unless_origin(&options.issuer)?;
        for uri in &options.redirect_uris {
            Failure::unless_url(uri)?;
        }
        let calls = Calls::new(&options.client_jwks_uri, options.reached_at.as_deref())?;
        let inner = Inner {
            issuer: options.issuer,
            client_id: options.client_id,
            redirect_uris: options.redirect_uris,
            calls,
            keys: Keys::new(options.key.as_deref())?,
            memory: Memory::default(),
            now: options.now,
            random: options.random,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Its pages and endpoints, to be served at the issuer.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(discovery::configuration))
            .route("/jwks", get(discovery::keys))
            .route("/authorize", get(authorize::ask).post(authorize::choose))
            .route("/token", post(token::exchange))
            .layer(middleware::from_fn_with_state(self.clone(), seen::record))
            .with_state(self.clone())
    }

    /// Makes this go wrong in every sign-in and request, whatever was chosen on the page, until something else is
    /// said here.
    pub fn fail_with(&self, fault: Option<Fault>) {
        self.inner.memory.fail_with(fault);
    }

    /// The latest thousand requests that reached the bank, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.inner.memory.seen()
    }

    /// Begins [`Bank::seen`] anew.
    pub fn forget_seen(&self) {
        self.inner.memory.forget_seen();
    }

    /// The key that signs now, in PEM, once it has been needed.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        self.inner.keys.pem()
    }

    /// Signs by a new key from now on. The old one is published no longer.
    ///
    /// # Errors
    /// [`Failure`] when the system has no randomness.
    pub async fn rotate_keys(&self) -> Result<(), Failure> {
        self.inner.keys.rotate().await
    }

    fn now(&self) -> Timestamp {
        (self.inner.now)()
    }

    /// 256 random bits that fit in a URL.
    fn secret(&self) -> String {
        let mut bytes = [0; 32];
        (self.inner.random)(&mut bytes);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The address of an own path.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.inner.issuer)
    }

    /// What goes wrong in a sign-in for which this was chosen.
    fn fault(&self, chosen: Option<Fault>) -> Option<Fault> {
        self.inner.memory.standing().or(chosen)
    }
}
