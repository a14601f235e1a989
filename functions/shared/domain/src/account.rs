//! Accounts, and the transitions between their states (RULES 3.3 to 3.10).
//!
//! An [`Account`] is active or locked. A transition consumes the state and a valid link, and returns the only value
//! that the table writes: [`Unlocked`], [`PasswordReset`] or [`Disputed`]. A signed-in resident changes the password by a
//! recent proof instead: [`PasswordChange`].

use jiff::Timestamp;

use crate::{
    email::EmailAddress,
    factors::ChangeProof,
    former_address::FormerAddresses,
    hashing::PasswordHash,
    id::{AccountId, LinkId},
    keys::{EmailKey, Sealed},
    language::Language,
    limits::LOCK_NOTICES,
    link::{LinkError, LiveLinks, Reset, Unlock, ValidLink},
    proof::{FactorKind, Proof, ROOT_LASTS},
};

mod dispute;

pub use dispute::Disputed;

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
    /// The password's hash, wrapped by a key that few functions have; `None` if none was set yet, or while a new one must be set
    /// by email (RULES 3.10).
    pub password: Option<Sealed>,
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
    /// The links that confirm another email address (RULES 7.3).
    pub email_change_links: LiveLinks,
    /// The addresses that it had, as far as they are kept for it.
    pub former_addresses: FormerAddresses,
    /// When emails reported a lock within the last day, oldest first.
    pub lock_notices: Vec<Timestamp>,
    /// When the password was last reset by email.
    pub reset_at: Option<Timestamp>,
    /// The last change of the password by a signed-in resident.
    pub changed: Option<LastChange>,
    /// Browsers that signed in under an older generation are no longer known (RULES 3.9).
    pub device_generation: u64,
    /// How often the account was unlocked. Attempts of a known browser that were counted before an unlock don't count
    /// after it.
    pub unlocks: u64,
    /// When the account is deleted, because its resident closed it. A sign-in before that opens it again (RULES 7.5).
    pub closes_at: Option<Timestamp>,
}

/// A change of the password by a signed-in resident (RULES 7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastChange {
    /// When the password was changed.
    pub at: Timestamp,
    /// Whether the proofs of the change shared the root mailbox (RULES 5.7).
    pub by_mailbox: bool,
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

/// An account whose password a signed-in resident changes, in any state.
#[non_exhaustive] // only `Account::change_password` makes one
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The account before the transition.
    pub account: Account,
    /// The new password's hash.
    pub password: PasswordHash,
    /// What follows for the new password.
    pub change: LastChange,
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

    /// Sets a password that a signed-in resident chose after this proof (RULES 7.4). A lock stays.
    #[must_use]
    pub fn change_password(
        self,
        password: PasswordHash,
        proof: ChangeProof,
        now: Timestamp,
    ) -> PasswordChange {
        let change = LastChange { at: now, by_mailbox: proof == ChangeProof::SharedRoot };
        PasswordChange { account: self, password, change }
    }
}

impl AccountDetails {
    /// Until when what a reset by email restricts is restricted (RULES 5.7). Changing the password lifts nothing.
    #[must_use]
    pub fn restricted_by_reset_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.reset_at.map(|at| at + ROOT_LASTS).filter(|until| now < *until)
    }

    /// Whether the mailbox is the root of the password, because an emailed link set it, or proofs that rest on the mailbox
    /// (RULES 5.7).
    #[must_use]
    pub fn is_password_rooted_in_mailbox(&self, now: Timestamp) -> bool {
        let changed_by_mailbox = self.changed.filter(|change| change.by_mailbox).map(|change| change.at);
        [self.reset_at, changed_by_mailbox].into_iter().flatten().any(|at| now < at + ROOT_LASTS)
    }

    /// When the password was last set after the account was made, if it was.
    #[must_use]
    pub fn password_set_at(&self) -> Option<Timestamp> {
        self.reset_at.max(self.changed.map(|change| change.at)).filter(|_| self.password.is_some())
    }

    /// The proof that the right password gives at this time.
    #[must_use]
    pub fn password_proof(&self, now: Timestamp) -> Proof {
        let proof = Proof::new(FactorKind::Password, now);
        if self.is_password_rooted_in_mailbox(now) { proof.rooted_in_mailbox() } else { proof }
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
pub(crate) mod tests;
