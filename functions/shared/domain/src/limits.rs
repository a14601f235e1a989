//! Rate limits (RULES 3.11).
//!
//! - Emails to an address are counted by their times, so a limit holds over any stretch of time ([`email_limits`](crate::email_limits) has
//!   the shares of those that anybody can cause).
//! - Attempts of a source are counted in fixed windows, spread over [`SHARDS`] counters: the requests of a busy source
//!   do not contend for one item. The shares of the counters add up to the limit.
//! - An attempt counts in every network that its source belongs to ([`crate::device::AddressBlock::networks`]).

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::shared_networks::SharedNetworks;

/// The number of counters for the attempts of one network.
pub const SHARDS: usize = 4;

/// A rate: so many times within a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The maximum number of times.
    pub times: usize,
    /// The length of the stretch of time, or of the window.
    pub within: SignedDuration,
}

/// Several rates, all of which must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates(Vec<Rate>);

/// A limit is reached. It permits the action again at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Timestamp);

/// The limits of a deployment.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Emails that anyone can cause by typing an address, for each address.
    pub emails: Rates,
    /// Email codes for each account. Whoever requests one has proven a first factor.
    pub codes: Rates,
    /// Registrations, for each source.
    pub registrations: Rate,
    /// Failed sign-ins, and attempts at codes and at the passwords of registrations, for each source.
    pub tries: Rate,
    /// Messages by *Contact us*, for each source.
    pub messages: Rate,
    /// Requests for emails to a typed address, for each source.
    pub requests: Rate,
    /// The networks that many people share, whose limits are higher.
    pub shared_networks: SharedNetworks,
}

impl Limits {
    /// Sign-ins that begin without a session, for services and at partners, for each source: three for each of its
    /// [`Limits::tries`]. Those that lead to a signed-in resident don't count.
    #[must_use]
    pub fn starts(&self) -> Rate {
        Rate { times: 3 * self.tries.times, ..self.tries }
    }
}

/// A count in a source's rate limit that was taken, and that is returned once the action turns out to be legitimate.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TakenSlot {
    /// The counter of the source's smallest network.
    counter: String,
    /// The counters of the networks around it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wider: Vec<String>,
    /// The end of the window. Later, there is nothing to return.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

impl TakenSlot {
    /// A slot that was taken from these counters, the one of the smallest network first.
    #[must_use]
    pub fn new(counters: Vec<String>, ends_at: Timestamp) -> Self {
        let mut counters = counters.into_iter();
        Self { counter: counters.next().unwrap_or_default(), wider: counters.collect(), ends_at }
    }

    /// The counters that it was taken from.
    pub fn counters(&self) -> impl Iterator<Item = &str> {
        [&self.counter].into_iter().chain(&self.wider).map(String::as_str)
    }
}

/// The text is not of the form `times/duration`, such as `20/1h`.
#[derive(Debug, PartialEq, Eq)]
pub struct NotARate;

/// Emails that report a lock: at most three a day (RULES 3.4).
pub const LOCK_NOTICES: Rate = Rate { times: 3, within: SignedDuration::from_hours(24) };

impl Rate {
    /// The same rate for a network that is so many times as large.
    #[must_use]
    pub fn times(self, factor: usize) -> Self {
        Self { times: self.times.saturating_mul(factor), ..self }
    }

    /// Checks the limit after these past times, oldest first.
    ///
    /// # Errors
    /// [`RetryAfter`] until the oldest time that counts leaves the window.
    pub fn check(self, past: &[Timestamp], now: Timestamp) -> Result<(), RetryAfter> {
        let counting = past.iter().filter(|at| now < **at + self.within).count();
        if counting < self.times {
            return Ok(());
        }
        let oldest = past.len().saturating_sub(self.times.max(1));
        Err(RetryAfter(past.get(oldest).map_or(now + self.within, |at| *at + self.within)))
    }

    /// The number of the window at this time, and when the window ends.
    #[must_use]
    pub fn window(self, now: Timestamp) -> (i64, Timestamp) {
        let seconds = self.within.as_secs().max(1);
        let number = now.as_second().div_euclid(seconds);
        let end = Timestamp::from_second((number + 1) * seconds).unwrap_or(Timestamp::MAX);
        (number, end)
    }

