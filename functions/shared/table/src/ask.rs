//! Emails that anyone can cause by typing an address (RULES 2.5, 3.5, 3.6, 3.11): what the address has, and the answer.
//! The calls and writes are as many for every address.

use domain::{
    Timestamp,
    account::Account,
    device::{AddressBlock, Device},
    email::EmailAddress,
    former_address::Reservation,
    id::{AccountId, LinkId},
    registration::Registration,
    secret::{HashedSecret, kind},
};

use crate::{
    AccountEmail, EmailLimit, KeptLink, LimitedAction, OutboxMessage, RateLimit, RateSlot, Table, TakenEmail,
    account_email::ListedLink,
    accounts::{UNCHANGED, change, links, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    devices,
    emailed_links::keep_link,
    error::{Conflict, Unavailable, WriteError},
    item, key,
    limits::take_slot,
    notices::DailyLimit,
    places::keep_reserved,
    register::renew,
    write_transaction::WriteTransaction,
};

/// Somebody who typed an address.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The address.
    pub email: &'a EmailAddress,
    /// Where the request comes from.
    pub block: AddressBlock,
    /// The browser, as the account of the address may know it; a new secret's hash for a browser without one.
    pub device: &'a HashedSecret<kind::Device>,
}

/// What an address has.
#[derive(Debug)]
pub struct Found {
    /// The account, if it has one.
    pub account: Option<Account>,
    /// Its reservation, if an account left it lately.
    pub reservation: Option<Reservation>,
    /// Its live registrations, the newest first.
    pub registrations: Vec<Registration>,
    /// What it was sent: because of this browser, if the account knows it, and otherwise because of anybody.
    pub limit: EmailLimit,
    /// Whether the account knows the browser.
    pub is_known_browser: bool,
    /// The counters of the source for [`LimitedAction::Requests`].
    pub requests: RateLimit,
}

