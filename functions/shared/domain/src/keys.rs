//! The keys of the system (RULES 9.5).
//!
//! Each [`KeyPurpose`] has a type with the operations of its keys, such as [`LinkKeys`], and a secret of its own in the
//! secret store. A [`KeyRing`] holds the keys of the purposes that its function may use: a function that has no link
//! keys can't forge a link.
//!
//! Every value that a key produces carries the version of the key. So a new version can be introduced while values of
//! older versions stay readable: nobody has to sign in again, and nothing is unreachable during the rotation.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use aws_lc_rs::{
    aead::{self, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time, hmac,
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use secrecy::{ExposeSecret, SecretBox};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

mod data;
mod form;
mod link;
mod password;
mod session;
mod subject;
mod ticket;

pub use data::{DataKeys, EmailKey, IdentityKey, SourceKey};
pub use form::FormKeys;
pub use link::LinkKeys;
pub use password::PasswordKeys;
pub use session::SessionKeys;
pub use subject::{Sector, SubjectKeys};
pub use ticket::TicketKeys;

#[cfg(test)]
pub(crate) use tests::ring;

/// What keys are for. Each purpose has a secret of its own in the secret store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// [`DataKeys`].
    Data,
    /// [`PasswordKeys`].
    Password,
    /// [`LinkKeys`].
    Link,
    /// [`SessionKeys`].
    Session,
    /// [`TicketKeys`].
    Ticket,
    /// [`SubjectKeys`].
    Subject,
    /// [`FormKeys`].
    Form,
}

impl KeyPurpose {
    /// Every purpose.
    pub const ALL: [Self; 7] =
        [Self::Data, Self::Password, Self::Link, Self::Session, Self::Ticket, Self::Subject, Self::Form];

    /// The name of the purpose, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Password => "password",
            Self::Link => "link",
            Self::Session => "session",
            Self::Ticket => "ticket",
            Self::Subject => "subject",
            Self::Form => "form",
        }
    }

    /// The names of its keys, as in its secret.
    #[must_use]
    pub fn key_names(self) -> &'static [&'static str] {
        match self {
            Self::Data => &["lookup", "seal"],
            Self::Password => &["password"],
            Self::Link => &["link"],
            Self::Session => &["session"],
            Self::Ticket => &["ticket"],
            Self::Subject => &["subject"],
            Self::Form => &["form"],
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// The keys that a function may use, by purpose.
#[derive(Default)]
pub struct KeyRing {
    data: Option<Arc<DataKeys>>,
    password: Option<Arc<PasswordKeys>>,
    link: Option<Arc<LinkKeys>>,
    session: Option<Arc<SessionKeys>>,
    ticket: Option<Arc<TicketKeys>>,
    subject: Option<Arc<SubjectKeys>>,
    form: Option<Arc<FormKeys>>,
    /// The purposes whose keys were used, as bits.
    used: AtomicU8,
}

/// A function needs keys of a purpose that its configuration doesn't name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingKeys(pub KeyPurpose);

/// The keys of a secret are malformed: one is missing, is not 256 bits long, or has no current version.
#[derive(Debug, PartialEq, Eq)]
pub struct BadKeys;

/// No key opens the sealed value: its version is missing, it has another owner, or it was modified.
#[derive(Debug, PartialEq, Eq)]
pub struct CannotOpen;

impl KeyRing {
    /// The ring with the keys of a purpose, in the JSON of their secret: an object with the [`Versions`] of each key.
    ///
    /// # Errors
    /// [`BadKeys`].
    pub fn with(mut self, purpose: KeyPurpose, json: &str) -> Result<Self, BadKeys> {
        match purpose {
            KeyPurpose::Data => self.data = Some(parse(json)?),
            KeyPurpose::Password => self.password = Some(parse(json)?),
            KeyPurpose::Link => self.link = Some(parse(json)?),
            KeyPurpose::Session => self.session = Some(parse(json)?),
            KeyPurpose::Ticket => self.ticket = Some(parse(json)?),
            KeyPurpose::Subject => self.subject = Some(parse(json)?),
            KeyPurpose::Form => self.form = Some(parse(json)?),
        }
        Ok(self)
    }

    /// The ring with the keys of these purposes alone.
    #[must_use]
    pub fn restricted(&self, purposes: &[KeyPurpose]) -> Self {
        fn keep<T>(purposes: &[KeyPurpose], purpose: KeyPurpose, keys: Option<&Arc<T>>) -> Option<Arc<T>> {
            keys.filter(|_| purposes.contains(&purpose)).cloned()
        }
        Self {
            data: keep(purposes, KeyPurpose::Data, self.data.as_ref()),
            password: keep(purposes, KeyPurpose::Password, self.password.as_ref()),
            link: keep(purposes, KeyPurpose::Link, self.link.as_ref()),
            session: keep(purposes, KeyPurpose::Session, self.session.as_ref()),
            ticket: keep(purposes, KeyPurpose::Ticket, self.ticket.as_ref()),
            subject: keep(purposes, KeyPurpose::Subject, self.subject.as_ref()),
            form: keep(purposes, KeyPurpose::Form, self.form.as_ref()),
            used: AtomicU8::default(),
        }
    }

    /// The keys that personal data is found and encrypted with.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn data(&self) -> Result<&DataKeys, MissingKeys> {
        self.get(KeyPurpose::Data, self.data.as_ref())
    }

    /// The keys that wrap password hashes.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn password(&self) -> Result<&PasswordKeys, MissingKeys> {
        self.get(KeyPurpose::Password, self.password.as_ref())
    }

    /// The keys of emailed links.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn link(&self) -> Result<&LinkKeys, MissingKeys> {
        self.get(KeyPurpose::Link, self.link.as_ref())
    }

    /// The keys of sessions, codes and logins at partners.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn session(&self) -> Result<&SessionKeys, MissingKeys> {
        self.get(KeyPurpose::Session, self.session.as_ref())
    }

    /// The keys of authorization codes and tokens.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn ticket(&self) -> Result<&TicketKeys, MissingKeys> {
        self.get(KeyPurpose::Ticket, self.ticket.as_ref())
    }

    /// The keys of subject identifiers.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn subject(&self) -> Result<&SubjectKeys, MissingKeys> {
        self.get(KeyPurpose::Subject, self.subject.as_ref())
    }

    /// The keys of forms.
    ///
    /// # Errors
    /// [`MissingKeys`].
    pub fn form(&self) -> Result<&FormKeys, MissingKeys> {
        self.get(KeyPurpose::Form, self.form.as_ref())
    }

    /// The purposes whose keys were asked for so far, for the test of least privilege.
    pub fn used(&self) -> impl Iterator<Item = KeyPurpose> {
        let used = self.used.load(Ordering::Relaxed);
        KeyPurpose::ALL.into_iter().filter(move |purpose| used & purpose.bit() != 0)
    }

    fn get<'a, T>(&self, purpose: KeyPurpose, keys: Option<&'a Arc<T>>) -> Result<&'a T, MissingKeys> {
        self.used.fetch_or(purpose.bit(), Ordering::Relaxed);
        keys.map(Arc::as_ref).ok_or(MissingKeys(purpose))
    }
}

