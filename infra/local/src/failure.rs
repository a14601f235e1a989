//! The error of the stand-in.

use std::fmt;

/// A sentence for the developer: the failed action and its cause.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Adds the action that failed to an error.
pub(crate) trait Context<T> {
    fn context(self, action: &str) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, action: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{action}: {error}")))
    }
}
