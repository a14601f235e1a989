//! What can go wrong with the table.

use std::fmt;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// The table did not answer as it should; nothing is known of what it did.
#[derive(Debug)]
pub struct Unavailable {
    /// What the operator reads: the operation and the error's code. Never an item's content.
    pub reason: String,
}

/// The name of the write whose condition refused: what it was decided on has changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overtaken(pub &'static str);

/// A write that did not happen, or of which nothing is known.
#[derive(Debug)]
pub enum WriteError {
    /// Something it was decided on has changed: the condition of this name refused.
    Overtaken(Overtaken),
    /// The table did not answer as it should.
    Unavailable(Unavailable),
}

impl Unavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// An item that is not as we write them.
    pub(crate) fn unreadable(kind: &str) -> Self {
        Self::new(format!("unreadable item: {kind}"))
    }
}

impl<E, R> From<SdkError<E, R>> for Unavailable
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: fmt::Debug,
{
    fn from(error: SdkError<E, R>) -> Self {
        // A service's error names its code; its message may repeat values. Others (time-outs, connections) have none.
        match error.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some(code) => Self::new(code),
            None => Self::new(DisplayErrorContext(&error).to_string()),
        }
    }
}

/// Whether a write's condition refused.
pub(crate) fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ConditionalCheckFailedException")
}

impl From<Unavailable> for WriteError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unavailable {}
