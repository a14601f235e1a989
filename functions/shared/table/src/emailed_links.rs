//! Emailed links: their items, what a link of an account leads to, and their single use (RULES 2.4, 2.7, 3.5, 3.6,
//! 3.10).
//!
//! The token in a link names its item. The item says what the link is for, and outlives it, so that the page of a used
//! or expired link can say so.

use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::Account,
    device::Device,
    email_change::PendingEmailChange,
    form::Submission,
    id::{AccountId, InteractionId, LinkId, RegistrationId},
    interaction::Interaction,
    keys::{EmailKey, Sealed},
    link::{self, LinkPurpose, SentLink},
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    accounts::AccountPlaceItem,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    write_transaction::{Expression, WriteTransaction},
};

/// An emailed link, of a registration or of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkItem {
    pub(crate) purpose: String,
    pub(crate) email: EmailKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registration: Option<RegistrationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<AccountId>,
    /// The interaction to resume. The link keeps it after the registration has ended, for the page of a link that is
    /// dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "transaction")]
    pub(crate) interaction: Option<InteractionId>,
    #[serde(with = "epoch")]
    pub(crate) sent_at: Timestamp,
    /// When it expires, if not after its lifetime (see [`link::expires_at`]).
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) used: bool,
    /// The submission that used it, and when: absent in links that the previous release used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_by: Option<Submission>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_at: Option<Timestamp>,
    /// The address that it was sent to, if that is one to which its account changes (RULES 7.3), the generation of the account
    /// then, and the id of the session that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) new_email: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
    /// Whether somebody who was signed in asked for it (RULES 7.5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reported: bool,
    /// Whether the question after a reset was answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reviewed: bool,
}

/// Who uses a link.
#[derive(Clone, Copy, Debug)]
pub struct LinkUser<'a> {
    /// The browser, for the audit trail.
    pub device: &'a Device,
    /// The hash of its device cookie, if the account knows it.
    pub known: Option<&'a HashedSecret<kind::Device>>,
    /// The form.
    pub submission: &'a Submission,
}

/// The use of a link, which its repetition is answered like (RULES 3.3).
#[derive(Clone, Debug)]
pub struct LinkUse {
    /// The submission of the form.
    pub submission: Submission,
    /// When.
    pub at: Timestamp,
}

impl Kind for LinkItem {
    const NAME: &'static str = "link";
}

impl LinkItem {
    /// Encodes the item, which expires some time after the link does.
    pub(crate) fn write<U: LinkPurpose>(&self, id: LinkId) -> Result<Attributes, Unavailable> {
        item::write(&key::link(id), self, Some(self.expires_at::<U>() + link::REMEMBERED))
    }

    pub(crate) fn expires_at<U: LinkPurpose>(&self) -> Timestamp {
        link::expires_at::<U>(self.sent_at, self.expires_at)
    }

    pub(crate) fn is_for<U: LinkPurpose>(&self) -> bool {
        self.purpose == U::NAME
    }

    /// Its use, if it was used and by whom is known.
    pub(crate) fn link_use(&self) -> Option<LinkUse> {
        let (submission, at) = self.used_by.clone().zip(self.used_at)?;
        Some(LinkUse { submission, at })
    }

    /// An unused link for the purpose of this name.
    pub(crate) fn unused(purpose: &str, email: EmailKey, sent_at: Timestamp) -> Self {
        Self {
            purpose: purpose.to_owned(),
            email,
            registration: None,
            account: None,
            interaction: None,
            sent_at,
            expires_at: None,
            used: false,
            used_by: None,
            used_at: None,
            new_email: None,
            generation: None,
            session: None,
            reported: false,
            reviewed: false,
        }
    }
}

/// A link of an account, with what it leads to.
#[derive(Debug)]
pub struct FoundAccountLink<U> {
    /// The link, used or expired as it may be.
    pub sent: SentLink<U>,
    /// Its use, if it was used.
    pub used: Option<LinkUse>,
    /// Whether the resident has said what to keep of what was added lately (RULES 5.7).
    pub is_reviewed: bool,
    /// The account, unless it was removed.
    pub account: Option<Account>,
    /// The change that it confirms, if that is what it is for (RULES 7.3).
    pub email_change: Option<PendingEmailChange>,
    /// The interaction to resume, unless it expired. It may belong to another browser.
    pub interaction: Option<Interaction>,
}

/// An emailed link that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLink {
    /// The id of its item.
    pub id: LinkId,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Its expiry as it is stored.
    stored: Option<Timestamp>,
}

/// A link that is kept for longer than it would work (RULES 3.11).
#[derive(Clone, Copy, Debug)]
pub struct KeptLink {
    /// The link, as it was read.
    pub link: LiveLink,
    /// Until when it works.
    pub until: Timestamp,
}

