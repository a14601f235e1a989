//! Signed-in sessions (RULES 3.8).

use jiff::{SignedDuration, Timestamp};

use crate::{
    id::AccountId,
    language::Language,
    secret::{HashedSecret, kind},
};

/// How long a session lasts without a visit.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// How long a session lasts in all.
pub const TOTAL: SignedDuration = SignedDuration::from_hours(12);

/// How old the last recorded visit gets before another one is written.
pub const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A session within its time.
#[derive(Clone, Debug)]
pub struct Session {
    /// The cookie's hash: its name in the table.
    pub hash: HashedSecret<kind::Session>,
    /// Whose it is.
    pub account: AccountId,
    /// The language of the account when it began.
    pub language: Language,
    /// When it began.
    pub began_at: Timestamp,
    /// The last visit that was recorded.
    pub seen_at: Timestamp,
}

impl Session {
    /// When it ends unless there is a visit before.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        (self.seen_at + IDLE).min(self.began_at + TOTAL)
    }

    /// Whether it is within its time.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether a visit now is to be recorded.
    #[must_use]
    pub fn is_to_be_seen(&self, now: Timestamp) -> bool {
        now >= self.seen_at + SEEN_EVERY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SessionSecret;

    fn session(seen: i64) -> Session {
        Session {
            hash: SessionSecret::from_random([0; 32]).hash(),
            account: AccountId::from_random([0; 16]),
            language: Language::English,
            began_at: Timestamp::UNIX_EPOCH,
            seen_at: at(seen),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn rule_3_8_a_session_ends_after_thirty_idle_minutes() {
        assert!(session(0).is_live(at(1799)));
        assert!(!session(0).is_live(at(1800)));
        assert!(session(60).is_live(at(1800)));
    }

    #[test]
    fn rule_3_8_a_session_ends_after_twelve_hours_whatever_is_visited() {
        assert!(session(43_190).is_live(at(43_199)));
        assert!(!session(43_190).is_live(at(43_200)));
    }

    #[test]
    fn rule_3_8_a_visit_is_recorded_at_most_once_a_minute() {
        assert!(!session(0).is_to_be_seen(at(59)));
        assert!(session(0).is_to_be_seen(at(60)));
    }
}
