//! A value of the secret store that the function caches, and refreshes in the background.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{SignedDuration, Timestamp};
use tokio::{sync, time::timeout};

use crate::{
    Failure,
    telemetry::{self, Counter},
};

/// How old a value gets before it is read again in the background.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The shortest time between two readings while a value is kept, so that retries don't prolong an outage of the secret store.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// The time limit of one reading, in real time. A reading that was frozen with the function exceeds it when the function
/// continues, and makes way for the next one.
const READ_TIMEOUT: Duration = Duration::from_secs(4);

/// The time that a request waits for a value newer than one that it can use.
const WAIT_TIMEOUT: Duration = Duration::from_secs(1);

/// What becomes of a value that is too old to be used without asking for a newer one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TooOld {
    /// It is used if the newer one can't be read within a second.
    Usable,
    /// It isn't used.
    Useless,
}

/// How old a value gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ages {
    /// How long requests use it without waiting.
    pub(crate) used_for: SignedDuration,
    /// What becomes of it afterwards.
    pub(crate) then: TooOld,
}

/// A value that the first request reads, and that is then refreshed in the background.
///
/// A request that finds a value younger than [`Ages::used_for`] never waits, whatever the secret store does. There is one
/// reading at a time. Lambda freezes the function between two requests, and with it the reading; the reading ends by its
/// time limit when the function continues, and meanwhile the requests use the value.
pub(crate) struct Refreshed<T>(Arc<Shared<T>>);

struct Shared<T> {
    kept: Mutex<Kept<T>>,
    /// Held by the reading. Requests without a value wait for it.
    reading: Arc<sync::Mutex<()>>,
}

struct Kept<T> {
    /// The value, and when it was asked for.
    value: Option<(Timestamp, Arc<T>)>,
    asked_at: Option<Timestamp>,
}

impl<T> Default for Refreshed<T> {
    fn default() -> Self {
        let kept = Mutex::new(Kept { value: None, asked_at: None });
        Self(Arc::new(Shared { kept, reading: Arc::default() }))
    }
}

impl<T: Send + Sync + 'static> Refreshed<T> {
    /// Keeps a value that was read elsewhere, unless a younger one is kept.
    pub(crate) fn keep(&self, value: T, asked_at: Timestamp) {
        let mut kept = self.0.kept();
        if kept.value.as_ref().is_none_or(|(at, _)| *at <= asked_at) {
            kept.value = Some((asked_at, Arc::new(value)));
        }
    }

    /// The value. `read` reads it; it gets the value that is kept.
    ///
    /// # Errors
    /// Those of `read`, when there is no value that can be used.
    pub(crate) async fn get<Reading>(
        &self,
        ages: Ages,
        now: Timestamp,
        read: impl FnOnce(Option<Arc<T>>) -> Reading + Send,
    ) -> Result<Arc<T>, Failure>
    where
        Reading: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let kept = self.0.kept().value.clone();
        if let Some((at, value)) = &kept
            && now < *at + ages.used_for
        {
            if now >= *at + FRESH_FOR {
                self.refresh(now, || read(Some(value.clone())));
            }
            return Ok(value.clone());
        }
        let usable = match (kept, ages.then) {
            (Some((_, value)), TooOld::Usable) => Some(value),
            (_, TooOld::Useless) | (None, _) => None,
        };
        let Some(usable) = usable else {
            let _reading = self.0.reading.lock().await;
            return match self.0.younger_than(ages.used_for, now) {
                Some(value) => Ok(value),
                None => self.0.read(now, read(None)).await,
            };
        };
        if self.0.was_asked(now) {
            return Ok(usable);
        }
        self.0.kept().asked_at = Some(now);
        let waited = timeout(WAIT_TIMEOUT, async {
            let _reading = self.0.reading.lock().await;
            match self.0.younger_than(ages.used_for, now) {
                Some(value) => Some(value),
                None => self.0.read(now, read(Some(usable.clone()))).await.ok(),
            }
        });
        Ok(waited.await.ok().flatten().unwrap_or(usable))
    }

    /// Reads the value in the background, unless that is happening already, or has failed a moment ago.
    fn refresh<Reading>(&self, now: Timestamp, read: impl FnOnce() -> Reading)
    where
        Reading: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let Ok(reading) = self.0.reading.clone().try_lock_owned() else { return };
        if self.0.was_asked(now) {
            return;
        }
        let (shared, future) = (self.0.clone(), read());
        tokio::spawn(async move {
            let _ = shared.read(now, future).await;
            drop(reading);
        });
    }
}

