//! Messages to the operators from the form *Contact us* (RULES 3.11, 8.5).
//!
//! Only what the source and the form did is read. Whether the address has an account isn't, so nothing here can reveal
//! it.

use domain::{SignedDuration, Timestamp, device::AddressBlock, id::OutboxId};
use serde::{Deserialize, Serialize};

use crate::{
    LimitedAction, OutboxMessage, RateLimit, RateSlot, Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Kind, epoch},
    key,
    limits::take_slot,
};

/// How long it is known that a form was sent.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A form that was sent.
#[derive(Serialize, Deserialize)]
struct ContactItem {
    #[serde(with = "epoch")]
    sent_at: Timestamp,
}

impl Kind for ContactItem {
    const NAME: &'static str = "contact";
}

/// Everything that sending a message is decided on.
#[derive(Debug)]
pub struct ContactView {
    /// Whether the same form was sent before, for example by a double click.
    pub is_sent: bool,
    /// The counters of the source for [`LimitedAction::Messages`].
    pub rate_limit: RateLimit,
}

impl Table {
    /// Reads everything that sending a message is decided on (`BatchGetItem`). `form` is the id of the form.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_contact(
        &self,
        form: OutboxId,
        block: AddressBlock,
        now: Timestamp,
    ) -> Result<ContactView, Unavailable> {
        let sent = key::contact(form);
        let rate_limit = self.rate_limit(block, LimitedAction::Messages, now)?;
        let keys = [std::slice::from_ref(&sent), rate_limit.keys()].concat();
        let mut found = self.get_all(&keys).await?;
        let rate_limit = rate_limit.with_counts(&found);
        let sent: Option<ContactItem> = item::read(found.remove(&sent), now)?;
        Ok(ContactView { is_sent: sent.is_some(), rate_limit })
    }

    /// Queues the message, and counts it for the source (`TransactWriteItems`).
    ///
    /// The id of the outbox message is the id of the form.
    ///
    /// # Errors
    /// - [`Conflict::Outbox`] when the message of the same form was queued already.
    /// - [`Conflict::RateLimit`] when the counter of the source is full.
    pub async fn contact(&self, message: &OutboxMessage, source: &RateSlot) -> Result<(), WriteError> {
        let sent = ContactItem { sent_at: message.at };
        let sent = item::write(&key::contact(message.id), &sent, Some(message.at + KNOWN_FOR));
        let transaction = self.write_transaction().put(Conflict::Outbox, sent);
        take_slot(transaction, source, Conflict::RateLimit)
            .put(Conflict::Outbox, self.message(message))
            .commit()
            .await
    }
}
