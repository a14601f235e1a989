//! Accounts, and the transitions between their states (RULES 3.3 to 3.10).
//!
//! An [`Account`] is active or locked. A transition consumes the state and a valid link, and returns the only value
//! that the table writes: [`Unlocked`], [`PasswordReset`] or [`Disputed`].

use jiff::Timestamp;

use crate::{
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AccountId, LinkId},
    keys::EmailKey,
    language::Language,
    limits::LOCK_NOTICES,
    link::{Dispute, LinkError, LiveLinks, Reset, Unlock, ValidLink},
    proof::{FactorKind, Proof, ROOT_LASTS},
};

/// An account, as it is found by its email address.
#[derive(Clone, Debug)]
pub enum Account {
    /// Its password is accepted.
    Active(ActiveAccount),
    /// Failed attempts locked it (RULES 3.4).
    Locked(LockedAccount),
}

/// The browsers from which a locked account accepts no password until it is unlocked (RULES 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockScope {
    /// The browsers that the account doesn't know. Attempts from such browsers locked it.
    UnknownBrowsers,
    /// All browsers. Attempts from a browser that the account knows locked it.
    AllBrowsers,
}

/// The attributes of an account in any state.
#[derive(Clone, Debug)]
pub struct AccountDetails {
    /// The id, under which logs know the account.
    pub id: AccountId,
    /// The address, verified by the activation.
    pub email: EmailAddress,
    /// The key of the items that belong to the address.
    pub place: EmailKey,
    /// The password's hash; `None` while a new password must be set by email (RULES 3.10).
    pub password: Option<PasswordHash>,
    /// The language of emails to the resident.
    pub language: Language,
    /// Changes with every write that decisions depend on; a request for a link does not change it. A write that was
    /// decided on an older revision fails.
    pub revision: u64,
    /// Sessions that started under an older generation are over.
    pub generation: u64,
    /// The links that unlock the account.
    pub unlock_links: LiveLinks,
    /// The links that reset the password.
    pub reset_links: LiveLinks,
    /// When emails reported a lock within the last day, oldest first.
    pub lock_notices: Vec<Timestamp>,
    /// When the password was last reset by email.
    pub reset_at: Option<Timestamp>,
    /// Browsers that signed in under an older generation are no longer known (RULES 3.9).
    pub device_generation: u64,
    /// How often the account was unlocked. Attempts of a known browser that were counted before an unlock don't count
    /// after it.
    pub unlocks: u64,
    /// When the account is deleted, because its resident closed it. A sign-in before that opens it again (RULES 7.5).
    pub closes_at: Option<Timestamp>,
}

/// An account whose password is accepted.
#[derive(Clone, Debug)]
pub struct ActiveAccount(pub AccountDetails);

/// An account that failed attempts locked, until it is unlocked.
#[derive(Clone, Debug)]
pub struct LockedAccount {
    /// Its attributes.
    pub details: AccountDetails,
    /// Where no password is accepted.
    pub scope: LockScope,
}

/// An account that accepts a password from the browser of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct AcceptingAccount<'a>(&'a Account); // only `Account::accepting_from` makes one

impl<'a> AcceptingAccount<'a> {
    /// The account.
    #[must_use]
    pub fn account(self) -> &'a Account {
        self.0
    }

    /// Its attributes.
    #[must_use]
    pub fn details(self) -> &'a AccountDetails {
        self.0.details()
    }
}

/// A locked account that a valid link unlocks, and that link.
#[non_exhaustive] // only `LockedAccount::unlock` makes one
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// The account before the transition.
    pub account: AccountDetails,
    /// The link that is used up.
    pub link: LinkId,
    /// When it was unlocked.
    pub at: Timestamp,
}

/// An account whose password a valid link resets, and that link.
#[non_exhaustive] // only `ActiveAccount::reset` makes one
#[derive(Clone, Debug)]
pub struct PasswordReset {
    /// The account before the transition.
    pub account: AccountDetails,
    /// The new password's hash.
    pub password: PasswordHash,
    /// The link that is used up.
    pub link: LinkId,
    /// When the password was reset.
    pub at: Timestamp,
}

/// An account for which a resident has reported *This wasn't me*, and the link of the report.
#[non_exhaustive] // only `Account::dispute` makes one
#[derive(Clone, Debug)]
pub struct Disputed {
    /// The account before the transition.
    pub account: Account,
    /// The link that is used up.
    pub link: LinkId,
    /// When it was reported.
    pub at: Timestamp,
}

