//! Logins at a sign-in partner, from the redirect to the partner until the browser returns (RULES 4.1).
//!
//! The stored kind and key still have the old name `departure`.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    id::InteractionId,
    interaction::LocalPath,
    language::Language,
    limits::TakenSlot,
    partner::{PartnerId, PartnerLogin},
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    RateSlot, Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Kind, epoch},
    key,
    limits::take_slot,
    write_transaction::Expression,
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
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reauthentication: bool,
    used: bool,
    /// The count of its source, until the partner has asserted an identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<TakenSlot>,
}

impl Kind for PartnerLoginItem {
    const NAME: &'static str = "departure";
}

impl Table {
    /// Stores a login at a partner before the browser is redirected there, and takes a slot of its source's rate limit
    /// (`TransactWriteItems`). [`Table::return_taken_slot`] returns it.
    ///
    /// # Errors
    /// [`Conflict::RateLimit`] when the slot's counter is full.
    pub async fn begin_partner_login(
        &self,
        partner_login: &PartnerLogin,
        slot: &RateSlot,
    ) -> Result<(), WriteError> {
        let content = PartnerLoginItem {
            browser: partner_login.browser.as_str().to_owned(),
            partner: partner_login.partner.clone(),
            interaction: partner_login.interaction,
            next: partner_login.next.as_ref().map(|next| next.as_str().to_owned()),
            language: partner_login.language,
            started_at: partner_login.started_at,
            linking: partner_login.is_linking,
            reauthentication: partner_login.is_reauthentication,
            used: partner_login.is_used,
            slot: Some(slot.taken()),
        };
        let key = key::partner_login(&partner_login.state);
        let item = item::write(&key, &content, Some(partner_login.ends_at()));
        take_slot(self.write_transaction(), slot, Conflict::RateLimit)
            .put(Conflict::PartnerLogin, item)
            .commit()
            .await
    }

    /// The login at a partner with this `state` (`GetItem`).
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
            is_reauthentication: item.reauthentication,
            is_used: item.used,
            slot: item.slot,
        }))
    }

    /// Records that the browser returned from the partner, which it may do once (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::PartnerLogin`] when the browser returned before, or the login expired.
    pub async fn complete_partner_login(
        &self,
        state: &HashedSecret<kind::State>,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let used = Expression::new("SET #used = :yes")
            .names(&["used", "ttl"])
            .value("yes", AttributeValue::Bool(true))
            .value("no", AttributeValue::Bool(false))
            .value("now", item::seconds(now));
        let is_open = "#used = :no AND #ttl > :now";
        self.write_transaction()
            .update(Conflict::PartnerLogin, &key::partner_login(state), is_open, used)
            .commit()
            .await
    }
}
