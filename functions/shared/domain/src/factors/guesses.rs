//! Throttling of one-time codes: ten failures in a row pause verification, and each pause lasts twice as long as the
//! one before (RULES 5.6).

use jiff::{SignedDuration, Timestamp};

use crate::limits::RetryAfter;

/// How many failures in a row pause verification.
pub const LIMIT: u32 = 10;

/// How long the first pause lasts. Each further pause lasts twice as long.
pub const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// The maximum length of a pause.
pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// How long without an attempt until failures and pauses are forgotten.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// After this time, another request sends the email about a pause: the function that caused the pause must have ended.
pub const ABANDONED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// The attempts of an account since its last success, across codes and factors.
///
/// An attempt is counted before its code is compared. So at most ten codes are compared, however many arrive at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guesses {
    /// How many attempts were counted since the last pause.
    pub taken: u32,
    /// How many of them were at an authenticator that counts.
    pub taken_at_second_factor: u32,
    /// When the last attempt at such an authenticator was counted.
    pub second_factor_at: Option<Timestamp>,
    /// How many pauses there were since the last success.
    pub pauses: u32,
    /// When the current or last pause ends.
    pub paused_until: Option<Timestamp>,
    /// Whether an email has reported this pause.
    pub is_notified: bool,
    /// When the last attempt was counted.
    pub last_at: Timestamp,
}

/// How many attempts one typed code is: one at each factor that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempted {
    /// At all factors.
    pub all: u32,
    /// At authenticators that count.
    pub at_second_factor: u32,
}

impl Guesses {
    /// The value at this time: empty once it is old enough to be forgotten.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        if now >= self.quiet_since(self.last_at) + KEPT { Self::default() } else { self.clone() }
    }

    /// Since when there was neither an attempt, the last of which was at this time, nor a pause.
    fn quiet_since(&self, last_at: Timestamp) -> Timestamp {
        self.paused_until.map_or(last_at, |until| until.max(last_at))
    }

    /// When the pause ends, while verification is paused.
    #[must_use]
    pub fn pause(&self, now: Timestamp) -> Option<RetryAfter> {
        self.paused_until.filter(|until| now < *until).map(RetryAfter)
    }

    /// Whether verification is paused and no email has reported it.
    #[must_use]
    pub fn needs_notification(&self, now: Timestamp) -> bool {
        self.pause(now).is_some() && !self.is_notified
    }

    /// Counts the attempts of one typed code. The tenth in a row is the last before the pause.
    ///
    /// # Errors
    /// [`RetryAfter`] until the pause ends.
    pub fn take(&self, attempted: Attempted, now: Timestamp) -> Result<Self, RetryAfter> {
        let mut guesses = self.as_of(now);
        if let Some(until) = guesses.pause(now) {
            return Err(until);
        }
        guesses.taken += attempted.all;
        guesses.last_at = now;
        if attempted.at_second_factor > 0 {
            guesses.taken_at_second_factor += attempted.at_second_factor;
            guesses.second_factor_at = Some(now);
        }
        if guesses.taken >= LIMIT {
            guesses.paused_until = Some(now + length(guesses.pauses));
            guesses.pauses = guesses.pauses.saturating_add(1);
            guesses.taken = 0;
            guesses.taken_at_second_factor = 0;
            guesses.is_notified = false;
        }
        Ok(guesses)
    }

    /// The value without attempts that were counted and are none. A pause that began since stays.
    #[must_use]
    pub fn returned(&self, attempted: Attempted) -> Self {
        let taken_at_second_factor = self.taken_at_second_factor.saturating_sub(attempted.at_second_factor);
        Self { taken: self.taken.saturating_sub(attempted.all), taken_at_second_factor, ..self.clone() }
    }

    /// The value after a success with less than a second factor, on an account that has one: the attempts at the second
    /// factor still count, and so do the pauses since the first of them. Otherwise, whoever has the mailbox could guess at
    /// the authenticator without end. `attempted` is the code of the success.
    #[must_use]
    pub fn after_lesser_success(&self, attempted: Attempted, now: Timestamp) -> Self {
        let is_remembered = |at: &Timestamp| now < self.quiet_since(*at) + KEPT;
        let Some(last_at) = self.second_factor_at.filter(is_remembered) else { return Self::default() };
        let left = self.returned(attempted).taken_at_second_factor;
        Self { taken: left, taken_at_second_factor: left, last_at, ..self.clone() }
    }
}

