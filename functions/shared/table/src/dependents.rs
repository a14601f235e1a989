//! Deletion of the items that depend on a deleted item (RULES 2.9).
//!
//! The function `expire` calls this for each deletion in the table's stream, whether DynamoDB expired the item or a
//! write deleted it.

use domain::{Timestamp, id::LinkId, keys::EmailKey};

use crate::{
    Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes},
    key::{self, Key},
};

impl Table {
    /// Deletes the items that depend on a deleted item, given its last image from the stream.
    ///
    /// Repeating it is harmless. Of all kinds, only registrations have dependent items.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn delete_dependents(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        match item::kind(removed) {
            "registration" => self.after_registration(removed, now).await,
            _ => Ok(()),
        }
    }

    /// Deletes the link of a registration, and the other registrations of an address that has an account now (RULES
    /// 2.5).
    ///
    /// A used link remains until it expires, so that its page can say that it was used.
    async fn after_registration(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        if let Some(link) = text(removed, "link").and_then(|link| link.parse::<LinkId>().ok()) {
            self.delete_unused_link(&key::link(link)).await?;
        }
        let Some(place) = item::key_of(removed).and_then(|key| key::parse_email_partition(&key.pk)) else {
            return Ok(());
        };
        self.delete_registrations_of_account(&place, now).await
    }

    async fn delete_registrations_of_account(
        &self,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        if self.get(&key::account(place)).await?.is_none_or(|account| !item::is_live(&account, now)) {
            return Ok(());
        }
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
            .expression_attribute_values(":no", aws_sdk_dynamodb::types::AttributeValue::Bool(false));
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn text<'a>(item: &'a Attributes, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}