/// Parses the JSON of a secret.
fn parse<T: DeserializeOwned>(json: &str) -> Result<Arc<T>, BadKeys> {
    serde_json::from_str(json).map(Arc::new).map_err(|_| BadKeys)
}

/// The versions of a key: `{"current": 1, "keys": {"1": "base64 of 32 bytes"}}`. `current` produces new values; every
/// version reads existing ones.
#[derive(serde::Deserialize)]
#[serde(try_from = "StoredVersions")]
struct Versions {
    current: u8,
    newest: Key,
    keys: BTreeMap<u8, Key>,
}

#[derive(serde::Deserialize)]
struct StoredVersions {
    current: u8,
    keys: BTreeMap<u8, Key>,
}

/// A key of 256 bits.
#[derive(Clone, serde::Deserialize)]
#[serde(try_from = "String")]
struct Key(Arc<SecretBox<[u8; 32]>>);

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

impl Versions {
    /// The key with this version.
    fn get(&self, version: u8) -> Option<&Key> {
        self.keys.get(&version)
    }

    /// Every version with its key: the current one, then the others from newest to oldest.
    fn current_first(&self) -> impl Iterator<Item = (u8, &Key)> {
        let others = self.keys.iter().rev().map(|(version, key)| (*version, key));
        let others = others.filter(|(version, _)| *version != self.current);
        std::iter::once((self.current, &self.newest)).chain(others)
    }

    /// `version.base64url(MAC)` by the current key.
    fn tag(&self, context: &[u8], message: &[u8]) -> String {
        format!("{}.{}", self.current, BASE64URL_NOPAD.encode(&mac(&self.newest, context, message)))
    }

    /// Verifies a text of [`Versions::tag`], in constant time.
    fn is_tag(&self, context: &[u8], message: &[u8], text: &str) -> bool {
        let Some((version, tag)) = text.split_once('.') else { return false };
        let (Ok(version), Ok(tag)) = (version.parse(), BASE64URL_NOPAD.decode(tag.as_bytes())) else {
            return false;
        };
        self.get(version).is_some_and(|key| same(&mac(key, context, message), &tag))
    }

    /// Encrypts `plain` with the current key. `owner` is the associated data.
    fn seal(&self, owner: &str, plain: &[u8], nonce: [u8; 12]) -> Sealed {
        let mut message = Zeroizing::new(plain.to_vec());
        let Ok(key) = cipher(&self.newest) else { return Sealed(String::new()) };
        let tag = key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(owner.as_bytes()),
            &mut message,
        );
        let Ok(tag) = tag else { return Sealed(String::new()) };
        let parts = [&nonce[..], message.as_slice(), tag.as_ref()].concat();
        Sealed(format!("{}.{}", self.current, BASE64URL_NOPAD.encode(&parts)))
    }

    /// Decrypts what [`Versions::seal`] returned for the same owner.
    fn open(&self, owner: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let (version, text) = sealed.0.split_once('.').ok_or(CannotOpen)?;
        let version: u8 = version.parse().map_err(|_| CannotOpen)?;
        let key = self.get(version).ok_or(CannotOpen)?;
        let mut message = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| CannotOpen)?);
        let (nonce, body) = message.split_at_mut_checked(12).ok_or(CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
        let key = cipher(key).map_err(|_| CannotOpen)?;
        let plain = key.open_in_place(nonce, Aad::from(owner.as_bytes()), body).map_err(|_| CannotOpen)?;
        Ok(Zeroizing::new(plain.to_vec()))
    }

    /// Whether the value was made by a version that is not the current one.
    fn is_stale(&self, made: &str) -> bool {
        made.split_once('.').is_none_or(|(version, _)| version != self.current.to_string())
    }
}

impl TryFrom<StoredVersions> for Versions {
    type Error = &'static str;

    fn try_from(StoredVersions { current, keys }: StoredVersions) -> Result<Self, Self::Error> {
        let newest = keys.get(&current).ok_or("no current key")?.clone();
        Ok(Self { current, newest, keys })
    }
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
        Ok(Self(Arc::new(SecretBox::new(bytes.into()))))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")
    }
}

impl fmt::Display for MissingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the function has no {} keys", self.0.name())
    }
}

impl std::error::Error for MissingKeys {}

#[cfg(test)]
mod tests;
