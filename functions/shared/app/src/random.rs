//! The one source of randomness.

use aws_lc_rs::rand;

/// Fills `bytes` with random ones from the system's generator.
pub(crate) fn fill(bytes: &mut [u8]) {
    // Ids and secrets must never repeat: without randomness there is nothing sound to go on with.
    if rand::fill(bytes).is_err() {
        std::process::abort();
    }
}
