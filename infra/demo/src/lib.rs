//! A demo government service: an OpenID Connect relying party for the local run and the tests.
//!
//! It signs residents in with the authorization code flow, and shows records that are made up and the claims that it
//! receives. Its pages look like those of a real service, under a banner that says that it is none.

mod cookies;
mod explanation;
mod failure;
mod http;
mod jwks;
mod key;
mod kind;
mod language;
mod memory;
mod pages;
mod parameters;
mod provider;
mod random;
mod refresh;
mod service;
mod session;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;
mod tokens;
mod verify;

use std::{fmt, sync::Arc};

use axum::{
    Router, middleware,
    routing::{get, post},
};
use domain::language::Language;
use jiff::Timestamp;

pub use crate::kind::Kind;
use crate::service::Service;

/// The settings of a demo service.
pub struct Setup {
    /// The service's origin, such as `http://localhost:4001`.
    pub origin: String,
    /// What the service is for.
    pub kind: Kind,
    /// The service's name.
    pub name: Bilingual,
    /// The address of its support contact.
    pub support: Bilingual,
    /// The base path of the stylesheet, fonts and images, which the caller serves at this origin.
    pub static_base: String,
    /// The provider's issuer, such as `http://localhost:4000`, without a trailing slash.
    pub issuer: String,
    /// The `http` origin at which the provider listens. It differs from the issuer when a proxy is in front of the
    /// provider: requests to the issuer's origin are sent here.
    pub reached_at: String,
    /// The client ID of the service.
    pub client_id: String,
    /// The client authentication.
    pub credentials: Credentials,
    /// The name of the browser cookie; the session cookie adds `-session`. Each service needs another name, because the
    /// ports of a host share cookies.
    pub cookie: &'static str,
    /// Returns the current time.
    pub now: fn() -> Timestamp,
}

/// A text in both languages.
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

impl Bilingual {
    pub(crate) fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::French => &self.fr,
        }
    }
}

/// The client authentication at the token endpoint.
pub enum Credentials {
    /// A shared secret (`client_secret_basic`).
    Secret(String),
    /// A key pair that is generated at the start; the public key is at `/jwks.json` (`private_key_jwt`, ES256).
    Key,
}

/// The reason why a service can't start.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(String);

impl SetupError {
    pub(crate) fn new(subject: &str, error: &impl fmt::Display) -> Self {
        Self(format!("{subject}: {error}"))
    }
}

/// The router of the service. The redirect URI is `/return`, the post-logout redirect URI is `/signed-out`, and the login
/// initiation URI is `/sign-in`.
///
/// # Errors
/// [`SetupError`] when an address is malformed, or no key pair can be generated.
pub fn router(setup: Setup) -> Result<Router, SetupError> {
    let service = Arc::new(Service::new(setup)?);
    Ok(Router::new()
        .route("/", get(pages::start))
        .route("/sign-in", get(sign_in::begin))
        .route("/return", get(sign_in::callback).post(sign_in::posted_callback))
        .route("/refresh", post(refresh::refresh))
        .route("/sign-out", get(sign_out::sign_out).post(sign_out::sign_out))
        .route("/signed-out", get(sign_out::signed_out))
        .route("/jwks.json", get(jwks::publish))
        .route("/demo.css", get(pages::stylesheet))
        .layer(middleware::from_fn_with_state(service.clone(), language::remember))
        .with_state(service))
}
