//! Emails about an account, with the links in them; and decoys, where an email without an account gets none.

use domain::{
    Timestamp,
    account::Details,
    id::{AccountId, DecoyId, LinkId, TransactionId},
    keys::EmailKey,
    link::{self, Reset, Unlock, Use},
};
use serde::{Deserialize, Serialize};

use crate::{
    Promise, Table,
    error::Unavailable,
    item::{self, Attributes, Kind},
    key,
    links::LinkItem,
    together::{Expression, Together},
};

/// What an account's items hold, give or take, in bytes.
const DECOY_SIZE: usize = 288;

/// How long a decoy lies in the table.
const DECOY_KEPT: domain::SignedDuration = domain::SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct DecoyItem {
    content: domain::keys::Sealed,
}

impl Kind for DecoyItem {
    const NAME: &'static str = "decoy";
}

/// An email about an account, with the links that stand in it.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The email.
    pub promise: Promise,
    /// Its links.
    pub links: Vec<AccountLink>,
}

/// A link of an account, as it is made.
#[derive(Clone, Debug)]
pub struct AccountLink {
    /// Names it.
    pub id: LinkId,
    purpose: &'static str,
    account: AccountId,
    place: EmailKey,
    transaction: Option<TransactionId>,
    sent_at: Timestamp,
    remembered_until: Timestamp,
}

impl Notice {
    /// The link that voids the older ones of its purpose, and the account's attribute that names it.
    pub(crate) fn newest_link(&self) -> Option<(&'static str, LinkId)> {
        self.links.iter().find_map(|link| Some((link.attribute()?, link.id)))
    }
}

impl AccountLink {
    /// A link for `U`, that keeps the way to the service its resident was on.
    #[must_use]
    pub fn new<U: Use>(
        id: LinkId,
        details: &Details,
        (transaction, at): (Option<TransactionId>, Timestamp),
    ) -> Self {
        Self {
            id,
            purpose: U::NAME,
            account: details.id,
            place: details.place.clone(),
            transaction,
            sent_at: at,
            remembered_until: at + U::LIFETIME + link::REMEMBERED,
        }
    }

    /// The attribute of its account that names the newest link of its purpose; objections stand beside each other.
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
            transaction: self.transaction,
            sent_at: self.sent_at,
            used: false,
        };
        item::write(&key::link(self.id), &content, Some(self.remembered_until))
    }
}

impl Table {
    /// Writes an email about an account and its links.
    pub(crate) fn with_notice<'a>(&self, together: Together<'a>, notice: &Notice) -> Together<'a> {
        let together =
            notice.links.iter().fold(together, |together, link| together.put("new link", link.item()));
        together.put("outbox", self.promise(&notice.promise))
    }

    /// Writes so many items that mean nothing, where others are written for an account.
    pub(crate) fn with_decoys<'a>(
        &self,
        together: Together<'a>,
        count: usize,
        now: Timestamp,
    ) -> Together<'a> {
        (0..count).fold(together, |together, _| {
            let id = DecoyId::from_random(self.random());
            together.put("decoy", item::write(&key::decoy(id), &self.decoy(id), Some(now + DECOY_KEPT)))
        })
    }

    /// Changes an item that means nothing, where an account's is changed.
    pub(crate) fn with_decoy_changed<'a>(&self, together: Together<'a>, now: Timestamp) -> Together<'a> {
        let id = DecoyId::from_random(self.random());
        let set = Expression::new("SET #content = :content, #kind = :kind, #v = :v, #ttl = :ttl")
            .names(&["content", "kind", "v", "ttl"])
            .value("content", item::text(self.decoy(id).content.as_str()))
            .value("kind", item::text(DecoyItem::NAME))
            .value("v", item::number(crate::SCHEMA_VERSION))
            .value("ttl", item::seconds(now + DECOY_KEPT));
        together.update("decoy", (&key::decoy(id), "attribute_not_exists(pk)"), set)
    }

    fn decoy(&self, id: DecoyId) -> DecoyItem {
        DecoyItem { content: self.seal(&id.to_string(), &self.random::<DECOY_SIZE>()) }
    }
}
