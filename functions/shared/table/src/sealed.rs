//! Encryption of personal data and password hashes in items.
//!
//! A sealed value is bound to `owner`, the id of the item or account that it belongs to: it opens for that owner alone.

use domain::{
    hashing::PasswordHash,
    keys::{Sealed, SealingPurpose},
};

use crate::{Table, error::Unavailable};

impl Table {
    pub(crate) fn seal(&self, owner: &str, plain: &[u8]) -> Sealed {
        self.keys.seal(SealingPurpose::Personal, owner, plain, self.random())
    }

    pub(crate) fn open(&self, owner: &str, sealed: &Sealed) -> Result<String, Unavailable> {
        self.open_as(SealingPurpose::Personal, owner, sealed)
    }

    pub(crate) fn seal_password(&self, owner: &str, hash: &PasswordHash) -> Sealed {
        self.keys.seal(SealingPurpose::Password, owner, hash.as_str().as_bytes(), self.random())
    }

    pub(crate) fn open_password(&self, owner: &str, sealed: &Sealed) -> Result<PasswordHash, Unavailable> {
        self.open_as(SealingPurpose::Password, owner, sealed).map(PasswordHash::stored)
    }

    fn open_as(&self, purpose: SealingPurpose, owner: &str, sealed: &Sealed) -> Result<String, Unavailable> {
        let plain = self
            .keys
            .open(purpose, owner, sealed)
            .map_err(|_| Unavailable::new("no key opens a sealed value"))?;
        String::from_utf8(plain.to_vec()).map_err(|_| Unavailable::new("a sealed value is not text"))
    }
}
