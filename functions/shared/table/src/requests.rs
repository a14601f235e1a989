//! Requests that a business operation is made of: strongly consistent reads, and unconditional writes of one item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::id::AccountId;

use crate::{
    Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes},
    key::Key,
};

/// How many requests are made for the keys of one batch that DynamoDB leaves unprocessed.
const MAX_BATCH_REQUESTS: usize = 5;

/// How many items of a partition are read at once, when the first of them are enough.
const PARTITION_PAGE: i32 = 100;

impl Table {
    /// Reads one item, expired or not (`GetItem`).
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Attributes>, Unavailable> {
        let get = self.client.get_item().table_name(&*self.name).set_key(Some(item::attributes(key)));
        Ok(get.consistent_read(true).send().await?.item)
    }

    /// Writes an item over whatever is there (`PutItem`).
    ///
    /// Only for keys that no other request writes: a random id, or the session's own. The SDK may send it twice.
    pub(crate) async fn put(&self, item: Attributes) -> Result<(), Unavailable> {
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Deletes an item, whether or not it exists (`DeleteItem`).
    pub(crate) async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        let key = item::attributes(key);
        self.client.delete_item().table_name(&*self.name).set_key(Some(key)).send().await?;
        Ok(())
    }

    /// Deletes an item if it belongs to this account (`DeleteItem`).
    pub(crate) async fn remove_of_account(&self, key: &Key, account: AccountId) -> Result<(), Unavailable> {
        let delete = self.client.delete_item().table_name(&*self.name).set_key(Some(item::attributes(key)));
        let delete = delete
            .condition_expression("#account = :account")
            .expression_attribute_names("#account", "account")
            .expression_attribute_values(":account", item::text(account));
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads several items in one call (`BatchGetItem`), expired or not. Absent items have no entry in the map.
    ///
    /// Not a snapshot: each item is consistent, but the items may be of different moments.
    pub(crate) async fn get_all(&self, keys: &[Key]) -> Result<HashMap<Key, Attributes>, Unavailable> {
        let mut requested = KeysAndAttributes::builder().consistent_read(true);
        for key in keys {
            requested = requested.keys(item::attributes(key));
        }
        let mut unprocessed = requested.build().ok();
        let mut found = HashMap::new();
        for _ in 0..MAX_BATCH_REQUESTS {
            let Some(requested) = unprocessed.take() else { return Ok(found) };
            let response = self.client.batch_get_item().request_items(&*self.name, requested).send().await?;
            let items = response.responses.into_iter().flat_map(HashMap::into_values).flatten();
            found.extend(items.filter_map(|item| Some((item::key_of(&item)?, item))));
            unprocessed = response.unprocessed_keys.and_then(|mut tables| tables.remove(&*self.name));
        }
        if unprocessed.is_some() {
            Err(Unavailable::new("BatchGetItem leaves keys unprocessed"))
        } else {
            Ok(found)
        }
    }

    /// Reads all items of a partition whose sort key has this prefix, in descending order (`Query`).
    pub(crate) async fn query(&self, pk: &str, prefix: &str) -> Result<Vec<Attributes>, Unavailable> {
        self.query_all(pk, "pk = :pk AND begins_with(sk, :prefix)", vec![(":prefix", prefix)]).await
    }

    /// Reads items of a partition whose sort key has this prefix, in descending order, at most about `most` (`Query`). Returns
    /// whether these are all.
    pub(crate) async fn query_newest(
        &self,
        pk: &str,
        prefix: &str,
        most: i32,
    ) -> Result<(Vec<Attributes>, bool), Unavailable> {
        self.query_newest_before(pk, prefix, None, most).await
    }

    /// As [`Table::query_newest`], from the item before this key on.
    pub(crate) async fn query_newest_before(
        &self,
        pk: &str,
        prefix: &str,
        before: Option<&Key>,
        most: i32,
    ) -> Result<(Vec<Attributes>, bool), Unavailable> {
        let query = self.client.query().table_name(&*self.name).consistent_read(true);
        let query = query.scan_index_forward(false).limit(most);
        let query = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", item::text(pk))
            .expression_attribute_values(":prefix", item::text(prefix))
            .set_exclusive_start_key(before.map(item::attributes));
        let page = query.send().await?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key.is_none()))
    }

    /// Reads a partition in descending order, from the item before this sort key on, until `is_enough` says so of a page
    /// (`Query`). Returns whether these are all.
    pub(crate) async fn query_until(
        &self,
        pk: &str,
        before: Option<&str>,
        mut is_enough: impl FnMut(&[Attributes]) -> bool,
    ) -> Result<(Vec<Attributes>, bool), Unavailable> {
        let mut found = Vec::new();
        let mut start_key = before.map(|sk| item::attributes(&Key { pk: pk.to_owned(), sk: sk.to_owned() }));
        loop {
            let query =
                self.client.query().table_name(&*self.name).consistent_read(true).scan_index_forward(false);
            let query = query.limit(PARTITION_PAGE).key_condition_expression("pk = :pk");
            let query = query.expression_attribute_values(":pk", item::text(pk));
            let page = query.set_exclusive_start_key(start_key).send().await?;
            let items = page.items.unwrap_or_default();
            let is_whole = page.last_evaluated_key.is_none();
            let is_last = is_whole || is_enough(&items);
            found.extend(items);
            start_key = page.last_evaluated_key;
            if is_last {
                return Ok((found, is_whole));
            }
        }
    }

    /// Reads all items of a partition whose sort key is in this range, in descending order (`Query`).
    pub(crate) async fn query_between(
        &self,
        pk: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<Attributes>, Unavailable> {
        let values = vec![(":from", from), (":to", to)];
        self.query_all(pk, "pk = :pk AND sk BETWEEN :from AND :to", values).await
    }

    /// Reads items of a partition whose sort key is in this range, in ascending order, at most about `most` (`Query`). Returns
    /// whether these are all.
    pub(crate) async fn query_first_between(
        &self,
        pk: &str,
        (from, to): (&str, &str),
        most: i32,
    ) -> Result<(Vec<Attributes>, bool), Unavailable> {
        let query = self.client.query().table_name(&*self.name).consistent_read(true).limit(most);
        let query = query
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", item::text(pk))
            .expression_attribute_values(":from", item::text(from))
            .expression_attribute_values(":to", item::text(to));
        let page = query.send().await?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key.is_none()))
    }

    async fn query_all(
        &self,
        pk: &str,
        condition: &str,
        values: Vec<(&str, &str)>,
    ) -> Result<Vec<Attributes>, Unavailable> {
        let mut found = Vec::new();
        let mut start_key: Option<Attributes> = None;
        loop {
            let query =
                self.client.query().table_name(&*self.name).consistent_read(true).scan_index_forward(false);
            let query =
                query.key_condition_expression(condition).expression_attribute_values(":pk", item::text(pk));
            let query = values.iter().fold(query, |query, (name, value)| {
                query.expression_attribute_values(*name, item::text(value))
            });
            let page = query.set_exclusive_start_key(start_key).send().await?;
            found.extend(page.items.unwrap_or_default());
            start_key = page.last_evaluated_key;
            if start_key.is_none() {
                return Ok(found);
            }
        }
    }
}
