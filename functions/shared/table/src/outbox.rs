//! The outbox: messages that a change causes, written in the transaction of that change (RULES 9.4).
//!
//! A sender leases a message before it sends it, so that no two senders send the same one. The table doesn't know what
//! messages say: their content is text that the sender decodes.

use std::{fmt, ops::Range};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::{
    SignedDuration, Timestamp,
    id::OutboxId,
    keys::{DataKeys, Sealed},
    outbox::Priority,
};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
};

/// How long one sender has a message to itself. Longer than the sending function may run.
pub const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// The index of pending messages by due time. It only finds them: the lease decides who sends.
pub(crate) const DUE: &str = "due";

/// The partitions of the index that the pending messages of a priority are spread over, so that none is hot.
const fn shards(priority: Priority) -> Range<u8> {
    match priority {
        Priority::Code => 0..2,
        Priority::Link => 2..4,
        Priority::Notice => 4..8,
    }
}

/// What an outbox message carries, encoded by the code that queues it.
#[derive(Clone)]
pub enum Payload {
    /// An email, as the JSON text of `email::Email`.
    Email(String),
}

/// A message that is sent because of a change.
#[derive(Clone, Debug)]
pub struct OutboxMessage {
    /// The same id twice is the same message, which is queued once.
    pub id: OutboxId,
    /// What is sent.
    pub payload: Payload,
    /// Which messages it is sent before.
    pub priority: Priority,
    /// When it is queued.
    pub at: Timestamp,
    /// When it is sent, if not at once.
    pub not_before: Option<Timestamp>,
}

/// A message that only this sender may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// The message's id.
    pub id: OutboxId,
    /// `None` when the item can't be read.
    pub payload: Option<Payload>,
    /// How often the message was claimed, including this time.
    pub tries: u32,
    /// How often the message itself was rejected so far.
    pub rejections: u32,
    /// When the message was queued.
    pub queued_at: Timestamp,
}

/// One attribute for each kind of payload, sealed for the message's id.
#[derive(Serialize, Deserialize)]
pub(crate) struct OutboxItem {
    email: Sealed,
    state: String,
    #[serde(with = "epoch", rename = "promised_at")]
    queued_at: Timestamp,
    #[serde(default)]
    tries: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    rejections: u32,
    due_shard: String,
    #[serde(with = "epoch")]
    due_at: Timestamp,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Kind for OutboxItem {
    const NAME: &'static str = "outbox";
}

pub(crate) const PENDING: &str = "pending";
pub(crate) const FAILED: &str = "failed";

/// The partition of the index with the failed messages, for operators. No sender looks there.
pub(crate) const FAILED_SHARD: &str = "OUTBOX#FAILED";

impl Table {
    /// The item of a message, for the transaction of the change that causes it.
    pub(crate) fn message(&self, message: &OutboxMessage) -> Result<Attributes, Unavailable> {
        let Payload::Email(json) = &message.payload;
        let content = OutboxItem {
            email: self.seal(&message.id.to_string(), json.as_bytes())?,
            state: PENDING.to_owned(),
            queued_at: message.at,
            tries: 0,
            rejections: 0,
            due_shard: shard_name(shard(message.id, message.priority)),
            // A sender that is at work finds it at once, whatever else it was woken for.
            due_at: message.not_before.unwrap_or(message.at),
            not_before: message.not_before,
        };
        item::write(&key::outbox(message.id), &content, None)
    }

