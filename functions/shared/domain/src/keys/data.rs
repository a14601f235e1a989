//! Keys for personal data: partitions of email addresses, identities and sources, and encryption (RULES 9.5).

use zeroize::Zeroizing;

use super::{CannotOpen, Key, Sealed, Versions, mac};
use crate::{device::Network, email::EmailAddress};
use data_encoding::BASE64URL_NOPAD;

/// The keys that personal data is found and encrypted with.
#[derive(serde::Deserialize)]
pub struct DataKeys {
    lookup: Versions,
    seal: Versions,
}

/// The partition of an email address: a keyed hash of its canonical spelling, with the key's version (RULES 9.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct EmailKey(String);

/// The partition of a source of requests: a keyed hash of its block of addresses, with the key's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceKey(String);

/// The partition of an identity at a partner: a keyed hash of its issuer and subject, with the key's version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct IdentityKey(String);

impl DataKeys {
    /// The key under which new items of this address are written.
    #[must_use]
    pub fn email_key(&self, email: &EmailAddress) -> EmailKey {
        EmailKey(self.lookup.tag(b"email", email.as_str().as_bytes()))
    }

    /// Every key under which items of this address can be: the current version first, then the others.
    #[must_use]
    pub fn email_keys(&self, email: &EmailAddress) -> Vec<EmailKey> {
        self.lookups(b"email", email.as_str().as_bytes()).map(EmailKey).collect()
    }

    /// The current key of this source. Counts under an older version are forgotten with their window.
    #[must_use]
    pub fn source_key(&self, network: &Network) -> SourceKey {
        SourceKey(self.lookup.tag(b"source", &network.bytes))
    }

    /// The key under which this identity is written.
    #[must_use]
    pub fn identity_key(&self, issuer: &str, subject: &str) -> IdentityKey {
        IdentityKey(self.lookup.tag(b"identity", &identity(issuer, subject)))
    }

    /// Every key under which it can be: the current version first, then the others.
    #[must_use]
    pub fn identity_keys(&self, issuer: &str, subject: &str) -> Vec<IdentityKey> {
        self.lookups(b"identity", &identity(issuer, subject)).map(IdentityKey).collect()
    }

    /// Encrypts personal data. Opening it requires the same `owner`, which is its associated data.
    ///
    /// `nonce` must be fresh random bytes.
    #[must_use]
    pub fn seal(&self, owner: &str, plain: &[u8], nonce: [u8; 12]) -> Sealed {
        self.seal.seal(owner, plain, nonce)
    }

    /// Decrypts what [`DataKeys::seal`] returned for the same owner.
    ///
    /// # Errors
    /// [`CannotOpen`] when no key opens it.
    pub fn open(&self, owner: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        self.seal.open(owner, sealed)
    }

    /// Whether the value was encrypted by a version that is not the current one.
    #[must_use]
    pub fn is_stale(&self, sealed: &Sealed) -> bool {
        self.seal.is_stale(sealed.as_str())
    }

    /// Whether a key in the text of [`EmailKey::as_str`] and the like is of a version that is not the current one.
    #[must_use]
    pub fn is_older_lookup(&self, key: &str) -> bool {
        self.lookup.is_stale(key)
    }

    fn lookups(&self, context: &[u8], message: &[u8]) -> impl Iterator<Item = String> {
        let lookup = |(version, key): (u8, &Key)| {
            format!("{version}.{}", BASE64URL_NOPAD.encode(&mac(key, context, message)))
        };
        self.lookup.current_first().map(lookup)
    }
}

/// The length of the issuer comes first, so two different pairs never have the same text.
fn identity(issuer: &str, subject: &str) -> Vec<u8> {
    let length = u64::try_from(issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
    [&length, issuer.as_bytes(), subject.as_bytes()].concat()
}

/// Reads and writes the text of a key.
macro_rules! stored_as_text {
    ($($key:ident),*) => {$(
        impl $key {
            /// The text in an item's key.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The key with this text, as `as_str` returned it.
            #[must_use]
            pub fn stored(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

stored_as_text!(EmailKey, IdentityKey, SourceKey);

#[cfg(test)]
mod tests {
    use super::super::ring;

    #[test]
    fn rule_4_2_an_identity_is_its_issuers_subject_and_found_under_older_keys() {
        let (old, both) = (ring(&[1]), ring(&[1, 2]));
        let (old, both) = (old.data().unwrap(), both.data().unwrap());
        let own = old.identity_key("https://bank.example", "ana");
        assert!(both.identity_keys("https://bank.example", "ana").contains(&own));
        assert_ne!(both.identity_key("https://bank.example", "ana"), own);
        for (issuer, subject) in [
            ("https://bank.example", "bob"),
            ("https://other.example", "ana"),
            ("https://bank.examplea", "na"),
        ] {
            assert_ne!(old.identity_key(issuer, subject), own, "{issuer} {subject}");
        }
    }
}
