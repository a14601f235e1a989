//! What can go wrong with the table.

use std::fmt;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// The table did not answer as it should; nothing is known of what it did.
#[derive(Debug)]
pub struct Unavailable {
    /// What the operator reads: the operation and the error's code. Never an item's content.
    pub reason: String,
}

/// The item whose condition rejected a write: what the write was decided on has changed since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Conflict {
    /// The account changed, was locked, or no longer exists; or its address has an account by now.
    Account,
    /// The item that leads from an account to its address exists already.
    AccountPlace,
    /// The client assertion was used before (RFC 7523 section 3).
    Assertion,
    /// The reserved sign-in attempt no longer counts.
    Attempts,
    /// The audit entry exists already.
    Audit,
    /// The connection to the service changed or ended.
    Connection,
    /// The decoy exists already.
    Decoy,
    /// The device became known to the account.
    Device,
    /// The address was sent another email.
    EmailLimit,
    /// The enrolment of an authenticator ended.
    Enrolment,
    /// The account's factors changed.
    Factors,
    /// The sessions and grants of the account were ended.
    Generation,
    /// The grant changed or was revoked.
    Grant,
    /// The partner's identity belongs to an account already, or no longer to this one.
    Identity,
    /// The interaction ended, expired or was claimed by another browser.
    Interaction,
    /// The emailed link was used or superseded.
    Link,
    /// A new emailed link exists already.
    NewLink,
    /// The outbox message exists already.
    Outbox,
    /// The account is linked to another identity at the partner, or no longer to this one.
    PartnerIdentity,
    /// The browser already came back from the partner, or the login expired.
    PartnerLogin,
    /// The pending identity changed or ended.
    PendingIdentity,
    /// The session that is replaced ended.
    PreviousSession,
    /// The source's rate limit is reached in the counter that was chosen.
    RateLimit,
    /// The registration changed or ended.
    Registration,
    /// The receipt of a session renewal exists already.
    Renewal,
    /// The service's registration changed.
    Service,
    /// The new session exists already.
    Session,
}

impl Conflict {
    /// The name in logs and metrics, in snake case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A write that did not happen, or of which nothing is known.
#[derive(Debug)]
pub enum WriteError {
    /// Something it was decided on has changed: the condition of this name refused.
    Conflict(Conflict),
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