    /// The share of the limit that a counter has.
    #[must_use]
    pub fn share(self, shard: usize) -> usize {
        self.times / SHARDS + usize::from(shard < self.times % SHARDS)
    }

    /// A counter with room left, given the count of each. `chance` chooses among several.
    #[must_use]
    pub fn shard_with_room(self, counts: &[usize], chance: usize) -> Option<usize> {
        let has_room = |shard: &usize| counts.get(*shard).copied().unwrap_or(0) < self.share(*shard);
        let open: Vec<usize> = (0..SHARDS).filter(has_room).collect();
        open.get(chance.checked_rem(open.len())?).copied()
    }
}

impl Rates {
    /// How long a time counts for any of the rates.
    #[must_use]
    pub fn longest(&self) -> SignedDuration {
        self.0.iter().map(|rate| rate.within).max().unwrap_or(SignedDuration::ZERO)
    }

    /// The shortest time that any of the rates is about.
    #[must_use]
    pub fn shortest(&self) -> SignedDuration {
        self.0.iter().map(|rate| rate.within).min().unwrap_or(SignedDuration::ZERO)
    }

    /// Checks all rates after these past times, oldest first.
    ///
    /// # Errors
    /// [`RetryAfter`] until all rates permit the action.
    pub fn check(&self, past: &[Timestamp], now: Timestamp) -> Result<(), RetryAfter> {
        let reached = self.0.iter().filter_map(|rate| rate.check(past, now).err());
        reached.max_by_key(|until| until.0).map_or(Ok(()), Err)
    }

    /// Half of each rate, rounded down, but at least one of a rate that permits any.
    #[must_use]
    pub fn halves(&self) -> Self {
        let half = |rate: &Rate| Rate { times: (rate.times / 2).max(1).min(rate.times), ..*rate };
        Self(self.0.iter().map(half).collect())
    }

    /// The times that count after the action happens now, given its past times, oldest first.
    ///
    /// # Errors
    /// [`RetryAfter`] until all rates permit it.
    pub fn take(&self, past: &[Timestamp], now: Timestamp) -> Result<Vec<Timestamp>, RetryAfter> {
        self.check(past, now)?;
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
        assert_eq!(LOCK_NOTICES.check(&[at(0), at(10)], at(20)), Ok(()));
        assert_eq!(LOCK_NOTICES.check(&[at(0), at(10), at(20)], at(30)), Err(RetryAfter(at(86_400))));
        assert_eq!(LOCK_NOTICES.check(&[at(0), at(10), at(20)], at(86_400)), Ok(()));
    }

    #[test]
    fn rule_3_11_a_limit_of_none_allows_nothing_and_says_to_wait_for_its_whole_length() {
        let none: Rate = "0/1h".parse().unwrap();
        assert_eq!(none.check(&[], at(10)), Err(RetryAfter(at(3610))));
    }

    #[test]
    fn rule_3_11_a_window_ends_where_the_next_begins() {
        let rate: Rate = "100/15m".parse().unwrap();
        assert_eq!(rate.window(at(0)), (0, at(900)));
        assert_eq!(rate.window(at(899)), (0, at(900)));
        assert_eq!(rate.window(at(900)), (1, at(1800)));
    }

    #[test]
    fn rule_3_11_a_slot_that_the_previous_release_stored_has_one_counter() {
        let stored = r#"{"counter":"SOURCE#a#TRIES#1#0","ends_at":900}"#;
        let slot: TakenSlot = serde_json::from_str(stored).unwrap();
        assert_eq!(slot.counters().collect::<Vec<_>>(), ["SOURCE#a#TRIES#1#0"]);
        assert_eq!(serde_json::to_string(&slot).unwrap(), stored);
        let counters = vec!["SOURCE#a".to_owned(), "SOURCE#b".into(), "SOURCE#c".into()];
        let slot = TakenSlot::new(counters.clone(), at(900));
        let read: TakenSlot = serde_json::from_str(&serde_json::to_string(&slot).unwrap()).unwrap();
        assert_eq!(read.counters().collect::<Vec<_>>(), counters);
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
