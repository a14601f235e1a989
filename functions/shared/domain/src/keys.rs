//! The key ring: the keys of the system, each with its versions and its use (RULES 9.5).
//!
//! Every value that a key produces carries the version of the key. So a new version can be introduced while values of
//! older versions stay readable: nobody has to sign in again, and nothing is unreachable during the rotation.

use std::{collections::BTreeMap, fmt};

use aws_lc_rs::{
    aead::{self, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time, hmac,
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

use crate::{device::Network, email::EmailAddress};

mod forms;
mod partners;
mod services;
mod verification;

pub use partners::IdentityKey;
pub use services::Sector;

/// The key ring, in the JSON form of the secret store.
#[derive(serde::Deserialize)]
pub struct KeyRing {
    lookup: Versions,
    seal: Versions,
    password: Versions,
    link: Versions,
    form: Versions,
    ticket: Versions,
    subject: Versions,
}

/// The versions of a key. `current` produces new values; every version reads existing ones.
#[derive(serde::Deserialize)]
struct Versions {
    current: u8,
    keys: BTreeMap<u8, Key>,
}

/// A key of 256 bits.
#[derive(serde::Deserialize)]
#[serde(try_from = "String")]
struct Key(SecretBox<[u8; 32]>);

/// The partition of an email address: a keyed hash of its canonical spelling, with the key's version (RULES 9.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct EmailKey(String);

/// The partition of a source of requests: a keyed hash of its block of addresses, with the key's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceKey(String);

impl SourceKey {
    /// The text in an item's key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key with the text of [`SourceKey::as_str`].
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

impl EmailKey {
    /// The text in an item's key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key with the text of [`EmailKey::as_str`].
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

/// An encrypted value: `version.base64url(nonce, ciphertext, tag)`, AES-256-GCM.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sealed(String);

impl Sealed {
    /// The value with the text of [`Sealed::as_str`].
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key that seals a value, and that opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealingPurpose {
    /// Personal data at rest.
    Personal,
    /// Password hashes: a copy of the table alone does not allow offline guessing.
    Password,
}

/// The key ring is malformed.
#[derive(Debug, PartialEq, Eq)]
pub struct BadKeyRing;

/// No key of the ring opens the sealed value: its version is missing, it has another owner, or it was modified.
#[derive(Debug, PartialEq, Eq)]
pub struct CannotOpen;

impl KeyRing {
    /// Reads the key ring from the JSON of the secret store.
    ///
    /// # Errors
    /// [`BadKeyRing`] when a key is missing, is not 256 bits long, or has no current version.
    pub fn parse(json: &str) -> Result<Self, BadKeyRing> {
        let ring: Self = serde_json::from_str(json).map_err(|_| BadKeyRing)?;
        let all =
            [&ring.lookup, &ring.seal, &ring.password, &ring.link, &ring.form, &ring.ticket, &ring.subject];
        if all.iter().all(|versions| versions.keys.contains_key(&versions.current)) {
            Ok(ring)
        } else {
            Err(BadKeyRing)
        }
    }

    /// The key under which new items of this address are written.
    #[must_use]
    pub fn email_key(&self, email: &EmailAddress) -> EmailKey {
        lookup(self.lookup.current, self.lookup.newest(), email)
    }

    /// Every key under which items of this address can be: the current version first, then the others.
    #[must_use]
    pub fn email_keys(&self, email: &EmailAddress) -> Vec<EmailKey> {
        self.lookup.current_first().map(|(version, key)| lookup(version, key, email)).collect()
    }

    /// The current key of this source. Counts under an older version are forgotten with their window.
    #[must_use]
    pub fn source_key(&self, network: &Network) -> SourceKey {
        let hash = mac(self.lookup.newest(), b"source", &network.bytes);
        SourceKey(format!("{}.{}", self.lookup.current, BASE64URL_NOPAD.encode(&hash)))
    }

    /// Encrypts `plain`. Opening it requires the same `owner`, which is its associated data.
    ///
    /// `nonce` must be fresh random bytes.
    #[must_use]
    pub fn seal(&self, purpose: SealingPurpose, owner: &str, plain: &[u8], nonce: [u8; 12]) -> Sealed {
        let versions = self.sealing(purpose);
        let mut message = Zeroizing::new(plain.to_vec());
        let Ok(key) = cipher(versions.newest()) else { return Sealed(String::new()) };
        let tag = key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(owner.as_bytes()),
            &mut message,
        );
        let Ok(tag) = tag else { return Sealed(String::new()) };
        let parts = [&nonce[..], message.as_slice(), tag.as_ref()].concat();
        Sealed(format!("{}.{}", versions.current, BASE64URL_NOPAD.encode(&parts)))
    }

    /// Decrypts what [`KeyRing::seal`] returned for the same purpose and owner.
    ///
    /// # Errors
    /// [`CannotOpen`] when no key opens it.
    pub fn open(
        &self,
        purpose: SealingPurpose,
        owner: &str,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let (version, text) = sealed.0.split_once('.').ok_or(CannotOpen)?;
        let version: u8 = version.parse().map_err(|_| CannotOpen)?;
        let key = self.sealing(purpose).keys.get(&version).ok_or(CannotOpen)?;
        let mut message = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| CannotOpen)?);
        let (nonce, body) = message.split_at_mut_checked(12).ok_or(CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
        let key = cipher(key).map_err(|_| CannotOpen)?;
        let plain = key.open_in_place(nonce, Aad::from(owner.as_bytes()), body).map_err(|_| CannotOpen)?;
        Ok(Zeroizing::new(plain.to_vec()))
    }

    /// Whether the value was sealed by a version that is not the current one.
    #[must_use]
    pub fn is_stale(&self, purpose: SealingPurpose, sealed: &Sealed) -> bool {
        sealed
            .0
            .split_once('.')
            .is_none_or(|(version, _)| version != self.sealing(purpose).current.to_string())
    }

    /// The message authentication code in a link's token, with the version of the key (RULES 2.7).
    #[must_use]
    pub fn link_mac(&self, link: &[u8]) -> (u8, [u8; 32]) {
        (self.link.current, mac(self.link.newest(), b"link", link))
    }

    /// Verifies a code of [`KeyRing::link_mac`], in constant time.
    #[must_use]
    pub fn is_link_mac(&self, link: &[u8], version: u8, tag: &[u8]) -> bool {
        self.link.keys.get(&version).is_some_and(|key| same(&mac(key, b"link", link), tag))
    }

    fn sealing(&self, purpose: SealingPurpose) -> &Versions {
        match purpose {
            SealingPurpose::Personal => &self.seal,
            SealingPurpose::Password => &self.password,
        }
    }
}

impl Versions {
    /// The current version. [`KeyRing::parse`] has checked that it exists.
    fn newest(&self) -> &Key {
        &self.keys[&self.current]
    }

    /// Every version with its key: the current one, then the others from newest to oldest.
    fn current_first(&self) -> impl Iterator<Item = (u8, &Key)> {
        let others = self.keys.iter().rev().map(|(version, key)| (*version, key));
        let others = others.filter(|(version, _)| *version != self.current);
        std::iter::once((self.current, self.newest())).chain(others)
    }
}

fn lookup(version: u8, key: &Key, email: &EmailAddress) -> EmailKey {
    let hash = mac(key, b"email", email.as_str().as_bytes());
    EmailKey(format!("{version}.{}", BASE64URL_NOPAD.encode(&hash)))
}

/// HMAC-SHA-256 with a context in front, so a value of one use is not valid for another.
fn mac(key: &Key, context: &[u8], message: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.0.expose_secret());
    let mut mac = hmac::Context::with_key(&key);
    mac.update(context);
    mac.update(&[0]);
    mac.update(message);
    let mut out = [0; 32];
    out.copy_from_slice(mac.sign().as_ref());
    out
}

fn same(ours: &[u8], theirs: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(ours, theirs).is_ok()
}

fn cipher(key: &Key) -> Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
    Ok(LessSafeKey::new(UnboundKey::new(&aead::AES_256_GCM, key.0.expose_secret())?))
}

impl TryFrom<String> for Key {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = Zeroizing::new(text);
        let bytes = Zeroizing::new(BASE64.decode(text.as_bytes()).map_err(|_| "not base64")?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| "not 256 bits")?;
        Ok(Self(SecretBox::new(bytes.into())))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")
    }
}

