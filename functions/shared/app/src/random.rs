//! The one source of randomness.

use aws_lc_rs::rand;

/// Fills `bytes` with random ones from the system's generator.
#[expect(clippy::disallowed_methods, reason = "this is the one source of randomness")]
pub(crate) fn fill(bytes: &mut [u8]) {
    // Ids and secrets must never repeat: without randomness there is nothing sound to go on with.
    if rand::fill(bytes).is_err() {
        std::process::abort();
    }
}
