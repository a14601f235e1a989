//! Limits: how often something may happen in how long (RULES 3.11).
//!
//! What an email address is sent is counted by the times themselves, so that a limit holds over any stretch of time. What
//! a source of requests tries is counted in windows of the clock, spread over [`SHARDS`] counters, so that a busy
//! source's requests do not wait for one item; the shares of the counters add up to the limit exactly.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// Over how many counters a source's tries are spread.
pub const SHARDS: usize = 4;

/// So many times in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often.
    pub times: usize,
    /// In any stretch of this length, or in a window of it.
    pub within: SignedDuration,
}

/// Several rates that all have to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates(Vec<Rate>);

/// A limit is reached: it may happen again at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Timestamp);

/// All limits of a deployment.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Emails that anyone can cause by typing an address, for each address.
    pub emails: Rates,
    /// Codes by email, for each account: whoever asks has proven a first factor.
    pub codes: Rates,
    /// Registrations, for each source.
    pub registrations: Rate,
    /// Failed sign-ins and tries of links and codes, for each source.
    pub tries: Rate,
}

/// The text is not `times/duration`, like `20/1h`.
#[derive(Debug, PartialEq, Eq)]
pub struct NotARate;

/// At most three emails a day tell of a lock (RULES 3.4).
pub const LOCK_NOTICES: Rate = Rate { times: 3, within: SignedDuration::from_hours(24) };

impl Rate {
    /// Whether it may happen now, after it happened at these times, the oldest first.
    ///
    /// # Errors
    /// [`RetryAfter`] the oldest of those that count is too old to count.
    pub fn ask(self, past: &[Timestamp], now: Timestamp) -> Result<(), RetryAfter> {
        let counting = past.iter().filter(|at| now < **at + self.within).count();
        if counting < self.times {
            return Ok(());
        }
        let oldest = past.len().saturating_sub(self.times.max(1));
        Err(RetryAfter(past.get(oldest).map_or(now + self.within, |at| *at + self.within)))
    }

    /// The window of the clock that this time lies in: its number, and when it ends.
    #[must_use]
    pub fn window(self, now: Timestamp) -> (i64, Timestamp) {
        let seconds = self.within.as_secs().max(1);
        let number = now.as_second().div_euclid(seconds);
        let end = Timestamp::from_second((number + 1) * seconds).unwrap_or(Timestamp::MAX);
        (number, end)
    }

    /// How much of the limit this counter has.
    #[must_use]
    pub fn share(self, shard: usize) -> usize {
        self.times / SHARDS + usize::from(shard < self.times % SHARDS)
    }

    /// A counter that still has room, given how far each has counted; `chance` decides among several.
    #[must_use]
    pub fn shard_with_room(self, counts: &[usize], chance: usize) -> Option<usize> {
        let has_room = |shard: &usize| counts.get(*shard).copied().unwrap_or(0) < self.share(*shard);
        let open: Vec<usize> = (0..SHARDS).filter(has_room).collect();
        open.get(chance.checked_rem(open.len())?).copied()
    }
}

impl Rates {
    /// How long a time counts for any of them.
    #[must_use]
    pub fn longest(&self) -> SignedDuration {
        self.0.iter().map(|rate| rate.within).max().unwrap_or(SignedDuration::ZERO)
    }

    /// The times that count from now on when it happens now, after it happened at these, the oldest first.
    ///
    /// # Errors
    /// [`RetryAfter`] all of them allow it.
    pub fn take(&self, past: &[Timestamp], now: Timestamp) -> Result<Vec<Timestamp>, RetryAfter> {
        if let Some(until) =
            self.0.iter().filter_map(|rate| rate.ask(past, now).err()).max_by_key(|until| until.0)
        {
            return Err(until);
        }
        let counting = past.iter().filter(|at| now < **at + self.longest());
        Ok(counting.copied().chain([now]).collect())
    }
}

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (times, within) = text.split_once('/').ok_or(NotARate)?;
        let within: SignedDuration = within.parse().map_err(|_| NotARate)?;
        let times = times.parse().map_err(|_| NotARate)?;
        if within < SignedDuration::from_secs(1) { Err(NotARate) } else { Ok(Self { times, within }) }
    }
}