    /// Leases a message to this sender. `None` if it is sent, failed, leased to another sender or not to be sent yet.
    ///
    /// `lease` identifies the claim: a repeated call with the same lease succeeds, and counts one more try.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn claim(
        &self,
        id: OutboxId,
        lease: OutboxId,
        now: Timestamp,
    ) -> Result<Option<Claimed>, Unavailable> {
        // Before anything is written: without keys, a message would count as unreadable.
        let keys = self.data()?;
        let claim = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::outbox(id))));
        let claim = claim
            .update_expression("SET lease = :lease, leased_until = :until, due_at = :until ADD tries :one");
        let claim = claim.condition_expression("#state = :pending AND (attribute_not_exists(leased_until) OR leased_until <= :now OR lease = :lease) AND (attribute_not_exists(not_before) OR not_before <= :now)");
        let claim = claim.expression_attribute_names("#state", "state").return_values(ReturnValue::AllNew);
        let values = [
            (":lease", item::text(lease)),
            (":until", item::seconds(now + LEASE)),
            (":pending", item::text(PENDING)),
            (":now", item::seconds(now)),
            (":one", item::number(1)),
        ];
        let claim = values
            .into_iter()
            .fold(claim, |claim, (name, value)| claim.expression_attribute_values(name, value));
        match claim.send().await {
            Ok(answer) => Ok(Some(claimed(keys, id, answer.attributes.unwrap_or_default()))),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a message that was sent.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sent(&self, id: OutboxId) -> Result<(), Unavailable> {
        self.remove(&key::outbox(id)).await
    }

    /// Returns a message to the outbox, to be sent at `due_at`. `rejections` is how often it was rejected, including now.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn postpone(
        &self,
        id: OutboxId,
        lease: OutboxId,
        due_at: Timestamp,
        rejections: u32,
    ) -> Result<(), Unavailable> {
        let values = vec![(":due_at", item::seconds(due_at)), (":rejections", item::number(rejections))];
        let change = "SET due_at = :due_at, leased_until = :due_at, rejections = :rejections";
        self.give_back(id, lease, change, values).await
    }

    /// Returns a message to the outbox, due at once. The claim doesn't count as a try.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn release(&self, id: OutboxId, lease: OutboxId, now: Timestamp) -> Result<(), Unavailable> {
        let values = vec![(":now", item::seconds(now)), (":minus", AttributeValue::N("-1".to_owned()))];
        self.give_back(id, lease, "SET due_at = :now, leased_until = :now ADD tries :minus", values).await
    }

    /// Keeps a message as failed, for this reason: it isn't sent again until an operator has examined it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn failed(
        &self,
        id: OutboxId,
        lease: OutboxId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let values = vec![
            (":failed", item::text(FAILED)),
            (":shard", item::text(FAILED_SHARD)),
            (":now", item::seconds(now)),
            (":reason", item::text(reason)),
        ];
        let change =
            "SET #state = :failed, due_shard = :shard, due_at = :now, failure = :reason REMOVE leased_until";
        self.give_back(id, lease, change, values).await
    }

    /// Whether a message is kept as failed.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn is_kept_as_failed(&self, id: OutboxId) -> Result<bool, Unavailable> {
        let item = self.get(&key::outbox(id)).await?;
        Ok(item.and_then(|item| item.get("state")?.as_s().ok().cloned()).as_deref() == Some(FAILED))
    }

    async fn give_back(
        &self,
        id: OutboxId,
        lease: OutboxId,
        change: &str,
        values: Vec<(&str, AttributeValue)>,
    ) -> Result<(), Unavailable> {
        let give = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::outbox(id))));
        let give =
            give.update_expression(change).condition_expression("#state = :pending AND lease = :lease");
        let give = give
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", item::text(PENDING));
        let give = give.expression_attribute_values(":lease", item::text(lease));
        let give = values
            .into_iter()
            .fold(give, |give, (name, value)| give.expression_attribute_values(name, value));
        match give.send().await {
            Ok(_) => Ok(()),
            // Another sender has leased it meanwhile, or this change was made and its response lost.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Messages of a priority that are due, the longest due of each shard first, and at most `limit` of each.
    /// Eventually consistent.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn due(
        &self,
        priority: Priority,
        limit: i32,
        now: Timestamp,
    ) -> Result<Vec<OutboxId>, Unavailable> {
        let find = async |shard| -> Result<Vec<OutboxId>, Unavailable> {
            let query = self.client.query().table_name(&*self.name).index_name(DUE).limit(limit);
            let query = query.key_condition_expression("due_shard = :shard AND due_at <= :now");
            let query = query
                .expression_attribute_values(":shard", item::text(shard_name(shard)))
                .expression_attribute_values(":now", item::seconds(now));
            let items = query.send().await?.items.unwrap_or_default();
            Ok(items.iter().filter_map(item::key_of).filter_map(|key| outbox_id(&key.pk)).collect())
        };
        Ok(try_join_all(shards(priority).map(find)).await?.concat())
    }
}

/// The message whose item has this partition key.
#[must_use]
pub fn outbox_id(pk: &str) -> Option<OutboxId> {
    pk.strip_prefix("OUTBOX#")?.parse().ok()
}

/// The priority of the message in this shard of the index.
#[must_use]
pub fn outbox_priority(due_shard: &str) -> Option<Priority> {
    let shard: u8 = due_shard.strip_prefix("OUTBOX#")?.parse().ok()?;
    Priority::ALL.into_iter().find(|priority| shards(*priority).contains(&shard))
}

/// Never prints an email: it holds addresses, and codes in the clear.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(_) => f.write_str("Email"),
        }
    }
}

pub(crate) fn shard(id: OutboxId, priority: Priority) -> u8 {
    let Range { start, end } = shards(priority);
    start + id.to_bytes()[0] % (end - start)
}

pub(crate) fn shard_name(shard: u8) -> String {
    format!("OUTBOX#{shard}")
}

fn claimed(keys: &DataKeys, id: OutboxId, item: Attributes) -> Claimed {
    let content: Result<OutboxItem, _> = serde_dynamo::from_item(item);
    let Ok(content) = content else {
        let queued_at = Timestamp::UNIX_EPOCH;
        return Claimed { id, payload: None, tries: u32::MAX, rejections: 0, queued_at };
    };
    let payload = keys.open(&id.to_string(), &content.email);
    let payload = payload.ok().and_then(|json| String::from_utf8(json.to_vec()).ok()).map(Payload::Email);
    let OutboxItem { tries, rejections, queued_at, .. } = content;
    Claimed { id, payload, tries, rejections, queued_at }
}
