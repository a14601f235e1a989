//! Browsers that are away at a sign-in partner, and who they come back with (RULES 4.1 to 4.3).

use domain::{
    Timestamp,
    email::EmailAddress,
    id::TransactionId,
    keys::Sealed,
    language::Language,
    partner::{Arrival, Claimed, Departure, Identity, PartnerId},
    secret::{HashedSecret, kind},
    transaction::OwnPath,
};
use serde::{Deserialize, Serialize};

use crate::{
    Promise, Table, TakenEmail, Try,
    error::{Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    limits::{count, uncount},
    together::{Expression, Together},
};

#[derive(Serialize, Deserialize)]
struct DepartureItem {
    browser: String,
    partner: PartnerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(with = "epoch")]
    left_at: Timestamp,
    #[serde(default)]
    linking: bool,
    used: bool,
}

impl Kind for DepartureItem {
    const NAME: &'static str = "departure";
}

#[derive(Serialize, Deserialize)]
struct ArrivalItem {
    partner: PartnerId,
    /// Issuer and subject, as JSON.
    identity: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
    #[serde(default)]
    tries: u32,
    #[serde(default)]
    is_proven: bool,
    #[serde(with = "epoch")]
    came_at: Timestamp,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    revision: u64,
}

impl Kind for ArrivalItem {
    const NAME: &'static str = "arrival";
}

impl Table {
    /// Remembers a browser that goes to a partner.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn depart(&self, departure: &Departure) -> Result<(), Unavailable> {
        let content = DepartureItem {
            browser: departure.browser.as_str().to_owned(),
            partner: departure.partner.clone(),
            transaction: departure.transaction,
            next: departure.next.as_ref().map(|next| next.as_str().to_owned()),
            language: departure.language,
            left_at: departure.left_at,
            linking: departure.is_linking,
            used: departure.is_used,
        };
        let item = item::write(&key::departure(&departure.state), &content, Some(departure.ends_at()))?;
        // Without a condition: the state is random, and a try whose answer was lost may be sent again.
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The browser that left with this state.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn departure(
        &self,
        state: &HashedSecret<kind::State>,
        now: Timestamp,
    ) -> Result<Option<Departure>, Unavailable> {
        let found: Option<DepartureItem> = item::read(self.get(&key::departure(state)).await?, now)?;
        Ok(found.map(|item| Departure {
            state: state.clone(),
            browser: HashedSecret::stored(item.browser),
            partner: item.partner,
            transaction: item.transaction,
            next: item.next.as_deref().and_then(OwnPath::parse),
            language: item.language,
            left_at: item.left_at,
            is_linking: item.linking,
            is_used: item.used,
        }))
    }

    /// Records that the browser came back: once.
    ///
    /// # Errors
    /// `Overtaken("departure")` when it has, or was away for too long.
    pub async fn come_back(
        &self,
        state: &HashedSecret<kind::State>,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        use aws_sdk_dynamodb::types::AttributeValue::Bool;
        let used = Expression::new("SET #used = :yes")
            .names(&["used", "ttl"])
            .value("yes", Bool(true))
            .value("no", Bool(false))
            .value("now", item::seconds(now));
        let once = "#used = :no AND #ttl > :now";
        self.together().update("departure", (&key::departure(state), once), used).commit().await
    }