impl<T> Shared<T> {
    /// Reads the value within [`READ_TIMEOUT`], and keeps it. The caller holds the lock `reading`.
    async fn read(
        &self,
        now: Timestamp,
        reading: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Arc<T>, Failure> {
        self.kept().asked_at = Some(now);
        let read = timeout(READ_TIMEOUT, reading).await;
        match read.unwrap_or_else(|_| Err(Failure::new("a secret can't be read: time-out"))) {
            Ok(value) => {
                let value = Arc::new(value);
                self.kept().value = Some((now, value.clone()));
                Ok(value)
            }
            Err(failure) => {
                tracing::warn!(reason = failure.reason, "keys could not be read");
                telemetry::count(Counter::KeyRefreshFailures);
                Err(failure)
            }
        }
    }

    fn younger_than(&self, age: SignedDuration, now: Timestamp) -> Option<Arc<T>> {
        self.kept().value.as_ref().filter(|(at, _)| now < *at + age).map(|(_, value)| value.clone())
    }

    fn was_asked(&self, now: Timestamp) -> bool {
        self.kept().asked_at.is_some_and(|at| now < at + MIN_INTERVAL)
    }

    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use tokio::time::{Instant, advance};

    use super::*;

    const AGES: Ages = Ages { used_for: SignedDuration::from_hours(1), then: TooOld::Usable };
    const STRICT: Ages = Ages { used_for: SignedDuration::from_hours(24), then: TooOld::Useless };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    async fn get(kept: &Refreshed<u32>, minutes: i64, value: u32) -> u32 {
        *kept.get(AGES, at(minutes), move |_| ready(Ok(value))).await.unwrap()
    }

    async fn get_from_hanging(kept: &Refreshed<u32>, ages: Ages, minutes: i64) -> Result<Arc<u32>, Failure> {
        kept.get(ages, at(minutes), |_| pending::<Result<u32, Failure>>()).await
    }

    #[tokio::test(start_paused = true)]
    async fn rule_9_9_a_kept_value_is_read_again_in_the_background() {
        let kept = Refreshed::default();
        assert_eq!(get(&kept, 0, 1).await, 1);
        assert_eq!(get(&kept, 4, 2).await, 1, "it is fresh");
        assert_eq!(get(&kept, 5, 3).await, 1, "nobody waits for the newer one");
        tokio::task::yield_now().await;
        assert_eq!(get(&kept, 6, 4).await, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn rule_9_9_a_value_that_was_read_elsewhere_replaces_an_older_one() {
        let kept = Refreshed::default();
        kept.keep(1, at(2));
        assert_eq!(get(&kept, 2, 0).await, 1);
        kept.keep(2, at(1));
        assert_eq!(get(&kept, 3, 0).await, 1, "it is older");
        kept.keep(3, at(4));
        assert_eq!(get(&kept, 8, 0).await, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn rule_9_9_a_secret_store_that_hangs_holds_no_request_up_that_has_keys() {
        let (kept, start) = (Refreshed::default(), Instant::now());
        get(&kept, 0, 1).await;
        for minute in 5..60 {
            assert_eq!(*get_from_hanging(&kept, AGES, minute).await.unwrap(), 1);
            tokio::task::yield_now().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(*get_from_hanging(&kept, AGES, 60).await.unwrap(), 1, "too old, but usable");
        assert_eq!(start.elapsed(), WAIT_TIMEOUT);
        assert_eq!(*get_from_hanging(&kept, AGES, 60).await.unwrap(), 1, "asked a moment ago");
        assert_eq!(start.elapsed(), WAIT_TIMEOUT);

        advance(READ_TIMEOUT).await;
        assert!(get_from_hanging(&kept, STRICT, 24 * 60).await.is_err(), "too old to be used");
        assert!(start.elapsed() <= WAIT_TIMEOUT + READ_TIMEOUT * 2);
        assert!(get_from_hanging(&Refreshed::default(), AGES, 0).await.is_err(), "there is none");
    }

    #[tokio::test(start_paused = true)]
    async fn rule_9_9_there_is_one_reading_at_a_time_and_a_frozen_one_makes_way() {
        let (kept, readings) = (Refreshed::default(), Arc::new(AtomicUsize::new(0)));
        get(&kept, 0, 1).await;
        for minute in 5..10 {
            let count = readings.clone();
            let hang = move |_| async move {
                count.fetch_add(1, Ordering::SeqCst);
                pending::<Result<u32, Failure>>().await
            };
            assert_eq!(*kept.get(AGES, at(minute), hang).await.unwrap(), 1);
            tokio::task::yield_now().await;
        }
        assert_eq!(readings.load(Ordering::SeqCst), 1);
        // The function was frozen for longer than the time limit.
        advance(READ_TIMEOUT + Duration::from_millis(1)).await;
        assert_eq!(get(&kept, 10, 2).await, 1);
        tokio::task::yield_now().await;
        get(&kept, 11, 3).await;
        tokio::task::yield_now().await;
        assert_ne!(get(&kept, 11, 4).await, 1, "the next reading took its place");
    }

    #[tokio::test(start_paused = true)]
    async fn rule_9_9_a_reading_that_failed_is_repeated_after_half_a_minute() {
        let (kept, readings) = (Refreshed::default(), Arc::new(AtomicUsize::new(0)));
        get(&kept, 0, 1).await;
        for second in 0..60 {
            let (count, now) = (readings.clone(), at(6) + SignedDuration::from_secs(second));
            let fail = move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                ready(Err(Failure::new("on purpose")))
            };
            assert_eq!(*kept.get(AGES, now, fail).await.unwrap(), 1);
            tokio::task::yield_now().await;
        }
        assert_eq!(readings.load(Ordering::SeqCst), 2);
    }
}
