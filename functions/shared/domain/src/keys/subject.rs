//! Keys for subject identifiers (RULES 6.1, 9.5).

use data_encoding::BASE64URL_NOPAD;

use super::{Versions, mac};
use crate::id::AccountId;

/// The keys of subject identifiers.
#[derive(serde::Deserialize)]
pub struct SubjectKeys {
    subject: Versions,
}

/// The services that share a subject identifier (OpenID Connect Core section 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sector<'a> {
    /// The services with this sector identifier.
    Of(&'a str),
    /// The services that are registered for public identifiers.
    Public,
}

impl SubjectKeys {
    /// The version of the key for the subject identifiers of new accounts.
    #[must_use]
    pub fn current(&self) -> u8 {
        self.subject.current
    }

    /// The subject identifier of an account for a sector. It is derived by the key version that the account started
    /// with, so it never changes (OpenID Connect Core section 8.1). `None` when the ring does not have that version.
    #[must_use]
    pub fn subject(&self, key: u8, sector: Sector<'_>, account: AccountId) -> Option<String> {
        let key = self.subject.get(key)?;
        let (context, name): (&[u8], _) = match sector {
            Sector::Of(name) => (b"pairwise", name),
            Sector::Public => (b"public", ""),
        };
        Some(BASE64URL_NOPAD.encode(&mac(key, context, &[&account.to_bytes(), name.as_bytes()].concat())))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::ring, *};

    #[test]
    fn rule_6_1_an_identifier_is_the_same_for_its_sector_alone_and_never_changes() {
        let (old, both) = (ring(&[1]), ring(&[1, 2]));
        let (old, both) = (old.subject().unwrap(), both.subject().unwrap());
        let (ana, bob) = (AccountId::from_random([1; 16]), AccountId::from_random([2; 16]));
        let subject = |sector, account| old.subject(1, sector, account).unwrap();
        let own = subject(Sector::Of("health.example"), ana);
        assert_eq!(both.subject(1, Sector::Of("health.example"), ana).as_ref(), Some(&own));
        for other in [
            subject(Sector::Of("health.example"), bob),
            subject(Sector::Of("roads.example"), ana),
            subject(Sector::Of(""), ana),
            subject(Sector::Public, ana),
        ] {
            assert_ne!(other, own);
        }
        assert_ne!(subject(Sector::Of(""), ana), subject(Sector::Public, ana));
        assert_eq!((old.current(), both.current()), (1, 2));
        assert_eq!(old.subject(2, Sector::Public, ana), None);
    }
}
