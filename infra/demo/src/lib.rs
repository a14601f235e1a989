//! A demo government service: an OpenID Connect relying party with a few pages, for the local run and the tests.
//! It signs residents in by the authorization code flow and shows what it was told of them.

mod asked;
mod calls;
mod cookies;
mod failure;
mod key;
mod memory;
mod pages;
mod provider;
mod random;
mod refresh;
mod service;
mod session;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod stories;
mod tokens;
mod verify;

use std::{fmt, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
};
use jiff::Timestamp;

use crate::service::Service;

/// How a demo service is set up.
pub struct Setup {
    /// Its own origin, such as `http://localhost:4001`.
    pub origin: String,
    /// What its pages call it.
    pub names: Names,
    /// The provider's issuer, such as `http://localhost:4000`, without a slash at its end.
    pub issuer: String,
    /// Where the provider answers to this service's own calls: an `http` origin, usually the issuer's. Behind a
    /// proxy the two differ, and whatever the provider says is at the issuer's origin is called here.
    pub reached_at: String,
    /// What the service is called at the provider.
    pub client_id: String,
    /// How it proves at the token endpoint who it is.
    pub credentials: Credentials,
    /// Its cookies' name: one of its own for each service, since ports of one host share their cookies. The
    /// session's cookie has this name with `-session` after it.
    pub cookie: &'static str,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// A service's name in both languages.
pub struct Names {
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

/// How a service proves at the token endpoint who it is.
pub enum Credentials {
    /// By a secret that it shares with the provider (`client_secret_basic`).
    Secret(String),
    /// By a key pair made at start, whose public half is at `/jwks.json` (`private_key_jwt`, ES256).
    Key,
}

/// Why a setup can't become a service.
#[derive(Debug)]
pub struct Unusable(String);

impl Unusable {
    pub(crate) fn new(what: &str, error: &impl fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// The service's pages. The redirect URI is `/return`, the one after signing out `/signed-out`, the login initiation
/// endpoint `/sign-in`.
///
/// # Errors
/// An address that is none, or no key pair could be made.
pub fn router(setup: Setup) -> Result<Router, Unusable> {
    let service = Arc::new(Service::new(setup)?);
    Ok(Router::new()
        .route("/", get(pages::start))
        .route("/sign-in", get(sign_in::begin))
        .route("/return", get(sign_in::come_back))
        .route("/refresh", post(refresh::refresh))
        .route("/sign-out", get(sign_out::sign_out).post(sign_out::sign_out))
        .route("/signed-out", get(sign_out::signed_out))
        .route("/jwks.json", get(key::publish))
        .with_state(service))
}
