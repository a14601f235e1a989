//! Identifiers: each thing's id has a type of its own, so that one can't stand for another.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use uuid::Uuid;

/// The 128-bit random identifier of a `K`. It names something and grants nothing.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// What [`Id`]s are of.
pub mod entity {
    /// An account; the opaque name under which logs know it.
    pub enum Account {}
    /// A registration that waits for activation.
    pub enum Registration {}
    /// A link that is sent by email.
    pub enum Link {}
    /// A sign-in transaction: a resident on the way to a service.
    pub enum Interaction {}
    /// One reserved attempt to sign in.
    pub enum Attempt {}
    /// Something promised to be sent.
    pub enum Outbox {}
    /// An entry in the audit trail.
    pub enum Audit {}
    /// Something written that means nothing.
    pub enum Decoy {}
    /// What a service was granted by a resident.
    pub enum Grant {}
    /// What holds a resident's account and a service together until it is disconnected.
    pub enum Connection {}
    /// An authenticator app of an account.
    pub enum Authenticator {}
}

/// Names an account.
pub type AccountId = Id<entity::Account>;
/// Names a registration.
pub type RegistrationId = Id<entity::Registration>;
/// Names an emailed link; its token is derived from this by a key (RULES 2.7).
pub type LinkId = Id<entity::Link>;
/// Names a sign-in transaction.
pub type InteractionId = Id<entity::Interaction>;
/// Names one attempt to sign in.
pub type AttemptId = Id<entity::Attempt>;
/// Names an outbox item.
pub type OutboxId = Id<entity::Outbox>;
/// Names an audit item.
pub type AuditId = Id<entity::Audit>;
/// Names a decoy.
pub type DecoyId = Id<entity::Decoy>;
/// Names what a service was granted; its code and tokens are derived from this by a key.
pub type GrantId = Id<entity::Grant>;
/// Names a connection: a service that is disconnected and connected again has a new one.
pub type ConnectionId = Id<entity::Connection>;
/// Names an authenticator app of an account.
pub type AuthenticatorId = Id<entity::Authenticator>;

impl<K> Id<K> {
    /// An id of these random bytes (a version 4 UUID, RFC 9562).
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self::of(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The id's 16 bytes, as [`Id::from_bytes`] takes them.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.uuid.into_bytes()
    }

    /// The id of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::of(Uuid::from_bytes(bytes))
    }

    fn of(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }
}

/// The text is not an id.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnId;

impl<K> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let uuid = Uuid::try_parse(text).map_err(|_| NotAnId)?;
        // One spelling only, so that an id in a key or a URL has one form.
        if uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text {
            Ok(Self::of(uuid))
        } else {
            Err(NotAnId)
        }
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.hyphenated().fmt(f)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|NotAnId| serde::de::Error::custom("not an id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = AccountId::from_random([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<AccountId>(), Err(NotAnId));
        assert_eq!(format!("{{{id}}}").parse::<AccountId>(), Err(NotAnId));
    }
}
