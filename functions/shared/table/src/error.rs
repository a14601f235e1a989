//! Errors of reads and writes.

use std::fmt;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use domain::keys::MissingKeys;

/// The table didn't respond, or holds an item that can't be read. Whether a write took place is unknown.
#[derive(Debug)]
pub struct Unavailable {
    /// The reason for the operator: a code or what couldn't be read, never an item's content.
    pub reason: String,
}

/// The item whose condition failed in a write: it isn't as it was read.
///
/// Of several failed conditions, the first one in the order of the transaction is reported. The variants from
/// [`AccountPlace`](Self::AccountPlace) on are about items that are written under a fresh random key. They occur only
/// if an id repeats, so the `# Errors` of a method don't list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Conflict {
    /// The account changed since it was read: its revision, its state, or whether it exists.
    Account,
    /// The client assertion was used before (RFC 7523 section 3).
    Assertion,
    /// The sign-in attempts of the email changed: no attempt is left, or the reserved one was cleared.
    Attempts,
    /// As many attempts at the email as are allowed are being compared.
    Busy,
    /// The account was changed often enough today, by changes that its owner is notified of.
    DailyLimit,
    /// The connection to the service isn't the one that was read, or ended.
    Connection,
    /// The address was found to work within the same second.
    Deliverability,
    /// The account learned or forgot the browser since it was read.
    Device,
    /// The address was sent another email since its limit was read.
    EmailLimit,
    /// The email address has an account, or is reserved for one.
    EmailTaken,
    /// The enrolment of the authenticator was completed or expired.
    Enrolment,
    /// The factors of the account changed since they were read.
    Factors,
    /// The sessions and grants of the account were ended.
    Generation,
    /// The grant's code or refresh token was exchanged, expired, or was revoked.
    Grant,
    /// The partner's identity belongs to another account than was read: to one although it was free, or no longer to
    /// this one.
    Identity,
    /// The interaction expired, or belongs to another browser.
    Interaction,
    /// The emailed link was used or expired.
    Link,
    /// The account was sent another notice about a new browser since its limit was read.
    NoticeLimit,
    /// The outbox already holds the message of this form, or the form was sent. Or the message is no longer failed.
    Outbox,
    /// The account is already linked to an identity at the partner.
    PartnerIdentity,
    /// The browser already returned from the partner, or the login at the partner expired.
    PartnerLogin,
    /// The pending identity changed or ended since it was read.
    PendingIdentity,
    /// The counter that was chosen for the source has no slot left.
    RateLimit,
    /// The counter of the slot that is returned no longer exists.
    RateSlot,
    /// The registration exists although it was new, changed, or ended.
    Registration,
    /// The service's registration changed since it was read.
    Service,
    /// The session ended, or was replaced by its renewal.
    Session,
    /// The guess was made before, by the same form.
    Guess,

    /// The pointer from the account's id to its place exists already.
    AccountPlace,
    /// The audit entry exists already.
    Audit,
    /// The decoy item exists already.
    Decoy,
    /// The new grant exists already.
    NewGrant,
    /// The new emailed link exists already.
    NewLink,
    /// The new session exists already.
    NewSession,
    /// The record of the session's renewal exists already.
    Renewal,
}

impl Conflict {
    /// The name in logs and metrics, in snake case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why a write failed.
#[derive(Debug)]
pub enum WriteError {
    /// A condition failed, and nothing was written.
    Conflict(Conflict),
    /// The table didn't respond as expected. Whether the write took place is unknown.
    Unavailable(Unavailable),
}

impl Unavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// The error for an item of this kind that can't be encoded or decoded.
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
        // A service error has a code, and a message that may repeat values. Time-outs and the like have neither.
        match error.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some(code) => Self::new(code),
            None => Self::new(DisplayErrorContext(&error).to_string()),
        }
    }
}

/// Whether the condition of a single-item write failed.
pub(crate) fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ConditionalCheckFailedException")
}

impl From<MissingKeys> for Unavailable {
    fn from(missing: MissingKeys) -> Self {
        Self::new(missing.to_string())
    }
}

impl From<MissingKeys> for WriteError {
    fn from(missing: MissingKeys) -> Self {
        Self::Unavailable(missing.into())
    }
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
