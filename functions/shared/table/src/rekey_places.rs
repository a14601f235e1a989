//! Moves accounts to their places under the current lookup key, while residents use them (RULES 9.5).
//!
//! An account moves in one transaction with what must never be in two places, or in none: its item, the pointer from its
//! id, the attempts of unknown browsers, the notices about new browsers, and the browsers that it knows, each with its own
//! attempts. Each write of it is conditional on every attribute that was read, so that a move never undoes what a resident
//! did meanwhile, nor brings back what was deleted: it fails, and is repeated from its read.
//!
//! Three things hold at every moment, whoever reads or writes:
//!
//! 1. The account is found by its address and by its id. `moved.rs` says how a read that crosses the move is answered.
//! 2. The address can't be claimed: the account is under one of its keys, and a claim checks all of them.
//! 3. No attempt is lost or made twice: attempts can be added neither to the old items, which are marks, nor to the new ones
//!    before they are complete.
//!
//! The revision of the account changes, so that a request that compared a password before the move finds its attempt again
//! where it is now.
//!
//! An account that knows more browsers than a transaction holds is followed by the others one by one. Until then, one of
//! those is unknown, as one that has not signed in for long.
//!
//! What expires within 30 days stays where it is, and is read there: registrations, reserved addresses, limits of emails, sent emails,
//! audit entries of addresses without an account, counters of sources.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Timestamp, email::EmailAddress, id::AccountId, keys::EmailKey};

use crate::{
    Table,
    accounts::{AccountItem, AccountPlaceItem},
    devices::DeviceItem,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind},
    key::{self, Key},
    moved::{account_mark, attempts_mark, device_mark, free_at, is_present},
    rekey_plan::Outcome,
    write_transaction::{Expression, WriteTransaction},
};

/// How many browsers move in the transaction of their account: two writes each, of the hundred that DynamoDB allows.
const MOST_DEVICES: usize = 40;

/// How often a move is attempted that another request precedes.
const TRIES: usize = 8;

/// An account, as it was read to be moved.
struct Source {
    id: AccountId,
    account: Attributes,
    attempts: Option<Attributes>,
    notices: Option<Attributes>,
    /// Those that the account knows, the last used first.
    devices: Vec<Attributes>,
    to: EmailKey,
}

