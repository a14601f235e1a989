//! Where sign-in attempts are counted: for all browsers that the account doesn't know, or for one that it knows
//! (RULES 3.3).

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    account::{AccountDetails, LockScope},
    attempts::Attempts,
    id::AttemptId,
    keys::EmailKey,
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    devices::{self, is_current},
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key::{self, Key},
    moved::is_mark,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct AttemptsItem {
    #[serde(default)]
    reserved: BTreeSet<AttemptId>,
    #[serde(default)]
    failed: BTreeSet<AttemptId>,
    #[serde(with = "epoch")]
    last_at: Timestamp,
}

impl Kind for AttemptsItem {
    const NAME: &'static str = "attempts";
}

/// Where an attempt is counted (RULES 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptCounter {
    /// With those of all browsers that the account doesn't know. An address without an account has no other.
    UnknownBrowsers(EmailKey),
    /// By itself, in the record of a browser that the account knows.
    KnownBrowser {
        /// The place of the account.
        place: EmailKey,
        /// The hash of the browser's device cookie.
        device: HashedSecret<kind::Device>,
        /// The account's device generation, under which it knows the browser.
        generation: u64,
        /// How often the account was unlocked.
        unlocks: u64,
    },
}

impl AttemptCounter {
    /// The counter of this browser for an account, if the account knows it.
    pub(crate) fn known_browser(account: &AccountDetails, device: &HashedSecret<kind::Device>) -> Self {
        Self::KnownBrowser {
            place: account.place.clone(),
            device: device.clone(),
            generation: account.device_generation,
            unlocks: account.unlocks,
        }
    }

    /// The place of the account, or of the address without one.
    #[must_use]
    pub fn place(&self) -> &EmailKey {
        match self {
            Self::UnknownBrowsers(place) | Self::KnownBrowser { place, .. } => place,
        }
    }

    /// The browsers for which the last attempt locks the account.
    #[must_use]
    pub fn scope(&self) -> LockScope {
        match self {
            Self::UnknownBrowsers(_) => LockScope::UnknownBrowsers,
            Self::KnownBrowser { .. } => LockScope::AllBrowsers,
        }
    }

    pub(crate) fn key(&self) -> Key {
        match self {
            Self::UnknownBrowsers(place) => key::attempts(place),
            Self::KnownBrowser { place, device, .. } => key::device(place, device),
        }
    }

    /// The condition that attempts may be added to those in the item.
    pub(crate) fn is_live(&self) -> String {
        match self {
            Self::UnknownBrowsers(_) => "attribute_not_exists(pk) OR (#ttl > :now AND (attribute_not_exists(#reserved) OR (size(#reserved) < :limit AND NOT contains(#reserved, :id))))".to_owned(),
            Self::KnownBrowser { generation, .. } => format!(
                "attribute_exists(pk) AND {} AND #last_at > :cutoff AND #unlocks = :unlocks AND size(#reserved) < :limit AND NOT contains(#reserved, :id)",
                is_current(*generation)
            ),
        }
    }

    /// The condition that the attempts in the item no longer count.
    pub(crate) fn is_stale(&self) -> String {
        match self {
            Self::UnknownBrowsers(_) => "#ttl <= :now OR attribute_not_exists(pk)".to_owned(),
            Self::KnownBrowser { generation, .. } => format!(
                "attribute_exists(pk) AND {} AND (attribute_not_exists(#last_at) OR #last_at <= :cutoff OR #unlocks < :unlocks)",
                is_current(*generation)
            ),
        }
    }

    /// Decodes the attempts; `None` when the account no longer knows the browser, or was moved. Attempts that no longer count are none.
    pub(crate) fn read(
        self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<CountedAttempts>, Unavailable> {
        if item.as_ref().is_some_and(is_mark) {
            return Ok(None);
        }
        let (attempts, is_stale) = match &self {
            Self::UnknownBrowsers(place) => {
                return Self::read_unknown(place.clone(), item, now).map(Some);
            }
            Self::KnownBrowser { generation, unlocks, .. } => {
                match devices::read(item, *generation, *unlocks, now)? {
                    Some(device) => (device.attempts, device.is_stale),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(CountedAttempts { counter: self, attempts, is_stale }))
    }

    /// Decodes the attempts from the browsers that an account doesn't know. An absent or expired item means none.
    pub(crate) fn read_unknown(
        place: EmailKey,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<CountedAttempts, Unavailable> {
        let is_stale = item.as_ref().is_some_and(|item| !item::is_live(item, now));
        let found: Option<AttemptsItem> = item::read(item, now)?;
        let attempts = found.map(|item| Attempts::stored(item.reserved, item.failed, item.last_at, now));
        Ok(CountedAttempts {
            counter: Self::UnknownBrowsers(place),
            attempts: attempts.unwrap_or_default(),
            is_stale,
        })
    }
}

/// The attempts of a counter.
#[derive(Clone, Debug)]
pub struct CountedAttempts {
    /// The counter.
    pub counter: AttemptCounter,
    /// Its attempts that count.
    pub attempts: Attempts,
    /// Whether the item has attempts that no longer count; for a known browser, also whether it has none.
    pub(crate) is_stale: bool,
}
