//! What sign-in partners say of whom, and what goes to them (RULES 4.1, 4.2, 9.5).

use data_encoding::BASE64URL_NOPAD;

use super::{Key, KeyRing, mac};
use crate::partner::State;

/// Where an identity at a partner is: a keyed hash of its issuer and subject, with the key's version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct IdentityKey(String);

impl IdentityKey {
    /// As it stands in an item's key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that was stored by [`IdentityKey::as_str`].
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

impl KeyRing {
    /// Where this identity is written now.
    #[must_use]
    pub fn identity_key(&self, issuer: &str, subject: &str) -> IdentityKey {
        identity(self.lookup.current, self.lookup.newest(), issuer, subject)
    }

    /// Everywhere it may be: the current key first, then the other versions still in the ring.
    #[must_use]
    pub fn identity_keys(&self, issuer: &str, subject: &str) -> Vec<IdentityKey> {
        self.lookup.current_first().map(|(version, key)| identity(version, key, issuer, subject)).collect()
    }

    /// What goes to a partner with a state, or has to come back with it.
    pub(crate) fn of_state(&self, what: &[u8], state: &State) -> String {
        BASE64URL_NOPAD.encode(&mac(self.link.newest(), what, state.bytes()))
    }
}

/// The issuer's length stands in front, so that no two pairs are one text.
fn identity(version: u8, key: &Key, issuer: &str, subject: &str) -> IdentityKey {
    let length = u64::try_from(issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
    let hash = mac(key, b"identity", &[&length, issuer.as_bytes(), subject.as_bytes()].concat());
    IdentityKey(format!("{version}.{}", BASE64URL_NOPAD.encode(&hash)))
}

#[cfg(test)]
mod tests {
    use super::super::ring;

    #[test]
    fn rule_4_2_an_identity_is_its_issuers_subject_and_found_under_older_keys() {
        let (old, both) = (ring(&[1]), ring(&[1, 2]));
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
