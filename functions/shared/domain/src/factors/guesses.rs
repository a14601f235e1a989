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
    /// How many pauses there were since the last success.
    pub pauses: u32,
    /// When the current or last pause ends.
    pub paused_until: Option<Timestamp>,
    /// Whether an email has reported this pause.
    pub is_notified: bool,
    /// When the last attempt was counted.
    pub last_at: Timestamp,
}

impl Guesses {
    /// The value at this time: empty once it is old enough to be forgotten.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        let quiet_since = self.paused_until.map_or(self.last_at, |until| until.max(self.last_at));
        if now >= quiet_since + KEPT { Self::default() } else { self.clone() }
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

    /// Counts an attempt. The tenth in a row is the last before the pause.
    ///
    /// # Errors
    /// [`RetryAfter`] until the pause ends.
    pub fn take(&self, now: Timestamp) -> Result<Self, RetryAfter> {
        let mut guesses = self.as_of(now);
        if let Some(until) = guesses.pause(now) {
            return Err(until);
        }
        guesses.taken += 1;
        guesses.last_at = now;
        if guesses.taken >= LIMIT {
            guesses.paused_until = Some(now + length(guesses.pauses));
            guesses.pauses = guesses.pauses.saturating_add(1);
            guesses.taken = 0;
            guesses.is_notified = false;
        }
        Ok(guesses)
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

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    #[test]
    fn rule_5_6_ten_in_a_row_pause_for_a_quarter_of_an_hour_and_then_twice_as_long() {
        let (mut guesses, mut now) = (Guesses::default(), at(0));
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1440, 1440] {
            for _ in 0..LIMIT {
                assert_eq!(guesses.pause(now), None);
                guesses = guesses.take(now).unwrap();
            }
            let end = now + SignedDuration::from_mins(minutes);
            assert_eq!(guesses.take(now), Err(RetryAfter(end)));
            assert_eq!(guesses.pause(end - SignedDuration::from_secs(1)), Some(RetryAfter(end)));
            assert!(guesses.needs_notification(now));
            now = end;
        }
    }

    #[test]
    fn rule_5_6_a_day_of_quiet_forgets_what_was_guessed() {
        let nine = (0..9).fold(Guesses::default(), |guesses, _| guesses.take(at(0)).unwrap());
        let ten = nine.take(at(0)).unwrap();
        assert_eq!(nine.as_of(at(24 * 60) - SignedDuration::from_secs(1)), nine);
        assert_eq!(nine.as_of(at(24 * 60)), Guesses::default());
        // A pause that has ended counts for a day after its end.
        assert_eq!(ten.as_of(at(24 * 60 + 14)).pauses, 1);
        assert_eq!(ten.as_of(at(24 * 60 + 15)), Guesses::default());
    }

    #[test]
    fn rule_5_6_no_number_of_pauses_is_too_large() {
        for pauses in [31, 32, u32::MAX] {
            assert_eq!(length(pauses), LONGEST_PAUSE);
        }
    }
}