impl Account {
    /// The attributes that it has in any state.
    #[must_use]
    pub fn details(&self) -> &AccountDetails {
        match self {
            Self::Active(ActiveAccount(details)) | Self::Locked(LockedAccount { details, .. }) => details,
        }
    }

    /// The account, if it accepts its password from a browser that it knows or doesn't know (RULES 3.3).
    #[must_use]
    pub fn accepting_from(&self, is_known_browser: bool) -> Option<AcceptingAccount<'_>> {
        let accepts = match self {
            Self::Active(_) => true,
            Self::Locked(locked) => locked.scope == LockScope::UnknownBrowsers && is_known_browser,
        };
        accepts.then_some(AcceptingAccount(self))
    }

    /// Whether it is locked for all browsers.
    #[must_use]
    pub fn is_locked_everywhere(&self) -> bool {
        matches!(self, Self::Locked(locked) if locked.scope == LockScope::AllBrowsers)
    }

    /// Whether further failures from these browsers lock the account, or lock it for more browsers than before.
    #[must_use]
    pub fn would_lock(&self, scope: LockScope) -> bool {
        match self {
            Self::Active(_) => true,
            Self::Locked(locked) => {
                locked.scope == LockScope::UnknownBrowsers && scope == LockScope::AllBrowsers
            }
        }
    }

    /// Reverts what somebody else did in the resident's name: sessions end, and the password is void until it is reset
    /// by email (RULES 3.10). A locked account stays locked.
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
    /// Until when the mailbox is the root of the password, because an emailed link set it (RULES 5.7).
    #[must_use]
    pub fn password_rooted_in_mailbox_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.reset_at.map(|at| at + ROOT_LASTS).filter(|until| now < *until)
    }

    /// The proof that the right password gives at this time.
    #[must_use]
    pub fn password_proof(&self, now: Timestamp) -> Proof {
        let proof = Proof::new(FactorKind::Password, now);
        match self.password_rooted_in_mailbox_until(now) {
            Some(_) => proof.rooted_in_mailbox(),
            None => proof,
        }
    }

    /// Whether another email may report a lock (RULES 3.4).
    #[must_use]
    pub fn may_notify_of_lock(&self, now: Timestamp) -> bool {
        LOCK_NOTICES.check(&self.lock_notices, now).is_ok()
    }

    /// When emails reported a lock, including one that is sent now.
    #[must_use]
    pub fn lock_notices_with(&self, now: Timestamp) -> Vec<Timestamp> {
        let within_a_day = self.lock_notices.iter().filter(|at| now < **at + LOCK_NOTICES.within);
        within_a_day.copied().chain([now]).collect()
    }
}

impl LockedAccount {
    /// Checks that this link unlocks the account (RULES 3.5).
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when it is none of the account's links that work.
    pub fn may_unlock(&self, link: &ValidLink<Unlock>) -> Result<(), LinkError> {
        let is_live = link.account == self.details.id && self.details.unlock_links.contains(link.id);
        if is_live { Ok(()) } else { Err(LinkError::Superseded) }
    }

    /// Unlocks the account. Its password does not change (RULES 3.5).
    ///
    /// # Errors
    /// As [`LockedAccount::may_unlock`].
    pub fn unlock(self, link: &ValidLink<Unlock>, now: Timestamp) -> Result<Unlocked, LinkError> {
        self.may_unlock(link)?;
        Ok(Unlocked { account: self.details, link: link.id, at: now })
    }
}

