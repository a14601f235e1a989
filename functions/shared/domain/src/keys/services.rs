//! What services are given: identifiers, and the proof in codes and tokens (RULES 6.1, 9.5).

use data_encoding::BASE64URL_NOPAD;

use super::{KeyRing, mac, same};
use crate::id::AccountId;

/// For which services an identifier is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sector<'a> {
    /// Those of this sector identifier.
    Of(&'a str),
    /// All that are registered for public identifiers.
    Public,
}

impl KeyRing {
    /// A value that we alone can have made, around what it stands for: `base64url(version, content, proof)`.
    pub(crate) fn ticket(&self, content: &[u8]) -> String {
        let proof = mac(self.ticket.newest(), b"ticket", content);
        BASE64URL_NOPAD.encode(&[&[self.ticket.current], content, &proof].concat())
    }

    /// What [`KeyRing::ticket`] was made around, checked in constant time; `None` when we did not make it.
    pub(crate) fn open_ticket(&self, text: &str) -> Option<Vec<u8>> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (content, proof) = rest.split_last_chunk::<32>()?;
        let key = self.ticket.keys.get(version)?;
        same(&mac(key, b"ticket", content), proof).then(|| content.to_vec())
    }

    /// The key of the identifiers that services get of accounts that are made now.
    #[must_use]
    pub fn subject_key(&self) -> u8 {
        self.subject.current
    }

    /// The identifier of an account for the services of a sector, by the key that the account has had from its
    /// beginning: it never changes (OpenID Connect Core section 8.1). `None` when that key is gone from the ring.
    #[must_use]
    pub fn subject(&self, key: u8, sector: Sector<'_>, account: AccountId) -> Option<String> {
        let key = self.subject.keys.get(&key)?;
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
        assert_eq!((old.subject_key(), both.subject_key()), (1, 2));
        assert_eq!(old.subject(2, Sector::Public, ana), None);
    }
}
