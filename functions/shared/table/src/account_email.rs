//! Emails to an account, with the links in them, and decoys: items that are written where an address without an account
//! gets no email, so that the work is the same for every address.

use domain::{
    Timestamp,
    account::AccountDetails,
    email_change::PendingEmailChange,
    id::{AccountId, DecoyId, InteractionId, LinkId},
    keys::EmailKey,
    link::{self, Dispute, EmailChange, LinkPurpose, Reset, Unlock},
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

/// About as many bytes as the items of an account have.
const DECOY_SIZE: usize = 288;

/// How long a decoy is kept.
const DECOY_KEPT: domain::SignedDuration = domain::SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct DecoyItem {
    content: domain::keys::Sealed,
}

impl Kind for DecoyItem {
    const NAME: &'static str = "decoy";
}

/// An email to an account, and the links in it. Both are written in the transaction that causes the email.
#[derive(Clone, Debug)]
pub struct AccountEmail {
    /// The email itself.
    pub message: OutboxMessage,
    /// The links in it, as new items.
    pub links: Vec<AccountLink>,
}

/// A new emailed link of an account.
#[derive(Clone, Debug)]
pub struct AccountLink {
    /// The id of its item.
    pub id: LinkId,
    purpose: &'static str,
    account: AccountId,
    place: EmailKey,
    interaction: Option<InteractionId>,
    /// The change that it confirms.
    email_change: Option<PendingEmailChange>,
    sent_at: Timestamp,
    /// When it expires, if not after its lifetime.
    expires_at: Option<Timestamp>,
    is_reported: bool,
    remembered_until: Timestamp,
}

/// A link that the account lists, by its purpose.
pub(crate) enum ListedLink {
    Unlock(LinkId),
    Reset(LinkId),
}

impl AccountEmail {
    /// The link in it that the account lists.
    pub(crate) fn listed_link(&self) -> Option<ListedLink> {
        self.links.iter().find_map(AccountLink::listed)
    }

    /// The link *This wasn't me* in it.
    pub(crate) fn dispute_link(&self) -> Option<LinkId> {
        self.links.iter().find(|link| link.purpose == Dispute::NAME).map(|link| link.id)
    }
}

impl AccountLink {
    /// A link for `U`, which leads back to `interaction` after its use. It expires at `expires_at`, or after its lifetime.
    #[must_use]
    pub fn new<U: LinkPurpose>(
        id: LinkId,
        details: &AccountDetails,
        interaction: Option<InteractionId>,
        at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Self {
        let sent = Self::sent::<U>(id, details.id, &details.place, at);
        let remembered_until = link::expires_at::<U>(at, expires_at) + link::REMEMBERED;
        Self { interaction, expires_at, remembered_until, ..sent }
    }

    /// A link *This wasn't me* of an account at this place, which it may have left (RULES 7.3).
    #[must_use]
    pub fn dispute(id: LinkId, account: AccountId, place: &EmailKey, at: Timestamp) -> Self {
        Self::sent::<Dispute>(id, account, place, at)
    }

    fn sent<U: LinkPurpose>(id: LinkId, account: AccountId, place: &EmailKey, at: Timestamp) -> Self {
        Self {
            id,
            purpose: U::NAME,
            account,
            place: place.clone(),
            interaction: None,
            email_change: None,
            sent_at: at,
            expires_at: None,
            is_reported: false,
            remembered_until: link::expires_at::<U>(at, None) + link::REMEMBERED,
        }
    }

    /// A link that confirms another address of the account (RULES 7.3), to which it is sent.
    #[must_use]
    pub fn email_change(
        id: LinkId,
        details: &AccountDetails,
        pending: PendingEmailChange,
        at: Timestamp,
    ) -> Self {
        Self { email_change: Some(pending), ..Self::new::<EmailChange>(id, details, None, at, None) }
    }

    /// The same link, for which somebody asked who was signed in (RULES 7.5).
    #[must_use]
    pub fn reported(self) -> Self {
        Self { is_reported: true, ..self }
    }

    /// Links of other purposes don't depend on a list of the account.
    fn listed(&self) -> Option<ListedLink> {
        match self.purpose {
            Unlock::NAME => Some(ListedLink::Unlock(self.id)),
            Reset::NAME => Some(ListedLink::Reset(self.id)),
            _ => None,
        }
    }

    fn item(&self, table: &Table) -> Result<Attributes, Unavailable> {
        let owner = self.account.to_string();
        let pending = self.email_change.as_ref();
        let content = LinkItem {
            account: Some(self.account),
            interaction: self.interaction,
            expires_at: self.expires_at,
            reported: self.is_reported,
            new_email: pending
                .map(|pending| table.seal(&owner, pending.email.as_str().as_bytes()))
                .transpose()?,
            generation: pending.map(|pending| pending.generation),
            session: pending.and_then(|pending| Some(pending.session.as_ref()?.as_str().to_owned())),
            ..LinkItem::unused(self.purpose, self.place.clone(), self.sent_at)
        };
        item::write(&key::link(self.id), &content, Some(self.remembered_until))
    }
}

impl Table {
    /// Adds an email to an account, and the links in it, to a transaction.
    pub(crate) fn with_account_email<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        email: &AccountEmail,
    ) -> WriteTransaction<'a> {
        let transaction = email
            .links
            .iter()
            .fold(transaction, |transaction, link| transaction.put(Conflict::NewLink, link.item(self)));
        transaction.put(Conflict::Outbox, self.message(&email.message))
    }

    /// Adds `count` decoys, where as many items would be written for an account.
    pub(crate) fn with_decoys<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        count: usize,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        (0..count).fold(transaction, |transaction, _| {
            let id = DecoyId::from_random(self.random());
            let decoy = self.decoy(id);
            let item = decoy.and_then(|decoy| item::write(&key::decoy(id), &decoy, Some(now + DECOY_KEPT)));
            transaction.put(Conflict::Decoy, item)
        })
    }

    /// Adds the update of a decoy, where the item of an account would be updated.
    pub(crate) fn with_decoy_changed<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        now: Timestamp,
    ) -> Result<WriteTransaction<'a>, Unavailable> {
        let id = DecoyId::from_random(self.random());
        let set = Expression::new("SET #content = :content, #kind = :kind, #v = :v, #ttl = :ttl")
            .names(&["content", "kind", "v", "ttl"])
            .value("content", item::text(self.decoy(id)?.content.as_str()))
            .value("kind", item::text(DecoyItem::NAME))
            .value("v", item::number(crate::SCHEMA_VERSION))
            .value("ttl", item::seconds(now + DECOY_KEPT));
        Ok(transaction.update(Conflict::Decoy, &key::decoy(id), "attribute_not_exists(pk)", set))
    }

    fn decoy(&self, id: DecoyId) -> Result<DecoyItem, Unavailable> {
        Ok(DecoyItem { content: self.seal(&id.to_string(), &self.random::<DECOY_SIZE>())? })
    }
}
