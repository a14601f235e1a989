//! Strongly consistent reads, and the removal of one item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};

use crate::{
    Table,
    error::Unavailable,
    item::{self, Attributes},
    key::Key,
};

/// How often the rest of a batch is asked for before giving up.
const ROUNDS: usize = 5;

impl Table {
    /// One item.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Attributes>, Unavailable> {
        let get = self.client.get_item().table_name(&*self.name).set_key(Some(item::attributes(key)));
        Ok(get.consistent_read(true).send().await?.item)
    }

    /// Removes an item, if it is there.
    pub(crate) async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        let key = item::attributes(key);
        self.client.delete_item().table_name(&*self.name).set_key(Some(key)).send().await?;
        Ok(())
    }

    /// Several items in one call, in no order, by their keys.
    pub(crate) async fn get_all(&self, keys: &[Key]) -> Result<HashMap<Key, Attributes>, Unavailable> {
        let mut requested = KeysAndAttributes::builder().consistent_read(true);
        for key in keys {
            requested = requested.keys(item::attributes(key));
        }
        let mut rest = requested.build().ok();
        let mut found = HashMap::new();
        for _ in 0..ROUNDS {
            let Some(requested) = rest.take() else { return Ok(found) };
            let answer = self.client.batch_get_item().request_items(&*self.name, requested).send().await?;
            let items = answer.responses.into_iter().flat_map(HashMap::into_values).flatten();
            found.extend(items.filter_map(|item| Some((item::key_of(&item)?, item))));
            rest = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&*self.name));
        }
        if rest.is_some() { Err(Unavailable::new("BatchGetItem leaves keys unprocessed")) } else { Ok(found) }
    }

    /// All items of a partition whose sort key begins so, the last first.
    pub(crate) async fn query(&self, pk: &str, prefix: &str) -> Result<Vec<Attributes>, Unavailable> {
        self.query_all(pk, "pk = :pk AND begins_with(sk, :prefix)", vec![(":prefix", prefix)]).await
    }

    /// All items of a partition whose sort key lies between these, the last first.
    pub(crate) async fn query_between(
        &self,
        pk: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<Attributes>, Unavailable> {
        let values = vec![(":from", from), (":to", to)];
        self.query_all(pk, "pk = :pk AND sk BETWEEN :from AND :to", values).await
    }

    async fn query_all(
        &self,
        pk: &str,
        condition: &str,
        values: Vec<(&str, &str)>,
    ) -> Result<Vec<Attributes>, Unavailable> {
        let mut found = Vec::new();
        let mut from: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let query =
                self.client.query().table_name(&*self.name).consistent_read(true).scan_index_forward(false);
            let query =
                query.key_condition_expression(condition).expression_attribute_values(":pk", item::text(pk));
            let query = values.iter().fold(query, |query, (name, value)| {
                query.expression_attribute_values(*name, item::text(value))
            });
            let page = query.set_exclusive_start_key(from).send().await?;
            found.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(found);
            }
        }
    }
}
