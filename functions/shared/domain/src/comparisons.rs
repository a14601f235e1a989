//! Comparisons of secrets that can be guessed, and the attempts that are counted before them (RULES 3.3, 5.5, 5.6).
//!
//! Debug builds add both up, for the test that holds one against the other: no comparison is without an attempt that was
//! counted before. In release builds, nothing happens.

use std::sync::atomic::{AtomicU64, Ordering};

/// A kind of secret that is short enough to be guessed. Secrets of 128 bits and more are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter, strum::EnumCount)]
pub enum GuessableSecret {
    /// The password of an account or of a registration.
    Password,
    /// A code that was emailed.
    EmailedCode,
    /// A code of an authenticator.
    AuthenticatorCode,
    /// A recovery code. It has 125 bits; a typed one counts like any other code all the same.
    RecoveryCode,
}

/// A password with white space at its ends is compared again without it, by the attempt that was counted for it.
static SECOND_SPELLINGS: AtomicU64 = AtomicU64::new(0);

static COMPARED: Totals = Totals::new();
static COUNTED: Totals = Totals::new();

struct Totals([AtomicU64; <GuessableSecret as strum::EnumCount>::COUNT]);

impl Totals {
    const fn new() -> Self {
        Self([const { AtomicU64::new(0) }; <GuessableSecret as strum::EnumCount>::COUNT])
    }

    fn add(&self, secret: GuessableSecret) {
        if cfg!(debug_assertions) {
            self.0[secret as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    fn get(&self, secret: GuessableSecret) -> u64 {
        self.0[secret as usize].load(Ordering::Relaxed)
    }
}

/// Records that a secret of this kind is compared. Each function that compares one calls it.
pub(crate) fn record_comparison(secret: GuessableSecret) {
    COMPARED.add(secret);
}

/// Records that the second spelling of a typed password is compared.
pub(crate) fn record_second_spelling() {
    if cfg!(debug_assertions) {
        SECOND_SPELLINGS.fetch_add(1, Ordering::Relaxed);
    }
}

/// How many second spellings of passwords were compared since the process started.
#[must_use]
pub fn second_spellings() -> u64 {
    SECOND_SPELLINGS.load(Ordering::Relaxed)
}

/// Records that an attempt at a secret of this kind was counted. Each flow calls it after the write that counts.
pub fn record_attempt(secret: GuessableSecret) {
    COUNTED.add(secret);
}

/// How many secrets of this kind were compared, and how many attempts at one were counted, since the process started.
#[must_use]
pub fn totals(secret: GuessableSecret) -> (u64, u64) {
    (COMPARED.get(secret), COUNTED.get(secret))
}