    /// Remembers somebody who has arrived and is not known here yet.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn arrive(&self, arrival: &Arrival) -> Result<(), Unavailable> {
        let item = self.arrival_item(arrival)?;
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Who has arrived in the browser that has this secret.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn arrival(
        &self,
        secret: &HashedSecret<kind::Arrival>,
        now: Timestamp,
    ) -> Result<Option<Arrival>, Unavailable> {
        let found: Option<ArrivalItem> = item::read(self.get(&key::arrival(secret)).await?, now)?;
        let Some(item) = found else { return Ok(None) };
        let unreadable = || Unavailable::unreadable(ArrivalItem::NAME);
        let owner = secret.as_str();
        let identity: Identity =
            serde_json::from_str(&self.open(owner, &item.identity)?).map_err(|_| unreadable())?;
        let claimed = match (item.email, item.proof, item.sent_at) {
            (Some(email), Some(proof), Some(sent_at)) => {
                let email: EmailAddress = self.open(owner, &email)?.parse().map_err(|_| unreadable())?;
                Some(Claimed { email, proof, sent_at, tries: item.tries, is_proven: item.is_proven })
            }
            _ => None,
        };
        Ok(Some(Arrival {
            secret: secret.clone(),
            partner: item.partner,
            identity,
            claimed,
            came_at: item.came_at,
            ended_at: item.ended_at,
            revision: item.revision,
        }))
    }

    fn arrival_item(&self, arrival: &Arrival) -> Result<Attributes, Unavailable> {
        let owner = arrival.secret.as_str();
        let identity =
            serde_json::to_vec(&arrival.identity).map_err(|_| Unavailable::unreadable(ArrivalItem::NAME))?;
        let claimed = arrival.claimed.as_ref();
        let content = ArrivalItem {
            partner: arrival.partner.clone(),
            identity: self.seal(owner, &identity),
            email: claimed.map(|claimed| self.seal(owner, claimed.email.as_str().as_bytes())),
            proof: claimed.map(|claimed| claimed.proof.clone()),
            sent_at: claimed.map(|claimed| claimed.sent_at),
            tries: claimed.map_or(0, |claimed| claimed.tries),
            is_proven: claimed.is_some_and(|claimed| claimed.is_proven),
            came_at: arrival.came_at,
            ended_at: arrival.ended_at,
            revision: arrival.revision + 1,
        };
        item::write(&key::arrival(&arrival.secret), &content, Some(arrival.ends_at()))
    }

    /// Writes what came of a move in the place of what it was decided on; refused as `arrival` when that has changed.
    fn with_arrival<'a>(&self, together: Together<'a>, after: &Arrival) -> Together<'a> {
        let same = Expression::new("#revision = :before")
            .names(&["revision"])
            .value("before", item::number(after.revision));
        together.replace("arrival", self.arrival_item(after), same)
    }

    /// Promises the email that brings a code to the address that somebody gave.
    ///
    /// # Errors
    /// `Overtaken("arrival")` when that has changed, `Overtaken("limit")` when another email was taken meanwhile.
    pub async fn send_arrival_code(
        &self,
        after: &Arrival,
        taken: &TakenEmail,
        promise: &Promise,
    ) -> Result<(), WriteError> {
        let together = self.with_arrival(self.together(), after);
        self.with_email_taken(together, taken).put("outbox", self.promise(promise)).commit().await
    }

    /// Takes a try of the code, and counts it for its source: only then may it be looked at.
    ///
    /// # Errors
    /// `Overtaken("arrival")` when that has changed, `Overtaken("source")` when the source's counter is full.
    pub async fn try_arrival_code(&self, after: &Arrival, source: &Try) -> Result<(), WriteError> {
        count(self.with_arrival(self.together(), after), source).commit().await
    }

    /// Records that the address is proven, and takes back what was counted for its source.
    ///
    /// # Errors
    /// `Overtaken("arrival")` when that has changed.
    pub async fn prove_arrival(
        &self,
        after: &Arrival,
        (source, at): (&Try, Timestamp),
    ) -> Result<(), WriteError> {
        uncount(self.with_arrival(self.together(), after), source, at).commit().await
    }

    /// Ends an arrival of somebody who is known by now; refused as `arrival` when it has changed.
    pub(crate) fn end_arrival<'a>(
        &self,
        together: Together<'a>,
        arrival: &Arrival,
        now: Timestamp,
    ) -> Together<'a> {
        self.with_arrival(together, &arrival.ended(now))
    }
}
