//! Checks a deployment from outside, as browsers and services use it (RULES 9.12).
//!
//! Two programs run the checks: the function `canary`, which signs in every five minutes, and `ops health`. They know the
//! public origin, and share no code with the pages: a page that a browser could not use fails here too.
//!
//! Start with [`health`] for what everybody sees, and with [`sign_in`] for the walk of a resident. Faults are for operators
//! and logs: they name pages and statuses, and hold nothing of an account or a response.

use std::time::Duration;

mod account;
mod browser;
mod checks;
mod form;
mod health;
mod sign_in;

pub use account::{MalformedAccount, TestAccount};
pub use health::health;
pub use sign_in::{SignIn, sign_in};

/// Where the deployment is.
#[derive(Clone, Debug)]
pub struct Site {
    /// The public origin, without a trailing slash.
    pub origin: String,
    /// Whether it may be on this computer, without TLS: the local run.
    pub loopback: bool,
}

/// One thing that was checked.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How long it took.
    pub took: Duration,
    /// What is wrong, if it failed.
    pub fault: Option<String>,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Fault {
    /// What was typed is not accepted.
    Refused(String),
    /// The page or endpoint does not do what it should.
    Broken(String),
}

impl Fault {
    pub(crate) fn broken(text: impl Into<String>) -> Self {
        Self::Broken(text.into())
    }
}

pub(crate) type Result<T, E = Fault> = std::result::Result<T, E>;
