//! Sign-in attempts: five failures in a row lock an account, exactly, however many requests arrive at once (RULES 3.3).
//!
//! Attempts from the browsers that an account doesn't know are counted together. Each browser that it knows has a count of
//! its own, so that strangers can't shut the resident out.
//!
//! An attempt is reserved before the password is compared. At most five are reserved at a time, so at most five
//! passwords are compared. The attempt then fails, or it succeeds and clears the count. A form that is submitted again has
//! the same attempt, which is not counted twice. An attempt that never ends,
//! because its function died, can't be distinguished from a failed one. It counts as failed after [`ABANDONED_AFTER`].

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::id::AttemptId;

/// How many failed attempts in a row lock an account.
pub const LIMIT: usize = 5;

/// How long the attempts of an email address are kept after the last one.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// When an attempt without an end counts as failed: longer than any function runs.
pub const ABANDONED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// The attempts since the last success: those on an email address, whether or not it has an account, or those of one
/// browser that its account knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    reserved: BTreeSet<AttemptId>,
    failed: BTreeSet<AttemptId>,
    last_at: Timestamp,
}

/// Whether another attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// The password may be compared.
    Allowed,
    /// It may not: five attempts are reserved, and all have failed.
    Locked,
    /// It may not: five attempts are reserved, and some are still being compared.
    Busy,
    /// It may not: five attempts are reserved, and those without an end count as failed. The account locks now.
    Abandoned,
}

/// The effect of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptFailure {
    /// It counts, and more attempts are left.
    Counted,
    /// It is the last one: the account locks.
    Locks,
    /// It belongs to a count that a success has cleared.
    Cleared,
}

impl Attempts {
    /// The attempts as they were stored; none when they are older than [`KEPT`].
    #[must_use]
    pub fn stored(
        reserved: BTreeSet<AttemptId>,
        failed: BTreeSet<AttemptId>,
        last_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        if Self::are_kept(last_at, now) { Self { reserved, failed, last_at } } else { Self::default() }
    }

    /// Whether attempts count, of which the last was reserved at this time.
    #[must_use]
    pub fn are_kept(last_at: Timestamp, now: Timestamp) -> bool {
        now < last_at + KEPT
    }

    /// Whether another attempt may be made, and if not, why.
    #[must_use]
    pub fn check(&self, now: Timestamp) -> Reservation {
        if self.reserved.len() < LIMIT {
            Reservation::Allowed
        } else if self.failed.len() >= LIMIT {
            Reservation::Locked
        } else if now >= self.last_at + ABANDONED_AFTER {
            Reservation::Abandoned
        } else {
            Reservation::Busy
        }
    }

    /// Reserves an attempt. It is idempotent for each id.
    #[must_use]
    pub fn reserve(&mut self, id: AttemptId, now: Timestamp) -> Reservation {
        if self.reserved.contains(&id) {
            return Reservation::Allowed;
        }
        let reservation = self.check(now);
        if reservation == Reservation::Allowed {
            self.reserved.insert(id);
            self.last_at = now;
        }
        reservation
    }

    /// The effect that the failure of this attempt would have.
    #[must_use]
    pub fn failure(&self, id: AttemptId) -> AttemptFailure {
        if !self.reserved.contains(&id) {
            AttemptFailure::Cleared
        } else if self.failed.len() + usize::from(!self.failed.contains(&id)) >= LIMIT {
            AttemptFailure::Locks
        } else {
            AttemptFailure::Counted
        }
    }

    /// Records the failure of this attempt.
    pub fn fail(&mut self, id: AttemptId) -> AttemptFailure {
        let failure = self.failure(id);
        if failure != AttemptFailure::Cleared {
            self.failed.insert(id);
        }
        failure
    }

    /// Clears the count after a successful attempt.
    pub fn succeed(&mut self) {
        *self = Self::default();
    }

    /// Whether this attempt is reserved, or recorded as failed.
    #[must_use]
    pub fn is_reserved(&self, id: AttemptId) -> bool {
        self.reserved.contains(&id)
    }

    /// Whether this attempt is recorded as failed.
    #[must_use]
    pub fn has_failed(&self, id: AttemptId) -> bool {
        self.failed.contains(&id)
    }

    /// The ids of the reserved attempts.
    pub fn reserved_ids(&self) -> impl Iterator<Item = &AttemptId> {
        self.reserved.iter()
    }

    /// How many attempts are reserved.
    #[must_use]
    pub fn reserved(&self) -> usize {
        self.reserved.len()
    }