/// A key ring for tests. Each key has the given versions, the last of which is current.
#[cfg(test)]
pub(crate) fn ring(versions: &[u8]) -> KeyRing {
    let key = |name: u8| {
        let keys = versions.iter().map(|version| (version.to_string(), BASE64.encode(&[name ^ version; 32])));
        serde_json::json!({ "current": versions.last(), "keys": keys.collect::<BTreeMap<_, _>>() })
    };
    let json = serde_json::json!({ "lookup": key(16), "seal": key(32), "password": key(48), "link": key(64), "form": key(80), "ticket": key(96), "subject": key(112) });
    KeyRing::parse(&json.to_string()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email() -> EmailAddress {
        "ana@exemple.ca".parse().unwrap()
    }

    #[test]
    fn rule_9_5_what_an_older_key_made_is_still_found_and_read() {
        let (old, both) = (ring(&[1]), ring(&[1, 2]));
        assert!(both.email_keys(&email()).contains(&old.email_key(&email())));
        assert_eq!(both.email_keys(&email())[0], both.email_key(&email()));
        assert_ne!(both.email_key(&email()), old.email_key(&email()));

        let sealed = old.seal(SealingPurpose::Personal, "owner", b"plain", [0; 12]);
        assert_eq!(both.open(SealingPurpose::Personal, "owner", &sealed).unwrap().as_slice(), b"plain");
        assert!(
            both.is_stale(SealingPurpose::Personal, &sealed)
                && !old.is_stale(SealingPurpose::Personal, &sealed)
        );

        let (version, tag) = old.link_mac(b"id");
        assert!(both.is_link_mac(b"id", version, &tag));
        assert!(both.is_form_token("browser", &old.form_token("browser")));
        assert!(!ring(&[2]).is_form_token("browser", &old.form_token("browser")));
    }

    #[test]
    fn a_sealed_value_opens_for_its_owner_and_purpose_alone() {
        let ring = ring(&[1]);
        let sealed = ring.seal(SealingPurpose::Password, "ana", b"hash", [3; 12]);
        assert_eq!(ring.open(SealingPurpose::Password, "bob", &sealed), Err(CannotOpen));
        assert_eq!(ring.open(SealingPurpose::Personal, "ana", &sealed), Err(CannotOpen));
        for junk in ["", "1", "1.", "9.AAAA", "x.AAAA", "1.AAAAAAAAAAAAAAAAAAAA", "1.\u{e9}"] {
            assert_eq!(
                ring.open(SealingPurpose::Password, "ana", &Sealed(junk.into())),
                Err(CannotOpen),
                "{junk}"
            );
        }
    }

    #[test]
    fn a_mac_or_token_of_something_else_is_refused() {
        let ring = ring(&[1]);
        let (version, tag) = ring.link_mac(b"one");
        assert!(!ring.is_link_mac(b"two", version, &tag));
        assert!(!ring.is_link_mac(b"one", 2, &tag));
        assert!(!ring.is_link_mac(b"one", version, &tag[..16]));
        for junk in ["", ".", "1.", "2.AAAA", &ring.form_token("other")] {
            assert!(!ring.is_form_token("browser", junk), "{junk}");
        }
    }

    #[test]
    fn a_ring_without_its_current_key_is_refused() {
        assert_eq!(KeyRing::parse("{}").err(), Some(BadKeyRing));
        let json = serde_json::json!({ "current": 2, "keys": { "1": BASE64.encode(&[0; 32]) } });
        let uses = ["lookup", "seal", "password", "link", "form", "ticket", "subject"];
        let all: BTreeMap<_, _> = uses.iter().map(|name| (*name, json.clone())).collect();
        assert_eq!(KeyRing::parse(&serde_json::json!(all).to_string()).err(), Some(BadKeyRing));
    }
}
