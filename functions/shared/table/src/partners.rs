//! Browsers that are away at a sign-in partner, and who they come back with (RULES 4.1 to 4.3).

use domain::{
    Timestamp,
    email::EmailAddress,
    id::InteractionId,
    interaction::LocalPath,
    keys::Sealed,
    language::Language,
    partner::{Claimed, Identity, PartnerId, PartnerLogin, PendingIdentity},
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    OutboxMessage, RateSlot, Table, TakenEmail,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    limits::{count, return_slot},
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct PartnerLoginItem {
    browser: String,
    partner: PartnerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "transaction")]
    interaction: Option<InteractionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(with = "epoch")]
    #[serde(rename = "left_at")]
    started_at: Timestamp,
    #[serde(default)]
    linking: bool,
    used: bool,
}

impl Kind for PartnerLoginItem {
    const NAME: &'static str = "departure";
}

#[derive(Serialize, Deserialize)]
struct PendingIdentityItem {
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
    #[serde(rename = "came_at")]
    arrived_at: Timestamp,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    revision: u64,
}

impl Kind for PendingIdentityItem {
    const NAME: &'static str = "arrival";
}

impl Table {
    /// Remembers a browser that goes to a partner.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn begin_partner_login(&self, partner_login: &PartnerLogin) -> Result<(), Unavailable> {
        let content = PartnerLoginItem {
            browser: partner_login.browser.as_str().to_owned(),
            partner: partner_login.partner.clone(),
            interaction: partner_login.interaction,
            next: partner_login.next.as_ref().map(|next| next.as_str().to_owned()),
            language: partner_login.language,
            started_at: partner_login.started_at,
            linking: partner_login.is_linking,
            used: partner_login.is_used,
        };
        let item =
            item::write(&key::partner_login(&partner_login.state), &content, Some(partner_login.ends_at()))?;
        // Without a condition: the state is random, and a try whose answer was lost may be sent again.
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The browser that left with this state.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn partner_login(
        &self,
        state: &HashedSecret<kind::State>,
        now: Timestamp,
    ) -> Result<Option<PartnerLogin>, Unavailable> {
        let found: Option<PartnerLoginItem> = item::read(self.get(&key::partner_login(state)).await?, now)?;
        Ok(found.map(|item| PartnerLogin {
            state: state.clone(),
            browser: HashedSecret::stored(item.browser),
            partner: item.partner,
            interaction: item.interaction,
            next: item.next.as_deref().and_then(LocalPath::parse),
            language: item.language,
            started_at: item.started_at,
            is_linking: item.linking,
            is_used: item.used,
        }))
    }

    /// Records that the browser came back: once.
    ///
    /// # Errors
    /// [`Conflict::PartnerLogin`] when it has, or was away for too long.
    pub async fn callback(
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
        self.write_transaction()
            .update(Conflict::PartnerLogin, &key::partner_login(state), once, used)
            .commit()
            .await
    }

    /// Remembers somebody who has arrived and is not known here yet.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn put_pending_identity(&self, pending_identity: &PendingIdentity) -> Result<(), Unavailable> {
        let item = self.arrival_item(pending_identity)?;
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Who has arrived in the browser that has this secret.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn pending_identity(
        &self,
        secret: &HashedSecret<kind::PendingIdentity>,
        now: Timestamp,
    ) -> Result<Option<PendingIdentity>, Unavailable> {
        let found: Option<PendingIdentityItem> =
            item::read(self.get(&key::pending_identity(secret)).await?, now)?;
        let Some(item) = found else { return Ok(None) };
        let unreadable = || Unavailable::unreadable(PendingIdentityItem::NAME);
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
        Ok(Some(PendingIdentity {
            secret: secret.clone(),
            partner: item.partner,
            identity,
            claimed,
            arrived_at: item.arrived_at,
            ended_at: item.ended_at,
            revision: item.revision,
        }))
    }

    fn arrival_item(&self, pending_identity: &PendingIdentity) -> Result<Attributes, Unavailable> {
        let owner = pending_identity.secret.as_str();
        let identity = serde_json::to_vec(&pending_identity.identity)
            .map_err(|_| Unavailable::unreadable(PendingIdentityItem::NAME))?;
        let claimed = pending_identity.claimed.as_ref();
        let content = PendingIdentityItem {
            partner: pending_identity.partner.clone(),
            identity: self.seal(owner, &identity),
            email: claimed.map(|claimed| self.seal(owner, claimed.email.as_str().as_bytes())),
            proof: claimed.map(|claimed| claimed.proof.clone()),
            sent_at: claimed.map(|claimed| claimed.sent_at),
            tries: claimed.map_or(0, |claimed| claimed.tries),
            is_proven: claimed.is_some_and(|claimed| claimed.is_proven),
            arrived_at: pending_identity.arrived_at,
            ended_at: pending_identity.ended_at,
            revision: pending_identity.revision + 1,
        };
        item::write(
            &key::pending_identity(&pending_identity.secret),
            &content,
            Some(pending_identity.ends_at()),
        )
    }

    /// Writes what came of a move in the place of what it was decided on; refused as `pending_identity` when that has changed.
    fn with_arrival<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        after: &PendingIdentity,
    ) -> WriteTransaction<'a> {
        let same = Expression::new("#revision = :before")
            .names(&["revision"])
            .value("before", item::number(after.revision));
        transaction.replace(Conflict::PendingIdentity, self.arrival_item(after), same)
    }

    /// Promises the email that brings a code to the address that somebody gave.
    ///
    /// # Errors
    /// [`Conflict::PendingIdentity`] when that has changed, [`Conflict::EmailLimit`] when another email was taken meanwhile.
    pub async fn send_address_code(
        &self,
        after: &PendingIdentity,
        taken: &TakenEmail,
        message: &OutboxMessage,
    ) -> Result<(), WriteError> {
        let transaction = self.with_arrival(self.write_transaction(), after);
        self.with_email_taken(transaction, taken).put(Conflict::Outbox, self.message(message)).commit().await
    }

    /// Takes a try of the code, and counts it for its source: only then may it be looked at.
    ///
    /// # Errors
    /// [`Conflict::PendingIdentity`] when that has changed, [`Conflict::RateLimit`] when the source's counter is full.
    pub async fn try_address_code(
        &self,
        after: &PendingIdentity,
        source: &RateSlot,
    ) -> Result<(), WriteError> {
        count(self.with_arrival(self.write_transaction(), after), source).commit().await
    }

    /// Records that the address is proven, and takes back what was counted for its source.
    ///
    /// # Errors
    /// [`Conflict::PendingIdentity`] when that has changed.
    pub async fn prove_address(
        &self,
        after: &PendingIdentity,
        source: &RateSlot,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        return_slot(self.with_arrival(self.write_transaction(), after), source, at).commit().await
    }

    /// Ends an arrival of somebody who is known by now; refused as `pending_identity` when it has changed.
    pub(crate) fn end_arrival<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        pending_identity: &PendingIdentity,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        self.with_arrival(transaction, &pending_identity.ended(now))
    }
}
