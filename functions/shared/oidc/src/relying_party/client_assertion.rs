//! The assertion by which we authenticate at a partner's token endpoint (`private_key_jwt`: RFC 7523 section 3,
//! OpenID Connect Core section 9).

use domain::{SignedDuration, Timestamp, service::SigningAlgorithm};
use serde::Serialize;

use crate::signing_keys::{SigningKeyError, SigningKeys};

/// How long an assertion is valid: it is used at once.
const LIFETIME: SignedDuration = SignedDuration::from_secs(60);

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
}

/// Signs an assertion with the key whose public half is at our `jwks_uri`. The audience is the partner's issuer
/// identifier; `jti` is a fresh random value.
///
/// # Errors
/// [`SigningKeyError`].
pub fn client_assertion(
    client_id: &str,
    audience: &str,
    jti: &str,
    keys: &SigningKeys,
    now: Timestamp,
) -> Result<String, SigningKeyError> {
    let claims = Claims {
        iss: client_id,
        sub: client_id,
        aud: audience,
        iat: now.as_second(),
        exp: (now + LIFETIME).as_second(),
        jti,
    };
    keys.sign(SigningAlgorithm::Rs256, &claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client_assertion::verify, id_token::tests::key_pairs, signing_keys::tests::at};

    #[test]
    fn rule_4_1_our_assertion_is_one_that_we_would_accept() {
        let (keys, public) = key_pairs();
        let assertion = client_assertion("us", "https://bank.example", "1", &keys, at(1)).unwrap();
        let verified = |audience, hours| {
            verify(&assertion, &"us".parse().unwrap(), public.published(), audience, at(hours))
        };
        assert_eq!(verified("https://bank.example", 1).unwrap().jti, "1");
        assert!(verified("https://other.example", 1).is_err());
        assert!(verified("https://bank.example", 2).is_err());
    }
}
