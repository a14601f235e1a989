//! Rate limits of actions, for each source (RULES 3.11).
//!
//! A source is counted in windows of the clock, in each network that it belongs to, over several counters, so that its
//! requests don't wait for one item: a [`RateSlot`] is one count in one counter of each network. A slot is taken before the
//! action it stands for, and returned if the action turns out to be legitimate.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    SignedDuration, Timestamp,
    device::AddressBlock,
    limits::{Rate, RetryAfter, SHARDS, TakenSlot},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind},
    key::{self, Key},
    write_transaction::{Expression, WriteTransaction},
};

/// How long a counter is stored after its window, so that a slot can still be returned.
const KEPT_AFTER_WINDOW: SignedDuration = SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct SourceLimitItem {
    count: i64,
}

impl Kind for SourceLimitItem {
    const NAME: &'static str = "source_limit";
}

/// An action that is limited for each source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedAction {
    /// Creating a registration, whether or not it is activated.
    Registrations,
    /// A failed sign-in, or a try of a link or code.
    Tries,
    /// Beginning a sign-in, for a service or at a partner, without a session.
    Starts,
    /// A message by *Contact us*.
    Messages,
    /// A request for an email to a typed address, whether or not one is sent.
    Requests,
}

/// The counters of a source for one action, in the present window.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// The rate of each network.
    rates: Vec<Rate>,
    /// [`SHARDS`] for each network.
    keys: Vec<Key>,
    counts: Vec<usize>,
    ends_at: Timestamp,
}

/// One action of a source, in the counters that were chosen for it.
#[derive(Clone, Debug)]
pub struct RateSlot {
    counters: Vec<Counter>,
    ends_at: Timestamp,
}

#[derive(Clone, Debug)]
struct Counter {
    key: Key,
    share: usize,
}

impl LimitedAction {
    fn name(self) -> &'static str {
        match self {
            Self::Registrations => "REGISTRATIONS",
            Self::Tries => "TRIES",
            Self::Starts => "STARTS",
            Self::Messages => "MESSAGES",
            Self::Requests => "REQUESTS",
        }
    }
}

impl RateSlot {
    /// A slot of a limit with one counter.
    pub(crate) fn of(key: Key, share: usize, ends_at: Timestamp) -> Self {
        Self { counters: vec![Counter { key, share }], ends_at }
    }
}

impl RateLimit {
    /// A slot in counters that aren't full. The random byte `chance` selects one of several.
    ///
    /// # Errors
    /// [`RetryAfter`] the end of the window, when the limit of a network is reached.
    pub fn take(&self, [chance]: [u8; 1]) -> Result<RateSlot, RetryAfter> {
        let counter = |(network, rate): (usize, &Rate)| {
            let counts = self.counts.get(network * SHARDS..).unwrap_or_default();
            let shard = rate.shard_with_room(counts, chance.into())?;
            Some(Counter { key: self.keys[network * SHARDS + shard].clone(), share: rate.share(shard) })
        };
        let counters: Option<_> = self.rates.iter().enumerate().map(counter).collect();
        Ok(RateSlot { counters: counters.ok_or(RetryAfter(self.ends_at))?, ends_at: self.ends_at })
    }

    /// The end of the present window.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The same limit with the counts that were read.
    pub(crate) fn with_counts(mut self, found: &HashMap<Key, Attributes>) -> Self {
        let count = |key: &Key| {
            let count = found.get(key).and_then(|item| item.get("count")?.as_n().ok()?.parse::<i64>().ok());
            count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
        };
        self.counts = self.keys.iter().map(count).collect();
        self
    }
}

impl RateSlot {
    /// The slot, to be stored with what it was taken for.
    pub(crate) fn taken(&self) -> TakenSlot {
        let counters = self.counters.iter().map(|counter| counter.key.pk.clone());
        TakenSlot::new(counters.collect(), self.ends_at)
    }
}

