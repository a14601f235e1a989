//! Link items: what an emailed link belongs to, and whether it was used (RULES 2.4, 2.7).

use domain::{
    Timestamp,
    id::{AccountId, InteractionId, LinkId, RegistrationId},
    keys::EmailKey,
    link::{self, LinkPurpose},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch},
    key,
    write_transaction::{Expression, WriteTransaction},
};

/// What a link's item holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkItem {
    pub(crate) purpose: String,
    pub(crate) email: EmailKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registration: Option<RegistrationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<AccountId>,
    /// Where the resident was going to: it outlives the registration, for the page of a link that opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "transaction")]
    pub(crate) interaction: Option<InteractionId>,
    #[serde(with = "epoch")]
    pub(crate) sent_at: Timestamp,
    pub(crate) used: bool,
}

impl Kind for LinkItem {
    const NAME: &'static str = "link";
}

impl LinkItem {
    pub(crate) fn write<U: LinkPurpose>(&self, id: LinkId) -> Result<Attributes, Unavailable> {
        item::write(&key::link(id), self, Some(self.sent_at + U::LIFETIME + link::REMEMBERED))
    }

    pub(crate) fn is_for<U: LinkPurpose>(&self) -> bool {
        self.purpose == U::NAME
    }
}

/// Marks a link used, once, while it is fresh.
pub(crate) fn spend<U: LinkPurpose>(
    transaction: WriteTransaction<'_>,
    id: LinkId,
    now: Timestamp,
) -> WriteTransaction<'_> {
    let sent_after = now - U::LIFETIME;
    let mark = Expression::new("SET #used = :yes").names(&["used", "sent_at"]);
    let mark = mark
        .value("yes", true_value())
        .value("no", false_value())
        .value("sent_after", item::seconds(sent_after));
    transaction.update(Conflict::Link, &key::link(id), "#used = :no AND #sent_at > :sent_after", mark)
}

fn true_value() -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::Bool(true)
}

fn false_value() -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::Bool(false)
}
