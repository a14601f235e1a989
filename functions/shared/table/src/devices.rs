//! Devices: the browsers that an account knows (RULES 3.9).

use domain::{
    Timestamp,
    device::{KNOWN_FOR, RENEWED_AFTER},
    keys::EmailKey,
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch},
    key,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct DeviceItem {
    #[serde(with = "epoch")]
    seen_at: Timestamp,
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
}

/// Whether an account knows a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStatus {
    /// The account has no record of the browser, or one that expired.
    Unknown,
    /// The account knows the browser, and its record is recent: a sign-in needn't write it.
    Known,
    /// The account knows the browser, but its record is older than [`RENEWED_AFTER`]: a sign-in renews it.
    KnownStale,
}

/// Decodes the record of a browser.
pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<DeviceStatus, Unavailable> {
    let found: Option<DeviceItem> = item::read(item, now)?;
    Ok(match found {
        None => DeviceStatus::Unknown,
        Some(item) if now >= item.seen_at + RENEWED_AFTER => DeviceStatus::KnownStale,
        Some(_) => DeviceStatus::Known,
    })
}

/// Records the browser, or renews its record.
///
/// [`Conflict::Device`] when its record appeared or disappeared since it was read.
pub(crate) fn remember<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    device: &DeviceUse,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let condition = match device.status {
        DeviceStatus::Known => return transaction,
        DeviceStatus::Unknown => Expression::new("attribute_not_exists(pk) OR #ttl <= :now")
            .names(&["ttl"])
            .value("now", item::seconds(now)),
        DeviceStatus::KnownStale => Expression::new("attribute_exists(pk)"),
    };
    let key = key::device(place, &device.hash);
    transaction.replace(
        Conflict::Device,
        item::write(&key, &DeviceItem { seen_at: now }, Some(now + KNOWN_FOR)),
        condition,
    )
}
