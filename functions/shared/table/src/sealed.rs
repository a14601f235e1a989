//! Encryption of personal data and password hashes in items, and the keys of the table.
//!
//! A sealed value is bound to `owner`, the id of the item or account that it belongs to: it opens for that owner alone.

use domain::{
    account::AccountDetails,
    hashing::PasswordHash,
    keys::{DataKeys, MissingKeys, PasswordKeys, Sealed, SessionKeys, SubjectKeys},
    registration::Registration,
};

use crate::{Table, error::Unavailable};

impl Table {
    /// The password hash of an account, which its item holds encrypted.
    ///
    /// # Errors
    /// [`Unavailable`] when the function has no password keys, or none of them opens it.
    pub fn password_hash(&self, account: &AccountDetails) -> Result<Option<PasswordHash>, Unavailable> {
        let owner = account.id.to_string();
        account.password.as_ref().map(|wrapped| self.unwrap_password(&owner, wrapped)).transpose()
    }

    /// The password hash of a registration, which its item holds encrypted.
    ///
    /// # Errors
    /// As [`Table::password_hash`].
    pub fn registered_password_hash(&self, registration: &Registration) -> Result<PasswordHash, Unavailable> {
        self.unwrap_password(&registration.id.to_string(), &registration.password)
    }

    /// Encrypts a password hash for the account or registration with this id.
    ///
    /// # Errors
    /// [`Unavailable`] when the function has no password keys.
    pub fn wrap_password(&self, owner: &str, hash: &PasswordHash) -> Result<Sealed, Unavailable> {
        Ok(self.password_keys()?.wrap(owner, hash.as_str(), self.random()))
    }

    pub(crate) fn seal(&self, owner: &str, plain: &[u8]) -> Result<Sealed, Unavailable> {
        Ok(self.data()?.seal(owner, plain, self.random()))
    }

    pub(crate) fn open(&self, owner: &str, sealed: &Sealed) -> Result<String, Unavailable> {
        text(self.data()?.open(owner, sealed).map_err(|_| unreadable())?.to_vec())
    }

    pub(crate) fn data(&self) -> Result<&DataKeys, MissingKeys> {
        self.keys.data()
    }

    pub(crate) fn password_keys(&self) -> Result<&PasswordKeys, MissingKeys> {
        self.keys.password()
    }

    pub(crate) fn session_keys(&self) -> Result<&SessionKeys, MissingKeys> {
        self.keys.session()
    }

    pub(crate) fn subject_keys(&self) -> Result<&SubjectKeys, MissingKeys> {
        self.keys.subject()
    }

    pub(crate) fn unwrap_password(&self, owner: &str, wrapped: &Sealed) -> Result<PasswordHash, Unavailable> {
        let plain = self.password_keys()?.unwrap(owner, wrapped).map_err(|_| unreadable())?;
        text(plain.to_vec()).map(PasswordHash::stored)
    }
}

fn text(plain: Vec<u8>) -> Result<String, Unavailable> {
    String::from_utf8(plain).map_err(|_| Unavailable::new("a sealed value is not text"))
}

pub(crate) fn unreadable() -> Unavailable {
    Unavailable::new("no key opens a sealed value")
}