impl FromStr for Rates {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        text.split(',').map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EMAILS: &str = "1/30s,5/1h,20/24h";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn rule_3_11_emails_to_an_address_wait_half_a_minute_and_stop_at_five_an_hour() {
        let rates: Rates = EMAILS.parse().unwrap();
        let mut past = rates.take(&[], at(0)).unwrap();
        assert_eq!(rates.take(&past, at(29)), Err(RetryAfter(at(30))));
        for second in [30, 60, 90, 120] {
            past = rates.take(&past, at(second)).unwrap();
        }
        assert_eq!(rates.take(&past, at(150)), Err(RetryAfter(at(3600))));
        assert_eq!(rates.take(&past, at(3599)), Err(RetryAfter(at(3600))));
        assert!(rates.take(&past, at(3600)).is_ok());
    }

    #[test]
    fn rule_3_11_emails_to_an_address_stop_at_twenty_a_day() {
        let rates: Rates = EMAILS.parse().unwrap();
        let mut past = Vec::new();
        for number in 0..20 {
            past = rates.take(&past, at(number * 900)).unwrap();
        }
        assert_eq!(rates.take(&past, at(20 * 900)), Err(RetryAfter(at(86_400))));
        let after = rates.take(&past, at(86_400)).unwrap();
        assert_eq!(after.len(), 20, "what no longer counts is forgotten");
    }

    #[test]
    fn rule_3_4_three_emails_a_day_tell_of_a_lock() {
        assert_eq!(LOCK_NOTICES.ask(&[at(0), at(10)], at(20)), Ok(()));
        assert_eq!(LOCK_NOTICES.ask(&[at(0), at(10), at(20)], at(30)), Err(RetryAfter(at(86_400))));
        assert_eq!(LOCK_NOTICES.ask(&[at(0), at(10), at(20)], at(86_400)), Ok(()));
    }

    #[test]
    fn rule_3_11_a_limit_of_none_allows_nothing_and_says_to_wait_for_its_whole_length() {
        let none: Rate = "0/1h".parse().unwrap();
        assert_eq!(none.ask(&[], at(10)), Err(RetryAfter(at(3610))));
    }

    #[test]
    fn rule_3_11_a_window_ends_where_the_next_begins() {
        let rate: Rate = "100/15m".parse().unwrap();
        assert_eq!(rate.window(at(0)), (0, at(900)));
        assert_eq!(rate.window(at(899)), (0, at(900)));
        assert_eq!(rate.window(at(900)), (1, at(1800)));
    }

    #[test]
    fn a_rate_is_times_in_a_duration() {
        assert_eq!("20/1h".parse(), Ok(Rate { times: 20, within: SignedDuration::from_hours(1) }));
        assert_eq!("1/1s".parse(), Ok(Rate { times: 1, within: SignedDuration::from_secs(1) }));
        for junk in ["", "20", "20/", "/1h", "-1/1h", "1/0s", "1/x", "1/30s,"] {
            assert!(junk.parse::<Rate>().is_err() && junk.parse::<Rates>().is_err(), "{junk}");
        }
    }

    proptest! {
        #[test]
        fn rule_3_11_the_counters_together_allow_the_limit_exactly(times in 0_usize..200, chances in proptest::collection::vec(any::<usize>(), 300)) {
            let rate = Rate { times, within: SignedDuration::from_secs(60) };
            prop_assert_eq!((0..SHARDS).map(|shard| rate.share(shard)).sum::<usize>(), times);
            let mut counts = vec![0; SHARDS];
            let mut allowed = 0;
            for chance in chances {
                if let Some(shard) = rate.shard_with_room(&counts, chance) {
                    counts[shard] += 1;
                    allowed += 1;
                }
            }
            prop_assert_eq!(allowed, times);
        }

        #[test]
        fn rule_3_11_no_stretch_of_time_holds_more_than_its_limit(pauses in proptest::collection::vec(0_i64..4000, 1..200)) {
            let rates: Rates = EMAILS.parse().unwrap();
            let (mut now, mut past, mut all) = (0, Vec::new(), Vec::new());
            for pause in pauses {
                now += pause;
                match rates.take(&past, at(now)) {
                    Ok(counting) => { past = counting; all.push(now); }
                    Err(until) => prop_assert!(until.0 > at(now)),
                }
            }
            for (times, within) in [(1, 30), (5, 3600), (20, 86_400)] {
                for stretch in all.windows(times + 1) {
                    prop_assert!(stretch[times] - stretch[0] >= within);
                }
            }
        }
    }
}