impl Table {
    /// The counters of a source in the present window, before they are read.
    pub(crate) fn rate_limit(
        &self,
        block: AddressBlock,
        action: LimitedAction,
        now: Timestamp,
    ) -> Result<RateLimit, Unavailable> {
        let rate = match action {
            LimitedAction::Registrations => self.rules.limits.registrations,
            LimitedAction::Tries => self.rules.limits.tries,
            LimitedAction::Starts => self.rules.limits.starts(),
            LimitedAction::Messages => self.rules.limits.messages,
            LimitedAction::Requests => self.rules.limits.requests,
        };
        let (rate, networks) =
            (rate.times(self.rules.limits.shared_networks.factor(block)), block.networks());
        let (window, ends_at) = rate.window(now);
        let data = self.data()?;
        let keys = networks.iter().flat_map(|network| {
            let source = data.source_key(network);
            (0..SHARDS).map(move |shard| key::source_limit(&source, action.name(), window, shard))
        });
        let (keys, rates) = (keys.collect(), networks.iter().map(|network| rate.times(network.factor)));
        Ok(RateLimit { rates: rates.collect(), keys, counts: Vec::new(), ends_at })
    }

    /// Reads the counters of a source (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_rate_limit(
        &self,
        block: AddressBlock,
        action: LimitedAction,
        now: Timestamp,
    ) -> Result<RateLimit, Unavailable> {
        let rate_limit = self.rate_limit(block, action, now)?;
        let found = self.get_all(rate_limit.keys()).await?;
        Ok(rate_limit.with_counts(&found))
    }

    /// Takes a slot by itself, when the action writes nothing else (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::RateLimit`] when one of its counters is full.
    pub async fn take_rate_slot(&self, slot: &RateSlot) -> Result<TakenSlot, WriteError> {
        take_slot(self.write_transaction(), slot, Conflict::RateLimit).commit().await?;
        Ok(slot.taken())
    }

    /// Returns the slot of what turned out to be legitimate (`TransactWriteItems`). After its window, nothing is written.
    ///
    /// # Errors
    /// [`Conflict::RateSlot`] when a counter no longer exists.
    pub async fn return_taken_slot(&self, slot: &TakenSlot, now: Timestamp) -> Result<(), WriteError> {
        if now >= slot.ends_at {
            return Ok(());
        }
        return_taken(self.write_transaction(), slot, now).commit().await
    }

    /// Takes a slot instead of one that was taken (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::RateLimit`] when one of its counters is full.
    /// - [`Conflict::RateSlot`] when a counter of the other one no longer exists.
    pub async fn exchange_slot(
        &self,
        taken: &TakenSlot,
        instead: &RateSlot,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let transaction = take_slot(self.write_transaction(), instead, Conflict::RateLimit);
        return_taken(transaction, taken, now).commit().await
    }
}

/// Takes a slot. `full` is the conflict when one of its counters is full.
pub(crate) fn take_slot<'a>(
    transaction: WriteTransaction<'a>,
    slot: &RateSlot,
    full: Conflict,
) -> WriteTransaction<'a> {
    slot.counters.iter().fold(transaction, |transaction, counter| {
        let add = Expression::new("SET #kind = :kind, #v = :v, #ttl = :ttl ADD #count :one")
            .names(&["kind", "v", "ttl", "count"])
            .value("kind", item::text(SourceLimitItem::NAME))
            .value("v", item::number(crate::SCHEMA_VERSION))
            .value("ttl", item::seconds(slot.ends_at + KEPT_AFTER_WINDOW))
            .value("one", item::number(1))
            .value("share", item::number(counter.share));
        transaction.update(full, &counter.key, "attribute_not_exists(#count) OR #count < :share", add)
    })
}

/// Returns a slot after a legitimate action. After its window, nothing is written.
///
/// [`Conflict::RateSlot`] when a counter no longer exists.
pub(crate) fn return_slot<'a>(
    transaction: WriteTransaction<'a>,
    slot: &RateSlot,
    now: Timestamp,
) -> WriteTransaction<'a> {
    return_taken(transaction, &slot.taken(), now)
}

/// Returns a slot that was taken by an earlier write. After its window, nothing is written.
///
/// [`Conflict::RateSlot`] when a counter no longer exists.
pub(crate) fn return_taken<'a>(
    transaction: WriteTransaction<'a>,
    slot: &TakenSlot,
    now: Timestamp,
) -> WriteTransaction<'a> {
    if now >= slot.ends_at {
        return transaction;
    }
    slot.counters().fold(transaction, |transaction, counter| {
        let take = Expression::new("ADD #count :minus")
            .names(&["count"])
            .value("zero", item::number(0))
            .value("minus", AttributeValue::N("-1".into()));
        transaction.update(Conflict::RateSlot, &key::taken_counter(counter), "#count > :zero", take)
    })
}
