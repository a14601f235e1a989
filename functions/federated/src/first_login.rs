//! The first sign-in with an identity that is linked to no account (RULES 4.3, 4.4).

pub(crate) mod address;
pub(crate) mod code;
mod create_account;
mod taken;
