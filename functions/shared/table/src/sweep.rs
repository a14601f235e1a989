//! What hung on an item that was removed is removed with it (RULES 2.9).

use domain::{Timestamp, id::LinkId, keys::EmailKey};

use crate::{
    Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes},
    key::{self, Key},
};

impl Table {
    /// Removes what hung on a removed item, of which the stream gives the last image.
    ///
    /// # Errors
    /// [`Unavailable`]; the removal can be repeated.
    pub async fn delete_dependents(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        match item::kind(removed) {
            "registration" => self.after_registration(removed, now).await,
            _ => Ok(()),
        }
    }

    /// Its link goes, unless it was used: then its page still says so. If the email has an account, this registration
    /// became it or came too late, and the email's other registrations are dead (RULES 2.5).
    async fn after_registration(&self, removed: &Attributes, now: Timestamp) -> Result<(), Unavailable> {
        if let Some(link) = text(removed, "link").and_then(|link| link.parse::<LinkId>().ok()) {
            self.delete_unused(&key::link(link)).await?;
        }
        let Some(place) = item::key_of(removed).and_then(|key| key::email_of(&key.pk)) else { return Ok(()) };
        self.end_others(&place, now).await
    }

    async fn end_others(&self, place: &EmailKey, now: Timestamp) -> Result<(), Unavailable> {
        if self.get(&key::account(place)).await?.is_none_or(|account| !item::is_live(&account, now)) {
            return Ok(());
        }
        for other in self.query(&key::email_partition(place), key::REGISTRATION_PREFIX).await? {
            if let Some(key) = item::key_of(&other) {
                self.remove(&key).await?;
            }
        }
        Ok(())
    }

    async fn delete_unused(&self, key: &Key) -> Result<(), Unavailable> {
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
