//! The outbox: which messages are sent first, and how fast (RULES 9.4).

use std::{collections::VecDeque, time::Duration};

/// How urgent a message is. Messages are sent in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// A one-time code: somebody waits on the page that asks for it.
    Code,
    /// A link, or another answer to somebody who asked for an email.
    Link,
    /// A report of what happened.
    Notice,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Code, Self::Link, Self::Notice];
}

/// The longest interval between two requests: the lowest rate that SES gives is one email per second.
const LONGEST_INTERVAL: Duration = Duration::from_secs(2);

/// How long after the last refusal for the rate the requests are paced.
const PACED_FOR: Duration = Duration::from_mins(1);

/// The stretch of time over which accepted requests are counted.
const COUNTED: Duration = Duration::from_secs(1);

/// The factor of the interval after a request that was refused for the rate.
const SLOWER: f64 = 1.2;

/// The factor of the interval after a request that was accepted.
const FASTER: f64 = 0.95;

/// How fast a sender starts requests: as fast as they are accepted (RULES 9.4).
///
/// SES only tells its rate by refusing what exceeds it. The first refusal sets the rate to what was accepted in the
/// second before, or is accepted of the requests that were started together; each further one lowers it, and each
/// accepted request raises it. The rate of the deployment, if it has one, is never exceeded. Times are durations since any fixed moment.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// The pause that SES's refusals have led to; `None`: none.
    interval: Option<Duration>,
    /// The pause that the deployment's rate asks for; `None`: none.
    shortest: Option<Duration>,
    next_at: Duration,
    slowed_at: Duration,
    /// How often the rate was lowered.
    slowed: u64,
    /// Whether the rate is the first one since requests were last not paced.
    is_first: bool,
    accepted_at: VecDeque<Duration>,
}

/// A request that was started at some pace.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    slowed: u64,
}

impl Pace {
    /// Starts no more than `rate` requests in a second from now on, however many are accepted; 0 for no such limit.
    pub fn limit_to(&mut self, rate: u32) {
        self.shortest = (rate > 0).then(|| COUNTED / rate);
    }

    /// Whether the pace is limited now, because a request was refused lately.
    #[must_use]
    pub fn is_limited(&self, now: Duration) -> bool {
        self.interval.is_some() && now < self.slowed_at + PACED_FOR
    }

    /// Starts a request.
    ///
    /// # Errors
    /// The pause to make before asking again.
    pub fn start(&mut self, now: Duration) -> Result<Started, Duration> {
        if !self.is_limited(now) {
            self.interval = None;
        }
        // `None` is less than any pause.
        if let Some(interval) = self.interval.max(self.shortest) {
            let pause = self.next_at.saturating_sub(now);
            if !pause.is_zero() && pause <= LONGEST_INTERVAL {
                return Err(pause);
            }
            self.next_at = now + interval;
        }
        Ok(Started { slowed: self.slowed })
    }

    /// Records that a request was accepted.
    pub fn accepted(&mut self, now: Duration) {
        self.accepted_at.push_back(now);
        self.forget(now);
        let accepted = self.accepted_interval();
        let longest = if self.is_first { accepted } else { LONGEST_INTERVAL };
        self.interval = self.interval.map(|interval| interval.mul_f64(FASTER).min(longest));
    }

    /// Records that a request was refused for the rate. Of requests that were started at one pace, the first refusal
    /// lowers it.
    pub fn refused(&mut self, started: Started, now: Duration) {
        if started.slowed != self.slowed {
            return;
        }
        self.forget(now);
        let interval = match self.interval {
            Some(interval) => interval.mul_f64(SLOWER),
            None => self.accepted_interval(),
        };
        self.is_first = self.interval.is_none();
        let interval = interval.min(LONGEST_INTERVAL);
        self.interval = Some(interval);
        self.next_at = now + interval;
        self.slowed_at = now;
        self.slowed += 1;
    }

    /// The interval at which as many requests are started as were accepted lately.
    fn accepted_interval(&self) -> Duration {
        COUNTED / u32::try_from(self.accepted_at.len()).unwrap_or(u32::MAX).max(1)
    }

