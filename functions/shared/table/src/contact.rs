//! What somebody writes to the operators by the form *Contact us* (RULES 3.11, 8.5). Nothing is looked at but limits:
//! whether an address has an account is not known here.

use domain::{Timestamp, device::AddressBlock, email::EmailAddress, id::OutboxId};

use crate::{
    EmailLimit, LimitedAction, OutboxMessage, RateLimit, RateSlot, Table, TakenEmail,
    error::{Conflict, Unavailable, WriteError},
    key,
    limits::count,
};

/// All that sending a message is decided on.
#[derive(Debug)]
pub struct ContactView {
    /// Whether the same form was sent before: a double click.
    pub is_sent: bool,
    /// What the typed address was sent, or has sent here.
    pub limit: EmailLimit,
    /// How much the source has tried.
    pub rate_limit: RateLimit,
}

impl Table {
    /// Reads all that sending a message is decided on, in one call. `form` is the name of the form.
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

    /// Promises the message, whose promise has the form's name, and counts it for the typed address and for the source.
    ///
    /// # Errors
    /// [`Conflict::EmailLimit`] when another email was counted for the address meanwhile, [`Conflict::RateLimit`] when the
    /// source's counter is full, [`Conflict::Outbox`] when the same form waits to be sent.
    pub async fn contact(
        &self,
        message: &OutboxMessage,
        taken: &TakenEmail,
        source: &RateSlot,
    ) -> Result<(), WriteError> {
        let transaction = self.with_email_taken(self.write_transaction(), &taken.clone().by_form(message.id));
        count(transaction, source).put(Conflict::Outbox, self.message(message)).commit().await
    }
}
