//! Closing an account (RULES 7.5).

use jiff::{SignedDuration, Timestamp};

use crate::account::Account;

/// How long an account that its resident closed can be opened again.
pub const CLOSING_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An account that its resident closes.
#[non_exhaustive] // only `Account::close` makes one
#[derive(Clone, Debug)]
pub struct Closed {
    /// The account before the transition.
    pub account: Account,
    /// When it was closed.
    pub at: Timestamp,
}

impl Account {
    /// Closes the account. A locked account stays locked.
    #[must_use]
    pub fn close(self, now: Timestamp) -> Closed {
        Closed { account: self, at: now }
    }
}

impl Closed {
    /// When the account is deleted, unless it is opened again before.
    #[must_use]
    pub fn deleted_at(&self) -> Timestamp {
        self.at + CLOSING_LASTS
    }
}
