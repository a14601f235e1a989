//! Places of accounts: claiming one, moving an account to another, and reserving the one that it left (RULES 7.3).
//!
//! An account is stored at the place of its address. While a former address is kept for it, the item
//! `reserved_address` is there instead, under the same key: every condition that an address is free fails, and every read
//! that looks for an account finds none.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::{Account, AccountDetails},
    email::EmailAddress,
    former_address::{FormerAddress, FormerAddresses, Reservation},
    id::AccountId,
    keys::{EmailKey, Sealed},
    language::Language,
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    accounts::{AccountItem, AccountPlaceItem},
    devices::first_device_generation,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key::{self, Key},
    moved::{self, free_at},
    write_transaction::{Expression, WriteTransaction},
};

/// An address that is kept for the account that left it, at the place where that was.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReservedAddressItem {
    account: AccountId,
    #[serde(rename = "ttl", with = "epoch")]
    until: Timestamp,
    /// What an email to the address needs. Items of the previous release lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<LeftAddressItem>,
}

/// An address that an account left, and the language of the account then.
#[derive(Serialize, Deserialize)]
struct LeftAddressItem {
    email: Sealed,
    language: Language,
}

impl Kind for ReservedAddressItem {
    const NAME: &'static str = "reserved_address";
}

/// A former address in the item of an account.
#[derive(Serialize, Deserialize)]
pub(crate) struct FormerAddressItem {
    email: Sealed,
    place: EmailKey,
    #[serde(with = "epoch")]
    until: Timestamp,
}

/// What the item of an account becomes at another place.
pub(crate) struct Move<'a> {
    /// The account as it was read.
    pub(crate) details: &'a AccountDetails,
    /// The new place.
    pub(crate) place: &'a EmailKey,
    /// The new address.
    pub(crate) email: &'a EmailAddress,
    /// The former addresses after the move.
    pub(crate) former: &'a FormerAddresses,
    pub(crate) at: Timestamp,
}

/// The attributes of an account that a move writes anew, if the account has them: links that were sent to the previous address,
/// former addresses, and the end of a closed account.
const LEFT_BEHIND: [&str; 7] = [
    "unlock_link",
    "unlock_links",
    "reset_link",
    "reset_links",
    "email_change_links",
    "former_addresses",
    "ttl",
];

impl Table {
    /// Decodes the former addresses of an account. One whose place is under a version of the lookup key that was removed is none
    /// any more: it is free, and nobody would find the account there.
    pub(crate) fn read_former_addresses(
        &self,
        owner: &str,
        items: &[FormerAddressItem],
    ) -> Result<FormerAddresses, Unavailable> {
        let mut addresses = Vec::new();
        for FormerAddressItem { email, place, until } in items {
            let email = self.open(owner, email)?.parse().map_err(|_| Unavailable::unreadable("account"))?;
            if self.data()?.email_keys(&email).contains(place) {
                addresses.push(FormerAddress { email, place: place.clone(), until: *until });
            }
        }
        Ok(FormerAddresses::stored(addresses))
    }

    pub(crate) fn former_address_items(
        &self,
        owner: &str,
        addresses: &FormerAddresses,
    ) -> Result<Vec<FormerAddressItem>, Unavailable> {
        let item = |address: &FormerAddress| {
            Ok(FormerAddressItem {
                email: self.seal(owner, address.email.as_str().as_bytes())?,
                place: address.place.clone(),
                until: address.until,
            })
        };
        addresses.all().iter().map(item).collect()
    }

    /// The account with this id, which was at `place` when that was read. When it has moved since, it is found where it is now.
    ///
    /// Calls `GetItem`, and when it isn't there, `GetItem` for the account where the mark of a move leads, or for its place and
    /// the account.
    pub(crate) async fn account_from(
        &self,
        account: AccountId,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let item = self.get(&key::account(place)).await?;
        let moved_to = item.as_ref().and_then(moved::place_in);
        let found = self.read_account(item, now)?;
        if let Some(found) = found.filter(|found| found.details().id == account) {
            return Ok(Some(found));
        }
        if let Some(place) = moved_to
            && let Some(found) = self.account_at(account, &place, now).await?
        {
            return Ok(Some(found));
        }
        let item = self.get(&key::account_place(account)).await?;
        match item::read::<AccountPlaceItem>(item, now)? {
            Some(item) if item.place != *place => self.account_at(account, &item.place, now).await,
            _ => Ok(None),
        }
    }