    /// How many attempts have failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failed.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u8) -> AttemptId {
        AttemptId::from_random([n; 16])
    }

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn rule_3_3_the_fifth_failure_in_a_row_locks() {
        let mut attempts = Attempts::default();
        for n in 1..=5 {
            assert_eq!(attempts.reserve(id(n), START), Reservation::Allowed);
            assert_eq!(
                attempts.fail(id(n)),
                if n == 5 { AttemptFailure::Locks } else { AttemptFailure::Counted }
            );
        }
        assert_eq!(attempts.reserve(id(6), START), Reservation::Locked);
    }

    #[test]
    fn rule_3_3_a_success_clears_the_count() {
        let mut attempts = Attempts::default();
        for n in 1..=4 {
            assert_eq!(attempts.reserve(id(n), START), Reservation::Allowed);
            attempts.fail(id(n));
        }
        assert_eq!(attempts.reserve(id(5), START), Reservation::Allowed);
        attempts.succeed();
        assert_eq!((attempts.reserved(), attempts.failed()), (0, 0));
        assert_eq!(attempts.fail(id(4)), AttemptFailure::Cleared, "what was still running counts no more");
    }

    #[test]
    fn rule_3_3_asking_twice_for_one_attempt_takes_one() {
        let mut attempts = Attempts::default();
        for _ in 0..9 {
            assert_eq!(attempts.reserve(id(1), START), Reservation::Allowed);
        }
        assert_eq!(attempts.reserved(), 1);
        assert_eq!(
            (attempts.fail(id(1)), attempts.fail(id(1))),
            (AttemptFailure::Counted, AttemptFailure::Counted)
        );
        assert_eq!(attempts.failed(), 1);
        assert!(attempts.has_failed(id(1)) && !attempts.has_failed(id(2)));
        assert!(attempts.is_reserved(id(1)) && !attempts.is_reserved(id(2)));
        assert_eq!(attempts.reserved_ids().collect::<Vec<_>>(), [&id(1)]);
    }

    #[test]
    fn rule_3_3_attempts_without_an_end_are_given_up() {
        let mut attempts = Attempts::default();
        for n in 1..=5 {
            assert_eq!(attempts.reserve(id(n), START), Reservation::Allowed);
        }
        assert_eq!(attempts.check(START + ABANDONED_AFTER - SignedDuration::from_secs(1)), Reservation::Busy);
        assert_eq!(attempts.check(START + ABANDONED_AFTER), Reservation::Abandoned);
    }

    #[test]
    fn rule_3_3_the_count_is_kept_for_a_day() {
        let all: BTreeSet<_> = (1..=5).map(id).collect();
        let at = |now| Attempts::stored(all.clone(), all.clone(), START, now).check(now);
        assert_eq!(at(START + KEPT - SignedDuration::from_secs(1)), Reservation::Locked);
        assert_eq!(at(START + KEPT), Reservation::Allowed);
    }

    /// What one of many parallel guesses does next.
    #[derive(Clone, Copy)]
    enum Step {
        Reserve,
        Finish,
    }

    /// Plays 200 parallel guesses in an order given by `seed`; says how the right one fared.
    fn play(seed: u64) -> (bool, bool, usize) {
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |bound: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random % u64::try_from(bound).unwrap()).unwrap()
        };
        let right = next(200);
        let mut waiting: Vec<(usize, Step)> = (0..200).map(|n| (n, Step::Reserve)).collect();
        let mut attempts = Attempts::default();
        let (mut compared, mut right_was_early, mut signed_in) = (0, false, false);
        while !waiting.is_empty() {
            let (n, step) = waiting.swap_remove(next(waiting.len()));
            let id = id(u8::try_from(n).unwrap());
            match step {
                Step::Reserve if attempts.reserve(id, START) == Reservation::Allowed => {
                    compared += 1;
                    right_was_early |= n == right && compared <= LIMIT;
                    waiting.push((n, Step::Finish));
                }
                Step::Finish if n == right => {
                    signed_in = attempts.failure(id) != AttemptFailure::Cleared;
                    attempts.succeed();
                    return (signed_in, right_was_early, compared);
                }
                Step::Finish => {
                    attempts.fail(id);
                }
                Step::Reserve => {}
            }
        }
        (signed_in, right_was_early, compared)
    }

    #[test]
    fn rule_3_3_one_right_password_among_200_parallel_guesses_succeeds_only_among_the_first_five() {
        let mut successes = 0;
        for seed in 0..1_000 {
            let (signed_in, right_was_early, compared) = play(seed);
            assert_eq!(signed_in, right_was_early, "seed {seed}");
            assert!(compared <= LIMIT, "seed {seed}");
            successes += usize::from(signed_in);
        }
        assert!((1..500).contains(&successes), "{successes}: both ends were seen");
    }

    proptest! {
        #[test]
        fn rule_3_3_never_more_than_five_reserved(moves in proptest::collection::vec((0u8..20, any::<bool>()), 0..200)) {
            let mut attempts = Attempts::default();
            for (n, begins) in moves {
                if begins { let _ = attempts.reserve(id(n), START); } else { attempts.fail(id(n)); }
                prop_assert!(attempts.reserved() <= LIMIT && attempts.failed() <= attempts.reserved());
            }
        }
    }
}
