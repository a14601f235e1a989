//! An activated email and its credentials, and what moves it from state to state (RULES 3.3 to 3.10).

use jiff::Timestamp;

use crate::{
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AccountId, LinkId},
    keys::EmailKey,
    language::Language,
    limits::LOCK_NOTICES,
    link::{Dispute, LinkError, Reset, Unlock, ValidLink},
};

/// An account as it is looked up by its email.
#[derive(Clone, Debug)]
pub enum Account {
    /// Its credentials are accepted.
    Active(ActiveAccount),
    /// No password is accepted until it is unlocked (RULES 3.4).
    Locked(LockedAccount),
}

/// What every account has.
#[derive(Clone, Debug)]
pub struct AccountDetails {
    /// Its name.
    pub id: AccountId,
    /// The address that was proven by activation.
    pub email: EmailAddress,
    /// Where the items of that address are.
    pub place: EmailKey,
    /// Its password's hash; none while one has to be set by email (RULES 3.10).
    pub password: Option<PasswordHash>,
    /// The language of what is sent to it.
    pub language: Language,
    /// Changes whenever the account does; a write that was decided on an older one is refused.
    pub revision: u64,
    /// Sessions that began under an older one are over.
    pub generation: u64,
    /// The one link that unlocks it: a newer one voids the older.
    pub unlock_link: Option<LinkId>,
    /// The one link that resets its password: a newer one voids the older.
    pub reset_link: Option<LinkId>,
    /// When emails told that it was locked, within the last day, the oldest first.
    pub locks_told: Vec<Timestamp>,
    /// When its password was last reset by email.
    pub reset_at: Option<Timestamp>,
}

/// An account whose password is accepted.
#[derive(Clone, Debug)]
pub struct ActiveAccount(pub AccountDetails);

/// A locked account.
#[derive(Clone, Debug)]
pub struct LockedAccount(pub AccountDetails);

/// A locked account that a live link has just opened, and that link.
#[non_exhaustive] // only `LockedAccount::unlock` makes one
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// The account as it was.
    pub account: AccountDetails,
    /// The link that is spent.
    pub link: LinkId,
    /// When.
    pub at: Timestamp,
}

/// An account that has just been given a new password by a live link, and that link.
#[non_exhaustive] // only `ActiveAccount::reset` makes one
#[derive(Clone, Debug)]
pub struct PasswordReset {
    /// The account as it was.
    pub account: AccountDetails,
    /// The new password's hash.
    pub password: PasswordHash,
    /// The link that is spent.
    pub link: LinkId,
    /// When.
    pub at: Timestamp,
}

/// An account whose owner has just said *This wasn't me*, and the link by which they did.
#[non_exhaustive] // only `Account::dispute` makes one
#[derive(Clone, Debug)]
pub struct Disputed {
    /// The account as it was.
    pub account: Account,
    /// The link that is spent.
    pub link: LinkId,
    /// When.
    pub at: Timestamp,
}

impl Account {
    /// What it has, in any state.
    #[must_use]
    pub fn details(&self) -> &AccountDetails {
        match self {
            Self::Active(ActiveAccount(details)) | Self::Locked(LockedAccount(details)) => details,
        }
    }

    /// Takes back what was done in somebody's name: sessions end, and the password is void until it is reset by
    /// email (RULES 3.10). A locked account stays locked.
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when the link was sent for another account.
    pub fn dispute(self, link: &ValidLink<Dispute>, now: Timestamp) -> Result<Disputed, LinkError> {
        if link.account != self.details().id {
            return Err(LinkError::Superseded);
        }
        Ok(Disputed { account: self, link: link.id, at: now })
    }
}

impl AccountDetails {
    /// Whether an email may tell of a lock now (RULES 3.4).
    #[must_use]
    pub fn may_tell_of_lock(&self, now: Timestamp) -> bool {
        LOCK_NOTICES.ask(&self.locks_told, now).is_ok()
    }

    /// When emails told of a lock, one that is sent now included.
    #[must_use]
    pub fn locks_told_with(&self, now: Timestamp) -> Vec<Timestamp> {
        let within_a_day = self.locks_told.iter().filter(|at| now < **at + LOCK_NOTICES.within);
        within_a_day.copied().chain([now]).collect()
    }
}

impl LockedAccount {
    /// Whether this link may open the account (RULES 3.5).
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when a newer link was sent, or this one for another account.
    pub fn may_unlock(&self, link: &ValidLink<Unlock>) -> Result<(), LinkError> {
        let is_its_newest = link.account == self.0.id && self.0.unlock_link == Some(link.id);
        if is_its_newest { Ok(()) } else { Err(LinkError::Superseded) }
    }

