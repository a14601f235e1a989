//! Sign-in transactions: begun, found by the browser they belong to (RULES 3.2).

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    id::TransactionId,
    secret::{HashedSecret, PreSession},
    transaction::{Service, Transaction},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key,
    together::{Expression, Together},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct TransactionItem {
    id: TransactionId,
    browsers: BTreeSet<String>,
    service: Service,
    #[serde(with = "epoch")]
    began_at: Timestamp,
}

impl Kind for TransactionItem {
    const NAME: &'static str = "transaction";
}

impl Table {
    /// Remembers a resident on the way to a service.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn begin_transaction(&self, transaction: &Transaction) -> Result<(), Unavailable> {
        let content = TransactionItem {
            id: transaction.id,
            browsers: transaction.browsers.iter().map(|browser| browser.as_str().to_owned()).collect(),
            service: transaction.service.clone(),
            began_at: transaction.began_at,
        };
        let mut item =
            item::write(&key::transaction(transaction.id), &content, Some(transaction.expires_at()))?;
        item.insert("browsers".into(), AttributeValue::Ss(content.browsers.into_iter().collect()));
        // Without a condition: the id is random, and a try whose answer was lost may be sent again.
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The transaction of this id, whoever's it is: callers ask [`Transaction::seen_by`].
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn transaction(
        &self,
        id: TransactionId,
        now: Timestamp,
    ) -> Result<Option<Transaction>, Unavailable> {
        read(self.get(&key::transaction(id)).await?, now)
    }
}

/// Lets the transaction be continued under the secret that its browser has from now on.
pub(crate) fn follow<'a>(
    together: Together<'a>,
    (id, browser): (TransactionId, &PreSession),
    now: Timestamp,
) -> Together<'a> {
    let add = Expression::new("ADD #browsers :browser").names(&["browsers", "ttl"]);
    let add = add
        .value("browser", AttributeValue::Ss(vec![browser.hash().as_str().to_owned()]))
        .value("now", item::seconds(now));
    together.update("transaction", (&key::transaction(id), "#ttl > :now"), add)
}

pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Option<Transaction>, Unavailable> {
    let found: Option<TransactionItem> = item::read(item, now)?;
    Ok(found.map(|item| Transaction {
        id: item.id,
        browsers: item.browsers.into_iter().map(HashedSecret::stored).collect(),
        service: item.service,
        began_at: item.began_at,
    }))
}
