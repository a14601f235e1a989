//! Random secrets that a browser or a client holds. Only their hashes are stored.

use std::{fmt, marker::PhantomData};

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretBox};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A 256-bit random secret for `K`. Never stored, never printed.
pub struct Secret<K> {
    bytes: SecretBox<[u8; 32]>,
    kind: PhantomData<fn() -> K>,
}

/// The SHA-256 hash of a [`Secret`], as it is stored. A secret with full entropy needs no salt.
pub struct HashedSecret<K> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

/// What a [`Secret`] is for.
pub mod kind {
    /// A browser before a sign-in. Forms and interactions are bound to it.
    pub enum PreSession {}
    /// The browser in which a registration was made (RULES 2.6).
    pub enum Registering {}
    /// A signed-in session (RULES 3.8).
    pub enum Session {}
    /// A browser that is known to the accounts that signed in with it (RULES 3.9).
    pub enum Device {}
    /// A client at the token endpoint (RULES 6.3).
    pub enum Client {}
    /// A browser that was sent to a partner (RULES 4.1).
    pub enum State {}
    /// A browser with a pending identity of a partner (RULES 4.3).
    pub enum PendingIdentity {}
    /// A recovery code, which is shorter (RULES 5.9). Only its hash is one of this kind.
    pub enum RecoveryCode {}
    /// The form of a page, which a repeated submission is recognized by (RULES 3.3).
    pub enum Form {}
}

/// The value of the pre-session cookie.
pub type PreSession = Secret<kind::PreSession>;
/// The value of the cookie that a registration sets.
pub type Registering = Secret<kind::Registering>;
/// The secret part of the session cookie.
pub type SessionSecret = Secret<kind::Session>;
/// The secret of a client at the token endpoint.
pub type ClientSecret = Secret<kind::Client>;
/// The value of the device cookie.
pub type DeviceSecret = Secret<kind::Device>;

impl<K> Secret<K> {
    /// A secret of these random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self { bytes: SecretBox::new(bytes.into()), kind: PhantomData }
    }

    /// Reads a value; `None` when it does not have the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        Some(Self::from_random(bytes.as_slice().try_into().ok()?))
    }

    /// The value for its holder, and for nobody else.
    #[must_use]
    pub fn expose(&self) -> String {
        BASE64URL_NOPAD.encode(self.bytes())
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }

    /// The hash of the secret, to be stored.
    #[must_use]
    pub fn hash(&self) -> HashedSecret<K> {
        let hash = digest::digest(&digest::SHA256, self.bytes());
        HashedSecret { text: BASE64URL_NOPAD.encode(hash.as_ref()), kind: PhantomData }
    }
}

impl<K> HashedSecret<K> {
    /// The hash with the text of [`HashedSecret::as_str`].
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self { text, kind: PhantomData }
    }

    /// The hash in base64url.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Compares in constant time.
impl<K> PartialEq for HashedSecret<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text.as_bytes().ct_eq(other.text.as_bytes()).into()
    }
}
impl<K> Eq for HashedSecret<K> {}

impl<K> Clone for HashedSecret<K> {
    fn clone(&self) -> Self {
        Self::stored(self.text.clone())
    }
}

impl<K> Clone for Secret<K> {
    fn clone(&self) -> Self {
        Self::from_random(*self.bytes())
    }
}

impl<K> fmt::Debug for Secret<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl<K> fmt::Debug for HashedSecret<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_value_is_read_back_and_nothing_else_is() {
        let secret = PreSession::from_random([9; 32]);
        let read = PreSession::parse(&secret.expose()).unwrap();
        assert!(read.hash() == secret.hash());
        assert!(read.hash() != PreSession::from_random([8; 32]).hash());
        for junk in ["", "AAAA", "not base64 \u{e9}", &"A".repeat(44), &"A".repeat(9000)] {
            assert!(PreSession::parse(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let secret = SessionSecret::from_random([1; 32]);
        assert_eq!(format!("{secret:?} {:?}", secret.hash()), "Secret HashedSecret");
    }
}
