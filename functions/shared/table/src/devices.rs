//! Devices: the browsers that an account knows (RULES 3.9), and the attempts that are counted for each (RULES 3.3).

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    account::AccountDetails,
    attempts::Attempts,
    device::{KNOWN_FOR, RENEWED_AFTER},
    id::AttemptId,
    keys::EmailKey,
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct DeviceItem {
    #[serde(with = "epoch")]
    pub(crate) seen_at: Timestamp,
    /// The account's device generation under which the browser signed in. Absent in the first.
    #[serde(default, skip_serializing_if = "item::is_zero")]
    pub(crate) generation: u64,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    reserved: BTreeSet<AttemptId>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    failed: BTreeSet<AttemptId>,
    /// When the last attempt was reserved.
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    last_at: Option<Timestamp>,
    /// How often the account had been unlocked when the attempts were made.
    #[serde(default, skip_serializing_if = "item::is_zero")]
    unlocks: u64,
}

impl Kind for DeviceItem {
    const NAME: &'static str = "device";
}

/// The browser of a sign-in.
#[derive(Clone, Debug)]
pub struct DeviceUse {
    /// The hash of the browser's device cookie.
    pub hash: HashedSecret<kind::Device>,
    /// Whether the account knows it.
    pub status: DeviceStatus,
    /// The account's device generation.
    pub generation: u64,
}

/// How many browsers an account still knows after it moved to another place: those that signed in last.
pub(crate) const MOST_MOVED: usize = 25;

/// How many browsers of an account are read to move them. Whoever has the password can add any number of them.
const MOST_READ: i32 = 1_000;

/// A browser that an account knows, to be moved with the account.
pub(crate) struct MovedDevice {
    hash: HashedSecret<kind::Device>,
    from: key::Key,
    seen_at: Timestamp,
}

/// Whether an account knows a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStatus {
    /// The account has no record of the browser, or one that expired or was forgotten.
    Unknown,
    /// The account knows the browser, and its record is recent: a sign-in needn't write it.
    Known,
    /// The account knows the browser, but its record is older than [`RENEWED_AFTER`]: a sign-in renews it.
    KnownStale,
}

impl DeviceStatus {
    /// Whether the account knows the browser.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }
}

impl Table {
    /// Whether the account knows the browser with this device cookie (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn device_status(
        &self,
        account: &AccountDetails,
        device: &HashedSecret<kind::Device>,
        now: Timestamp,
    ) -> Result<DeviceStatus, Unavailable> {
        status(self.get(&key::device(&account.place, device)).await?, account, now)
    }
}

/// The browsers that an account knows, of at most about 1,000 that are read, those [`MOST_MOVED`] that signed in last (`Query`).
pub(crate) async fn known(
    table: &Table,
    account: &AccountDetails,
    now: Timestamp,
) -> Result<Vec<MovedDevice>, Unavailable> {
    let mut known = Vec::new();
    let partition = key::email_partition(&account.place);
    for found in table.query_newest(&partition, key::DEVICE_PREFIX, MOST_READ).await?.0 {
        let Some(from) = item::key_of(&found) else { continue };
        let Some(hash) = from.sk.strip_prefix(key::DEVICE_PREFIX).map(str::to_owned) else { continue };
        let item: Option<DeviceItem> = item::read(Some(found), now)?;
        let Some(item) = item.filter(|item| item.generation == account.device_generation) else { continue };
        known.push(MovedDevice { hash: HashedSecret::stored(hash), from, seen_at: item.seen_at });
    }
    known.sort_by_key(|device| std::cmp::Reverse(device.seen_at));
    known.truncate(MOST_MOVED);
    Ok(known)
}

impl MovedDevice {
    /// Moves the record to another place, under the generation that the account has there. Attempts stay behind.
    pub(crate) fn move_to<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        place: &EmailKey,
        generation: u64,
    ) -> WriteTransaction<'a> {
        let record = new(&key::device(place, &self.hash), generation, self.seen_at);
        transaction.put_any(record).delete_any(&self.from)
    }
}

/// The device generation of an account that is created at this time: no browser is known that signed in to a deleted
/// account of the same address (RULES 7.5).
#[must_use]
pub fn first_device_generation(created_at: Timestamp) -> u64 {
    created_at.as_second().unsigned_abs()
}

/// The record of a browser that an account knows.
pub(crate) struct KnownDevice {
    pub(crate) status: DeviceStatus,
    /// The attempts of the browser that count.
    pub(crate) attempts: Attempts,
    /// Whether the item has attempts that no longer count, or none.
    pub(crate) is_stale: bool,
}