    fn forget(&mut self, now: Duration) {
        while self.accepted_at.front().is_some_and(|at| *at + COUNTED <= now) {
            self.accepted_at.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATENCY: Duration = Duration::from_millis(30);

    /// Sends for three minutes through a token bucket of `rate` per second, `parallel` senders side by side. Returns
    /// how many requests were accepted, and how many refused.
    fn send(rate: u32, parallel: usize) -> (u32, u32) {
        let length = Duration::from_mins(3);
        let (mut tokens, mut filled_at) = (f64::from(rate), Duration::ZERO);
        let (mut accepted, mut refused) = (0, 0);
        let mut senders = vec![(Duration::ZERO, Pace::default()); parallel];
        loop {
            let (now, pace) = senders.iter_mut().min_by_key(|(at, _)| *at).unwrap();
            if *now >= length {
                return (accepted, refused);
            }
            let started = match pace.start(*now) {
                Ok(started) => started,
                Err(pause) => {
                    *now += pause;
                    continue;
                }
            };
            tokens =
                (tokens + f64::from(rate) * now.saturating_sub(filled_at).as_secs_f64()).min(f64::from(rate));
            filled_at = *now;
            if tokens >= 1.0 {
                tokens -= 1.0;
                accepted += 1;
                pace.accepted(*now);
            } else {
                refused += 1;
                pace.refused(started, *now);
            }
            *now += LATENCY;
        }
    }

    #[test]
    fn rule_9_4_nearly_all_that_ses_would_take_is_sent_at_any_rate() {
        for rate in [1, 4, 14, 30] {
            for parallel in [1, 3, 5] {
                let (accepted, refused) = send(rate, parallel);
                let would_take = rate * 180;
                assert!(accepted * 100 >= would_take * 70, "{rate}, {parallel}: {accepted} of {would_take}");
                if parallel == 1 && rate > 1 {
                    assert!(accepted * 100 >= would_take * 97, "{rate}: {accepted} of {would_take}");
                    assert!(refused * 3 <= accepted, "{rate}: {refused} of {accepted} were refused");
                }
            }
        }
    }

    #[test]
    fn rule_9_4_a_sender_that_is_never_refused_makes_no_pause() {
        let mut pace = Pace::default();
        for n in 0..100 {
            let now = Duration::from_millis(n);
            assert!(pace.start(now).is_ok());
            pace.accepted(now);
        }
    }

    #[test]
    fn rule_9_4_a_sender_starts_no_more_than_the_deployments_rate() {
        for rate in [1, 14, 200] {
            let mut pace = Pace::default();
            pace.limit_to(rate);
            let (mut now, mut started) = (Duration::from_secs(10), 0);
            let end = now + Duration::from_secs(30);
            while now < end {
                match pace.start(now) {
                    Ok(_) => {
                        started += 1;
                        pace.accepted(now);
                    }
                    Err(pause) => now += pause,
                }
            }
            assert!((rate * 29..=rate * 31).contains(&started), "{rate}: {started}");
            pace.limit_to(0);
            assert!(pace.start(now).is_ok() && pace.start(now).is_ok(), "{rate}: no limit");
        }
    }

    #[test]
    fn rule_9_4_requests_that_were_started_together_slow_the_sender_once() {
        let mut pace = Pace::default();
        let now = Duration::from_secs(10);
        for _ in 0..4 {
            pace.accepted(now);
        }
        let started = [(); 8].map(|()| pace.start(now).unwrap());
        for started in started {
            pace.refused(started, now);
        }
        assert_eq!(pace.start(now).err(), Some(Duration::from_millis(250)));
    }

    #[test]
    fn rule_9_4_the_first_pace_is_what_ses_took_whichever_answer_comes_first() {
        for refused_first in [true, false] {
            let mut pace = Pace::default();
            let now = Duration::from_secs(10);
            let [early, late @ ..] = [(); 8].map(|()| pace.start(now).unwrap());
            if refused_first {
                pace.refused(early, now);
            }
            for _ in 0..4 {
                pace.accepted(now);
            }
            for started in late {
                pace.refused(started, now);
            }
            let later = now + LONGEST_INTERVAL;
            pace.start(later).unwrap();
            assert_eq!(pace.start(later).err(), Some(Duration::from_millis(250)), "{refused_first}");
        }
    }

    #[test]
    fn rule_9_4_a_minute_after_the_last_refusal_nothing_is_paced() {
        let mut pace = Pace::default();
        let now = Duration::from_secs(10);
        let started = pace.start(now).unwrap();
        pace.refused(started, now);
        assert!(pace.is_limited(now) && pace.start(now).is_err());
        let later = now + PACED_FOR;
        assert!(!pace.is_limited(later) && pace.start(later).is_ok() && pace.start(later).is_ok());
    }
}
