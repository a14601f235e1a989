//! What a link of an account leads to (RULES 3.5, 3.6, 3.10).

use std::marker::PhantomData;

use domain::{
    Timestamp,
    account::Account,
    id::{AccountId, LinkId},
    interaction::Interaction,
    keys::EmailKey,
    link::{LinkPurpose, SentLink},
};

use crate::{
    Table,
    accounts::AccountPlaceItem,
    error::Unavailable,
    item::{self, Attributes},
    key,
    links::LinkItem,
};

/// A link of an account, with what it leads to.
#[derive(Debug)]
pub struct FoundAccountLink<U> {
    /// The link.
    pub sent: SentLink<U>,
    /// Its account, while there is one.
    pub account: Option<Account>,
    /// The sign-in transaction that its resident was on, while that lives, whoever's it is.
    pub interaction: Option<Interaction>,
}

impl Table {
    /// What this link of an account leads to; `None` when there is no such link, or it ran out long ago.
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
        let Some(account) = item.account else { return Ok(None) };
        let (own, place) = (key::account(&item.email), key::account_place(account));
        let mut keys = vec![own.clone(), place.clone()];
        keys.extend(item.interaction.map(key::interaction));
        let mut found = self.get_all(&keys).await?;
        let interaction = item.interaction.and_then(|id| found.remove(&key::interaction(id)));
        let (own, place) = (found.remove(&own), found.remove(&place));
        Ok(Some(FoundAccountLink {
            sent: SentLink { id, account, sent_at: item.sent_at, is_used: item.used, purpose: PhantomData },
            account: self.follow(account, own, place, now).await?,
            interaction: self.read_interaction(interaction, now)?,
        }))
    }

    /// The account of this name.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn account_of(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let place = self.get(&key::account_place(account)).await?;
        self.follow(account, None, place, now).await
    }

    /// The account of this name: where the link says, or where it has moved to since.
    async fn follow(
        &self,
        account: AccountId,
        own: Option<Attributes>,
        place: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let found = self.read_account(own, now)?.map(|(found, _)| found);
        if let Some(found) = found.filter(|found| found.details().id == account) {
            return Ok(Some(found));
        }
        let Some(place) = item::read::<AccountPlaceItem>(place, now)? else { return Ok(None) };
        self.account_at(account, &place.place, now).await
    }

    /// The account of this name, if it is at this place.
    pub(crate) async fn account_at(
        &self,
        account: AccountId,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let found = self.read_account(self.get(&key::account(place)).await?, now)?;
        Ok(found.map(|(found, _)| found).filter(|found| found.details().id == account))
    }
}
