//! Sign-in transactions: begun, found by the browser they belong to (RULES 3.2).

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    authorization::SignInAgain,
    id::TransactionId,
    keys::Sealed,
    secret::{HashedSecret, PreSession},
    transaction::{Service, Transaction},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    together::{Expression, Together},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct TransactionItem {
    id: TransactionId,
    /// None while it began in no browser.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    browsers: BTreeSet<String>,
    service: Service,
    /// What the service asked for, as JSON: it may name the resident.
    request: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<SignInAgain>,
    #[serde(with = "epoch")]
    began_at: Timestamp,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
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
        let request = serde_json::to_vec(&transaction.request)
            .map_err(|_| Unavailable::new("a request can't be written"))?;
        let content = TransactionItem {
            id: transaction.id,
            browsers: transaction.browsers.iter().map(|browser| browser.as_str().to_owned()).collect(),
            service: transaction.service.clone(),
            request: self.seal(&transaction.id.to_string(), &request),
            session: transaction.session.as_ref().map(|session| session.as_str().to_owned()),
            again: transaction.again.clone(),
            began_at: transaction.began_at,
            ended_at: transaction.ended_at,
        };
        let mut item =
            item::write(&key::transaction(transaction.id), &content, Some(transaction.expires_at()))?;
        if !content.browsers.is_empty() {
            item.insert("browsers".into(), AttributeValue::Ss(content.browsers.into_iter().collect()));
        }
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
        self.read_transaction(self.get(&key::transaction(id)).await?, now)
    }

    /// Lets a transaction that began in no browser be this one's (RULES 3.2).
    ///
    /// # Errors
    /// `Overtaken("transaction")` when it is another browser's by now, or over.
    pub async fn claim_transaction(&self, claimed: &Transaction, now: Timestamp) -> Result<(), WriteError> {
        let again = serde_dynamo::to_attribute_value(&claimed.again)
            .map_err(|_| Unavailable::unreadable("transaction"))?;
        let session = claimed.session.as_ref().map(|session| session.as_str().to_owned());
        let browsers = claimed.browsers.iter().map(|browser| browser.as_str().to_owned()).collect();
        let claim = Expression::new("SET #browsers = :browsers, #session = :session, #again = :again")
            .names(&["browsers", "session", "again", "ttl"])
            .value("browsers", AttributeValue::Ss(browsers))
            .value("session", session.map_or(AttributeValue::Null(true), AttributeValue::S))
            .value("again", again)
            .value("now", item::seconds(now));
        let unclaimed = "attribute_not_exists(#browsers) AND #ttl > :now";
        self.together()
            .update("transaction", (&key::transaction(claimed.id), unclaimed), claim)
            .commit()
            .await
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

/// Records that the service got its answer: the first time counts.
pub(crate) fn end(together: Together<'_>, id: TransactionId, now: Timestamp) -> Together<'_> {
    let end = Expression::new("SET #ended_at = if_not_exists(#ended_at, :now)")
        .names(&["ended_at", "ttl"])
        .value("now", item::seconds(now));
    together.update("transaction", (&key::transaction(id), "#ttl > :now"), end)
}

impl Table {
    pub(crate) fn read_transaction(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Transaction>, Unavailable> {
        let found: Option<TransactionItem> = item::read(item, now)?;
        let Some(item) = found else { return Ok(None) };
        let request = self.open(&item.id.to_string(), &item.request)?;
        let request = serde_json::from_str(&request).map_err(|_| Unavailable::unreadable("transaction"))?;
        Ok(Some(Transaction {
            id: item.id,
            browsers: item.browsers.into_iter().map(HashedSecret::stored).collect(),
            service: item.service,
            request,
            session: item.session.map(HashedSecret::stored),
            again: item.again,
            began_at: item.began_at,
            ended_at: item.ended_at,
        }))
    }
}
