//! What limits count (RULES 3.11): emails that anyone can cause, by address; registrations and tries, by source.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    SignedDuration, Timestamp,
    device::AddressBlock,
    form::is_double_click,
    id::OutboxId,
    keys::EmailKey,
    limits::{Rate, RetryAfter, SHARDS},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epochs},
    key::{self, Key},
    write_transaction::{Expression, WriteTransaction},
};

/// How long a counter outlives its window: what began in it can still be taken back.
const OUTLIVES: SignedDuration = SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct EmailLimitItem {
    #[serde(with = "epochs")]
    sent_at: Vec<Timestamp>,
    revision: u64,
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

/// What an address was sent, as it was read.
#[derive(Clone, Debug)]
pub struct EmailLimit {
    place: EmailKey,
    sent_at: Vec<Timestamp>,
    /// What a write is conditional on; none when nothing lies there.
    revision: Option<u64>,
    /// The form that was sent last with this address.
    form: Option<OutboxId>,
}

/// One more email to an address, to be written with what causes it.
#[derive(Clone, Debug)]
pub struct TakenEmail {
    place: EmailKey,
    sent_at: Vec<Timestamp>,
    revision: Option<u64>,
    form: Option<OutboxId>,
    at: Timestamp,
}

/// What a source is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedAction {
    /// Registrations.
    Registrations,
    /// Failed sign-ins, and tries of links and codes.
    Tries,
}

/// How far a source has counted in the present window.
#[derive(Clone, Debug)]
pub struct RateLimit {
    keys: Vec<Key>,
    rate: Rate,
    counts: Vec<usize>,
    ends_at: Timestamp,
}

/// One more of what a source is counted for, to be written before what it stands for is looked at.
#[derive(Clone, Debug)]
pub struct RateSlot {
    key: Key,
    share: usize,
    ends_at: Timestamp,
}

impl LimitedAction {
    fn name(self) -> &'static str {
        match self {
            Self::Registrations => "REGISTRATIONS",
            Self::Tries => "TRIES",
        }
    }
}

impl RateLimit {
    /// A counter with room; `chance` decides among several.
    ///
    /// # Errors
    /// [`RetryAfter`] the window ends, when the limit is reached.
    pub fn take(&self, [chance]: [u8; 1]) -> Result<RateSlot, RetryAfter> {
        let shard = self.rate.shard_with_room(&self.counts, chance.into()).ok_or(RetryAfter(self.ends_at))?;
        Ok(RateSlot { key: self.keys[shard].clone(), share: self.rate.share(shard), ends_at: self.ends_at })
    }

    /// When its window ends.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The same, with what was read of its counters.
    pub(crate) fn with_counts(mut self, found: &HashMap<Key, Attributes>) -> Self {
        let count = |key: &Key| {
            let count = found.get(key).and_then(|item| item.get("count")?.as_n().ok()?.parse::<i64>().ok());
            count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
        };
        self.counts = self.keys.iter().map(count).collect();
        self
    }
}

impl EmailLimit {
    pub(crate) fn read(
        place: EmailKey,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Self, Unavailable> {
        // One past its time still lies there: a write has to name its revision.
        let revision = item.as_ref().and_then(|item| item.get("revision")?.as_n().ok()?.parse().ok());
        let found: Option<EmailLimitItem> = item::read(item, now)?;
        let form = found.as_ref().and_then(|item| item.form);
        Ok(Self { place, sent_at: found.map(|item| item.sent_at).unwrap_or_default(), revision, form })
    }

    /// Whether this form was the last that was sent with the address.
    pub(crate) fn has_sent(&self, form: OutboxId) -> bool {
        self.form == Some(form)
    }

    /// The same, a moment ago: a double click.
    #[must_use]
    pub fn has_just_sent(&self, form: OutboxId, now: Timestamp) -> bool {
        self.has_sent(form) && self.sent_at.iter().any(|sent_at| is_double_click(*sent_at, now))
    }
}

impl TakenEmail {
    /// The same, caused by this form, which is remembered.
    #[must_use]
    pub fn by_form(self, form: OutboxId) -> Self {
        Self { form: Some(form), ..self }
    }
}

impl Table {
    /// The counters of a source in the present window, not yet read.
    pub(crate) fn rate_limit(
        &self,
        block: AddressBlock,
        with_counts: LimitedAction,
        now: Timestamp,
    ) -> RateLimit {
        let rate = match with_counts {
            LimitedAction::Registrations => self.rules.limits.registrations,
            LimitedAction::Tries => self.rules.limits.tries,
        };
        let (source, (window, ends_at)) = (self.keys.source_key(block), rate.window(now));
        let key = |shard| key::source_limit(&source, with_counts.name(), window, shard);
        RateLimit { keys: (0..SHARDS).map(key).collect(), rate, counts: Vec::new(), ends_at }
    }

