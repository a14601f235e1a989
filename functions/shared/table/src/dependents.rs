//! Deletion of the items that depend on a deleted item (RULES 2.9).
//!
//! The function `expire` calls this for each deletion in the table's stream, whether DynamoDB expired the item or a
//! write deleted it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    id::LinkId,
    keys::{EmailKey, Sealed},
};

use crate::{
    Table,
    audit::disputes,
    error::{Unavailable, is_refused},
    item::{self, Attributes},
    key::{self, Key},
    moved::is_present,
    rekey::text,
};

impl Table {
    /// Deletes the items that depend on a deleted item, given its last image from the stream.
    ///
    /// Repeating it is harmless. Registrations have dependent items, and accounts: those under the account's id, and those
    /// under its address (RULES 7.5).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn delete_dependents(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        match item::kind(removed) {
            "registration" => self.after_registration(removed, now).await,
            "account_place" => self.after_account(removed).await,
            "account" => {
                self.delete_links_of(removed, now).await?;
                self.after_account_address(removed, now).await
            }
            "reserved_address" => self.after_account_address(removed, now).await,
            _ => Ok(()),
        }
    }

    /// Deletes the links of a registration, or the other registrations of an address that has an account now (RULES
    /// 2.5).
    ///
    /// A used link remains until it expires, and so do the others of an address that has an account, so that their pages
    /// can say so.
    async fn after_registration(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        let Some(place) = item::key_of(removed).and_then(|key| key::parse_email_partition(&key.pk)) else {
            return Ok(());
        };
        if self.get(&key::account(&place)).await?.is_some_and(|account| is_present(&account, now)) {
            return self.delete_registrations_of_account(&place).await;
        }
        for link in links(removed) {
            self.delete_unused_link(&key::link(link)).await?;
        }
        Ok(())
    }

    /// Deletes everything that is stored about an account, page by page.
    async fn after_account(&self, removed: &Attributes) -> Result<(), Unavailable> {
        let Some(key) = item::key_of(removed) else { return Ok(()) };
        if self.get(&key).await?.is_some() {
            return Ok(());
        }
        for found in self.query_between(&key.pk, " ", "~").await? {
            self.delete_what_it_names(&found).await?;
            if let Some(key) = item::key_of(&found) {
                self.remove(&key).await?;
            }
        }
        Ok(())
    }

    /// Deletes the items elsewhere that an item of an account names.
    async fn delete_what_it_names(&self, item: &Attributes) -> Result<(), Unavailable> {
        match item::kind(item) {
            "audit" => {
                for link in disputes(item) {
                    self.remove(&key::link(link)).await?;
                }
            }
            "partner_link" => self.release_identity_of(item).await?,
            "account_grant" => {
                if let Some(grant) = item::key_of(item).and_then(|key| key::parse_account_grant(&key)) {
                    self.remove(&key::grant(grant)).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Deletes the browsers that the account of an address knew, and what it was sent, unless the address has an account. While a
    /// lookup key is replaced, these are under its keys of several versions.
    ///
    /// The account may have moved. The reservations of its former addresses are none of this: each has an end of its own, and
    /// no account is deleted before that (RULES 7.5).
    async fn after_account_address(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        let Some(place) = item::key_of(removed).and_then(|key| key::parse_email_partition(&key.pk)) else {
            return Ok(());
        };
        if self.get(&key::account(&place)).await?.is_some_and(|account| item::is_live(&account, now)) {
            return Ok(());
        }
        self.delete_of_account(&place).await?;
        let others = self.other_places(removed, &place)?;
        for other in &others {
            if self.get(&key::account(other)).await?.is_some_and(|account| is_present(&account, now)) {
                return Ok(());
            }
        }
        for other in &others {
            self.delete_of_account(other).await?;
        }
        Ok(())
    }

    /// The places that the address of a deleted account or reservation has by other versions of the lookup key. None if no key opens
    /// the address any more.
    fn other_places(&self, removed: &Attributes, place: &EmailKey) -> Result<Vec<EmailKey>, Unavailable> {
        let left = removed.get("left").and_then(|left| left.as_m().ok());
        let owner = text(removed, "id").or_else(|| text(removed, "account"));
        let email = owner.zip(text(left.unwrap_or(removed), "email"));
        let email = email.and_then(|(owner, email)| self.open(owner, &Sealed::stored(email.to_owned())).ok());
        let Some(email) = email.and_then(|email| email.parse().ok()) else { return Ok(Vec::new()) };
        Ok(self.data()?.email_keys(&email).into_iter().filter(|other| other != place).collect())
    }

    /// Deletes what only an account has under an address.
    async fn delete_of_account(&self, place: &EmailKey) -> Result<(), Unavailable> {
        let partition = key::email_partition(place);
        for prefix in key::OF_ACCOUNT_UNDER_EMAIL {
            for found in self.query(&partition, prefix).await? {
                if let Some(key) = item::key_of(&found) {
                    self.remove(&key).await?;
                }
            }
        }
        Ok(())
    }

    /// Deletes the links that an account lists, unless the account has only moved.
    async fn delete_links_of(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        let id = removed.get("id").and_then(|id| id.as_s().ok()?.parse().ok());
        let Some(id) = id else { return Ok(()) };
        if self.get(&key::account_place(id)).await?.is_some_and(|place| item::is_live(&place, now)) {
            return Ok(());
        }
        for name in ["unlock_links", "reset_links", "email_change_links"] {
            for link in listed(removed, name) {
                self.remove(&key::link(link)).await?;
            }
        }
        Ok(())
    }

    async fn delete_registrations_of_account(&self, place: &EmailKey) -> Result<(), Unavailable> {
        for registration in self.query(&key::email_partition(place), key::REGISTRATION_PREFIX).await? {
            if let Some(key) = item::key_of(&registration) {
                self.remove(&key).await?;
            }
        }
        Ok(())
    }

    async fn delete_unused_link(&self, key: &Key) -> Result<(), Unavailable> {
        let delete = self.client.delete_item().table_name(&*self.name).set_key(Some(item::attributes(key)));
        let delete = delete
            .expression_attribute_names("#used", "used")
            .condition_expression("#used = :no")
            .expression_attribute_values(":no", AttributeValue::Bool(false));
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The links of a registration: the newest, and the list that the previous release doesn't write.
fn links(registration: &Attributes) -> BTreeSet<LinkId> {
    let newest = registration.get("link").and_then(|link| link.as_s().ok()?.parse().ok());
    newest.into_iter().chain(listed(registration, "links")).collect()
}

/// The links in the list of this name.
fn listed(item: &Attributes, name: &str) -> impl Iterator<Item = LinkId> {
    let links = item.get(name).and_then(|links| links.as_l().ok()).into_iter().flatten();
    links.filter_map(|link| link.as_s().ok()?.parse().ok())
}
