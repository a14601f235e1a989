//! What a stranger's requests cost: the requests, and what they write (RULES 3.11, Cost). The measurement
//! `scripts/bench anonymous` and the test of the budget share them.

mod hostile;
mod written;

pub use hostile::{HostileRequest, Target, requests};
pub use written::{Meter, written_bytes};

/// The variables of every limit of requests without a session, each of which then allows this many times.
#[must_use]
pub fn limits(times: u32) -> Vec<(&'static str, String)> {
    [
        ("EMAIL_LIMITS", "1s"),
        ("CODE_LIMITS", "1s"),
        ("REGISTRATION_LIMIT", "1h"),
        ("TRY_LIMIT", "15m"),
        ("CONTACT_LIMIT", "1h"),
        ("EMAIL_REQUEST_LIMIT", "1h"),
    ]
    .map(|(name, within)| (name, format!("{times}/{within}")))
    .into()
}