/// The email that is sent in response.
#[derive(Clone, Debug)]
pub enum RequestedEmail<'a> {
    /// None: the address has neither an account nor a registration, or it has a link that works.
    Nothing,
    /// New links for registrations.
    Registrations(RenewedRegistrations),
    /// To an account.
    Account(&'a Account, AccountEmail),
    /// To an address that an account left.
    Reserved(&'a Reservation, AccountEmail),
}

/// New links for the registrations of an address.
#[derive(Clone, Debug)]
pub struct RenewedRegistrations {
    /// The registrations, the newest first, each with the link that was its newest before.
    pub renewed: Vec<(LinkId, Registration)>,
    /// When the new links expire, if not after their lifetime.
    pub expires_at: Option<Timestamp>,
    /// The email with the links.
    pub message: OutboxMessage,
}

/// An answer to somebody who typed an address.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The slot of the source, unless the browser is a known one whose source has none left (RULES 3.11).
    pub source: Option<&'a RateSlot>,
    /// The account whose known browser asked, if the email counts for that browser.
    pub known_browser_of: Option<AccountId>,
    /// The email as counted for the address (RULES 3.11), or its emails as they are when none may be sent.
    pub taken: &'a TakenEmail,
    /// The links that are kept because none may be sent.
    pub kept: &'a [KeptLink],
    /// What is sent. When no email may be sent, one is sent all the same in place of links that no longer work.
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
    pub async fn view_asking(&self, asker: Asker<'_>, now: Timestamp) -> Result<Found, Unavailable> {
        let (places, own) = (self.data()?.email_keys(asker.email), self.data()?.email_key(asker.email));
        let accounts: Vec<_> = places.iter().map(key::account).collect();
        let (anybody, browser) = (key::email_limit(&own), key::browser_email_limit(&own, asker.device));
        let requests = self.rate_limit(asker.block, LimitedAction::Requests, now)?;
        let mut keys = [&accounts, requests.keys()].concat();
        keys.extend(places.iter().map(|place| key::device(place, asker.device)));
        keys.extend([anybody.clone(), browser.clone()]);
        let mut found = self.get_all_following(&accounts, &keys, now).await?;
        let requests = requests.with_counts(&found);
        let reservation = self.reservation(asker.email, &found, now)?;
        let account = self.first_account(&accounts, &mut found, now)?;
        let is_known_browser = match account.as_ref().map(Account::details) {
            Some(details) => {
                let device = found.remove(&key::device(&details.place, asker.device));
                devices::status(device, details, now)?.is_known()
            }
            None => false,
        };
        let (limit, source) = if is_known_browser {
            (browser, None)
        } else {
            (anybody, Some(self.data()?.source_key(&asker.block.largest_network())))
        };
        let item = found.remove(&limit);
        let limit = EmailLimit::read(limit, source, item, now)?;
        let registrations = self.registrations(asker.email, now).await?;
        Ok(Found { account, reservation, registrations, limit, is_known_browser, requests })
    }

    /// Queues the email with its links, or keeps the links that work. Where there is nothing to write, writes as many decoys.
    ///
    /// # Errors
    /// [`Conflict::DailyLimit`] when known browsers of the account asked for enough emails today,
    /// [`Conflict::EmailLimit`] when another email was taken meanwhile, [`Conflict::RateLimit`] when the counter of the
    /// source is full, [`Conflict::Account`], [`Conflict::Registration`] or [`Conflict::Link`] when what it was decided
    /// on has changed.
    pub async fn answer_asking(&self, asking: &Asking<'_>) -> Result<(), WriteError> {
        let transaction = self.write_transaction();
        let transaction = match asking.source {
            Some(slot) => take_slot(transaction, slot, Conflict::RateLimit),
            None => transaction,
        };
        let transaction = self.with_email_taken(transaction, asking.taken);
        let transaction = match asking.known_browser_of {
            Some(account) => DailyLimit::KnownBrowserEmails.count(transaction, account, asking.at),
            None => transaction,
        };
        let transaction = asking.kept.iter().fold(transaction, keep_link);
        match asking.email {
            RequestedEmail::Nothing => {
                let transaction = match asking.kept {
                    [] => self.with_decoy_changed(transaction, asking.at)?,
                    [..] => transaction,
                };
                self.with_decoys(transaction, 3, asking.at).commit().await
            }
            RequestedEmail::Registrations(RenewedRegistrations { renewed, expires_at, message }) => {
                let transaction = match renewed.first() {
                    Some((_, newest)) => self.unless_taken(transaction, &newest.email, asking.at)?,
                    None => transaction,
                };
                let transaction = renewed.iter().fold(transaction, |transaction, (older, registration)| {
                    renew(transaction, *older, registration, *expires_at, asking.at)
                });
                transaction.put(Conflict::Outbox, self.message(message)).commit().await
            }
            RequestedEmail::Account(account, email) => {
                let about = AuditSubject::Account(account.details().id);
                let transaction = with_listed_link(transaction, account, email);
                let event = AuditEvent::LinkAsked;
                let audit = self.audit_notified(about, event, [email], asking.device, asking.at);
                let transaction = self.with_account_email(transaction, email).put(Conflict::Audit, audit);
                self.with_decoys(transaction, 1_usize.saturating_sub(email.links.len()), asking.at)
                    .commit()
                    .await
            }
            RequestedEmail::Reserved(reservation, email) => {
                let about = AuditSubject::Account(reservation.account);
                let transaction = keep_reserved(transaction, reservation);
                let event = AuditEvent::LinkAsked;
                let audit = self.audit_notified(about, event, [email], asking.device, asking.at);
                self.with_account_email(transaction, email).put(Conflict::Audit, audit).commit().await
            }
        }
    }
}

/// Lists the email's link as the newest of its purpose. Without a link, the account is written unchanged: the work is the
/// same.
///
/// [`Conflict::Account`] when the account changed since it was read, or another link of that purpose became the newest.
fn with_listed_link<'a>(
    transaction: WriteTransaction<'a>,
    account: &Account,
    email: &AccountEmail,
) -> WriteTransaction<'a> {
    let (details, unchanged) = (account.details(), unchanged(state(account), account.details()));
    let (newest, name, set) = match email.listed_link() {
        Some(ListedLink::Unlock(id)) => (
            details.unlock_links.newest(),
            "#unlock_link",
            unchanged
                .instead("SET #unlock_link = :link, #unlock_links = :links")
                .names(&["unlock_link", "unlock_links"])
                .value("link", item::text(id))
                .value("links", links(&details.unlock_links.with(id))),
        ),
        Some(ListedLink::Reset(id)) => (
            details.reset_links.newest(),
            "#reset_link",
            unchanged
                .instead("SET #reset_link = :link, #reset_links = :links")
                .names(&["reset_link", "reset_links"])
                .value("link", item::text(id))
                .value("links", links(&details.reset_links.with(id))),
        ),
        None => {
            let set = unchanged.instead("SET #revision = :revision");
            return change(transaction, details, set);
        }
    };
    let (condition, set) = match newest {
        None => (format!("{UNCHANGED} AND attribute_not_exists({name})"), set),
        Some(newest) => {
            (format!("{UNCHANGED} AND {name} = :newest"), set.value("newest", item::text(newest)))
        }
    };
    transaction.update(Conflict::Account, &key::account(&details.place), &condition, set)
}
