//! The outbox: emails promised with the change that causes them, leased by one sender at a time (RULES 9.4).

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::{SignedDuration, Timestamp, id::OutboxId, keys::Sealed};
use email::Email;
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes, Kind, epoch},
    key,
};

/// How long a sender has an item to itself: longer than the sending function runs.
pub const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// How many partitions of the index the waiting items are spread over, so that none is hot.
const SHARDS: u8 = 8;

/// The index of the items that wait, by when they are due. It only wakes: the lease decides.
const DUE: &str = "due";

/// An email that is to be sent because of a change.
#[derive(Clone, Debug)]
pub struct OutboxMessage {
    /// Names it.
    pub id: OutboxId,
    /// What is sent.
    pub email: Email,
    /// When it was promised.
    pub at: Timestamp,
}

/// An item that this sender alone may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// Names it.
    pub id: OutboxId,
    /// What is to be sent; `None` when the item can't be read.
    pub email: Option<Email>,
    /// How often it was claimed, this time included.
    pub tries: u32,
    /// When it was promised.
    pub queued_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct OutboxItem {
    email: Sealed,
    state: String,
    #[serde(with = "epoch")]
    #[serde(rename = "promised_at")]
    queued_at: Timestamp,
    #[serde(default)]
    tries: u32,
    due_shard: String,
    #[serde(with = "epoch")]
    due_at: Timestamp,
}

impl Kind for OutboxItem {
    const NAME: &'static str = "outbox";
}

const PENDING: &str = "pending";
const FAILED: &str = "failed";

impl Table {
    /// The item of a promise, for the transaction of the change that causes it.
    pub(crate) fn message(&self, message: &OutboxMessage) -> Result<Attributes, Unavailable> {
        let plain =
            serde_json::to_vec(&message.email).map_err(|_| Unavailable::new("an email can't be written"))?;
        let content = OutboxItem {
            email: self.seal(&message.id.to_string(), &plain),
            state: PENDING.to_owned(),
            queued_at: message.at,
            tries: 0,
            due_shard: shard(message.id),
            // The stream wakes the sender at once; the sweep finds what it missed.
            due_at: message.at + LEASE,
        };
        item::write(&key::outbox(message.id), &content, None)
    }

    /// Takes an item for this sender; `None` when it is sent, failed or another sender's.
    ///
    /// `lease` names this claim: asked again for the same one, it is given again.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn claim(
        &self,
        id: OutboxId,
        lease: OutboxId,
        now: Timestamp,
    ) -> Result<Option<Claimed>, Unavailable> {
        let claim = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::outbox(id))));
        let claim = claim
            .update_expression("SET lease = :lease, leased_until = :until, due_at = :until ADD tries :one");
        let claim = claim.condition_expression("#state = :pending AND (attribute_not_exists(leased_until) OR leased_until <= :now OR lease = :lease)");
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
            Ok(answer) => Ok(Some(self.claimed(id, answer.attributes.unwrap_or_default()))),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn claimed(&self, id: OutboxId, item: Attributes) -> Claimed {
        let content: Result<OutboxItem, _> = serde_dynamo::from_item(item);
        let Ok(content) = content else {
            return Claimed { id, email: None, tries: u32::MAX, queued_at: Timestamp::UNIX_EPOCH };
        };
        let email =
            self.open(&id.to_string(), &content.email).ok().and_then(|json| serde_json::from_str(&json).ok());
        Claimed { id, email, tries: content.tries, queued_at: content.queued_at }
    }

    /// Ends an item: its email is on its way.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sent(&self, id: OutboxId) -> Result<(), Unavailable> {
        self.remove(&key::outbox(id)).await
    }

    /// Gives an item back, to be sent at `due_at`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn postpone(
        &self,
        id: OutboxId,
        lease: OutboxId,
        due_at: Timestamp,
    ) -> Result<(), Unavailable> {
        let values = vec![(":due_at", item::seconds(due_at))];
        self.give_back(id, lease, "SET due_at = :due_at, leased_until = :due_at", values).await
    }

    /// Keeps an item as failed: nobody sends it again until an operator has looked.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn failed(&self, id: OutboxId, lease: OutboxId) -> Result<(), Unavailable> {
        let values = vec![(":failed", item::text(FAILED))];
        self.give_back(id, lease, "SET #state = :failed REMOVE due_shard, due_at, leased_until", values).await
    }

    /// Whether an item is kept as failed.
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
            // Another sender has it by now, or the answer of this same change was lost.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The items that are due, at most `limit`, the longest due of each shard first. May be a little behind.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn due(&self, limit: usize, now: Timestamp) -> Result<Vec<OutboxId>, Unavailable> {
        let each = i32::try_from(limit.div_ceil(usize::from(SHARDS))).unwrap_or(i32::MAX);
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            let query = self.client.query().table_name(&*self.name).index_name(DUE).limit(each);
            let query = query.key_condition_expression("due_shard = :shard AND due_at <= :now");
            let query = query
                .expression_attribute_values(":shard", item::text(shard_name(shard)))
                .expression_attribute_values(":now", item::seconds(now));
            let items = query.send().await?.items.unwrap_or_default();
            found.extend(items.iter().filter_map(item::key_of).filter_map(|key| outbox_id(&key.pk)));
        }
        Ok(found)
    }
}

/// The outbox item that this partition key names.
#[must_use]
pub fn outbox_id(pk: &str) -> Option<OutboxId> {
    pk.strip_prefix("OUTBOX#")?.parse().ok()
}

fn shard(id: OutboxId) -> String {
    shard_name(id.to_bytes()[0] % SHARDS)
}

fn shard_name(shard: u8) -> String {
    format!("OUTBOX#{shard}")
}