    /// Opens the account; the password stays (RULES 3.5).
    ///
    /// # Errors
    /// As [`LockedAccount::may_unlock`].
    pub fn unlock(self, link: &ValidLink<Unlock>, now: Timestamp) -> Result<Unlocked, LinkError> {
        self.may_unlock(link)?;
        Ok(Unlocked { account: self.0, link: link.id, at: now })
    }
}

impl ActiveAccount {
    /// Whether this link may set a new password (RULES 3.6).
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when a newer link was sent, or this one for another account.
    pub fn may_reset(&self, link: &ValidLink<Reset>) -> Result<(), LinkError> {
        if link.account == self.0.id && self.0.reset_link == Some(link.id) {
            Ok(())
        } else {
            Err(LinkError::Superseded)
        }
    }

    /// Sets a new password (RULES 3.6).
    ///
    /// # Errors
    /// As [`ActiveAccount::may_reset`].
    pub fn reset(
        self,
        link: &ValidLink<Reset>,
        password: PasswordHash,
        now: Timestamp,
    ) -> Result<PasswordReset, LinkError> {
        self.may_reset(link)?;
        Ok(PasswordReset { account: self.0, password, link: link.id, at: now })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::marker::PhantomData;

    use super::*;
    use crate::link::{LinkPurpose, SentLink};

    pub(crate) fn details() -> AccountDetails {
        AccountDetails {
            id: AccountId::from_random([1; 16]),
            email: "ana@exemple.ca".parse().unwrap(),
            place: EmailKey::stored("1.a".into()),
            password: None,
            language: Language::French,
            revision: 1,
            generation: 1,
            unlock_link: Some(LinkId::from_random([2; 16])),
            reset_link: Some(LinkId::from_random([3; 16])),
            locks_told: Vec::new(),
            reset_at: None,
        }
    }

    fn link<U: LinkPurpose>(id: u8, account: u8) -> ValidLink<U> {
        let (id, account) = (LinkId::from_random([id; 16]), AccountId::from_random([account; 16]));
        let sent =
            SentLink { id, account, sent_at: Timestamp::UNIX_EPOCH, is_used: false, purpose: PhantomData };
        sent.check(Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn rule_3_5_the_newest_link_of_the_account_itself_unlocks() {
        let unlock = |id, account| LockedAccount(details()).unlock(&link(id, account), Timestamp::UNIX_EPOCH);
        assert_eq!(unlock(2, 1).unwrap().link, LinkId::from_random([2; 16]));
        assert_eq!(unlock(9, 1).err(), Some(LinkError::Superseded));
        assert_eq!(unlock(2, 9).err(), Some(LinkError::Superseded));
    }

    #[test]
    fn rule_3_6_the_newest_link_of_the_account_itself_resets() {
        let hash = || PasswordHash::stored("hash".into());
        let reset =
            |id, account| ActiveAccount(details()).reset(&link(id, account), hash(), Timestamp::UNIX_EPOCH);
        assert_eq!(reset(3, 1).unwrap().password.as_str(), "hash");
        assert_eq!(reset(9, 1).err(), Some(LinkError::Superseded));
        assert_eq!(reset(3, 9).err(), Some(LinkError::Superseded));
    }

    #[test]
    fn rule_3_10_an_objection_is_about_its_own_account() {
        let dispute = |account| {
            Account::Active(ActiveAccount(details())).dispute(&link(7, account), Timestamp::UNIX_EPOCH)
        };
        assert_eq!(dispute(1).unwrap().link, LinkId::from_random([7; 16]));
        assert_eq!(dispute(9).err(), Some(LinkError::Superseded));
    }

    #[test]
    fn rule_3_4_a_fourth_lock_within_a_day_is_not_told() {
        let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
        let told = |hours: &[i64]| AccountDetails {
            locks_told: hours.iter().map(|h| at(*h)).collect(),
            ..details()
        };
        assert!(told(&[0, 1]).may_tell_of_lock(at(2)));
        assert!(!told(&[0, 1, 2]).may_tell_of_lock(at(23)));
        assert!(told(&[0, 1, 2]).may_tell_of_lock(at(24)));
        assert_eq!(told(&[0, 1, 2]).locks_told_with(at(24)), [at(1), at(2), at(24)]);
    }
}
