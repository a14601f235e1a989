//! Messages to the operators from the form *Contact us* (RULES 3.11, 8.5).
//!
//! Only limits are read. Whether the address has an account isn't, so nothing here can reveal it.

use domain::{Timestamp, device::AddressBlock, email::EmailAddress, id::OutboxId};

use crate::{
    EmailLimit, LimitedAction, OutboxMessage, RateLimit, RateSlot, Table, TakenEmail,
    error::{Conflict, Unavailable, WriteError},
    key,
    limits::take_slot,
};

/// Everything that sending a message is decided on.
#[derive(Debug)]
pub struct ContactView {
    /// Whether the same form was submitted before, for example by a double click.
    pub is_sent: bool,
    /// The emails that the entered address was sent, and its messages.
    pub limit: EmailLimit,
    /// The counters of the source for [`LimitedAction::Tries`].
    pub rate_limit: RateLimit,
}

impl Table {
    /// Reads everything that sending a message is decided on (`BatchGetItem`). `form` is the id of the form.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_contact(
        &self,
        from: &EmailAddress,
        form: OutboxId,
        block: AddressBlock,
        now: Timestamp,
    ) -> Result<ContactView, Unavailable> {
        let place = self.keys.email_key(from);
        let limit = key::email_limit(&place);
        let rate_limit = self.rate_limit(block, LimitedAction::Tries, now);
        let keys = [std::slice::from_ref(&limit), rate_limit.keys()].concat();
        let mut found = self.get_all(&keys).await?;
        let rate_limit = rate_limit.with_counts(&found);
        let limit = EmailLimit::read(place, found.remove(&limit), now)?;
        Ok(ContactView { is_sent: limit.has_sent(form), limit, rate_limit })
    }

    /// Queues the message, and counts it for the address and the source (`TransactWriteItems`).
    ///
    /// The id of the outbox message is the id of the form.
    ///
    /// # Errors
    /// - [`Conflict::EmailLimit`] when another email was counted for the address meanwhile.
    /// - [`Conflict::RateLimit`] when the counter of the source is full.
    /// - [`Conflict::Outbox`] when the message of the same form is queued already.
    pub async fn contact(
        &self,
        message: &OutboxMessage,
        taken: &TakenEmail,
        source: &RateSlot,
    ) -> Result<(), WriteError> {
        let transaction = self.with_email_taken(self.write_transaction(), &taken.clone().by_form(message.id));
        take_slot(transaction, source).put(Conflict::Outbox, self.message(message)).commit().await
    }
}