impl ActiveAccount {
    /// Checks that this link resets the password (RULES 3.6).
    ///
    /// # Errors
    /// [`LinkError::Superseded`] when it is none of the account's links that work.
    pub fn may_reset(&self, link: &ValidLink<Reset>) -> Result<(), LinkError> {
        let is_live = link.account == self.0.id && self.0.reset_links.contains(link.id);
        if is_live { Ok(()) } else { Err(LinkError::Superseded) }
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
    use crate::{
        link::{LinkPurpose, SentLink},
        proof::RootOfTrust,
    };

    pub(crate) fn details() -> AccountDetails {
        AccountDetails {
            id: AccountId::from_random([1; 16]),
            email: "ana@exemple.ca".parse().unwrap(),
            place: EmailKey::stored("1.a".into()),
            password: None,
            language: Language::French,
            revision: 1,
            generation: 1,
            unlock_links: LiveLinks::stored(
                Some(LinkId::from_random([2; 16])),
                &[LinkId::from_random([4; 16])],
            ),
            reset_links: LiveLinks::stored(
                Some(LinkId::from_random([3; 16])),
                &[LinkId::from_random([5; 16])],
            ),
            lock_notices: Vec::new(),
            reset_at: None,
            device_generation: 0,
            unlocks: 0,
            closes_at: None,
        }
    }

    pub(crate) fn locked(scope: LockScope) -> LockedAccount {
        LockedAccount { details: details(), scope }
    }

    fn link<U: LinkPurpose>(id: u8, account: u8) -> ValidLink<U> {
        let (id, account) = (LinkId::from_random([id; 16]), AccountId::from_random([account; 16]));
        let sent_at = Timestamp::UNIX_EPOCH;
        let expires_at = sent_at + U::LIFETIME;
        let sent = SentLink { id, account, sent_at, expires_at, is_used: false, purpose: PhantomData };
        sent.check(sent_at).unwrap()
    }

    #[test]
    fn rule_3_5_each_live_link_of_the_account_itself_unlocks() {
        let unlock =
            |id, account| locked(LockScope::AllBrowsers).unlock(&link(id, account), Timestamp::UNIX_EPOCH);
        assert_eq!(unlock(2, 1).unwrap().link, LinkId::from_random([2; 16]));
        assert_eq!(unlock(4, 1).unwrap().link, LinkId::from_random([4; 16]));
        assert_eq!(unlock(9, 1).err(), Some(LinkError::Superseded));
        assert_eq!(unlock(2, 9).err(), Some(LinkError::Superseded));
    }

    #[test]
    fn rule_3_3_failures_by_strangers_shut_strangers_out_and_those_of_a_known_browser_everybody() {
        let active = Account::Active(ActiveAccount(details()));
        let [for_unknown, for_all] =
            [LockScope::UnknownBrowsers, LockScope::AllBrowsers].map(|scope| Account::Locked(locked(scope)));
        let accepts = |account: &Account| [false, true].map(|known| account.accepting_from(known).is_some());
        assert_eq!(accepts(&active), [true, true]);
        assert_eq!(accepts(&for_unknown), [false, true]);
        assert_eq!(accepts(&for_all), [false, false]);
        let everywhere = [&active, &for_unknown, &for_all].map(Account::is_locked_everywhere);
        assert_eq!(everywhere, [false, false, true]);
        let locks = |account: &Account| {
            [LockScope::UnknownBrowsers, LockScope::AllBrowsers].map(|scope| account.would_lock(scope))
        };
        assert_eq!(locks(&active), [true, true]);
        assert_eq!(locks(&for_unknown), [false, true]);
        assert_eq!(locks(&for_all), [false, false]);
    }

    #[test]
    fn rule_3_6_each_live_link_of_the_account_itself_resets() {
        let hash = || PasswordHash::stored("hash".into());
        let reset =
            |id, account| ActiveAccount(details()).reset(&link(id, account), hash(), Timestamp::UNIX_EPOCH);
        assert_eq!(reset(3, 1).unwrap().password.as_str(), "hash");
        assert_eq!(reset(5, 1).unwrap().link, LinkId::from_random([5; 16]));
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
    fn rule_5_7_the_mailbox_is_the_root_of_a_password_for_a_day_after_a_reset() {
        let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
        let reset = AccountDetails { reset_at: Some(at(1)), ..details() };
        let root = |details: &AccountDetails, hours| details.password_proof(at(hours)).root;
        assert_eq!(root(&reset, 24), RootOfTrust::Mailbox);
        assert_eq!(root(&reset, 25), RootOfTrust::Password);
        assert_eq!(root(&details(), 1), RootOfTrust::Password);
    }

    #[test]
    fn rule_3_4_a_fourth_lock_within_a_day_is_not_told() {
        let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
        let told = |hours: &[i64]| AccountDetails {
            lock_notices: hours.iter().map(|h| at(*h)).collect(),
            ..details()
        };
        assert!(told(&[0, 1]).may_notify_of_lock(at(2)));
        assert!(!told(&[0, 1, 2]).may_notify_of_lock(at(23)));
        assert!(told(&[0, 1, 2]).may_notify_of_lock(at(24)));
        assert_eq!(told(&[0, 1, 2]).lock_notices_with(at(24)), [at(1), at(2), at(24)]);
    }
}