impl Table {
    /// Those of these links for one purpose that can be used (`BatchGetItem`, also for none).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn live_links<U: LinkPurpose>(
        &self,
        ids: &[LinkId],
        now: Timestamp,
    ) -> Result<Vec<LiveLink>, Unavailable> {
        // Without a link, another one is read, so that the call is made for every address.
        let nothing = [LinkId::from_random(self.random())];
        let keys: Vec<_> =
            if ids.is_empty() { &nothing[..] } else { ids }.iter().map(|id| key::link(*id)).collect();
        let mut found = self.get_all(&keys).await?;
        let mut live = Vec::new();
        for id in ids {
            let item: Option<LinkItem> = item::read(found.remove(&key::link(*id)), now)?;
            let item = item.filter(|item| item.is_for::<U>() && !item.used && now < item.expires_at::<U>());
            live.extend(item.map(|item| LiveLink {
                id: *id,
                sent_at: item.sent_at,
                expires_at: item.expires_at::<U>(),
                stored: item.expires_at,
            }));
        }
        Ok(live)
    }

    /// Finds a link of an account, with the account and the interaction.
    ///
    /// `None` when no such link exists for this purpose, or it expired so long ago that its item did too. Calls
    /// `GetItem` and `BatchGetItem`, and `GetItem` once more when the account has moved to another email key.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_account_link<U: LinkPurpose>(
        &self,
        id: LinkId,
        now: Timestamp,
    ) -> Result<Option<FoundAccountLink<U>>, Unavailable> {
        let item: Option<LinkItem> = item::read(self.get(&key::link(id)).await?, now)?;
        let Some(item) = item.filter(LinkItem::is_for::<U>) else { return Ok(None) };
        let Some(account_id) = item.account else { return Ok(None) };
        let (account, place) = (key::account(&item.email), key::account_place(account_id));
        let mut keys = vec![account.clone(), place.clone()];
        keys.extend(item.interaction.map(key::interaction));
        let mut found = self.get_all(&keys).await?;
        let interaction = item.interaction.and_then(|id| found.remove(&key::interaction(id)));
        let (account, place) = (found.remove(&account), found.remove(&place));
        let (used, expires_at) = (item.link_use(), item.expires_at::<U>());
        let pointer: Option<AccountPlaceItem> = item::read(place.clone(), now)?;
        let email_change = self.read_email_change(account_id, &item, pointer.as_ref())?;
        let account = self.current_account(account_id, account, place, now).await?;
        let place = match &account {
            Some(account) => self.present_place(item.email, account.details())?,
            None => item.email,
        };
        Ok(Some(FoundAccountLink {
            used,
            is_reviewed: item.reviewed,
            email_change,
            sent: SentLink {
                id,
                account: account_id,
                place,
                sent_at: item.sent_at,
                expires_at,
                is_used: item.used,
                is_reported: item.reported,
                purpose: PhantomData,
            },
            account,
            interaction: self.read_interaction(interaction, now)?,
        }))
    }
}

/// Remembers the submission that a link led to, though the link isn't used. [`Conflict::Link`] when it no longer exists.
pub(crate) fn remember_use<'a>(
    transaction: WriteTransaction<'a>,
    id: LinkId,
    submission: &Submission,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let remember = Expression::new("SET #used_by = :submission, #used_at = :now")
        .names(&["used_by", "used_at"])
        .value("submission", item::text(submission.as_str()))
        .value("now", item::seconds(now));
    transaction.update(Conflict::Link, &key::link(id), "attribute_exists(pk)", remember)
}

/// Keeps a link for longer. [`Conflict::Link`] when it was used, or kept for longer, since it was read.
pub(crate) fn keep_link<'a>(transaction: WriteTransaction<'a>, kept: &KeptLink) -> WriteTransaction<'a> {
    let keep = Expression::new("SET #expires_at = :until, #ttl = :ttl")
        .names(&["expires_at", "ttl", "used"])
        .value("until", item::seconds(kept.until))
        .value("ttl", item::seconds(kept.until + link::REMEMBERED))
        .value("no", AttributeValue::Bool(false));
    let (condition, keep) = match kept.link.stored {
        None => ("#used = :no AND attribute_not_exists(#expires_at)", keep),
        Some(before) => {
            ("#used = :no AND #expires_at = :before", keep.value("before", item::seconds(before)))
        }
    };
    transaction.update(Conflict::Link, &key::link(kept.link.id), condition, keep)
}

/// Marks a link as used by this submission of its form. [`Conflict::Link`] when it was used before or has expired.
pub(crate) fn use_link<'a, U: LinkPurpose>(
    transaction: WriteTransaction<'a>,
    id: LinkId,
    submission: &Submission,
    now: Timestamp,
) -> WriteTransaction<'a> {
    transaction.update(Conflict::Link, &key::link(id), IS_UNUSED, used::<U>(submission, now))
}

/// As [`use_link`], and names the place at which the account of the link is made, if that isn't the place of the link: the
/// lookup key was rotated since it was sent.
pub(crate) fn use_link_for_account_at<'a, U: LinkPurpose>(
    transaction: WriteTransaction<'a>,
    (id, sent_to): (LinkId, &EmailKey),
    place: &EmailKey,
    submission: &Submission,
    now: Timestamp,
) -> WriteTransaction<'a> {
    if sent_to == place {
        return use_link::<U>(transaction, id, submission, now);
    }
    let mark = used::<U>(submission, now)
        .instead(&format!("{USE}, #email = :place"))
        .names(&["email"])
        .value("place", item::text(place.as_str()));
    transaction.update(Conflict::Link, &key::link(id), IS_UNUSED, mark)
}

const IS_UNUSED: &str = "#used = :no AND (#sent_at > :sent_after OR #expires_at > :now)";

const USE: &str = "SET #used = :yes, #used_by = :submission, #used_at = :now";

/// The update [`USE`], with the names and values of [`IS_UNUSED`].
fn used<U: LinkPurpose>(submission: &Submission, now: Timestamp) -> Expression {
    Expression::new(USE)
        .names(&["used", "used_by", "used_at", "sent_at", "expires_at"])
        .value("yes", AttributeValue::Bool(true))
        .value("submission", item::text(submission.as_str()))
        .value("now", item::seconds(now))
        .value("no", AttributeValue::Bool(false))
        .value("sent_after", item::seconds(now - U::LIFETIME))
}
