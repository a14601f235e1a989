//! *This wasn't me* (RULES 3.10): an account is secured, and returns to an address that it had.

use jiff::Timestamp;

use super::{Account, AccountDetails};
use crate::{
    email::EmailAddress,
    former_address::AddressReturn,
    id::LinkId,
    keys::EmailKey,
    link::{Dispute, LinkError, ValidLink},
};

/// An account for which a resident has reported *This wasn't me*, and the link of the report.
#[non_exhaustive] // only `Account::dispute` makes one
#[derive(Clone, Debug)]
pub struct Disputed {
    /// The account before the transition.
    pub account: Account,
    /// The link that is used up.
    pub link: LinkId,
    /// The address to which the account returns, or which prevails from now on over those that it had later.
    pub returns: Option<AddressReturn>,
    /// Authenticators and partners that were added at this time or later are removed.
    pub since: Timestamp,
    /// When it was reported.
    pub at: Timestamp,
}

impl Disputed {
    /// The address of the account after it.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        self.returns.as_ref().map_or(&self.account.details().email, |returned| &returned.email)
    }

    /// The place of the account after it.
    #[must_use]
    pub fn place(&self) -> &EmailKey {
        self.returns.as_ref().map_or(&self.account.details().place, |returned| &returned.place)
    }

    /// Whether it removes only what was added since the last reset, though the event was before.
    #[must_use]
    pub fn removes_since_reset(&self) -> bool {
        self.account.details().reset_at == Some(self.since)
    }

    /// Whether the account returns to an address that it had.
    #[must_use]
    pub fn changes_address(&self) -> bool {
        *self.place() != self.account.details().place
    }
}

impl Account {
    /// Reverts what somebody else did in the resident's name: sessions end, and the password is void until it is reset
    /// by email (RULES 3.10). A locked account stays locked. A notice to an address that the account had brings it back there.
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when the link was sent for another account, or to an address that the account neither has nor
    /// can return to. [`LinkError::Suspended`] for a suspended account.
    pub fn dispute(self, link: &ValidLink<Dispute>, now: Timestamp) -> Result<Disputed, LinkError> {
        if matches!(self, Self::Suspended(_)) {
            return Err(LinkError::Suspended);
        }
        let details = self.details();
        let returns = details.former_addresses.return_to(&link.place, &details.place, now);
        if link.account != details.id || (returns.is_none() && link.place != details.place) {
            return Err(LinkError::Superseded);
        }
        let since =
            if link.is_reported { details.report_removes_since(link.sent_at, now) } else { link.sent_at };
        Ok(Disputed { account: self, link: link.id, returns, since, at: now })
    }
}

impl AccountDetails {
    /// The time since which what was added is removed by a report, from a session, of an event at this time. It is that time,
    /// except that for a day after a reset by email nothing is removed that was added before the reset: whoever has the mailbox
    /// can reset the password, sign in and report any event (RULES 5.7). After a return to a former address, nobody is signed
    /// in by that mailbox without a reset.
    #[must_use]
    pub fn report_removes_since(&self, event_at: Timestamp, now: Timestamp) -> Timestamp {
        let is_restricted = self.restricted_by_reset_until(now).is_some();
        self.reset_at.filter(|_| is_restricted).map_or(event_at, |reset_at| event_at.max(reset_at))
    }
}
