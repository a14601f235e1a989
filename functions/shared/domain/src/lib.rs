//! The rules of the service (RULES 2 to 7) as plain functions of their inputs, the time and given randomness.
//!
//! Nothing here does input or output. A state is a type, and a move consumes it.

pub mod account;
pub mod assurance;
pub mod attempts;
pub mod authorization;
pub mod contact;
pub mod device;
pub mod email;
pub mod factors;
pub mod form;
pub mod grant;
pub mod hashing;
pub mod id;
pub mod interaction;
pub mod keys;
pub mod language;
pub mod limits;
pub mod link;
pub mod partner;
pub mod password;
pub mod recovery;
pub mod registration;
pub mod secret;
pub mod service;
pub mod session;
pub mod verification;

#[cfg(feature = "strength")]
mod strength;

pub use jiff::{SignedDuration, Timestamp};
