//! Registrations: made, found by their email, renewed, refused (RULES 2.4 to 2.6, 2.9).

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    device::{AddressBlock, Device},
    email::EmailAddress,
    id::{AttemptId, InteractionId, LinkId, RegistrationId},
    keys::Sealed,
    language::Language,
    link::{Activation, LinkPurpose},
    registration::{Registration, TRIES},
    secret::HashedSecret,
};
use serde::{Deserialize, Serialize};

use crate::{
    EmailLimit, LimitedAction, OutboxMessage, RateLimit, RateSlot, Table, TakenEmail,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key::{self, Key},
    limits::count,
    links::LinkItem,
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
    link: LinkId,
    #[serde(with = "epoch")]
    link_sent_at: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tries: BTreeSet<AttemptId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "transaction")]
    interaction: Option<InteractionId>,
}

impl Kind for RegistrationItem {
    const NAME: &'static str = "registration";
}

/// All that registering is decided on.
#[derive(Debug)]
pub struct RegisterView {
    /// Whether the email has an account.
    pub is_taken: bool,
    /// The registration of the same form, when it was sent before.
    pub same: Option<Registration>,
    /// What the address was sent.
    pub limit: EmailLimit,
    /// How often the source has registered.
    pub rate_limit: RateLimit,
}

/// A registration that is made.
#[derive(Debug)]
pub struct Registering<'a> {
    /// The registration.
    pub registration: &'a Registration,
    /// Its email.
    pub message: &'a OutboxMessage,
    /// The email, counted.
    pub taken: &'a TakenEmail,
    /// The registration, counted for its source.
    pub source: &'a RateSlot,
}