impl Table {
    /// Moves the account at this place to the one under the current key, with what depends on it (`BatchGetItem`, `Query`,
    /// `TransactWriteItems`; then `Query` and the writes of what is left).
    pub(crate) async fn move_account(&self, from: &EmailKey, now: Timestamp) -> Result<Outcome, Unavailable> {
        for _ in 0..TRIES {
            let Some(source) = self.read_source(from, now).await? else { return Ok(Outcome::Gone) };
            match self.moving(from, &source, now).commit().await {
                Ok(()) => {
                    self.move_devices_left(from, &source.to, now).await?;
                    self.move_deliverability(from, &source.to, now).await?;
                    return Ok(Outcome::Moved);
                }
                Err(WriteError::Conflict(_)) => {}
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Ok(Outcome::Overtaken)
    }

    /// Reads a live account that is under an older key, with what moves along.
    async fn read_source(&self, from: &EmailKey, now: Timestamp) -> Result<Option<Source>, Unavailable> {
        let keys = [key::account(from), key::attempts(from), key::notice_limit(from)];
        let mut found = self.get_all(&keys).await?;
        let [account, attempts, notices] = keys.map(|key| found.remove(&key));
        let Some((account, item)) = account.clone().zip(item::read::<AccountItem>(account, now)?) else {
            return Ok(None);
        };
        let email: EmailAddress = self
            .open(&item.id.to_string(), &item.email)?
            .parse()
            .map_err(|_| Unavailable::unreadable(AccountItem::NAME))?;
        let to = self.data()?.email_key(&email);
        if to == *from {
            return Ok(None);
        }
        let devices = self.devices_at(from, item.device_generation, now).await?;
        Ok(Some(Source { id: item.id, account, attempts, notices, devices, to }))
    }

    /// The records of the browsers that an account knows under this generation, the last used first.
    async fn devices_at(
        &self,
        place: &EmailKey,
        generation: u64,
        now: Timestamp,
    ) -> Result<Vec<Attributes>, Unavailable> {
        let mut known = Vec::new();
        for found in self.query(&key::email_partition(place), key::DEVICE_PREFIX).await? {
            let item: Option<DeviceItem> = item::read(Some(found.clone()), now)?;
            if let Some(item) = item.filter(|item| item.generation == generation) {
                known.push((item.seen_at, found));
            }
        }
        known.sort_by_key(|(seen_at, _)| std::cmp::Reverse(*seen_at));
        Ok(known.into_iter().map(|(_, found)| found).collect())
    }

    fn moving(&self, from: &EmailKey, source: &Source, now: Timestamp) -> WriteTransaction<'_> {
        let Source { id, account, attempts, notices, devices, to } = source;
        let (here, there) = (key::account(from), key::account(to));
        let transaction = self
            .write_transaction()
            .replace(
                Conflict::Account,
                account_mark(&here, to, now),
                as_read(Some(account), ACCOUNT_OPTIONAL),
            )
            .replace(Conflict::EmailTaken, Ok(moved_account(account, from, to, &there)), free_at(now));
        let point = Expression::new("SET #place = :to")
            .names(&["place"])
            .value("to", item::text(to.as_str()))
            .value("from", item::text(from.as_str()));
        let transaction =
            transaction.update(Conflict::AccountPlace, &key::account_place(*id), "#place = :from", point);

        let here = key::attempts(from);
        let transaction = transaction.replace(
            Conflict::Attempts,
            attempts_mark(&here, to, now),
            as_read(attempts.as_ref(), ATTEMPTS_OPTIONAL),
        );
        let transaction = put_if_live(transaction, attempts.as_ref(), &key::attempts(to), now);

        let here = key::notice_limit(from);
        let unchanged = as_read(notices.as_ref(), &[]);
        let transaction = match notices {
            Some(_) => transaction.delete(Conflict::NoticeLimit, &here, unchanged),
            None => transaction.check(Conflict::NoticeLimit, &here, unchanged),
        };
        let transaction = put_if_live(transaction, notices.as_ref(), &key::notice_limit(to), now);

        devices.iter().take(MOST_DEVICES).fold(transaction, |transaction, device| {
            let Some(here) = item::key_of(device) else { return transaction };
            let there = Key { pk: key::email_partition(to), ..here.clone() };
            transaction
                .replace(
                    Conflict::Device,
                    device_mark(&here, to, now),
                    as_read(Some(device), DEVICE_OPTIONAL),
                )
                .put_any(Ok(at(device, &there)))
        })
    }

    /// Moves the browsers that did not move with their account, each by itself.
    async fn move_devices_left(
        &self,
        from: &EmailKey,
        to: &EmailKey,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let account: Option<AccountItem> = item::read(self.get(&key::account(to)).await?, now)?;
        let Some(account) = account else { return Ok(()) };
        for device in self.devices_at(from, account.device_generation, now).await? {
            let Some(here) = item::key_of(&device) else { continue };
            self.move_device(&here, to, now).await?;
        }
        Ok(())
    }

    /// Moves the record of a browser whose account has moved to this place (`GetItem`, `TransactWriteItems`). If the browser
    /// has signed in there, it has a newer record, and this one ends.
    pub(crate) async fn move_device(
        &self,
        here: &Key,
        to: &EmailKey,
        now: Timestamp,
    ) -> Result<Outcome, Unavailable> {
        let there = Key { pk: key::email_partition(to), ..here.clone() };
        let mut has_newer = false;
        for _ in 0..TRIES {
            let Some(found) = self.get(here).await?.filter(|found| is_present(found, now)) else {
                return Ok(Outcome::Gone);
            };
            // The account is where the record goes.
            let is_there = Expression::new("attribute_exists(#id)").names(&["id"]);
            let moving =
                self.write_transaction().check(Conflict::Account, &key::account(to), is_there).replace(
                    Conflict::Attempts,
                    device_mark(here, to, now),
                    as_read(Some(&found), DEVICE_OPTIONAL),
                );
            let moving = if has_newer {
                moving
            } else {
                moving.replace(Conflict::Device, Ok(at(&found, &there)), free_at(now))
            };
            match moving.commit().await {
                Ok(()) => return Ok(Outcome::Moved),
                Err(WriteError::Conflict(Conflict::Device)) => has_newer = true,
                // The account has moved on, or was deleted.
                Err(WriteError::Conflict(Conflict::Account)) => break,
                Err(WriteError::Conflict(_)) => {}
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Ok(Outcome::Overtaken)
    }

    /// Adds what is known about emails to an address under an older key to what is known under the current one (`BatchGetItem`,
    /// `TransactWriteItems`). Events about emails that were sent before the move can bring more.
    pub(crate) async fn move_deliverability(
        &self,
        from: &EmailKey,
        to: &EmailKey,
        now: Timestamp,
    ) -> Result<Outcome, Unavailable> {
        let (here, there) = (key::deliverability(from), key::deliverability(to));
        for _ in 0..TRIES {
            let mut found = self.get_all(&[here.clone(), there.clone()]).await?;
            let (old, new) = (found.remove(&here), found.remove(&there));
            let Some(old) = old.filter(|old| is_present(old, now)) else { return Ok(Outcome::Gone) };
            let moving = self
                .write_transaction()
                .delete(Conflict::Deliverability, &here, as_read(Some(&old), DELIVERABILITY_OPTIONAL))
                .replace(
                    Conflict::Deliverability,
                    Ok(later_of(&old, new.as_ref().filter(|new| is_present(new, now)), &there)),
                    as_read(new.as_ref(), DELIVERABILITY_OPTIONAL),
                );
            match moving.commit().await {
                Ok(()) => return Ok(Outcome::Moved),
                Err(WriteError::Conflict(_)) => {}
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Ok(Outcome::Overtaken)
    }

    /// Lets a grant name the place where its account is, after that moved (`GetItem`, `UpdateItem`).
    pub(crate) async fn move_grant(
        &self,
        grant: &Key,
        names: &EmailKey,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Outcome, Unavailable> {
        for _ in 0..TRIES {
            let pointer = self.get(&key::account_place(account)).await?;
            let Some(pointer) = item::read::<AccountPlaceItem>(pointer, now)? else {
                return Ok(Outcome::Gone);
            };
            let place = pointer.place;
            if self.data()?.is_older_lookup(place.as_str()) {
                self.move_account(&place, now).await?;
                continue;
            }
            let [old, new] = [names, &place].map(|place| item::text(place.as_str()));
            let is_replaced = self.replace_attributes(grant, vec![(old, "place".to_owned(), new)]).await?;
            return Ok(if is_replaced { Outcome::Moved } else { Outcome::Gone });
        }
        Ok(Outcome::Overtaken)
    }
}

/// The attributes that not every item of a kind has: those that are absent must still be absent.
const ACCOUNT_OPTIONAL: &[&str] = &[
    "password",
    "unlock_link",
    "reset_link",
    "unlock_links",
    "reset_links",
    "email_change_links",
    "former_addresses",
    "locks_told",
    "reset_at",
    "changed_at",
    "by_mailbox",
    "lock_scope",
    "device_generation",
    "unlocks",
    "ttl",
    "suspended_at",
    "suspended_by",
    "suspended_reason",
];
const ATTEMPTS_OPTIONAL: &[&str] = &["reserved", "failed"];
const DEVICE_OPTIONAL: &[&str] = &["generation", "reserved", "failed", "last_at", "unlocks"];
const DELIVERABILITY_OPTIONAL: &[&str] = &["delivered_at", "bounced_at", "complained_at", "cleared_at"];

/// The condition that an item has the attributes that were read, with their values, and none of these others; or that it is
/// still absent.
pub(crate) fn as_read(item: Option<&Attributes>, optional: &[&'static str]) -> Expression {
    let Some(item) = item else { return Expression::new("attribute_not_exists(pk)") };
    let mut attributes: Vec<_> =
        item.iter().filter(|(name, _)| !["pk", "sk"].contains(&name.as_str())).collect();
    attributes.sort_by_key(|(name, _)| name.as_str());
    let absent = optional.iter().filter(|name| !item.contains_key(**name));
    let conditions = attributes.iter().map(|(name, _)| format!("#{name} = :{name}"));
    let conditions = conditions.chain(absent.clone().map(|name| format!("attribute_not_exists(#{name})")));
    let condition = Expression::new(&conditions.collect::<Vec<_>>().join(" AND "));
    let condition = absent.fold(condition, |condition, name| condition.aliased(*name, *name));
    attributes.into_iter().fold(condition, |condition, (name, value)| {
        condition.aliased(name.clone(), name.clone()).value(name.clone(), value.clone())
    })
}

/// An item at another key.
pub(crate) fn at(item: &Attributes, key: &Key) -> Attributes {
    let mut moved = item.clone();
    moved.extend(item::attributes(key));
    moved
}

fn put_if_live<'a>(
    transaction: WriteTransaction<'a>,
    item: Option<&Attributes>,
    there: &Key,
    now: Timestamp,
) -> WriteTransaction<'a> {
    match item.filter(|item| is_present(item, now)) {
        Some(item) => transaction.put_any(Ok(at(item, there))),
        None => transaction.delete_any(there),
    }
}

/// The account at its new place, at its next revision. A former address that is the present one names the new place.
fn moved_account(account: &Attributes, from: &EmailKey, to: &EmailKey, there: &Key) -> Attributes {
    let mut moved = at(account, there);
    let revision = account.get("revision").and_then(|revision| revision.as_n().ok()?.parse::<u64>().ok());
    moved.insert("revision".into(), item::number(revision.map_or(1, |revision| revision + 1)));
    if let Some(AttributeValue::L(former)) = moved.get_mut("former_addresses") {
        for address in former {
            if let AttributeValue::M(address) = address
                && address.get("place") == Some(&item::text(from.as_str()))
            {
                address.insert("place".into(), item::text(to.as_str()));
            }
        }
    }
    moved
}

/// The item `deliverability` at this key with the later time of each event.
fn later_of(old: &Attributes, new: Option<&Attributes>, there: &Key) -> Attributes {
    let Some(new) = new else { return at(old, there) };
    let mut merged = new.clone();
    for name in DELIVERABILITY_OPTIONAL.iter().copied().chain(["ttl"]) {
        let time = |item: &Attributes| item.get(name).and_then(|at| at.as_n().ok()?.parse::<i64>().ok());
        if let Some(latest) = time(old).max(time(new)) {
            merged.insert(name.to_owned(), item::number(latest));
        }
    }
    merged
}
