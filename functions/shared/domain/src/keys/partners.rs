//! Keyed values for sign-in partners: partitions of identities, `nonce` and PKCE verifiers (RULES 4.1, 4.2, 9.5).

use data_encoding::BASE64URL_NOPAD;

use super::{Key, KeyRing, mac};
use crate::partner::State;

/// The partition of an identity at a partner: a keyed hash of its issuer and subject, with the key's version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct IdentityKey(String);

impl IdentityKey {
    /// The text in an item's key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key with the text of [`IdentityKey::as_str`].
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

impl KeyRing {
    /// The key under which this identity is written.
    #[must_use]
    pub fn identity_key(&self, issuer: &str, subject: &str) -> IdentityKey {
        identity(self.lookup.current, self.lookup.newest(), issuer, subject)
    }

    /// Every key under which it can be: the current version first, then the others.
    #[must_use]
    pub fn identity_keys(&self, issuer: &str, subject: &str) -> Vec<IdentityKey> {
        self.lookup.current_first().map(|(version, key)| identity(version, key, issuer, subject)).collect()
    }

    /// A value that is sent to a partner together with a state, or must come back with it.
    pub(crate) fn state_value(&self, use_name: &[u8], state: &State) -> String {
        BASE64URL_NOPAD.encode(&mac(self.link.newest(), use_name, state.bytes()))
    }
}

/// The length of the issuer comes first, so two different pairs never have the same text.
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
