//! Registrations: creating, finding, renewing and deleting them (RULES 2.4 to 2.6, 2.9).
//!
//! A registration is stored under its email key, and an address can have several. It becomes an account when its link
//! is followed (see `activate.rs`), or expires.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    device::{AddressBlock, Device},
    email::EmailAddress,
    form::Submission,
    id::{AttemptId, InteractionId, LinkId, RegistrationId},
    keys::Sealed,
    language::Language,
    link::{Activation, LinkPurpose, LiveLinks},
    registration::{Registration, TRIES},
    secret::HashedSecret,
};
use serde::{Deserialize, Serialize};

use crate::{
    EmailLimit, LimitedAction, OutboxMessage, RateLimit, RateSlot, Table, TakenEmail,
    accounts::links,
    emailed_links::{LinkItem, remember_use},
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key::{self, Key},
    limits::take_slot,
    moved::is_present,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct RegistrationItem {
    id: RegistrationId,
    email: Sealed,
    password: Sealed,
    language: Language,
    browser: String,
    device: Device,
    #[serde(with = "epoch")]
    registered_at: Timestamp,
    /// The newest link: the previous release reads and writes it alone (see [`LiveLinks::stored`]).
    link: LinkId,
    #[serde(with = "epoch")]
    link_sent_at: Timestamp,
    /// The links that work, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkId>,
    /// The tries of the password in another browser, as a set of ids: a repeated write takes no second one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tries: BTreeSet<AttemptId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "transaction")]
    interaction: Option<InteractionId>,
}

impl Kind for RegistrationItem {
    const NAME: &'static str = "registration";
}

/// Everything that registering is decided on.
#[derive(Debug)]
pub struct RegisterView {
    /// Whether the address has an account, or is reserved for one.
    pub is_taken: bool,
    /// The registration of the same form, when that was submitted before.
    pub same: Option<Registration>,
    /// The emails that the address was sent.
    pub limit: EmailLimit,
    /// The counters of the source for [`LimitedAction::Requests`].
    pub requests: RateLimit,
}

/// A registration to create, with what is written beside it.
#[derive(Debug)]
pub struct NewRegistration<'a> {
    /// The registration itself, with the id of its link.
    pub registration: &'a Registration,
    /// The email with the activation link.
    pub message: &'a OutboxMessage,
    /// That email as it counts for the address.
    pub taken: &'a TakenEmail,
    /// The slot that it takes of its source's limit of requests for emails.
    pub source: &'a RateSlot,
}

