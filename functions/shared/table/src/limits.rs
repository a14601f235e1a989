//! Rate limits (RULES 3.11): emails that anyone can cause, for each address, and actions, for each source.
//!
//! Emails are counted by their times, in one item with a revision for each address, and for each browser that the account
//! of the address knows. A source is counted in windows of the clock, in each network that it belongs to, over several
//! counters, so that its requests don't wait for one item: a [`RateSlot`] is one count in one counter of each network. A
//! slot is taken before the action it stands for, and returned if the action turns out to be legitimate.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    SignedDuration, Timestamp,
    device::AddressBlock,
    email_limits::{self, EmailRefusal, SentEmail},
    form::is_double_click,
    id::OutboxId,
    keys::SourceKey,
    limits::{Rate, RetryAfter, SHARDS, TakenSlot},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epochs},
    key::{self, Key},
    write_transaction::{Expression, WriteTransaction},
};

/// How long a counter is stored after its window, so that a slot can still be returned.
const KEPT_AFTER_WINDOW: SignedDuration = SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct EmailLimitItem {
    #[serde(with = "epochs")]
    sent_at: Vec<Timestamp>,
    /// The source of each, or nothing where it isn't known. Absent for a browser, and in what the previous release wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
    revision: u64,
    /// The form that caused the last email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<OutboxId>,
}

impl Kind for EmailLimitItem {
    const NAME: &'static str = "email_limit";
}

#[derive(Serialize, Deserialize)]
struct SourceLimitItem {
    count: i64,
}

impl Kind for SourceLimitItem {
    const NAME: &'static str = "source_limit";
}

/// The emails that an address was sent, as they were read: those that anybody caused, or those of one browser.
#[derive(Clone, Debug)]
pub struct EmailLimit {
    key: Key,
    /// The source of the request, which gets half of them at most; `None` for a browser that the account knows.
    source: Option<SourceKey>,
    /// Oldest first.
    sent: Vec<SentEmail>,
    /// The revision that a write is conditional on. `None` when the item is absent.
    revision: Option<u64>,
    /// The form that caused the last email.
    form: Option<OutboxId>,
}

/// One more email to an address, which is written in the transaction of the email.
#[derive(Clone, Debug)]
pub struct TakenEmail {
    key: Key,
    sent: Vec<SentEmail>,
    revision: Option<u64>,
    form: Option<OutboxId>,
    at: Timestamp,
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

impl EmailLimitItem {
    fn into_sent(self) -> Vec<SentEmail> {
        let sources =
            self.sources.into_iter().map(|source| (!source.is_empty()).then(|| SourceKey::stored(source)));
        let sources = sources.chain(std::iter::repeat(None));
        self.sent_at.into_iter().zip(sources).map(|(at, source)| SentEmail { at, source }).collect()
    }
}

impl EmailLimit {
    pub(crate) fn read(
        key: Key,
        source: Option<SourceKey>,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Self, Unavailable> {
        // An expired item counts for nothing, but a write that replaces it is conditional on its revision.
        let revision = item.as_ref().and_then(|item| item.get("revision")?.as_n().ok()?.parse().ok());
        let found: Option<EmailLimitItem> = item::read(item, now)?;
        let form = found.as_ref().and_then(|item| item.form);
        let sent = found.map(EmailLimitItem::into_sent).unwrap_or_default();
        Ok(Self { key, source, sent, revision, form })
    }

    /// Whether this form caused the last email to the address.
    pub(crate) fn has_sent(&self, form: OutboxId) -> bool {
        self.form == Some(form)
    }

    /// Whether this form caused the last email a moment ago, as a double click does.
    #[must_use]
    pub fn has_just_sent(&self, form: OutboxId, now: Timestamp) -> bool {
        self.has_sent(form) && self.sent.iter().any(|email| is_double_click(email.at, now))
    }
}

impl TakenEmail {
    /// The same email, caused by a form whose id is stored.
    #[must_use]
    pub fn by_form(self, form: OutboxId) -> Self {
        Self { form: Some(form), ..self }
    }
}

impl Table {
    /// The counters of a source in the present window, before they are read.
    pub(crate) fn rate_limit(&self, block: AddressBlock, action: LimitedAction, now: Timestamp) -> RateLimit {
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
        let keys = networks.iter().flat_map(|network| {
            let source = self.keys.source_key(network);
            (0..SHARDS).map(move |shard| key::source_limit(&source, action.name(), window, shard))
        });
        let (keys, rates) = (keys.collect(), networks.iter().map(|network| rate.times(network.factor)));
        RateLimit { rates: rates.collect(), keys, counts: Vec::new(), ends_at }
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
        let rate_limit = self.rate_limit(block, action, now);
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

    /// One more email to an address, to be written with [`Table::register`] and the like. Calls nothing.
    ///
    /// # Errors
    /// [`EmailRefusal`], with the time when the next email may be sent.
    pub fn take_email(&self, limit: &EmailLimit, now: Timestamp) -> Result<TakenEmail, EmailRefusal> {
        let sent = email_limits::take(&self.rules.limits.emails, &limit.sent, limit.source.as_ref(), now)?;
        let (key, revision) = (limit.key.clone(), limit.revision);
        Ok(TakenEmail { key, sent, revision, form: None, at: now })
    }

    /// The emails to an address as they are, when none may be sent. They are written all the same, so that requests at the same
    /// time wait for each other at every address. Calls nothing.
    #[must_use]
    pub fn take_no_email(&self, limit: &EmailLimit, now: Timestamp) -> TakenEmail {
        let EmailLimit { key, sent, revision, form, .. } = limit.clone();
        TakenEmail { key, sent, revision, form, at: now }
    }

    /// Until when a link is kept whose address is sent no other one before `until` (RULES 3.11).
    #[must_use]
    pub fn link_kept_until(&self, sent_at: Timestamp, until: RetryAfter) -> Timestamp {
        email_limits::link_kept_until(&self.rules.limits.emails, sent_at, until)
    }

    /// Counts one more email to an address. [`Conflict::EmailLimit`] when another one was counted since the limit was
    /// read.
    pub(crate) fn with_email_taken<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        taken: &TakenEmail,
    ) -> WriteTransaction<'a> {
        let revision = taken.revision.map_or(1, |revision| revision + 1);
        let source =
            |email: &SentEmail| email.source.as_ref().map_or_else(String::new, |key| key.as_str().to_owned());
        let has_sources = taken.sent.iter().any(|email| email.source.is_some());
        let content = EmailLimitItem {
            sent_at: taken.sent.iter().map(|email| email.at).collect(),
            sources: if has_sources { taken.sent.iter().map(source).collect() } else { Vec::new() },
            revision,
            form: taken.form,
        };
        let until = taken.at + self.rules.limits.emails.longest();
        let item = item::write(&taken.key, &content, Some(until));
        let condition = match taken.revision {
            None => Expression::new("attribute_not_exists(pk)"),
            Some(before) => Expression::new("#revision = :before")
                .names(&["revision"])
                .value("before", item::number(before)),
        };
        transaction.replace(Conflict::EmailLimit, item, condition)
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
