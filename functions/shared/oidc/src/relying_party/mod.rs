//! Our side of a sign-in at a partner: OpenID Connect as a relying party, by the authorization code flow with PKCE
//! (OpenID Connect Core section 3.1, RULES 4.1).
//!
//! In the order of a sign-in:
//!
//! 1. [`provider_metadata`]: the partner's discovery document, parsed and checked.
//! 2. [`authentication_request`]: the URL that the browser is sent to.
//! 3. [`authentication_response`]: what the browser brings back, checked against mix-up attacks (RFC 9207).
//! 4. [`client_assertion`] and [`token_request`]: the call of the token endpoint, which authenticates us by
//!    `private_key_jwt`.
//! 5. [`token_response`]: its response, from which only the ID token is used.
//! 6. [`id_token`]: the checks of OpenID Connect Core section 3.1.3.7, by the keys of [`key_set`].
//!
//! The function `federated` makes the requests, caches metadata and keys, and fetches the keys again when a token names an
//! unknown one. Errors are reasons for its log: they hold no claim, token or secret (RULES 9.6).

pub mod authentication_request;
pub mod authentication_response;
pub mod client_assertion;
pub mod id_token;
pub mod key_set;
pub mod provider_metadata;
pub mod token_request;
pub mod token_response;
