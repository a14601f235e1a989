//! Retries of writes that raced another request.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use app::{
    Failure,
    telemetry::{self, Counter},
};
use table::Conflict;

use crate::{Error, Result};

/// How often an operation is attempted. Ten wrong codes pause verification, and a code is sent at most every 30
/// seconds, so no operation meets more conflicts than this unless something is wrong.
const ATTEMPTS: u32 = 16;

/// The longest pause before the second attempt, in milliseconds; it doubles with each attempt up to
/// [`LONGEST_PAUSE`].
const FIRST_PAUSE: u64 = 4;

/// The longest pause between attempts, in milliseconds.
const LONGEST_PAUSE: u64 = 64;

/// How often an operation is attempted that waits for the right passwords of other requests, of which as many can come at
/// once as people share an account or press a button: for some seconds.
const CROWDED_ATTEMPTS: u32 = 48;

/// The longest pause between these attempts, in milliseconds.
const LONGEST_CROWDED_PAUSE: u64 = 256;

/// How often a repeated form waits for the outcome of the first: about a third of a second.
const OUTCOME_WAITS: u32 = 8;

/// The wait of a repeated form for the outcome of the first one (RULES 3.3), within [`retry_on_conflict`].
#[derive(Debug, Default)]
pub struct OutcomeWait(AtomicU32);

impl OutcomeWait {
    /// Waits once more.
    ///
    /// Returns when it has waited long enough: the function that handled the first form may have ended without an
    /// outcome, and this form is then handled like another one.
    ///
    /// # Errors
    /// [`Conflict::Guess`], to be attempted again.
    pub fn wait(&self) -> Result<()> {
        let waits = self.0.fetch_add(1, Ordering::Relaxed);
        if waits < OUTCOME_WAITS { Err(Error::Conflict(Conflict::Guess)) } else { Ok(()) }
    }
}

/// An error that may be a conflict.
pub trait Retryable: From<Failure> {
    /// The conflict, if the error is one.
    fn conflict(&self) -> Option<Conflict>;
}

impl Retryable for Error {
    fn conflict(&self) -> Option<Conflict> {
        match self {
            Self::Conflict(conflict) => Some(*conflict),
            Self::Response(_) | Self::Http(_) => None,
        }
    }
}

/// Attempts an operation until it meets no conflict, at most [`ATTEMPTS`] times. It waits longer for sign-ins of other
/// requests to one account ([`Conflict::Busy`], [`Conflict::NoticeLimit`]).
///
/// An operation reads what it decides on and writes conditionally. When another request was faster, its write fails
/// with a [`Conflict`], which `?` turns into [`Error::Conflict`]; the operation is then attempted again from its read,
/// after a random pause. An operation matches on the conflicts that mean something to it before `?`.
///
/// Each retry counts in the metric `Conflicts` and is logged with the operation's `name` and the conflict.
///
/// # Errors
/// Those of the operation, except conflicts; a [`Failure`] when every attempt met one.
pub async fn retry_on_conflict<T, E: Retryable, Attempt: Future<Output = Result<T, E>>>(
    name: &'static str,
    mut operation: impl FnMut() -> Attempt,
) -> Result<T, E> {
    let (mut attempts, mut waits) = (0, 0);
    loop {
        let result = operation().await;
        let Some(conflict) = result.as_ref().err().and_then(Retryable::conflict) else { return result };
        let (count, most, longest_pause) = match conflict {
            Conflict::Busy | Conflict::NoticeLimit => (&mut waits, CROWDED_ATTEMPTS, LONGEST_CROWDED_PAUSE),
            _ => (&mut attempts, ATTEMPTS, LONGEST_PAUSE),
        };
        *count += 1;
        let (attempt, conflict) = (*count, Conflict::as_str(conflict));
        if attempt == most {
            return Err(
                Failure::new(format!("{name}: conflict in every attempt, the last with {conflict}")).into()
            );
        }
        tracing::info!(operation = name, conflict, attempt, "retrying after a conflict");
        telemetry::count(Counter::Conflicts);
        tokio::time::sleep(pause(attempt, longest_pause, app::random())).await;
    }
}

/// A pause between nothing and the longest for this attempt.
fn pause(attempt: u32, longest_pause: u64, random: [u8; 8]) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << attempt.min(16)).min(longest_pause);
    Duration::from_millis(u64::from_be_bytes(random) % (longest + 1))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn attempts(conflicts: u32) -> (Result<u32>, u32) {
        let count = AtomicU32::new(0);
        let result = retry_on_conflict("test", || async {
            let attempt = count.fetch_add(1, Ordering::Relaxed);
            if attempt < conflicts { Err(Error::Conflict(Conflict::Account)) } else { Ok(attempt) }
        })
        .await;
        (result, count.into_inner())
    }

    #[tokio::test]
    async fn an_operation_is_attempted_until_it_meets_no_conflict() {
        assert!(matches!(attempts(0).await, (Ok(0), 1)));
        assert!(matches!(attempts(3).await, (Ok(3), 4)));
        assert!(matches!(attempts(u32::MAX).await, (Err(Error::Http(_)), ATTEMPTS)));
    }

    #[test]
    fn pauses_are_random_and_bounded() {
        assert_eq!(pause(1, LONGEST_PAUSE, [0; 8]), Duration::ZERO);
        for attempt in 0..40 {
            assert!(pause(attempt, LONGEST_PAUSE, [0xff; 8]) <= Duration::from_millis(LONGEST_PAUSE));
        }
    }
}
