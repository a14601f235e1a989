//! Emails about an account, with the links in them; and the decoys that are written in their place.

use domain::{
    Timestamp,
    account::Details,
    id::{AccountId, DecoyId, InteractionId, LinkId},
    keys::EmailKey,
    link::{self, Reset, Unlock, Use},
};
use serde::{Deserialize, Serialize};

use crate::{
    OutboxMessage, Table,
    emailed_links::LinkItem,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind},
    key,
    write_transaction::{Expression, WriteTransaction},
};

/// The size of a decoy's content in bytes, which resembles that of an account's items.
const DECOY_SIZE: usize = 288;

/// How long a decoy is stored.
const DECOY_KEPT: domain::SignedDuration = domain::SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct DecoyItem {
    content: domain::keys::Sealed,
}

impl Kind for DecoyItem {
    const NAME: &'static str = "decoy";
}

/// An email about an account, with the links in it.
#[derive(Clone, Debug)]
pub struct AccountEmail {
    /// The outbox message of the email.
    pub message: OutboxMessage,
    /// The links in the email.
    pub links: Vec<AccountLink>,
}

/// A new emailed link of an account.
#[derive(Clone, Debug)]
pub struct AccountLink {
    /// The id that the token in the link holds.
    pub id: LinkId,
    purpose: &'static str,
    account: AccountId,
    place: EmailKey,
    interaction: Option<InteractionId>,
    sent_at: Timestamp,
    remembered_until: Timestamp,
}

impl AccountEmail {
    /// The link that voids the previous ones of its purpose, with the account's attribute that holds its id.
    pub(crate) fn newest_link(&self) -> Option<(&'static str, LinkId)> {
        self.links.iter().find_map(|link| Some((link.attribute()?, link.id)))
    }
}

impl AccountLink {
    /// A link for the use `U`, which resumes `interaction`.
    #[must_use]
    pub fn new<U: Use>(
        id: LinkId,
        details: &Details,
        interaction: Option<InteractionId>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            purpose: U::NAME,
            account: details.id,
            place: details.place.clone(),
            interaction,
            sent_at: at,
            remembered_until: at + U::LIFETIME + link::REMEMBERED,
        }
    }

    /// The account's attribute that holds the only valid link of this purpose. Links to dispute don't void each other.
    fn attribute(&self) -> Option<&'static str> {
        match self.purpose {
            Unlock::NAME => Some("unlock_link"),
            Reset::NAME => Some("reset_link"),
            _ => None,
        }
    }

    fn item(&self) -> Result<Attributes, Unavailable> {
        let content = LinkItem {
            purpose: self.purpose.to_owned(),
            email: self.place.clone(),
            registration: None,
            account: Some(self.account),
            interaction: self.interaction,
            sent_at: self.sent_at,
            used: false,
        };
        item::write(&key::link(self.id), &content, Some(self.remembered_until))
    }
}

impl Table {
    /// Stores the links of an email, and queues the email.
    pub(crate) fn with_account_email<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        notice: &AccountEmail,
    ) -> WriteTransaction<'a> {
        let transaction = notice
            .links
            .iter()
            .fold(transaction, |transaction, link| transaction.put(Conflict::NewLink, link.item()));
        transaction.put(Conflict::Outbox, self.message(&notice.message))
    }

    /// Puts `count` decoys, where an account would get as many items.
    pub(crate) fn with_decoys<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        count: usize,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        (0..count).fold(transaction, |transaction, _| {
            let id = DecoyId::from_random(self.random());
            transaction
                .put(Conflict::Decoy, item::write(&key::decoy(id), &self.decoy(id), Some(now + DECOY_KEPT)))
        })
    }

    /// Updates a decoy, where an account would be updated. The update creates the item.
    pub(crate) fn with_decoy_changed<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        let id = DecoyId::from_random(self.random());
        let set = Expression::new("SET #content = :content, #kind = :kind, #v = :v, #ttl = :ttl")
            .names(&["content", "kind", "v", "ttl"])
            .value("content", item::text(self.decoy(id).content.as_str()))
            .value("kind", item::text(DecoyItem::NAME))
            .value("v", item::number(crate::SCHEMA_VERSION))
            .value("ttl", item::seconds(now + DECOY_KEPT));
        transaction.update(Conflict::Decoy, &key::decoy(id), "attribute_not_exists(pk)", set)
    }

    fn decoy(&self, id: DecoyId) -> DecoyItem {
        DecoyItem { content: self.seal(&id.to_string(), &self.random::<DECOY_SIZE>()) }
    }
}