/// How long the pause after this many pauses lasts.
fn length(pauses: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(pauses).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    FIRST_PAUSE.checked_mul(doubled).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Attempted = Attempted { all: 1, at_second_factor: 0 };
    const SECOND: Attempted = Attempted { all: 1, at_second_factor: 1 };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    #[test]
    fn rule_5_6_ten_in_a_row_pause_for_a_quarter_of_an_hour_and_then_twice_as_long() {
        let (mut guesses, mut now) = (Guesses::default(), at(0));
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1440, 1440] {
            for _ in 0..LIMIT {
                assert_eq!(guesses.pause(now), None);
                guesses = guesses.take(ONE, now).unwrap();
            }
            let end = now + SignedDuration::from_mins(minutes);
            assert_eq!(guesses.take(ONE, now), Err(RetryAfter(end)));
            assert_eq!(guesses.pause(end - SignedDuration::from_secs(1)), Some(RetryAfter(end)));
            assert!(guesses.needs_notification(now));
            now = end;
        }
    }

    #[test]
    fn rule_5_6_a_day_of_quiet_forgets_what_was_guessed() {
        let nine = (0..9).fold(Guesses::default(), |guesses, _| guesses.take(ONE, at(0)).unwrap());
        let ten = nine.take(ONE, at(0)).unwrap();
        assert_eq!(nine.as_of(at(24 * 60) - SignedDuration::from_secs(1)), nine);
        assert_eq!(nine.as_of(at(24 * 60)), Guesses::default());
        // A pause that has ended counts for a day after its end.
        assert_eq!(ten.as_of(at(24 * 60 + 14)).pauses, 1);
        assert_eq!(ten.as_of(at(24 * 60 + 15)), Guesses::default());
    }

    #[test]
    fn rule_5_6_a_lesser_success_forgets_no_guess_at_the_second_factor() {
        let taken = |guesses: &Guesses, attempted, count| {
            (0..count).fold(guesses.clone(), |guesses, _| guesses.take(attempted, at(1)).unwrap())
        };
        let six = taken(&Guesses::default(), SECOND, 6);
        let success = taken(&taken(&six, ONE, 1), ONE, 1).after_lesser_success(ONE, at(1));
        assert_eq!((success.taken, success.taken_at_second_factor), (6, 6));
        assert!(taken(&success, SECOND, 3).pause(at(1)).is_none());
        let paused = taken(&success, SECOND, 4);
        assert!(paused.pause(at(1)).is_some());
        assert_eq!(paused.after_lesser_success(ONE, at(2)).pause(at(2)), paused.pause(at(2)));
        assert_eq!(paused.after_lesser_success(ONE, at(17)).pauses, 1, "the next one is longer");
        // Successes do not prolong it: a day after the last such guess it is forgotten.
        let later = success.take(ONE, at(20 * 60)).unwrap().after_lesser_success(ONE, at(20 * 60));
        assert_eq!((later.taken, later.as_of(at(24 * 60 + 1))), (6, Guesses::default()));
        // A code of the mailbox that was compared with the authenticator, too, is no guess at it.
        let both = Attempted { all: 2, at_second_factor: 1 };
        assert_eq!(taken(&Guesses::default(), both, 1).after_lesser_success(both, at(1)).taken, 0);
        assert_eq!(taken(&Guesses::default(), ONE, 9).after_lesser_success(ONE, at(1)), Guesses::default());
    }

    #[test]
    fn rule_5_6_no_number_of_pauses_is_too_large() {
        for pauses in [31, 32, u32::MAX] {
            assert_eq!(length(pauses), LONGEST_PAUSE);
        }
    }
}
