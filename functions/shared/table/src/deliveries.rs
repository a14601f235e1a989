//! What became of the emails to an address, and whether it receives them (RULES 8.11).
//!
//! SES reports it late, repeatedly and in any order. Each write is therefore one conditional `UpdateItem` that keeps the later
//! time or the further state, and that makes the item if it is the first to know of the email or the address.

use domain::{
    Timestamp,
    delivery::{AddressEvent, DELIVERABILITY_KEPT, Deliverability, DeliveryState, SENT_EMAIL_KEPT},
    email::EmailAddress,
    id::OutboxId,
    keys::EmailKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key::{self, Key},
    write_transaction::Expression,
};

/// An email that SES accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentEmail {
    /// The address, by its keyed hash.
    pub place: EmailKey,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The outbox message that it was.
    pub message: OutboxId,
    /// The kind of email.
    pub kind: String,
    /// The id that SES gave it.
    pub message_id: String,
}

/// A sent email with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedEmail {
    /// The email.
    pub email: SentEmail,
    /// What became of it.
    pub state: DeliveryState,
    /// When it reached this state.
    pub changed_at: Timestamp,
}

/// A message tag, by which an event of SES leads back to the email that it is about. None holds the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EmailTag {
    /// [`SentEmail::place`].
    Place,
    /// [`SentEmail::sent_at`], in seconds since 1970.
    SentAt,
    /// [`SentEmail::message`].
    Message,
    /// [`SentEmail::kind`].
    Kind,
}

impl EmailTag {
    /// The name of the tag.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The tags of an email. SES allows ASCII letters, digits, `_` and `-`.
    #[must_use]
    pub fn of(email: &SentEmail) -> [(Self, String); 4] {
        [
            // `version.hash`, where only the hash may have a `-`.
            (Self::Place, email.place.as_str().replacen('.', "-", 1)),
            (Self::SentAt, email.sent_at.as_second().to_string()),
            (Self::Message, email.message.to_string()),
            (Self::Kind, email.kind.clone()),
        ]
    }
}

