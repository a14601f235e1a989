//! The outbox messages that could not be sent, for operators (RULES 7.6, 9.4).

use domain::{Timestamp, id::OutboxId, outbox::Priority};
use serde::Deserialize;

use crate::{
    ByOperator, Payload, Table,
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, epoch, epoch_option},
    key,
    outbox::{DUE, FAILED, FAILED_SHARD, PENDING, outbox_id, shard, shard_name},
    write_transaction::Expression,
};

/// How many items one `BatchGetItem` reads.
const BATCH: usize = 100;

/// A message that was given up.
#[derive(Debug)]
pub struct FailedMessage {
    /// The message's id.
    pub id: OutboxId,
    /// When it was given up.
    pub since: Timestamp,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// Why it was given up: `rejected`, `expired` or `unreadable`.
    pub reason: String,
    /// `None` when it can't be read.
    pub payload: Option<Payload>,
}

/// The item of a failed message, as far as operators see it.
#[derive(Deserialize)]
struct FailedItem {
    #[serde(with = "epoch", rename = "promised_at")]
    queued_at: Timestamp,
    #[serde(with = "epoch_option", default)]
    due_at: Option<Timestamp>,
    #[serde(default)]
    failure: String,
    email: Option<domain::keys::Sealed>,
}

impl Table {
    /// The messages that are kept as failed, the oldest first. Found by the index (`Query`), and read from the table
    /// (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn failed_messages(&self) -> Result<Vec<FailedMessage>, Unavailable> {
        let mut ids = Vec::new();
        let mut start = None;
        loop {
            let query = self.client.query().table_name(&*self.name).index_name(DUE);
            let query = query
                .key_condition_expression("due_shard = :shard")
                .expression_attribute_values(":shard", item::text(FAILED_SHARD))
                .set_exclusive_start_key(start);
            let page = query.send().await?;
            let keys = page.items.unwrap_or_default();
            ids.extend(keys.iter().filter_map(item::key_of).filter_map(|key| outbox_id(&key.pk)));
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let mut failed = Vec::new();
        for some in ids.chunks(BATCH) {
            let keys: Vec<_> = some.iter().map(|id| key::outbox(*id)).collect();
            let mut found = self.get_all(&keys).await?;
            failed.extend(
                some.iter().filter_map(|id| self.failed_message(*id, found.remove(&key::outbox(*id))?)),
            );
        }
        Ok(failed)
    }

    /// A message that is kept as failed, if it is.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn failed_message_by_id(&self, id: OutboxId) -> Result<Option<FailedMessage>, Unavailable> {
        let item = self.get(&key::outbox(id)).await?;
        Ok(item.and_then(|item| self.failed_message(id, item)))
    }

    /// `None` if it was made pending since the index listed it.
    fn failed_message(&self, id: OutboxId, item: Attributes) -> Option<FailedMessage> {
        if item.get("state")?.as_s().ok()? != FAILED {
            return None;
        }
        let unread = FailedItem {
            queued_at: Timestamp::UNIX_EPOCH,
            due_at: None,
            failure: "unreadable".to_owned(),
            email: None,
        };
        let found: FailedItem = serde_dynamo::from_item(item).unwrap_or(unread);
        let json = found.email.and_then(|sealed| self.open(&id.to_string(), &sealed).ok());
        Some(FailedMessage {
            id,
            since: found.due_at.unwrap_or(found.queued_at),
            queued_at: found.queued_at,
            reason: found.failure,
            payload: json.map(Payload::Email),
        })
    }

    /// Makes a failed message pending again, and records it for the subject (`TransactWriteItems`). The next sweep sends it.
    ///
    /// # Errors
    /// [`Conflict::Outbox`] when the message isn't failed any more.
    pub async fn redrive(
        &self,
        id: OutboxId,
        priority: Priority,
        subject: AuditSubject<'_>,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let set = Expression::new("SET #state = :pending, #due_shard = :shard, #due_at = :now REMOVE #tries, #rejections, #failure, #lease, #leased_until")
            .names(&["state", "due_shard", "due_at", "tries", "rejections", "failure", "lease", "leased_until"])
            .value("pending", item::text(PENDING))
            .value("failed", item::text(FAILED))
            .value("shard", item::text(shard_name(shard(id, priority))))
            .value("now", item::seconds(by.at));
        let transaction =
            self.write_transaction().update(Conflict::Outbox, &key::outbox(id), "#state = :failed", set);
        let audit = self.audit_of_subject_by_operator(subject, AuditEvent::EmailSentAgain, [], by);
        transaction.put(Conflict::Audit, audit).commit().await
    }
}
