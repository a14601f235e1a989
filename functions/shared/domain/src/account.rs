//! An activated email and its credentials.

use crate::{email::EmailAddress, hashing::PasswordHash, id::AccountId, keys::EmailKey, language::Language};

/// An account as it is looked up by its email.
#[derive(Clone, Debug)]
pub enum Account {
    /// Its credentials are accepted.
    Active(Active),
    /// No password is accepted until it is unlocked (RULES 3.4).
    Locked(Locked),
}

/// What every account has.
#[derive(Clone, Debug)]
pub struct Details {
    /// Its name.
    pub id: AccountId,
    /// The address that was proven by activation.
    pub email: EmailAddress,
    /// Where the items of that address are.
    pub place: EmailKey,
    /// Its password's hash.
    pub password: PasswordHash,
    /// The language of what is sent to it.
    pub language: Language,
    /// Changes whenever the account does; a write that was decided on an older one is refused.
    pub revision: u64,
}

/// An account whose password is accepted.
#[derive(Clone, Debug)]
pub struct Active(pub Details);

/// A locked account.
#[derive(Clone, Debug)]
pub struct Locked(pub Details);

impl Account {
    /// What it has, in any state.
    #[must_use]
    pub fn details(&self) -> &Details {
        match self {
            Self::Active(Active(details)) | Self::Locked(Locked(details)) => details,
        }
    }
}
