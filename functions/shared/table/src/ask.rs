//! Emails that anyone can cause by typing an address (RULES 2.5, 3.5, 3.6, 3.11): what the address has, and the answer.
//! The calls and writes are as many for every address.

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

/// The email that answers.
#[derive(Clone, Debug)]
pub enum RequestedEmail<'a> {
    /// None: nothing waits at this address.
    Nothing,
    /// Fresh links for these registrations, each with the link it had before.
    Registrations(Vec<(LinkId, Registration)>, OutboxMessage),
    /// To an account; a link in it voids the older ones of its purpose.
    Account(&'a Account, AccountEmail),
}

/// An answer to somebody who typed an address.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The email, counted.
    pub taken: &'a TakenEmail,
    /// The email itself.
    pub letter: &'a RequestedEmail<'a>,
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

    /// Promises the email that answers, with its link, or writes as much where there is none.
    ///
    /// # Errors
    /// [`Conflict::EmailLimit`] when another email was taken meanwhile, [`Conflict::Account`] or
    /// [`Conflict::Registration`] when what it was decided on has changed.
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

/// Makes the notice's link the newest of its purpose; without one the account is written as it is, which is the same work.
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