    /// The place at which an address of the account is now. A link names where it was when the link was sent: since then, it
    /// may have been moved from an older version of the lookup key.
    pub(crate) fn present_place(
        &self,
        sent_to: EmailKey,
        details: &AccountDetails,
    ) -> Result<EmailKey, Unavailable> {
        let former = details.former_addresses.all().iter().map(|former| (&former.email, &former.place));
        for (email, place) in std::iter::once((&details.email, &details.place)).chain(former) {
            if *place == sent_to || self.data()?.email_keys(email).contains(&sent_to) {
                return Ok(place.clone());
            }
        }
        Ok(sent_to)
    }

    /// Reserves the place that an account leaves, in the place of the account. `unchanged` is the condition on the account.
    ///
    /// [`Conflict::Account`] when the account changed since it was read.
    pub(crate) fn reserve<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        details: &AccountDetails,
        until: Timestamp,
        unchanged: Expression,
    ) -> WriteTransaction<'a> {
        let item = self.seal(&details.id.to_string(), details.email.as_str().as_bytes()).and_then(|email| {
            let left = Some(LeftAddressItem { email, language: details.language });
            let content = ReservedAddressItem { account: details.id, until, left };
            item::write(&key::account(&details.place), &content, None)
        });
        transaction.replace(Conflict::Account, item, unchanged)
    }

    /// The reservation of an address among these items, which were found under its email keys.
    pub(crate) fn reservation(
        &self,
        email: &EmailAddress,
        found: &HashMap<Key, Attributes>,
        now: Timestamp,
    ) -> Result<Option<Reservation>, Unavailable> {
        for place in self.data()?.email_keys(email) {
            let item: Option<ReservedAddressItem> =
                item::read(found.get(&key::account(&place)).cloned(), now)?;
            let Some(ReservedAddressItem { account, until, left: Some(left) }) = item else { continue };
            let email = self.open(&account.to_string(), &left.email)?;
            let email = email.parse().map_err(|_| Unavailable::unreadable("reserved_address"))?;
            let address = FormerAddress { email, place, until };
            return Ok(Some(Reservation { account, address, language: left.language }));
        }
        Ok(None)
    }

    /// The account for which an email address is reserved (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn reserved_for(
        &self,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<AccountId>, Unavailable> {
        let keys: Vec<_> = self.data()?.email_keys(email).iter().map(key::account).collect();
        let found = self.get_all(&keys).await?;
        for item in found.values() {
            if let Some(account) = reserved_for(Some(item), now)? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// The item of an account at another place (`GetItem`). Attributes of a newer release come along.
    ///
    /// # Errors
    /// [`Conflict::Account`] when the account changed since it was read.
    pub(crate) async fn moved(
        &self,
        moved: &Move<'_>,
        change: impl FnOnce(&mut AccountItem),
    ) -> Result<Attributes, WriteError> {
        let details = moved.details;
        let stored = self.get(&key::account(&details.place)).await?;
        let item: Option<AccountItem> = item::read(stored.clone(), moved.at)?;
        let is_unchanged = |item: &AccountItem| item.id == details.id && item.revision == details.revision;
        let Some((mut attributes, mut item)) = stored.zip(item.filter(is_unchanged)) else {
            return Err(WriteError::Conflict(Conflict::Account));
        };
        let owner = details.id.to_string();
        item.email = self.seal(&owner, moved.email.as_str().as_bytes())?;
        item.revision += 1;
        item.device_generation = device_generation(details, moved.at);
        (item.unlock_link, item.reset_link) = (None, None);
        for links in [&mut item.unlock_links, &mut item.reset_links, &mut item.email_change_links] {
            links.clear();
        }
        item.former_addresses = self.former_address_items(&owner, moved.former)?;
        change(&mut item);
        attributes.retain(|name, _| !LEFT_BEHIND.contains(&name.as_str()));
        if item.password.is_none() {
            attributes.remove("password");
        }
        attributes.extend(item::write(&key::account(moved.place), &item, None)?);
        Ok(attributes)
    }
}

/// The device generation of an account at another place.
pub(crate) fn device_generation(details: &AccountDetails, at: Timestamp) -> u64 {
    first_device_generation(at).max(details.device_generation + 1)
}

/// The account for which the address of this item is reserved, if that is what the item says.
pub(crate) fn reserved_for(
    item: Option<&Attributes>,
    now: Timestamp,
) -> Result<Option<AccountId>, Unavailable> {
    let item: Option<ReservedAddressItem> = item::read(item.cloned(), now)?;
    Ok(item.map(|item| item.account))
}

/// The condition that an account can have an address: it is absent, or reserved for the account.
pub(crate) fn is_free_for(account: AccountId, now: Timestamp) -> Expression {
    free_at(now)
        .instead("attribute_not_exists(pk) OR #ttl <= :now OR #kind = :moved OR #account = :account")
        .names(&["account"])
        .value("account", item::text(account))
}

/// Writes a reservation unchanged, so that a request for a link writes as much as for an account. [`Conflict::Account`] when it
/// changed since it was read.
pub(crate) fn keep_reserved<'a>(
    transaction: WriteTransaction<'a>,
    reservation: &Reservation,
) -> WriteTransaction<'a> {
    let keep = Expression::new("SET #account = :account")
        .names(&["account", "ttl"])
        .value("account", item::text(reservation.account))
        .value("until", item::seconds(reservation.address.until));
    let place = key::account(&reservation.address.place);
    transaction.update(Conflict::Account, &place, "#account = :account AND #ttl = :until", keep)
}

