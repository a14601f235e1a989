//! Requests for an emailed link, which anyone can make by entering an address (RULES 2.5, 3.5, 3.6, 3.11).
//!
//! Calls and writes are as many for an address with an account, with registrations only, and with neither. Decoys take
//! the place of the items that are missing.

use domain::{
    Timestamp, account::Account, device::Device, email::EmailAddress, id::LinkId, registration::Registration,
};

use crate::{
    AccountEmail, EmailLimit, OutboxMessage, Table, TakenEmail,
    accounts::{change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable, WriteError},
    item, key,
    register::renew,
    write_transaction::WriteTransaction,
};

/// Everything that a request for a link is decided on.
#[derive(Debug)]
pub struct Found {
    /// The account of the address.
    pub account: Option<Account>,
    /// The live registrations of the address, newest first.
    pub registrations: Vec<Registration>,
    /// The emails that the address was sent.
    pub limit: EmailLimit,
}

/// The email that a request results in.
#[derive(Clone, Debug)]
pub enum RequestedEmail<'a> {
    /// No email, since the address has nothing that a link could open. Decoys are written.
    Nothing,
    /// An email with new links for these registrations. Each comes with the id of its previous link.
    Registrations(Vec<(LinkId, Registration)>, OutboxMessage),
    /// An email to the account, whose link voids the previous ones of its purpose.
    Account(&'a Account, AccountEmail),
}

/// A request for a link, with the email it results in.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The email as it counts for the address.
    pub taken: &'a TakenEmail,
    /// The email that is queued.
    pub letter: &'a RequestedEmail<'a>,
    /// The browser of the request, for the audit trail.
    pub device: &'a Device,
    /// When the request is made.
    pub at: Timestamp,
}

impl Table {
    /// Reads everything that a request for a link is decided on (`BatchGetItem`, and `Query` for each email key).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_asking(&self, email: &EmailAddress, now: Timestamp) -> Result<Found, Unavailable> {
        let places = self.keys.email_keys(email);
        let mut keys: Vec<_> = places.iter().map(key::account).collect();
        let own = self.keys.email_key(email);
        keys.push(key::email_limit(&own));
        let mut found = self.get_all(&keys).await?;
        let limit = found.remove(&key::email_limit(&own));
        let limit = EmailLimit::read(own, limit, now)?;
        let registrations = self.registrations(email, now).await?;
        let mut account = None;
        for place in &places {
            if let Some((found, _)) = self.read_account(found.remove(&key::account(place)), now)? {
                account = Some(found);
            }
        }
        Ok(Found { account, registrations, limit })
    }

    /// Queues the email with its link, or writes as many decoys (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::EmailLimit`] when the address was sent another email meanwhile.
    /// - [`Conflict::EmailTaken`] when the address of the registrations has an account now.
    /// - [`Conflict::Registration`] when one of the registrations ended, or has another link.
    /// - [`Conflict::Account`] when the account changed since it was read.
    pub async fn answer_asking(&self, asking: &Asking<'_>) -> Result<(), WriteError> {
        let transaction = self.with_email_taken(self.write_transaction(), asking.taken);
        match asking.letter {
            RequestedEmail::Nothing => {
                let transaction = self.with_decoy_changed(transaction, asking.at);
                self.with_decoys(transaction, 3, asking.at).commit().await
            }
            RequestedEmail::Registrations(renewed, message) => {
                let transaction = match renewed.first() {
                    Some((_, newest)) => self.unless_taken(transaction, &newest.email),
                    None => transaction,
                };
                let transaction = renewed.iter().fold(transaction, |transaction, (older, registration)| {
                    renew(transaction, *older, registration, asking.at)
                });
                transaction.put(Conflict::Outbox, self.message(message)).commit().await
            }
            RequestedEmail::Account(account, notice) => {
                let about = AuditSubject::Account(account.details().id);
                let transaction = with_newest_link(transaction, account, notice);
                let audit = self.audit(about, AuditEvent::LinkAsked, asking.device, asking.at);
                let transaction = self.with_account_email(transaction, notice).put(Conflict::Audit, audit);
                self.with_decoys(transaction, 1_usize.saturating_sub(notice.links.len()), asking.at)
                    .commit()
                    .await
            }
        }
    }
}

/// Makes the email's link the account's only valid one of its purpose. [`Conflict::Account`] when the account changed.
///
/// An email without a link updates the account too, but changes nothing, so that the writes are as many.
fn with_newest_link<'a>(
    transaction: WriteTransaction<'a>,
    account: &Account,
    notice: &AccountEmail,
) -> WriteTransaction<'a> {
    let (details, unchanged) = (account.details(), unchanged(state(account), account.details()));
    let set = match notice.newest_link() {
        Some((attribute, id)) => unchanged
            .instead(&format!("SET #{attribute} = :link"))
            .names(&[attribute])
            .value("link", item::text(id)),
        None => unchanged.instead("SET #revision = :revision"),
    };
    change(transaction, details, set)
}
