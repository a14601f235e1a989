//! The only clock of the functions.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use domain::Timestamp;

/// The time now, in whole seconds.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(not(feature = "test-clock"))]
    let now = system_time();
    #[cfg(feature = "test-clock")]
    let now = moved::stopped_at().unwrap_or_else(system_time) + moved::offset();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The time now, as exactly as the system tells it: it puts in order what happens in one second.
#[must_use]
pub fn precise() -> Timestamp {
    let now = system_time();
    #[cfg(feature = "test-clock")]
    let now = now + moved::offset();
    now
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn system_time() -> Timestamp {
    Timestamp::now()
}

/// The time since the first call in this process, which measures how long something takes.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn elapsed() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    #[cfg(feature = "test-clock")]
    let elapsed = elapsed + moved::offset().unsigned_abs();
    elapsed
}

/// Waits.
pub async fn pause(length: Duration) {
    #[cfg(feature = "test-clock")]
    if moved::is_moved_by_pauses() {
        let real = length / moved::HASTE;
        tokio::time::sleep(real).await;
        return moved::advance(
            domain::SignedDuration::try_from(length.saturating_sub(real)).unwrap_or_default(),
        );
    }
    tokio::time::sleep(length).await;
}

#[cfg(feature = "test-clock")]
pub use moved::{advance, move_by_pauses, offset, set_offset, stop};

#[cfg(feature = "test-clock")]
mod moved {
    use std::sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    };

    use domain::{SignedDuration, Timestamp};

    /// In milliseconds.
    static OFFSET: AtomicI64 = AtomicI64::new(0);

    static STOPPED_AT: OnceLock<Timestamp> = OnceLock::new();

    static MOVED_BY_PAUSES: AtomicBool = AtomicBool::new(false);

    /// Marks a binary whose clock can be moved. A test looks for it in the deployed binaries.
    #[used]
    static MARK: [u8; 19] = *b"this clock can move";

    /// How far the clock of this process was moved.
    #[must_use]
    pub fn offset() -> SignedDuration {
        SignedDuration::from_millis(OFFSET.load(Ordering::SeqCst))
    }

    /// Stops the clock of this process. From then on only [`advance`], [`set_offset`] and pauses move it.
    pub fn stop() {
        STOPPED_AT.get_or_init(super::system_time);
    }

    pub(super) fn stopped_at() -> Option<Timestamp> {
        STOPPED_AT.get().copied()
    }

    /// Moves the clock of this process forward.
    pub fn advance(by: SignedDuration) {
        OFFSET.fetch_add(milliseconds(by), Ordering::SeqCst);
    }

    /// Sets how far the clock of this process is moved.
    pub fn set_offset(offset: SignedDuration) {
        OFFSET.store(milliseconds(offset), Ordering::SeqCst);
    }

    /// How much shorter than the clock says the pauses of the functions are, once [`move_by_pauses`] was called.
    pub(super) const HASTE: u32 = 4;

    /// Makes pauses of the functions short: the clock moves by what they lack. What runs beside a pause still has time
    /// to finish.
    pub fn move_by_pauses() {
        MOVED_BY_PAUSES.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_moved_by_pauses() -> bool {
        MOVED_BY_PAUSES.load(Ordering::SeqCst)
    }

    fn milliseconds(length: SignedDuration) -> i64 {
        i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
    }
}