/// Decodes the record of a browser; `None` when the account doesn't know it.
///
/// `generation` and `unlocks` are those of the account.
pub(crate) fn read(
    item: Option<Attributes>,
    generation: u64,
    unlocks: u64,
    now: Timestamp,
) -> Result<Option<KnownDevice>, Unavailable> {
    let found: Option<DeviceItem> = item::read(item, now)?;
    let Some(item) = found.filter(|item| item.generation == generation) else { return Ok(None) };
    let status =
        if now >= item.seen_at + RENEWED_AFTER { DeviceStatus::KnownStale } else { DeviceStatus::Known };
    let last_at = item.last_at.filter(|at| item.unlocks >= unlocks && Attempts::are_kept(*at, now));
    let attempts =
        last_at.map_or_else(Attempts::default, |at| Attempts::stored(item.reserved, item.failed, at, now));
    Ok(Some(KnownDevice { status, attempts, is_stale: last_at.is_none() }))
}

/// Decodes whether an account knows a browser.
pub(crate) fn status(
    item: Option<Attributes>,
    account: &AccountDetails,
    now: Timestamp,
) -> Result<DeviceStatus, Unavailable> {
    let device = read(item, account.device_generation, account.unlocks, now)?;
    Ok(device.map_or(DeviceStatus::Unknown, |device| device.status))
}

/// Extends an expression, whose condition then has [`is_current`], by the value that it needs.
pub(crate) fn with_generation(expression: Expression, generation: u64) -> Expression {
    let expression = expression.names(&["generation"]);
    if generation == 0 { expression } else { expression.value("generation", item::number(generation)) }
}

/// The condition that a record was written under the account's device generation.
pub(crate) fn is_current(generation: u64) -> &'static str {
    if generation == 0 { "attribute_not_exists(#generation)" } else { "#generation = :generation" }
}

/// Records the browser, or renews its record. The attempts in a record of this generation stay.
///
/// [`Conflict::Device`] when its record appeared or disappeared since it was read.
pub(crate) fn remember<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    device: &DeviceUse,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let (key, generation) = (key::device(place, &device.hash), device.generation);
    let is_current = is_current(generation);
    match device.status {
        DeviceStatus::Known => transaction,
        DeviceStatus::Unknown => {
            let condition =
                Expression::new(&format!("attribute_not_exists(pk) OR #ttl <= :now OR NOT ({is_current})"))
                    .names(&["ttl"])
                    .value("now", item::seconds(now));
            transaction.replace(
                Conflict::Device,
                new(&key, generation, now),
                with_generation(condition, generation),
            )
        }
        DeviceStatus::KnownStale => {
            let renew = Expression::new("SET #seen_at = :seen_at, #ttl = :ttl")
                .names(&["seen_at", "ttl"])
                .value("seen_at", item::seconds(now))
                .value("ttl", item::seconds(now + KNOWN_FOR));
            let condition = format!("attribute_exists(pk) AND {is_current}");
            transaction.update(Conflict::Device, &key, &condition, with_generation(renew, generation))
        }
    }
}

/// Clears the attempts of a known browser after a success, and renews its record.
///
/// [`Conflict::Device`] when the browser was forgotten.
pub(crate) fn succeed<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    device: &DeviceUse,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let key = key::device(place, &device.hash);
    renew(transaction, device.generation, new(&key, device.generation, now))
}

/// Lets the account know this browser under its next device generation, in which it forgets all others (RULES 3.9).
/// Without a browser, it forgets all.
///
/// [`Conflict::Device`] when the account forgot the browser meanwhile.
pub(crate) fn keep<'a>(
    transaction: WriteTransaction<'a>,
    account: &AccountDetails,
    device: Option<&HashedSecret<kind::Device>>,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let Some(device) = device else { return transaction };
    let (key, generation) = (key::device(&account.place, device), account.device_generation);
    renew(transaction, generation, new(&key, generation + 1, now))
}

/// Lets the account know this browser, if any, at its new place.
pub(crate) fn know<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    device: Option<&HashedSecret<kind::Device>>,
    generation: u64,
    now: Timestamp,
) -> WriteTransaction<'a> {
    match device {
        Some(device) => transaction.put_any(new(&key::device(place, device), generation, now)),
        None => transaction,
    }
}

/// Replaces the record of a browser that is known under this generation. [`Conflict::Device`] when it no longer is.
fn renew(
    transaction: WriteTransaction<'_>,
    generation: u64,
    record: Result<Attributes, Unavailable>,
) -> WriteTransaction<'_> {
    let is_known = Expression::new(&format!("attribute_exists(pk) AND {}", is_current(generation)));
    transaction.replace(Conflict::Device, record, with_generation(is_known, generation))
}

/// A record without attempts.
fn new(key: &key::Key, generation: u64, now: Timestamp) -> Result<Attributes, Unavailable> {
    let item = DeviceItem {
        seen_at: now,
        generation,
        reserved: BTreeSet::new(),
        failed: BTreeSet::new(),
        last_at: None,
        unlocks: 0,
    };
    item::write(key, &item, Some(now + KNOWN_FOR))
}