    /// How far a source has counted.
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

    /// Counts one more of a source by itself.
    ///
    /// # Errors
    /// [`Conflict::RateLimit`] when its counter is full by now.
    pub async fn take_rate_slot(&self, one: &RateSlot) -> Result<(), WriteError> {
        count(self.write_transaction(), one).commit().await
    }

    /// One more email to an address.
    ///
    /// # Errors
    /// [`RetryAfter`] when the next one may be sent.
    pub fn take_email(&self, limit: &EmailLimit, now: Timestamp) -> Result<TakenEmail, RetryAfter> {
        let sent_at = self.rules.limits.emails.take(&limit.sent_at, now)?;
        // What is sent by no form, or another one, is what was sent last from now on.
        let (place, revision) = (limit.place.clone(), limit.revision);
        Ok(TakenEmail { place, sent_at, revision, form: None, at: now })
    }

    /// Writes that an address is sent one more email; refused as `limit` when another one was taken meanwhile.
    pub(crate) fn with_email_taken<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        taken: &TakenEmail,
    ) -> WriteTransaction<'a> {
        let revision = taken.revision.map_or(1, |revision| revision + 1);
        let content = EmailLimitItem { sent_at: taken.sent_at.clone(), revision, form: taken.form };
        let until = taken.at + self.rules.limits.emails.longest();
        let item = item::write(&key::email_limit(&taken.place), &content, Some(until));
        let condition = match taken.revision {
            None => Expression::new("attribute_not_exists(pk)"),
            Some(before) => Expression::new("#revision = :before")
                .names(&["revision"])
                .value("before", item::number(before)),
        };
        transaction.replace(Conflict::EmailLimit, item, condition)
    }
}

/// Counts one more of a source; refused as `source` when its limit was reached meanwhile.
pub(crate) fn count<'a>(transaction: WriteTransaction<'a>, one: &RateSlot) -> WriteTransaction<'a> {
    let add = Expression::new("SET #kind = :kind, #v = :v, #ttl = :ttl ADD #count :one")
        .names(&["kind", "v", "ttl", "count"])
        .value("kind", item::text(SourceLimitItem::NAME))
        .value("v", item::number(crate::SCHEMA_VERSION))
        .value("ttl", item::seconds(one.ends_at + OUTLIVES))
        .value("one", item::number(1))
        .value("share", item::number(one.share));
    transaction.update(Conflict::RateLimit, &one.key, "attribute_not_exists(#count) OR #count < :share", add)
}

/// Takes back what was counted, since it came to a good end. After its window it no longer matters.
pub(crate) fn return_slot<'a>(
    transaction: WriteTransaction<'a>,
    one: &RateSlot,
    now: Timestamp,
) -> WriteTransaction<'a> {
    if now >= one.ends_at {
        return transaction;
    }
    let take =
        Expression::new("ADD #count :minus").names(&["count"]).value("minus", AttributeValue::N("-1".into()));
    transaction.update(Conflict::RateLimit, &one.key, "attribute_exists(#count)", take)
}
