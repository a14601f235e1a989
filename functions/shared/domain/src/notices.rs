//! Notices that anyone can cause on an account of their own (RULES 3.11).
//!
//! Of the notices about sign-ins in new browsers, five a day are sent. Those that follow are counted, and at the end of
//! that day one email says how many there were. A day begins with the first notice after the last one has ended.

use jiff::{SignedDuration, Timestamp};

use crate::id::{LinkId, OutboxId};

/// How many notices are sent within a day, each by itself.
pub const SENT: u32 = 5;

/// The length of a day.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many changes that an account's owner is notified of can be made within a day, for as often as they please:
/// adding an authenticator, linking a partner, disconnecting a service.
pub const CHANGES: u32 = 20;

/// The notices about an account in the present day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notices {
    /// When the day began.
    pub began_at: Timestamp,
    /// How many were sent by themselves.
    pub sent: u32,
    /// The email about the others, if there are any.
    pub summary: Option<Summary>,
}

/// The email that says how many more notices there were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its message, which waits in the outbox.
    pub message: OutboxId,
    /// Its link *This wasn't me*.
    pub dispute: LinkId,
    /// When the first of the events happened that it counts.
    pub since: Timestamp,
    /// How many events it counts.
    pub count: u32,
}

/// What is sent about one more event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextNotice {
    /// A notice by itself.
    Notice,
    /// The summary, which this event begins.
    NewSummary(Summary),
    /// The summary, which counts one more event.
    Counted(Summary),
}

impl Notices {
    /// Decides on one more event, after those of `before`. `message` and `dispute` are the ids of a new summary.
    #[must_use]
    pub fn next(
        before: Option<&Self>,
        message: OutboxId,
        dispute: LinkId,
        now: Timestamp,
    ) -> (Self, NextNotice) {
        let Some(today) = before.filter(|before| now < before.ends_at()) else {
            return (Self { began_at: now, sent: 1, summary: None }, NextNotice::Notice);
        };
        if today.sent < SENT {
            return (Self { sent: today.sent + 1, ..today.clone() }, NextNotice::Notice);
        }
        let (summary, next): (_, fn(Summary) -> NextNotice) = match &today.summary {
            Some(summary) => {
                (Summary { count: summary.count.saturating_add(1), ..summary.clone() }, NextNotice::Counted)
            }
            None => (Summary { message, dispute, since: now, count: 1 }, NextNotice::NewSummary),
        };
        (Self { summary: Some(summary.clone()), ..today.clone() }, next(summary))
    }

    /// When the day ends, and the summary is sent.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.began_at + DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn rule_3_11_five_notices_a_day_are_sent_and_one_that_counts_the_others() {
        let (mut notices, mut sent, mut summaries) = (None, 0, Vec::new());
        // One every ten minutes, for ten days.
        for n in 0..1440_u32 {
            let byte = u8::try_from(n % 251).unwrap();
            let (message, dispute) = (OutboxId::from_random([byte; 16]), LinkId::from_random([byte; 16]));
            let now = at(i64::from(n) * 600);
            let (after, next) = Notices::next(notices.as_ref(), message, dispute, now);
            match next {
                NextNotice::Notice => sent += 1,
                NextNotice::NewSummary(summary) => {
                    assert_eq!((summary.message, summary.since, summary.count), (message, now, 1));
                    summaries.push(summary);
                }
                NextNotice::Counted(summary) => {
                    let last = summaries.last_mut().unwrap();
                    assert_eq!(summary.count, last.count + 1);
                    *last = summary;
                }
            }
            assert!(now < after.ends_at());
            notices = Some(after);
        }
        assert_eq!((sent, summaries.len()), (50, 10));
        let counted: u32 = summaries.iter().map(|summary| summary.count).sum();
        assert_eq!(sent + counted, 1440, "none is dropped");
    }
}