impl Table {
    /// Reads all that registering is decided on, in one call. `id` is the registration's of this form.
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
        let accounts: Vec<Key> = self.keys.email_keys(email).iter().map(key::account).collect();
        let place = self.keys.email_key(email);
        let (same, limit) = (key::registration(&place, id), key::email_limit(&place));
        let rate_limit = self.rate_limit(block, LimitedAction::Registrations, now);
        let mut keys = accounts.clone();
        keys.extend([same.clone(), limit.clone()]);
        keys.extend_from_slice(rate_limit.keys());
        let mut found = self.get_all(&keys).await?;
        let is_account = |key: &Key| found.get(key).is_some_and(|item| item::is_live(item, now));
        Ok(RegisterView {
            is_taken: accounts.iter().any(is_account),
            rate_limit: rate_limit.with_counts(&found),
            same: self.read_registration(found.remove(&same), now)?,
            limit: EmailLimit::read(place, found.remove(&limit), now)?,
        })
    }

    /// Keeps a registration, counts it and promises its email.
    ///
    /// # Errors
    /// [`Conflict::Account`] when the email has an account (RULES 2.1), [`Conflict::Registration`] when the
    /// registration is there already, [`Conflict::EmailLimit`] when the address was sent another email meanwhile,
    /// [`Conflict::RateLimit`] when the source's counter is full.
    pub async fn register(&self, registering: &Registering<'_>) -> Result<(), WriteError> {
        let registration = registering.registration;
        let item = item::write(
            &key_of(registration),
            &self.registration_item(registration),
            Some(registration.expires_at()),
        );
        let transaction = self.unless_taken(self.write_transaction(), &registration.email);
        let transaction = transaction.put(Conflict::Registration, item);
        let transaction = self.with_email_taken(transaction, registering.taken);
        let transaction = count(transaction, registering.source);
        let transaction =
            transaction.put(Conflict::Link, link_item(registration).write::<Activation>(registration.link));
        transaction.put(Conflict::Outbox, self.message(registering.message)).commit().await
    }

    /// The live registrations of an email, the newest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn registrations(
        &self,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Vec<Registration>, Unavailable> {
        let mut found = Vec::new();
        for email in self.keys.email_keys(email) {
            for item in self.query(&key::email_partition(&email), key::REGISTRATION_PREFIX).await? {
                found.extend(self.read_registration(Some(item), now)?);
            }
        }
        found.sort_by_key(|registration| std::cmp::Reverse(registration.registered_at));
        Ok(found)
    }

    /// Takes one of the tries that a registration's password has in another browser, and counts it for its source
    /// (RULES 2.6, 3.11). The same try again takes no second one.
    ///
    /// # Errors
    /// [`Conflict::Registration`] when no try is left, [`Conflict::RateLimit`] when the source's counter is full.
    pub async fn take_try(
        &self,
        registration: &Registration,
        id: AttemptId,
        source: &RateSlot,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let take = Expression::new("ADD #tries :id")
            .names(&["tries", "link", "ttl"])
            .value("id", AttributeValue::Ss(vec![id.to_string()]))
            .value("link", item::text(registration.link))
            .value("now", item::seconds(now))
            .value("limit", item::number(TRIES));
        let condition =
            "#link = :link AND #ttl > :now AND (attribute_not_exists(#tries) OR size(#tries) < :limit)";
        let transaction =
            self.write_transaction().update(Conflict::Registration, &key_of(registration), condition, take);
        count(transaction, source).commit().await
    }

    /// Deletes a registration: its email's owner said *This wasn't me*, or its tries are used up (RULES 2.6).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn refuse(&self, registration: &Registration) -> Result<(), Unavailable> {
        self.remove(&key_of(registration)).await
    }

    /// Refuses the transaction when the email has an account, under whichever key.
    pub(crate) fn unless_taken<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        email: &EmailAddress,
    ) -> WriteTransaction<'a> {
        transaction.unless_there(Conflict::Account, self.keys.email_keys(email).iter().map(key::account))
    }

    pub(crate) fn read_registration(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Registration>, Unavailable> {
        let place = item.as_ref().and_then(item::key_of).and_then(|key| key::email_of(&key.pk));
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
            password: self.open_password(&owner, &item.password)?,
            language: item.language,
            browser: HashedSecret::stored(item.browser),
            device: item.device,
            registered_at: item.registered_at,
            link: item.link,
            link_sent_at: item.link_sent_at,
            tries: u32::try_from(item.tries.len()).unwrap_or(u32::MAX),
            interaction: item.interaction,
        };
        // One whose tries are used up is gone, removed or not (RULES 2.6).
        Ok(Some(registration).filter(|registration| registration.is_live(now)))
    }

    fn registration_item(&self, registration: &Registration) -> RegistrationItem {
        let owner = registration.id.to_string();
        RegistrationItem {
            id: registration.id,
            email: self.seal(&owner, registration.email.as_str().as_bytes()),
            password: self.seal_password(&owner, &registration.password),
            language: registration.language,
            browser: registration.browser.as_str().to_owned(),
            device: registration.device.clone(),
            registered_at: registration.registered_at,
            link: registration.link,
            link_sent_at: registration.link_sent_at,
            tries: BTreeSet::new(),
            interaction: registration.interaction,
        }
    }
}

/// Gives a registration, with the link it had before, its fresh link; refused as `registration` when it has changed or
/// gone meanwhile.
pub(crate) fn renew<'a>(
    transaction: WriteTransaction<'a>,
    older: LinkId,
    registration: &Registration,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let change = Expression::new("SET #link = :link, #link_sent_at = :now")
        .names(&["link", "link_sent_at", "ttl"])
        .value("link", item::text(registration.link))
        .value("now", item::seconds(now))
        .value("older", item::text(older));
    transaction
        .update(Conflict::Registration, &key_of(registration), "#link = :older AND #ttl > :now", change)
        .put(Conflict::Link, link_item(registration).write::<Activation>(registration.link))
}

pub(crate) fn key_of(registration: &Registration) -> Key {
    key::registration(&registration.place, registration.id)
}

fn link_item(registration: &Registration) -> LinkItem {
    LinkItem {
        purpose: Activation::NAME.to_owned(),
        email: registration.place.clone(),
        registration: Some(registration.id),
        account: None,
        interaction: registration.interaction,
        sent_at: registration.link_sent_at,
        used: false,
    }
}
