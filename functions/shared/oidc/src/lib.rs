//! OpenID Connect and OAuth as pure functions: nothing here does input or output, time is a parameter.
//!
//! Each specification's checks are one function each, listed in order in one table: [`authorize`], [`token`],
//! [`client`], [`logout`].

pub mod assertion;
pub mod authorize;
pub mod claims;
pub mod client;
pub mod error;
pub mod id_token;
pub mod keys;
pub mod logout;
pub mod metadata;
pub mod parameters;
pub mod registration;
pub mod token;

pub use error::{Error, Refused};
pub use parameters::Parameters;
