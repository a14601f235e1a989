//! Emails that anyone can cause by typing an address (RULES 2.5, 3.5, 3.6, 3.11): what the address has, and the answer.
//! The calls and writes are as many for every address.

use domain::{
    Timestamp, account::Account, device::Device, email::EmailAddress, id::LinkId, registration::Registration,
};

use crate::{
    AccountEmail, EmailLimit, OutboxMessage, Table, TakenEmail,
    account_email::ListedLink,
    accounts::{change, links, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable, WriteError},
    item, key,
    register::renew,
    write_transaction::WriteTransaction,
};

/// What an address has.
#[derive(Debug)]
pub struct Found {
    /// The account, if it has one.
    pub account: Option<Account>,
    /// Its live registrations, the newest first.
    pub registrations: Vec<Registration>,
    /// What it was sent.
    pub limit: EmailLimit,
}

/// The email that is sent in response.
#[derive(Clone, Debug)]
pub enum RequestedEmail<'a> {
    /// None: the address has neither an account nor a registration.
    Nothing,
    /// New links for these registrations, the newest first, each with the link that was its newest before.
    Registrations(Vec<(LinkId, Registration)>, OutboxMessage),
    /// To an account.
    Account(&'a Account, AccountEmail),
}

/// An answer to somebody who typed an address.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The email as counted for the address (RULES 3.11).
    pub taken: &'a TakenEmail,
    /// What is sent.
    pub email: &'a RequestedEmail<'a>,
    /// The browser that asked.
    pub device: &'a Device,
    /// When.
    pub at: Timestamp,
}

impl Table {
    /// Reads what an address has, in as many calls for every address.
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

    /// Queues the email with its links. Where there is none, writes as many decoys.
    ///
    /// # Errors
    /// [`Conflict::EmailLimit`] when another email was taken meanwhile, [`Conflict::Account`] or
    /// [`Conflict::Registration`] when what it was decided on has changed.
    pub async fn answer_asking(&self, asking: &Asking<'_>) -> Result<(), WriteError> {
        let transaction = self.with_email_taken(self.write_transaction(), asking.taken);
        match asking.email {
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
            RequestedEmail::Account(account, email) => {
                let about = AuditSubject::Account(account.details().id);
                let transaction = with_listed_link(transaction, account, email);
                let audit = self.audit(about, AuditEvent::LinkAsked, asking.device, asking.at);
                let transaction = self.with_account_email(transaction, email).put(Conflict::Audit, audit);
                self.with_decoys(transaction, 1_usize.saturating_sub(email.links.len()), asking.at)
                    .commit()
                    .await
            }
        }
    }
}

/// Lists the email's link as the newest of its purpose. Without a link, the account is written unchanged: the work is the
/// same. Requests don't overwrite each other's links: each counts its email in the item of the limit.
fn with_listed_link<'a>(
    transaction: WriteTransaction<'a>,
    account: &Account,
    email: &AccountEmail,
) -> WriteTransaction<'a> {
    let (details, unchanged) = (account.details(), unchanged(state(account), account.details()));
    let set = match email.listed_link() {
        Some(ListedLink::Unlock(id)) => unchanged
            .instead("SET #unlock_link = :link, #unlock_links = :links")
            .names(&["unlock_link", "unlock_links"])
            .value("link", item::text(id))
            .value("links", links(&details.unlock_links.with(id))),
        Some(ListedLink::Reset(id)) => unchanged
            .instead("SET #reset_link = :link, #reset_links = :links")
            .names(&["reset_link", "reset_links"])
            .value("link", item::text(id))
            .value("links", links(&details.reset_links.with(id))),
        None => unchanged.instead("SET #revision = :revision"),
    };
    change(transaction, details, set)
}
