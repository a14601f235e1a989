//! Changing the email address of an account (RULES 7.3).
//!
//! A signed-in resident asks for it, and a link is sent to the new address: a [`PendingEmailChange`]. The change takes effect
//! when the link is used. The way back is in [`former_address`](crate::former_address).

use jiff::Timestamp;

use crate::{
    account::Account,
    email::EmailAddress,
    former_address::FormerAddresses,
    id::LinkId,
    limits::RetryAfter,
    link::{EmailChange, LinkError, ValidLink},
    secret::{HashedSecret, kind},
    session::Session,
};

/// What may be done with an address that a resident asks to change to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// No account has it, or it is kept for the account of the resident.
    Free,
    /// Another account has it, or it is kept for one.
    Taken,
}

/// A change that awaits its confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEmailChange {
    /// The new address, to which the link was sent.
    pub email: EmailAddress,
    /// The account's generation when it was asked for. Whatever ends all sessions ends it, too.
    pub generation: u64,
    /// The id of the session that asked for it; `None` in links of the previous release. Another session confirms it only with
    /// a recent proof (RULES 7.2).
    pub session: Option<HashedSecret<kind::Session>>,
    /// Whether that session was ended since, together with all but one.
    pub is_session_ended: bool,
}

impl PendingEmailChange {
    /// Whether this session asked for the change. It proved what that requires.
    #[must_use]
    pub fn was_asked_by(&self, session: &Session) -> bool {
        self.session.as_ref() == Some(&session.id)
    }
}

/// An account with another email address, and the link that confirmed it.
#[non_exhaustive] // only `Account::change_email` makes one
#[derive(Clone, Debug)]
pub struct EmailChanged {
    /// The account before the change.
    pub account: Account,
    /// The new address.
    pub email: EmailAddress,
    /// Its former addresses after the change.
    pub former: FormerAddresses,
    /// The link that is used up.
    pub link: LinkId,
    /// When the change was asked for.
    pub asked_at: Timestamp,
    /// The id of the session that asked for it.
    pub session: Option<HashedSecret<kind::Session>>,
    /// When.
    pub at: Timestamp,
}

/// Why an account can't change its address by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailChangeError {
    /// The link can't be used.
    Link(LinkError),
    /// Several addresses are kept for the account until then.
    TooMany(RetryAfter),
}

impl Account {
    /// Checks that this link can confirm the change that it was sent for.
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when it is none of the account's links that work, when the session that asked for it was ended
    /// together with others since, or when the account has left the address from which it was asked for.
    /// [`LinkError::Suspended`] for a suspended account.
    pub fn may_change_email(
        &self,
        link: &ValidLink<EmailChange>,
        pending: &PendingEmailChange,
    ) -> Result<(), LinkError> {
        if matches!(self, Self::Suspended(_)) {
            return Err(LinkError::Suspended);
        }
        let details = self.details();
        let is_live = link.account == details.id
            && link.place == details.place
            && pending.generation == details.generation
            && !pending.is_session_ended
            && details.email_change_links.contains(link.id);
        if is_live { Ok(()) } else { Err(LinkError::Superseded) }
    }

    /// Changes the email address. A locked account stays locked.
    ///
    /// # Errors
    /// As [`Account::may_change_email`]; [`EmailChangeError::TooMany`] when the address was changed often enough.
    pub fn change_email(
        self,
        link: &ValidLink<EmailChange>,
        pending: PendingEmailChange,
        now: Timestamp,
    ) -> Result<EmailChanged, EmailChangeError> {
        self.may_change_email(link, &pending).map_err(EmailChangeError::Link)?;
        let details = self.details();
        let former = details
            .former_addresses
            .after_leaving(&details.email, &details.place, now)
            .map_err(EmailChangeError::TooMany)?;
        let PendingEmailChange { email, session, .. } = pending;
        let (link, asked_at) = (link.id, link.sent_at);
        Ok(EmailChanged { account: self, email, former, link, asked_at, session, at: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::{
            AccountDetails, ActiveAccount, LockScope,
            tests::{details, link, locked},
        },
        former_address::{FormerAddress, KEPT},
        keys::EmailKey,
        link::{Dispute, LiveLinks},
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn asked() -> AccountDetails {
        let email_change_links = LiveLinks::default().with(LinkId::from_random([6; 16]));
        AccountDetails { email_change_links, ..details() }
    }

    fn pending() -> PendingEmailChange {
        let email = "new@exemple.ca".parse().unwrap();
        PendingEmailChange { email, generation: 1, session: None, is_session_ended: false }
    }

    #[test]
    fn rule_7_3_a_live_link_of_the_account_itself_changes_its_address() {
        let change = |details, id, account| {
            Account::Active(ActiveAccount(details)).change_email(&link(id, account), pending(), NOW)
        };
        let changed = change(asked(), 6, 1).unwrap();
        assert_eq!(changed.email, pending().email);
        let before = FormerAddress { email: details().email, place: details().place, until: NOW + KEPT };
        assert_eq!(changed.former.all(), [before]);
        let superseded = Some(EmailChangeError::Link(LinkError::Superseded));
        assert_eq!(change(asked(), 7, 1).err(), superseded, "not listed");
        assert_eq!(change(asked(), 6, 9).err(), superseded, "of another account");
        let ended = AccountDetails { generation: 2, ..asked() };
        assert_eq!(change(ended, 6, 1).err(), superseded, "all sessions were ended");
        let ended = PendingEmailChange { is_session_ended: true, ..pending() };
        let account = Account::Active(ActiveAccount(asked()));
        assert_eq!(account.change_email(&link(6, 1), ended, NOW).err(), superseded, "its session was ended");
        let moved = AccountDetails { place: EmailKey::stored("1.b".into()), ..asked() };
        assert_eq!(change(moved, 6, 1).err(), superseded, "asked for at another address");
    }

    #[test]
    fn rule_7_3_a_locked_account_stays_locked_under_its_new_address() {
        let mut account = locked(LockScope::UnknownBrowsers);
        account.details = asked();
        let changed = Account::Locked(account).change_email(&link(6, 1), pending(), NOW).unwrap();
        assert!(
            matches!(changed.account, Account::Locked(locked) if locked.scope == LockScope::UnknownBrowsers)
        );
    }

    #[test]
    fn rule_3_10_a_notice_to_an_address_that_the_account_lost_does_nothing() {
        let place = |name: &str| EmailKey::stored(name.into());
        let left = |details: AccountDetails| {
            let AccountDetails { email, place, former_addresses, .. } = &details;
            former_addresses.after_leaving(email, place, NOW).unwrap()
        };
        let moved = AccountDetails { former_addresses: left(details()), place: place("1.b"), ..details() };
        let account = |details: &AccountDetails| Account::Active(ActiveAccount(details.clone()));
        // The link was sent to the first address.
        let returned = account(&moved).dispute(&link::<Dispute>(7, 1), NOW).unwrap();
        assert_eq!((returned.place(), returned.changes_address()), (&place("1.a"), true));
        let late = account(&moved).dispute(&link::<Dispute>(7, 1), NOW + KEPT);
        assert_eq!(late.err(), Some(LinkError::Superseded));
        // One that was sent to the second address leaves the account there, and the first one its right.
        let mut second = link::<Dispute>(7, 1);
        second.place = place("1.b");
        let disputed = account(&moved).dispute(&second, NOW).unwrap();
        assert_eq!(disputed.returns, None);
        assert!(!disputed.changes_address());
        // After the return, it does nothing.
        assert_eq!(account(&details()).dispute(&second, NOW).err(), Some(LinkError::Superseded));
    }
}