impl SentEmail {
    /// The email with these tags and this id. `None` when it isn't one of ours.
    #[must_use]
    pub fn from_tags<'a>(tag: impl Fn(EmailTag) -> Option<&'a str>, message_id: &str) -> Option<Self> {
        Some(Self {
            place: EmailKey::stored(tag(EmailTag::Place)?.replacen('-', ".", 1)),
            sent_at: Timestamp::from_second(tag(EmailTag::SentAt)?.parse().ok()?).ok()?,
            message: tag(EmailTag::Message)?.parse().ok()?,
            kind: tag(EmailTag::Kind)?.to_owned(),
            message_id: message_id.to_owned(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct SentEmailItem {
    email_kind: String,
    message_id: String,
    state: String,
    /// The position of the state in the order of states.
    rank: u8,
    #[serde(with = "epoch")]
    changed_at: Timestamp,
}

impl Kind for SentEmailItem {
    const NAME: &'static str = "sent_email";
}

/// When each kind of event last happened, for the address of the key.
#[derive(Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the attributes")]
pub(crate) struct DeliverabilityItem {
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    bounced_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    complained_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    cleared_at: Option<Timestamp>,
}

impl Kind for DeliverabilityItem {
    const NAME: &'static str = "deliverability";
}

impl DeliverabilityItem {
    /// What the items of one address know together: while a lookup key is rotated, there may be one for each version.
    pub(crate) fn together(
        items: impl IntoIterator<Item = Attributes>,
        now: Timestamp,
    ) -> Result<Deliverability, Unavailable> {
        let mut known = Deliverability::default();
        for item in items {
            let Some(found) = item::read::<Self>(Some(item), now)? else { continue };
            known.delivered_at = known.delivered_at.max(found.delivered_at);
            known.bounced_at = known.bounced_at.max(found.bounced_at);
            known.complained_at = known.complained_at.max(found.complained_at);
            known.cleared_at = known.cleared_at.max(found.cleared_at);
        }
        Ok(known)
    }
}

/// The attribute of the last event of a kind.
const fn attribute(event: AddressEvent) -> &'static str {
    match event {
        AddressEvent::Delivered => "delivered_at",
        AddressEvent::Bounced => "bounced_at",
        AddressEvent::Complained => "complained_at",
        AddressEvent::Cleared => "cleared_at",
    }
}

/// Sets the time of the last event of a kind, and the condition that the item has none as late.
pub(crate) fn later(event: AddressEvent, at: Timestamp, now: Timestamp) -> (&'static str, Expression) {
    let set = Expression::new("SET #last = :at, #kind = :kind, #v = :v, #ttl = :ttl")
        .aliased("last", attribute(event))
        .names(&["kind", "v", "ttl"])
        .value("at", item::seconds(at))
        .value("kind", item::text(DeliverabilityItem::NAME))
        .value("v", item::number(crate::SCHEMA_VERSION))
        .value("ttl", item::seconds(now + DELIVERABILITY_KEPT));
    ("attribute_not_exists(#last) OR #last < :at", set)
}

impl Table {
    /// The keyed hash of an address under which its emails are recorded.
    ///
    /// # Errors
    /// [`Unavailable`] when the function has no data keys.
    pub fn email_place(&self, email: &EmailAddress) -> Result<EmailKey, Unavailable> {
        Ok(self.data()?.email_key(email))
    }

    /// Records what became of an email (`UpdateItem`). Returns whether that is news: neither known already, nor overtaken by a
    /// further state.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn record_delivery(
        &self,
        email: &SentEmail,
        state: DeliveryState,
        at: Timestamp,
    ) -> Result<bool, Unavailable> {
        let set = Expression::new("SET #email_kind = :email_kind, #message_id = :message_id, #state = :state, #rank = :rank, #changed_at = :at, #kind = :kind, #v = :v, #ttl = :ttl")
            .names(&["email_kind", "message_id", "state", "rank", "changed_at", "kind", "v", "ttl"])
            .value("email_kind", item::text(&email.kind))
            .value("message_id", item::text(&email.message_id))
            .value("state", item::text(state.name()))
            .value("rank", item::number(state.rank()))
            .value("at", item::seconds(at))
            .value("kind", item::text(SentEmailItem::NAME))
            .value("v", item::number(crate::SCHEMA_VERSION))
            .value("ttl", item::seconds(email.sent_at + SENT_EMAIL_KEPT));
        let key = key::sent_email(&email.place, email.sent_at, email.message);
        self.update_if(&key, "attribute_not_exists(#rank) OR #rank < :rank", set).await
    }

    /// Records an event about an address, unless a later one of its kind is known (`UpdateItem`). `at` is when it happened.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn record_address_event(
        &self,
        place: &EmailKey,
        event: AddressEvent,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let (condition, set) = later(event, at, now);
        self.update_if(&key::deliverability(place), condition, set).await.map(drop)
    }

    /// Whether an address receives emails (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn deliverability(
        &self,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Deliverability, Unavailable> {
        let keys: Vec<_> = self.data()?.email_keys(email).iter().map(key::deliverability).collect();
        DeliverabilityItem::together(self.get_all(&keys).await?.into_values(), now)
    }

    /// The newest emails to an address, latest first, about `most` of each version of the lookup key (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sent_emails(
        &self,
        email: &EmailAddress,
        most: i32,
        now: Timestamp,
    ) -> Result<Vec<TrackedEmail>, Unavailable> {
        let mut found = Vec::new();
        for place in self.data()?.email_keys(email) {
            let partition = key::email_partition(&place);
            let (items, _) = self.query_newest(&partition, key::SENT_EMAIL_PREFIX, most).await?;
            for item in items {
                found.extend(tracked(&place, item, now)?);
            }
        }
        found.sort_by_key(|tracked| std::cmp::Reverse(tracked.email.sent_at));
        Ok(found)
    }

    /// Updates an item if the condition holds (`UpdateItem`). Returns whether it does.
    async fn update_if(&self, key: &Key, condition: &str, set: Expression) -> Result<bool, Unavailable> {
        let (text, names, values) = set.parts();
        let update = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(key)))
            .update_expression(text)
            .condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values);
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn tracked(place: &EmailKey, item: Attributes, now: Timestamp) -> Result<Option<TrackedEmail>, Unavailable> {
    let Some((sent_at, message)) = item::key_of(&item).and_then(|key| key::parse_sent_email(&key)) else {
        return Ok(None);
    };
    let Some(found) = item::read::<SentEmailItem>(Some(item), now)? else { return Ok(None) };
    let SentEmailItem { email_kind: kind, message_id, state, changed_at, .. } = found;
    let state = state.parse().map_err(|_| Unavailable::unreadable(SentEmailItem::NAME))?;
    let email = SentEmail { place: place.clone(), sent_at, message, kind, message_id };
    Ok(Some(TrackedEmail { email, state, changed_at }))
}
