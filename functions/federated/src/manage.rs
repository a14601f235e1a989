//! The partners of an account (RULES 4.4, 4.8).

pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod unlink;
