//! How many notices an account is sent about sign-ins in new browsers (RULES 3.11), and how often it can be changed.
//!
//! The notices of a day are counted in one item with a revision. The email that counts those that are not sent by
//! themselves waits in the outbox until the day ends, and each further event replaces it there.

use domain::{
    Timestamp,
    id::{AccountId, LinkId, OutboxId},
    keys::EmailKey,
    limits::{Rate, RetryAfter},
    notices::{CHANGES, DAY, Notices, Summary},
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, RateSlot, Table,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch},
    key,
    limits::take_slot,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct NoticeLimitItem {
    #[serde(with = "epoch")]
    began_at: Timestamp,
    sent: u32,
    revision: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<SummaryItem>,
}

#[derive(Serialize, Deserialize)]
struct SummaryItem {
    message: OutboxId,
    dispute: LinkId,
    #[serde(with = "epoch")]
    since: Timestamp,
    count: u32,
}

impl Kind for NoticeLimitItem {
    const NAME: &'static str = "notice_limit";
}

/// The notices about new browsers that an account was sent, as they were read.
#[derive(Clone, Debug, Default)]
pub struct NoticeLimit {
    /// Those of the last day; `None`: none.
    pub notices: Option<Notices>,
    /// The revision that a write is conditional on. `None` when the item is absent.
    revision: Option<u64>,
}

/// One more notice about a new browser.
#[derive(Clone, Debug)]
pub struct LimitedNotice {
    /// The limit as it was read.
    pub limit: NoticeLimit,
    /// The notices of the day, including this one.
    pub after: Notices,
    /// The notice, or the email that counts it.
    pub email: AccountEmail,
    /// Whether the email takes the place of one that waits in the outbox.
    pub replaces: bool,
}

impl NoticeLimit {
    pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Self, Unavailable> {
        // An expired item counts for nothing, but a write that replaces it is conditional on its revision.
        let revision = item.as_ref().and_then(|item| item.get("revision")?.as_n().ok()?.parse().ok());
        let found: Option<NoticeLimitItem> = item::read(item, now)?;
        let notices = found.map(|item| Notices {
            began_at: item.began_at,
            sent: item.sent,
            summary: item.summary.map(|summary| Summary {
                message: summary.message,
                dispute: summary.dispute,
                since: summary.since,
                count: summary.count,
            }),
        });
        Ok(Self { notices, revision })
    }
}

impl Table {
    /// Counts a notice and queues it, or replaces the email that counts it.
    ///
    /// [`Conflict::NoticeLimit`] when another notice was counted since the limit was read.
    pub(crate) fn with_limited_notice<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        place: &EmailKey,
        notice: &LimitedNotice,
    ) -> WriteTransaction<'a> {
        let LimitedNotice { limit, after, email, replaces } = notice;
        let summary = after.summary.as_ref().map(|summary| SummaryItem {
            message: summary.message,
            dispute: summary.dispute,
            since: summary.since,
            count: summary.count,
        });
        let revision = limit.revision.map_or(1, |revision| revision + 1);
        let content = NoticeLimitItem { began_at: after.began_at, sent: after.sent, revision, summary };
        let item = item::write(&key::notice_limit(place), &content, Some(after.ends_at()));
        let condition = match limit.revision {
            None => Expression::new("attribute_not_exists(pk)"),
            Some(before) => Expression::new("#revision = :before")
                .names(&["revision"])
                .value("before", item::number(before)),
        };
        let transaction = transaction.replace(Conflict::NoticeLimit, item, condition);
        if *replaces {
            // It isn't sent before the day ends, and this is written within the day.
            transaction.put_any(self.message(&email.message))
        } else {
            self.with_account_email(transaction, email)
        }
    }
}

/// What an account's own actions cause in a day, each with a notice or another email.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DailyLimit {
    /// Changes that the owner is notified of.
    Changes,
    /// Uses of *This wasn't me*.
    Disputes,
    /// Notices of a pause of verification.
    Pauses,
    /// Links that confirm another email address.
    EmailChanges,
    /// Emails that were requested in browsers that the account knows, all of them together.
    KnownBrowserEmails,
    /// Reported entries of the audit trail.
    Reports,
    /// Downloads of the account's data.
    Downloads,
    /// Emails that check the address.
    AddressChecks,
}

impl DailyLimit {
    /// The name in the table.
    fn name(self) -> &'static str {
        match self {
            Self::Changes => "CHANGES",
            Self::Disputes => "DISPUTES",
            Self::Pauses => "PAUSES",
            Self::EmailChanges => "ADDRESSES",
            Self::KnownBrowserEmails => "EMAILS",
            Self::Reports => "REPORTS",
            Self::Downloads => "DOWNLOADS",
            Self::AddressChecks => "CHECKS",
        }
    }

    /// How many there may be.
    fn times(self) -> usize {
        match self {
            Self::Changes => CHANGES.try_into().unwrap_or(usize::MAX),
            Self::Disputes | Self::Pauses | Self::Reports | Self::Downloads => 5,
            Self::AddressChecks => 3,
            Self::EmailChanges => 10,
            Self::KnownBrowserEmails => 40,
        }
    }

    /// Counts one more. [`Conflict::DailyLimit`] when there were enough today.
    pub(crate) fn count(
        self,
        transaction: WriteTransaction<'_>,
        account: AccountId,
        now: Timestamp,
    ) -> WriteTransaction<'_> {
        let rate = Rate { times: self.times(), within: DAY };
        let (window, ends_at) = rate.window(now);
        let slot = RateSlot::of(key::daily_limit(account, self.name(), window), rate.times, ends_at);
        take_slot(transaction, &slot, Conflict::DailyLimit)
    }
}

/// When the actions of an account are counted afresh.
#[must_use]
pub fn changes_counted_until(now: Timestamp) -> RetryAfter {
    RetryAfter(Rate { times: 1, within: DAY }.window(now).1)
}
