//! Interactions: sign-ins in progress for a service (RULES 3.2).
//!
//! An interaction belongs to the browsers whose pre-session secret it holds. A request by POST begins one in no
//! browser; the first browser that follows its redirect claims it. The stored kind and key still have the old name
//! `transaction`.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    authorization::Reauthentication,
    id::InteractionId,
    interaction::{Interaction, ServiceInfo},
    keys::Sealed,
    limits::TakenSlot,
    secret::{HashedSecret, PreSession},
};
use serde::{Deserialize, Serialize};

use crate::{
    RateSlot, Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    limits::{return_taken, take_slot},
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct InteractionItem {
    id: InteractionId,
    /// Empty until a browser claims it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    browsers: BTreeSet<String>,
    service: ServiceInfo,
    /// The authorization request as JSON. It can hold a login hint, so it is sealed.
    request: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<Reauthentication>,
    #[serde(with = "epoch")]
    began_at: Timestamp,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    /// The count of its source, until it is returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<TakenSlot>,
}

impl Kind for InteractionItem {
    const NAME: &'static str = "transaction";
}

impl Table {
    /// Stores a new interaction (`PutItem`). One that begins without a session takes a slot of its source's rate limit
    /// (`TransactWriteItems`), which [`Table::issue_code`] returns.
    ///
    /// # Errors
    /// [`Conflict::RateLimit`] when the slot's counter is full.
    pub async fn begin_interaction(
        &self,
        interaction: &Interaction,
        slot: Option<&RateSlot>,
    ) -> Result<(), WriteError> {
        let request = serde_json::to_vec(&interaction.request)
            .map_err(|_| Unavailable::new("a request can't be encoded"))?;
        let content = InteractionItem {
            id: interaction.id,
            browsers: interaction.browsers.iter().map(|browser| browser.as_str().to_owned()).collect(),
            service: interaction.service.clone(),
            request: self.seal(&interaction.id.to_string(), &request)?,
            session: interaction.session.as_ref().map(|session| session.as_str().to_owned()),
            again: interaction.reauthentication.clone(),
            began_at: interaction.began_at,
            ended_at: interaction.ended_at,
            slot: slot.map(RateSlot::taken),
        };
        let mut item =
            item::write(&key::interaction(interaction.id), &content, Some(interaction.expires_at()))?;
        if !content.browsers.is_empty() {
            item.insert("browsers".into(), AttributeValue::Ss(content.browsers.into_iter().collect()));
        }
        match slot {
            // Without a condition: the id is random.
            None => Ok(self.put(item).await?),
            Some(slot) => {
                let transaction = take_slot(self.write_transaction(), slot, Conflict::RateLimit);
                transaction.put(Conflict::Interaction, Ok(item)).commit().await
            }
        }
    }

    /// The interaction with this id (`GetItem`). It may belong to another browser: callers check
    /// [`Interaction::for_browser`].
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn interaction(
        &self,
        id: InteractionId,
        now: Timestamp,
    ) -> Result<Option<Interaction>, Unavailable> {
        self.read_interaction(self.get(&key::interaction(id)).await?, now)
    }

    /// Claims an interaction that began in no browser (`TransactWriteItems`, RULES 3.2).
    ///
    /// # Errors
    /// [`Conflict::Interaction`] when another browser claimed it, or it expired.
    pub async fn claim_interaction(&self, claimed: &Interaction, now: Timestamp) -> Result<(), WriteError> {
        let again = serde_dynamo::to_attribute_value(&claimed.reauthentication)
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
        self.write_transaction()
            .update(Conflict::Interaction, &key::interaction(claimed.id), unclaimed, claim)
            .commit()
            .await
    }
}

/// Lets the browser resume the interaction under its new pre-session secret.
///
/// [`Conflict::Interaction`] when the interaction expired.
pub(crate) fn add_browser<'a>(
    transaction: WriteTransaction<'a>,
    id: InteractionId,
    browser: &PreSession,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let add = Expression::new("ADD #browsers :browser").names(&["browsers", "ttl"]);
    let add = add
        .value("browser", AttributeValue::Ss(vec![browser.hash().as_str().to_owned()]))
        .value("now", item::seconds(now));
    transaction.update(Conflict::Interaction, &key::interaction(id), "#ttl > :now", add)
}

/// Records that the service got its response, the first time, and returns the slot of its source: the resident signed in.
///
/// [`Conflict::Interaction`] when the interaction expired, or another request returned the slot.
pub(crate) fn end<'a>(
    transaction: WriteTransaction<'a>,
    interaction: &Interaction,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let key = key::interaction(interaction.id);
    let end = Expression::new("SET #ended_at = if_not_exists(#ended_at, :now)")
        .names(&["ended_at", "ttl"])
        .value("now", item::seconds(now));
    let Some(slot) = interaction.slot.as_ref().filter(|slot| now < slot.ends_at) else {
        return transaction.update(Conflict::Interaction, &key, "#ttl > :now", end);
    };
    let end = end.instead("SET #ended_at = if_not_exists(#ended_at, :now) REMOVE #slot").names(&["slot"]);
    let is_taken = "#ttl > :now AND attribute_exists(#slot)";
    return_taken(transaction.update(Conflict::Interaction, &key, is_taken, end), slot, now)
}

impl Table {
    pub(crate) fn read_interaction(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Interaction>, Unavailable> {
        let found: Option<InteractionItem> = item::read(item, now)?;
        let Some(item) = found else { return Ok(None) };
        let request = self.open(&item.id.to_string(), &item.request)?;
        let request = serde_json::from_str(&request).map_err(|_| Unavailable::unreadable("transaction"))?;
        Ok(Some(Interaction {
            id: item.id,
            browsers: item.browsers.into_iter().map(HashedSecret::stored).collect(),
            service: item.service,
            request,
            session: item.session.map(HashedSecret::stored),
            reauthentication: item.again,
            began_at: item.began_at,
            ended_at: item.ended_at,
            slot: item.slot,
        }))
    }
}
