//! The only source of randomness of the functions.

use aws_lc_rs::rand;

/// Fills `bytes` from the system's generator.
#[expect(clippy::disallowed_methods, reason = "this is the one source of randomness")]
pub(crate) fn fill(bytes: &mut [u8]) {
    // Ids and secrets must never repeat, so nothing can continue without randomness.
    if rand::fill(bytes).is_err() {
        std::process::abort();
    }
}
