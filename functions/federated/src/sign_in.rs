//! Signing in with a partner: to the partner, and back.

pub(crate) mod callback;
pub(crate) mod start;
