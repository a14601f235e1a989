//! The one source of randomness.

use aws_lc_rs::rand;
use data_encoding::BASE64URL_NOPAD;

/// 256 random bits, as 43 characters that fit in a URL, a cookie and a PKCE verifier.
#[expect(clippy::disallowed_methods, reason = "this is the demo service's one source of randomness")]
pub(crate) fn secret() -> String {
    let mut bytes = [0; 32];
    // A state or a cookie that can be guessed protects nobody: without randomness there is nothing to go on with.
    if rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    BASE64URL_NOPAD.encode(&bytes)
}
