//! OAuth and OpenID Connect as pure functions: no I/O, and the time is a parameter.
//!
//! The crate has two halves, one for each of our roles:
//!
//! - **OpenID provider**, for services. A sign-in passes through [`authorize`] (the request and its response),
//!   [`client_authentication`] with [`client_assertion`], [`token`], [`id_token`], and later [`logout`]. [`metadata`] and
//!   [`signing_keys`] are what services discover; [`registration`] is what operators register; [`subject`] derives the
//!   identifiers of residents.
//! - **Relying party**, of sign-in partners: [`relying_party`].
//!
//! The checks of a message are one function each, listed in order in one table with the section that requires them:
//! [`authorize::CHECKS`], [`token::CODE_CHECKS`], [`relying_party::id_token::CHECKS`]. To review a flow against its
//! specification, read its table.
//!
//! What needs the network, the table or the clock is in the functions that use this crate, in `app` and in `outbound`.

pub mod authorize;
pub mod claims;
pub mod client_assertion;
pub mod client_authentication;
pub mod error;
pub mod id_token;
pub mod logout;
pub mod metadata;
pub mod parameters;
mod redirect;
pub mod registration;
pub mod relying_party;
mod resource;
pub mod signing_keys;
pub mod subject;
pub mod token;

pub use error::{ErrorCode, OAuthError};
pub use parameters::Parameters;
pub use subject::{SubjectError, subject};
