//! Keys for password hashes: a copy of the table alone does not allow offline guessing (RULES 9.5).

use zeroize::Zeroizing;

use super::{CannotOpen, Sealed, Versions};

/// The keys that wrap password hashes.
#[derive(serde::Deserialize)]
pub struct PasswordKeys {
    password: Versions,
}

impl PasswordKeys {
    /// Encrypts a password hash. Unwrapping it requires the same `owner`, which is its associated data.
    ///
    /// `nonce` must be fresh random bytes.
    #[must_use]
    pub fn wrap(&self, owner: &str, hash: &str, nonce: [u8; 12]) -> Sealed {
        self.password.seal(owner, hash.as_bytes(), nonce)
    }

    /// Decrypts what [`PasswordKeys::wrap`] returned for the same owner.
    ///
    /// # Errors
    /// [`CannotOpen`] when no key opens it.
    pub fn unwrap(&self, owner: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        self.password.open(owner, sealed)
    }

    /// Whether the hash was wrapped by a version that is not the current one.
    #[must_use]
    pub fn is_stale(&self, sealed: &Sealed) -> bool {
        self.password.is_stale(sealed.as_str())
    }
}
