//! Encoding and decoding of items.
//!
//! An item has its key (`pk`, `sk`), `kind`, the schema version `v`, `ttl` where it expires, and the attributes of one
//! struct that implements [`Kind`]. Times are whole seconds since 1970 (UTC).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use serde::{
    Deserializer, Serialize,
    de::{DeserializeOwned, Error, Visitor, value},
    forward_to_deserialize_any,
};

use crate::{SCHEMA_VERSION, error::Unavailable, key::Key};

/// An item as the SDK represents it.
pub type Attributes = HashMap<String, AttributeValue>;

/// The attributes of one kind of item.
pub(crate) trait Kind: Serialize + DeserializeOwned {
    /// The value of the attribute `kind`. It is stored, so it stays when the type is renamed.
    const NAME: &'static str;
}

/// Encodes a whole item, which is absent from `ttl` on.
pub(crate) fn write<K: Kind>(
    key: &Key,
    content: &K,
    ttl: Option<Timestamp>,
) -> Result<Attributes, Unavailable> {
    let mut item: Attributes =
        serde_dynamo::to_item(content).map_err(|_| Unavailable::unreadable(K::NAME))?;
    item.extend(attributes(key));
    item.insert("kind".into(), AttributeValue::S(K::NAME.into()));
    item.insert("v".into(), AttributeValue::N(SCHEMA_VERSION.to_string()));
    if let Some(ttl) = ttl {
        item.insert("ttl".into(), seconds(ttl));
    }
    Ok(item)
}

/// Decodes an item. `None` when it is absent, expired, or of another kind.
pub(crate) fn read<K: Kind>(item: Option<Attributes>, now: Timestamp) -> Result<Option<K>, Unavailable> {
    let Some(item) = item.filter(|item| is_live(item, now) && kind(item) == K::NAME) else { return Ok(None) };
    serde_dynamo::from_item(item).map(Some).map_err(|_| Unavailable::unreadable(K::NAME))
}

/// The attributes of a kind of item, besides those that every item has.
pub(crate) fn attributes_of<K: Kind>() -> &'static [&'static str] {
    let mut fields = Fields(&[]);
    let _ = K::deserialize(&mut fields);
    fields.0
}

/// Reads nothing, and keeps the names of the fields that a struct asks for.
struct Fields(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Fields {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, value::Error> {
        Err(value::Error::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Whether the item hasn't expired, whether or not DynamoDB deleted it (RULES 2.9).
pub(crate) fn is_live(item: &Attributes, now: Timestamp) -> bool {
    let ttl = item.get("ttl").and_then(|ttl| ttl.as_n().ok()).and_then(|ttl| ttl.parse().ok());
    ttl.is_none_or(|ttl: i64| now.as_second() < ttl)
}

pub(crate) fn kind(item: &Attributes) -> &str {
    item.get("kind").and_then(|kind| kind.as_s().ok()).map_or("", String::as_str)
}

/// Whether a number is left out of an item: an absent attribute means zero.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The two attributes of a primary key.
pub(crate) fn attributes(key: &Key) -> Attributes {
    HashMap::from([
        ("pk".into(), AttributeValue::S(key.pk.clone())),
        ("sk".into(), AttributeValue::S(key.sk.clone())),
    ])
}

/// The primary key of an item, or of the `Keys` of a stream record.
pub(crate) fn key_of(item: &Attributes) -> Option<Key> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(Key { pk: text("pk")?, sk: text("sk")? })
}

pub(crate) fn seconds(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_second().to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "calls read better without a reference")]
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "calls read better without a reference")]
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A list of strings, as serde writes it.
pub(crate) fn texts<'a>(values: impl Iterator<Item = &'a str>) -> AttributeValue {
    AttributeValue::L(values.map(|value| AttributeValue::S(value.to_owned())).collect())
}

/// Serializes a [`Timestamp`] as whole seconds since 1970 (UTC).
pub(crate) mod epoch {
    use domain::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.as_second())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::from_second(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The same as [`epoch`] for an optional attribute.
pub(crate) mod epoch_option {
    use domain::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(Timestamp::as_second).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let second = Option::<i64>::deserialize(deserializer)?;
        second.map(|second| Timestamp::from_second(second).map_err(D::Error::custom)).transpose()
    }
}

/// The same as [`epoch`] for a list.
pub(crate) mod epochs {
    use domain::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(times: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
        times.iter().map(|at| at.as_second()).collect::<Vec<_>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Timestamp>, D::Error> {
        let seconds = Vec::<i64>::deserialize(deserializer)?;
        seconds.into_iter().map(|second| Timestamp::from_second(second).map_err(D::Error::custom)).collect()
    }
}
