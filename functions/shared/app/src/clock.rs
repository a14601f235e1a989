//! The only clock of the functions.

use domain::Timestamp;

/// The time now, in whole seconds.
#[must_use]
pub fn now() -> Timestamp {
    let real = real();
    #[cfg(feature = "test-clock")]
    let real = real + moved::offset();
    real
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn real() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

#[cfg(feature = "test-clock")]
pub use moved::{advance, offset, set_offset};

#[cfg(feature = "test-clock")]
mod moved {
    use std::sync::atomic::{AtomicI64, Ordering};

    use domain::SignedDuration;

    static OFFSET: AtomicI64 = AtomicI64::new(0);

    /// Marks a binary whose clock can be moved. A test looks for it in the deployed binaries.
    #[used]
    static MARK: [u8; 19] = *b"this clock can move";

    /// How far the clock of this process was moved, in whole seconds.
    #[must_use]
    pub fn offset() -> SignedDuration {
        SignedDuration::from_secs(OFFSET.load(Ordering::SeqCst))
    }

    /// Moves the clock of this process forward.
    pub fn advance(by: SignedDuration) {
        OFFSET.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    /// Sets how far the clock of this process is moved.
    pub fn set_offset(offset: SignedDuration) {
        OFFSET.store(offset.as_secs(), Ordering::SeqCst);
    }
}
