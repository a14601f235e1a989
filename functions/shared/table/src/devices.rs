//! Browsers that are known to an account (RULES 3.9).

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

/// A browser as it signs in.
#[derive(Clone, Debug)]
pub struct DeviceUse {
    /// Its cookie's hash.
    pub hash: HashedSecret<kind::Device>,
    /// Whether it is known.
    pub known: DeviceStatus,
}

/// Whether a browser is known to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStatus {
    /// It is not.
    Unknown,
    /// It is, and so recently that nothing is to be recorded.
    Recent,
    /// It is, and that is to be recorded again.
    Stale,
}

pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<DeviceStatus, Unavailable> {
    let found: Option<DeviceItem> = item::read(item, now)?;
    Ok(match found {
        None => DeviceStatus::Unknown,
        Some(item) if now >= item.seen_at + RENEWED_AFTER => DeviceStatus::KnownStale,
        Some(_) => DeviceStatus::Known,
    })
}

/// Makes the browser known, or keeps it so; refused as `device` when it became known meanwhile.
pub(crate) fn remember<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    device: &DeviceUse,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let condition = match device.known {
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