/// Ends the reservation of a place for an account. [`Conflict::EmailTaken`] when it is another account's by now.
pub(crate) fn release<'a>(
    transaction: WriteTransaction<'a>,
    account: AccountId,
    place: &EmailKey,
) -> WriteTransaction<'a> {
    let is_own = Expression::new("attribute_not_exists(pk) OR #account = :account")
        .names(&["account"])
        .value("account", item::text(account));
    transaction.delete(Conflict::EmailTaken, &key::account(place), is_own)
}

/// What becomes of the sessions of an account that moves.
pub(crate) enum Sessions<'a> {
    /// They continue, unless that which asked for the move was ended.
    Continue(PendingFor<'a>),
    /// They end.
    End,
}

/// The session that asked for a move, and when.
pub(crate) struct PendingFor<'a> {
    pub(crate) at: Timestamp,
    pub(crate) session: Option<&'a HashedSecret<kind::Session>>,
}

/// The condition that nothing ended the sessions of an account or moved it.
const UNMOVED: &str = "#generation = :older AND #place = :before";

/// Points the account's id to its new place, with its new address, sealed. The account is not closed any more.
///
/// [`Conflict::Generation`] when its sessions were ended, or it was moved, since it was read.
pub(crate) fn point_to<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
    place: &EmailKey,
    email: &Sealed,
    sessions: &Sessions<'_>,
) -> WriteTransaction<'a> {
    let generation = details.generation + u64::from(matches!(sessions, Sessions::End));
    let point = Expression::new("SET #place = :place, #email = :email, #generation = :newer REMOVE #ttl")
        .names(&["place", "email", "generation", "ttl"])
        .value("email", item::text(email.as_str()))
        .value("place", AttributeValue::S(place.as_str().to_owned()))
        .value("before", AttributeValue::S(details.place.as_str().to_owned()))
        .value("newer", item::number(generation))
        .value("older", item::number(details.generation));
    let (condition, point) = match sessions {
        Sessions::End => (UNMOVED.to_owned(), point),
        Sessions::Continue(PendingFor { at, session }) => (
            format!(
                "{UNMOVED} AND (attribute_not_exists(#ended_at) OR #ended_at < :asked OR #kept_session = :session)"
            ),
            point
                .names(&["ended_at", "kept_session"])
                .value("asked", item::seconds(*at))
                // Links of the previous release don't say which session asked: it is none of those that are kept.
                .value("session", item::text(session.map_or("", HashedSecret::as_str))),
        ),
    };
    transaction.update(Conflict::Generation, &key::account_place(details.id), &condition, point)
}
