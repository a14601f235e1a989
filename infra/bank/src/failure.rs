//! The error of the bank.

use url::Url;

/// A problem for the developer who runs the bank.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// # Errors
/// [`Failure`] when the text is not a URL.
pub(crate) fn check_url(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure(format!("{text}: {error}")))
}

/// # Errors
/// [`Failure`] when something follows the host and port: paths are appended to origins unchanged.
pub(crate) fn check_origin(text: &str) -> Result<(), Failure> {
    let is_origin = check_url(text)?.origin().ascii_serialization() == text;
    is_origin.then_some(()).ok_or_else(|| Failure(format!("{text} is not an origin")))
}
