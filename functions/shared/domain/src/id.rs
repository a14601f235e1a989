//! Identifiers. Each entity has its own type of id, so one can't be passed for another.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use uuid::Uuid;

/// A 128-bit random identifier of a `K`. It identifies something and grants nothing.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// The entities that an [`Id`] can identify.
pub mod entity {
    /// An account. Logs know it by this id alone.
    pub enum Account {}
    /// A registration that waits for activation.
    pub enum Registration {}
    /// A link that is sent by email.
    pub enum Link {}
    /// A sign-in in progress for a service.
    pub enum Interaction {}
    /// A reserved sign-in attempt.
    pub enum Attempt {}
    /// A message in the outbox.
    pub enum Outbox {}
    /// An entry in the audit trail.
    pub enum Audit {}
    /// An item that is written to hide whether another one was (RULES 2.5).
    pub enum Decoy {}
    /// What a resident granted a service.
    pub enum Grant {}
    /// The connection of a resident's account and a service.
    pub enum Connection {}
    /// An authenticator of an account.
    pub enum Authenticator {}
}

/// Identifies an account in logs and keys.
pub type AccountId = Id<entity::Account>;
/// Identifies a registration that waits for activation.
pub type RegistrationId = Id<entity::Registration>;
/// Identifies an emailed link. Its token is derived from this id by a key (RULES 2.7).
pub type LinkId = Id<entity::Link>;
/// Identifies a sign-in in progress for a service.
pub type InteractionId = Id<entity::Interaction>;
/// Identifies a sign-in attempt of an email address.
pub type AttemptId = Id<entity::Attempt>;
/// Identifies a message in the outbox.
pub type OutboxId = Id<entity::Outbox>;
/// Identifies an entry of the audit trail.
pub type AuditId = Id<entity::Audit>;
/// Identifies an item without content.
pub type DecoyId = Id<entity::Decoy>;
/// Identifies a grant. Its code and tokens are derived from this id by a key.
pub type GrantId = Id<entity::Grant>;
/// Identifies a connection. A service that is disconnected and connected again gets a new one.
pub type ConnectionId = Id<entity::Connection>;
/// Identifies an authenticator of an account.
pub type AuthenticatorId = Id<entity::Authenticator>;

impl<K> Id<K> {
    /// An id of these random bytes (UUID version 4, RFC 9562).
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self::of(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// As [`Id::from_random`], but an id with a smaller `order` sorts before one with a greater.
    #[must_use]
    pub fn in_order(order: u32, bytes: [u8; 16]) -> Self {
        let random = u128::from_be_bytes(bytes) >> u32::BITS;
        Self::from_random((u128::from(order) << 96 | random).to_be_bytes())
    }

    /// The 16 bytes, as [`Id::from_bytes`] takes them.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.uuid.into_bytes()
    }

    /// The id with these bytes.
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
        // Accepts one spelling, so an id in a key or a URL has one form.
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
    fn rule_7_5_ids_in_order_are_spelled_in_order() {
        let ids = [(0, 0xff), (1, 0), (256, 0xff), (u32::MAX, 0)];
        let spelled = ids.map(|(order, byte)| AuditId::in_order(order, [byte; 16]).to_string());
        assert!(spelled.is_sorted(), "{spelled:?}");
        assert_ne!(AuditId::in_order(1, [1; 16]), AuditId::in_order(1, [2; 16]));
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = AccountId::from_random([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<AccountId>(), Err(NotAnId));
        assert_eq!(format!("{{{id}}}").parse::<AccountId>(), Err(NotAnId));
    }
}
