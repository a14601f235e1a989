//! Work that costs milliseconds of processor time: it is done for strangers only after their source was counted
//! (RULES 3.11, Cost).
//!
//! Debug builds count it, for the test that holds it against what was counted before. In release builds, nothing happens.

use std::sync::atomic::{AtomicU64, Ordering};

/// A kind of costly work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostlyWork {
    /// Hashing a password, or comparing one with a hash.
    Hash,
    /// Estimating the strength of a password.
    Estimate,
}

static HASHES: AtomicU64 = AtomicU64::new(0);
static ESTIMATES: AtomicU64 = AtomicU64::new(0);

fn total(work: CostlyWork) -> &'static AtomicU64 {
    match work {
        CostlyWork::Hash => &HASHES,
        CostlyWork::Estimate => &ESTIMATES,
    }
}

/// Records that work of this kind is done. Each function that does some calls it.
pub(crate) fn record(work: CostlyWork) {
    if cfg!(debug_assertions) {
        total(work).fetch_add(1, Ordering::Relaxed);
    }
}

/// How often work of this kind was done since the process started.
#[must_use]
pub fn done(work: CostlyWork) -> u64 {
    total(work).load(Ordering::Relaxed)
}
