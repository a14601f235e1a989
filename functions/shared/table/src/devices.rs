//! Browsers that are known to an account (RULES 3.9).

use domain::{
    Timestamp,
    device::{KNOWN_FOR, RENEWED_AFTER},
    keys::EmailKey,
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key,
    together::{Expression, Together},
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
    pub known: Known,
}

/// Whether a browser is known to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is not.
    Not,
    /// It is, and so recently that nothing is to be recorded.
    Lately,
    /// It is, and that is to be recorded again.
    LongAgo,
}

pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Known, Unavailable> {
    let found: Option<DeviceItem> = item::read(item, now)?;
    Ok(match found {
        None => Known::Not,
        Some(item) if now >= item.seen_at + RENEWED_AFTER => Known::LongAgo,
        Some(_) => Known::Lately,
    })
}

/// Makes the browser known, or keeps it so; refused as `device` when it became known meanwhile.
pub(crate) fn remember<'a>(
    together: Together<'a>,
    (place, device): (&EmailKey, &DeviceUse),
    now: Timestamp,
) -> Together<'a> {
    let condition = match device.known {
        Known::Lately => return together,
        Known::Not => Expression::new("attribute_not_exists(pk) OR #ttl <= :now")
            .names(&["ttl"])
            .value("now", item::seconds(now)),
        Known::LongAgo => Expression::new("attribute_exists(pk)"),
    };
    let key = key::device(place, &device.hash);
    together.replace(
        "device",
        item::write(&key, &DeviceItem { seen_at: now }, Some(now + KNOWN_FOR)),
        condition,
    )
}