impl Table {
    /// Reads everything that registering is decided on (`BatchGetItem`).
    ///
    /// `id` is the id that this form gives to a registration.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_registering(
        &self,
        email: &EmailAddress,
        id: RegistrationId,
        block: AddressBlock,
        now: Timestamp,
    ) -> Result<RegisterView, Unavailable> {
        let accounts: Vec<Key> = self.data()?.email_keys(email).iter().map(key::account).collect();
        let place = self.data()?.email_key(email);
        let (same, limit) = (key::registration(&place, id), key::email_limit(&place));
        let mut keys = accounts.clone();
        keys.extend([same.clone(), limit.clone()]);
        let requests = self.rate_limit(block, LimitedAction::Requests, now)?;
        keys.extend_from_slice(requests.keys());
        let mut found = self.get_all_following(&accounts, &keys, now).await?;
        let is_account = |key: &Key| found.get(key).is_some_and(|item| is_present(item, now));
        Ok(RegisterView {
            is_taken: accounts.iter().any(is_account),
            requests: requests.with_counts(&found),
            same: self.read_registration(found.remove(&same), now)?,
            limit: EmailLimit::read(
                limit.clone(),
                Some(self.data()?.source_key(&block.largest_network())),
                found.remove(&limit),
                now,
            )?,
        })
    }

    /// Creates a registration, and queues the email with its link (`TransactWriteItems`). Its source was counted before.
    ///
    /// # Errors
    /// - [`Conflict::EmailTaken`] when the address has an account, or is reserved for one (RULES 2.1).
    /// - [`Conflict::Registration`] when the same form was submitted before.
    /// - [`Conflict::EmailLimit`] when the address was sent another email meanwhile.
    /// - [`Conflict::RateLimit`] when a counter of the source is full.
    pub async fn register(&self, new: &NewRegistration<'_>) -> Result<(), WriteError> {
        let registration = new.registration;
        let item = item::write(
            &registration_key(registration),
            &self.registration_item(registration)?,
            Some(registration.expires_at()),
        );
        let transaction =
            self.unless_taken(self.write_transaction(), &registration.email, registration.registered_at)?;
        let transaction = transaction.put(Conflict::Registration, item);
        let transaction = self.with_email_taken(transaction, new.taken);
        let transaction = take_slot(transaction, new.source, Conflict::RateLimit);
        let transaction = transaction
            .put(Conflict::NewLink, link_item(registration, None).write::<Activation>(registration.link));
        transaction.put(Conflict::Outbox, self.message(new.message)).commit().await
    }

    /// The live registrations of an address, newest first (one `Query` for each of its email keys).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn registrations(
        &self,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Vec<Registration>, Unavailable> {
        let mut found = Vec::new();
        for place in self.data()?.email_keys(email) {
            for item in self.query(&key::email_partition(&place), key::REGISTRATION_PREFIX).await? {
                found.extend(self.read_registration(Some(item), now)?);
            }
        }
        found.sort_by_key(|registration| std::cmp::Reverse(registration.registered_at));
        Ok(found)
    }

    /// Takes one of the tries that a registration's password has in another browser (RULES 2.6, 3.11).
    ///
    /// The same `id` takes no second try. Only after this call may the password be compared. Calls
    /// `TransactWriteItems`.
    ///
    /// # Errors
    /// - [`Conflict::Registration`] when no try is left, or the registration ended.
    /// - [`Conflict::RateLimit`] when the counter of the source is full.
    pub async fn take_try(
        &self,
        registration: &Registration,
        id: AttemptId,
        source: &RateSlot,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let take = Expression::new("ADD #tries :id")
            .names(&["tries", "ttl"])
            .value("id", AttributeValue::Ss(vec![id.to_string()]))
            .value("now", item::seconds(now))
            .value("limit", item::number(TRIES));
        let condition = "#ttl > :now AND (attribute_not_exists(#tries) OR size(#tries) < :limit)";
        let transaction = self.write_transaction().update(
            Conflict::Registration,
            &registration_key(registration),
            condition,
            take,
        );
        take_slot(transaction, source, Conflict::RateLimit).commit().await
    }

    /// Deletes a registration that the owner of the address disputes with *This wasn't me* (RULES 2.6), and remembers the
    /// submission with the link (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::Link`] when the link expired long ago.
    pub async fn refuse_registration(
        &self,
        registration: &Registration,
        link: LinkId,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let transaction = self.write_transaction().delete_any(&registration_key(registration));
        remember_use(transaction, link, submission, now).commit().await
    }

    /// Deletes a registration whose tries are used up (`DeleteItem`, RULES 2.6).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn delete_registration(&self, registration: &Registration) -> Result<(), Unavailable> {
        self.remove(&registration_key(registration)).await
    }

    /// Checks that the address has no account and is reserved for none, under any of its email keys. [`Conflict::EmailTaken`]
    /// otherwise.
    pub(crate) fn unless_taken<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<WriteTransaction<'a>, Unavailable> {
        let accounts = self.data()?.email_keys(email);
        Ok(transaction.check_free(Conflict::EmailTaken, accounts.iter().map(key::account), now))
    }

    pub(crate) fn read_registration(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Registration>, Unavailable> {
        let place = item.as_ref().and_then(item::key_of).and_then(|key| key::parse_email_partition(&key.pk));
        let Some((place, item)) = place.zip(item::read::<RegistrationItem>(item, now)?) else {
            return Ok(None);
        };
        let owner = item.id.to_string();
        let email =
            self.open(&owner, &item.email)?.parse().map_err(|_| Unavailable::unreadable("registration"))?;
        let registration = Registration {
            id: item.id,
            email,
            place,
            password: item.password,
            language: item.language,
            browser: HashedSecret::stored(item.browser),
            device: item.device,
            registered_at: item.registered_at,
            link: item.link,
            link_sent_at: item.link_sent_at,
            links: LiveLinks::stored(Some(item.link), &item.links),
            tries: u32::try_from(item.tries.len()).unwrap_or(u32::MAX),
            interaction: item.interaction,
        };
        // A registration whose tries are used up is void, whether or not it was deleted (RULES 2.6).
        Ok(Some(registration).filter(|registration| registration.is_live(now)))
    }

    fn registration_item(&self, registration: &Registration) -> Result<RegistrationItem, Unavailable> {
        let owner = registration.id.to_string();
        Ok(RegistrationItem {
            id: registration.id,
            email: self.seal(&owner, registration.email.as_str().as_bytes())?,
            password: registration.password.clone(),
            language: registration.language,
            browser: registration.browser.as_str().to_owned(),
            device: registration.device.clone(),
            registered_at: registration.registered_at,
            link: registration.link,
            link_sent_at: registration.link_sent_at,
            links: registration.links.ids().to_vec(),
            tries: BTreeSet::new(),
            interaction: registration.interaction,
        })
    }
}

/// Adds the newest link of a registration, whose newest one was `older`. It expires at `expires_at`, or after its lifetime.
///
/// [`Conflict::Registration`] when it got another one meanwhile, or ended.
pub(crate) fn renew<'a>(
    transaction: WriteTransaction<'a>,
    older: LinkId,
    registration: &Registration,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let change = Expression::new("SET #link = :link, #links = :links, #link_sent_at = :now")
        .names(&["link", "links", "link_sent_at", "ttl"])
        .value("links", links(&registration.links))
        .value("link", item::text(registration.link))
        .value("now", item::seconds(now))
        .value("older", item::text(older));
    transaction
        .update(
            Conflict::Registration,
            &registration_key(registration),
            "#link = :older AND #ttl > :now",
            change,
        )
        .put(Conflict::NewLink, link_item(registration, expires_at).write::<Activation>(registration.link))
}

pub(crate) fn registration_key(registration: &Registration) -> Key {
    key::registration(&registration.place, registration.id)
}

fn link_item(registration: &Registration, expires_at: Option<Timestamp>) -> LinkItem {
    LinkItem {
        expires_at,
        registration: Some(registration.id),
        interaction: registration.interaction,
        ..LinkItem::unused(Activation::NAME, registration.place.clone(), registration.link_sent_at)
    }
}
