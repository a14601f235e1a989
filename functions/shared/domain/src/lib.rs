//! The product rules: RULES 2 to 7 as plain functions of their inputs, the time and the given randomness.
//!
//! The crate does no input or output. It knows neither DynamoDB nor HTTP, reads no clock and draws no random number:
//! `now` and random bytes are parameters, so every rule can be tested without a stand-in. The crate `table` stores its
//! values, and the flows call its functions to decide.
//!
//! # Conventions
//! - A state is a type. A transition consumes it and returns the only value that the table writes, such as
//!   [`account::Unlocked`].
//! - Input is parsed where it enters, into a type whose values are valid, such as [`email::EmailAddress`].
//! - Every entity has its own type of [`id`], and every [`secret`] its own kind.
//! - Personal data and secrets have no readable `Debug` output.
//!
//! # Where to start
//! - Registration: [`registration`], then [`link`] for the activation link and [`account`] for the states after it.
//! - Sign-in: [`attempts`] counts failures, [`hashing`] compares passwords, [`comparisons`] checks in tests that
//!   every comparison was counted, [`session`] is the result.
//! - Two-step verification: [`factors`], then [`verification`] for the next step, and [`assurance`] for the level reached.
//! - Services: [`service`] is a registered client, [`authorization`] decides about its request, [`interaction`] is the sign-in
//!   in progress, [`grant`] holds the code and tokens.
//! - Sign-in partners: [`partner`].
//! - A change of the email address: [`email_change`], and [`former_address`] for the way back.
//! - Emails: [`outbox`] for which is sent first, and how fast; [`delivery`] for what became of them.
//! - Keys: [`keys`] for what is encrypted, hashed or authenticated, and by which version; [`origin_secret`] for what proves
//!   that a request came through `CloudFront`.

pub mod account;
pub mod assurance;
pub mod attempts;
pub mod authorization;
pub mod closing;
pub mod comparisons;
pub mod contact;
pub mod delivery;
pub mod device;
pub mod email;
pub mod email_change;
pub mod email_limits;
pub mod factors;
pub mod form;
pub mod former_address;
pub mod grant;
pub mod hashing;
pub mod id;
pub mod interaction;
pub mod keys;
pub mod language;
pub mod limits;
pub mod link;
pub mod notices;
pub mod operator;
pub mod origin_secret;
pub mod outbox;
pub mod partner;
pub mod password;
pub mod proof;
pub mod recovery;
pub mod registration;
pub mod secret;
pub mod service;
pub mod session;
pub mod shared_networks;
pub mod verification;
pub mod work;

#[cfg(feature = "strength")]
mod strength;

pub use jiff::{SignedDuration, Timestamp};
