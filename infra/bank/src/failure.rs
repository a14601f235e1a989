//! Why the bank can't do its own part.

use std::fmt;

use url::Url;

/// What went wrong, for whoever runs the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// # Errors
    /// It isn't an address.
    pub(crate) fn unless_url(address: &str) -> Result<Url, Self> {
        Url::parse(address).map_err(|error| Self(format!("{address}: {error}")))
    }

    /// # Errors
    /// It has something after the host and port: paths are put at its end as they are.
    pub(crate) fn unless_origin(address: &str) -> Result<(), Self> {
        let is_origin = Self::unless_url(address)?.origin().ascii_serialization() == address;
        is_origin.then_some(()).ok_or_else(|| Self(format!("{address} is no origin")))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
