//! The subject identifiers of accounts (OpenID Connect Core section 8).

use std::fmt;

use domain::{id::AccountId, keys::SubjectKeys, service::ClientRegistration};

use crate::registration::sector;

/// Why an account has no subject identifier at a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectError {
    /// The registration has no sector, although its identifiers are pairwise.
    NoSector,
    /// The key ring has lost the key of the account's identifiers.
    NoKey,
}

/// The identifier by which a service knows an account. `subject_key` is the version of the key that the account has had
/// since it was made, so that its identifiers never change.
///
/// # Errors
/// [`SubjectError`].
pub fn subject(
    registration: &ClientRegistration,
    account: AccountId,
    subject_key: u8,
    keys: &SubjectKeys,
) -> Result<String, SubjectError> {
    let sector = sector(registration).ok_or(SubjectError::NoSector)?;
    keys.subject(subject_key, sector, account).ok_or(SubjectError::NoKey)
}

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSector => "a service without a sector",
            Self::NoKey => "the key of an account's identifiers is gone",
        })
    }
}

impl std::error::Error for SubjectError {}
