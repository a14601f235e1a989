//! Randomness.

use aws_lc_rs::rand;
use data_encoding::BASE64URL_NOPAD;

#[expect(clippy::disallowed_methods, reason = "this is the demo service's one source of randomness")]
/// 256 random bits as 43 characters, valid in a URL, a cookie and a PKCE verifier.
pub(crate) fn secret() -> String {
    let mut bytes = [0; 32];
    // A predictable state or cookie protects nobody, so the service can't continue without randomness.
    if rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    BASE64URL_NOPAD.encode(&bytes)
}
