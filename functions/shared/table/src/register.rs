//! Registrations: made, found by their email, renewed, refused (RULES 2.4 to 2.6, 2.9).

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::ReturnValue;
use domain::{
    Timestamp,
    email::EmailAddress,
    id::{AttemptId, LinkId, RegistrationId, TransactionId},
    keys::Sealed,
    language::Language,
    link::{Activation, Use},
    registration::{Registration, TRIES},
    secret::HashedSecret,
};
use serde::{Deserialize, Serialize};

use crate::{
    Promise, Table,
    error::{Unavailable, WriteError, is_refused},
    item::{self, Attributes, Kind, epoch},
    key::{self, Key},
    links::LinkItem,
    together::{Expression, Together},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct RegistrationItem {
    id: RegistrationId,
    email: Sealed,
    password: Sealed,
    language: Language,
    browser: String,
    device: String,
    #[serde(with = "epoch")]
    registered_at: Timestamp,
    link: LinkId,
    #[serde(with = "epoch")]
    link_sent_at: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tries: BTreeSet<AttemptId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionId>,
}

impl Kind for RegistrationItem {
    const NAME: &'static str = "registration";
}

impl Table {
    /// Keeps a registration and promises its email.
    ///
    /// # Errors
    /// `Overtaken("account")` when the email has an account (RULES 2.1), `Overtaken("registration")` when the
    /// registration is there already.
    pub async fn register(&self, registration: &Registration, promise: &Promise) -> Result<(), WriteError> {
        let item = item::write(
            &key_of(registration),
            &self.registration_item(registration),
            Some(registration.expires_at()),
        );
        let together = self.unless_taken(&registration.email);
        let together =
            together.put("registration", item).put("link", link_item(registration).write(registration.link));
        together.put("outbox", self.promise(promise)).commit().await
    }

    /// Whether the email has an account.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn is_taken(&self, email: &EmailAddress, now: Timestamp) -> Result<bool, Unavailable> {
        let keys: Vec<Key> = self.keys.email_keys(email).iter().map(key::account).collect();
        Ok(self.get_all(&keys).await?.into_values().any(|item| item::is_live(&item, now)))
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

    /// Gives the registrations of one email, each with the link it had before, their fresh links, and promises the
    /// email with them.
    ///
    /// # Errors
    /// `Overtaken("registration")` when one of them has changed or gone meanwhile.
    pub async fn renew(
        &self,
        renewed: &[(LinkId, Registration)],
        promise: &Promise,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut together =
            renewed.first().map_or_else(|| self.together(), |(_, first)| self.unless_taken(&first.email));
        for (older, registration) in renewed {
            let change = Expression::new("SET #link = :link, #link_sent_at = :now").names(&[
                "link",
                "link_sent_at",
                "ttl",
            ]);
            let change = change
                .value("link", item::text(registration.link))
                .value("now", item::seconds(now))
                .value("older", item::text(older));
            together = together
                .update("registration", (&key_of(registration), "#link = :older AND #ttl > :now"), change)
                .put("link", link_item(registration).write(registration.link));
        }
        together.put("outbox", self.promise(promise)).commit().await
    }

    /// Takes one of the tries that a registration's password has in another browser (RULES 2.6); `false` when there
    /// is none left. The same try again takes no second one.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn take_try(
        &self,
        registration: &Registration,
        id: AttemptId,
        now: Timestamp,
    ) -> Result<Option<u32>, Unavailable> {
        let values = aws_sdk_dynamodb::types::AttributeValue::Ss(vec![id.to_string()]);
        let take = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key_of(registration))));
        let take = take.update_expression("ADD tries :id").condition_expression(
            "#link = :link AND #ttl > :now AND (attribute_not_exists(tries) OR size(tries) < :limit OR contains(tries, :one))",
        );
        let take = take.expression_attribute_names("#link", "link").expression_attribute_names("#ttl", "ttl");
        let take = take
            .expression_attribute_values(":id", values)
            .expression_attribute_values(":one", item::text(id));
        let take = take
            .expression_attribute_values(":link", item::text(registration.link))
            .expression_attribute_values(":now", item::seconds(now));
        let take = take.return_values(ReturnValue::UpdatedNew);
        match take.expression_attribute_values(":limit", item::number(TRIES)).send().await {
            Ok(answer) => Ok(Some(answer.attributes.map_or(TRIES, |item| tries(&item)))),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a registration: its email's owner said *This wasn't me*, or its tries are used up (RULES 2.6).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn refuse(&self, registration: &Registration) -> Result<(), Unavailable> {
        self.remove(&key_of(registration)).await
    }

    /// A transaction that is refused when the email has an account, under whichever key.
    pub(crate) fn unless_taken(&self, email: &EmailAddress) -> Together<'_> {
        let mut together = self.together();
        for place in self.keys.email_keys(email) {
            together =
                together.check("account", &key::account(&place), Expression::new("attribute_not_exists(pk)"));
        }
        together
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
            transaction: item.transaction,
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
            transaction: registration.transaction,
        }
    }
}

fn tries(item: &Attributes) -> u32 {
    let taken = item.get("tries").and_then(|tries| tries.as_ss().ok()).map_or(0, Vec::len);
    u32::try_from(taken).unwrap_or(u32::MAX)
}

pub(crate) fn key_of(registration: &Registration) -> Key {
    key::registration(&registration.place, registration.id)
}

fn link_item(registration: &Registration) -> LinkItem {
    LinkItem {
        purpose: Activation::NAME.to_owned(),
        email: registration.place.clone(),
        registration: Some(registration.id),
        transaction: registration.transaction,
        sent_at: registration.link_sent_at,
        used: false,
    }
}
