//! What the flows of signed-in residents share: sessions, step-up verification, and security emails.
//!
//! `ops` uses it, too, so that an operator's change sends the same emails as a resident's.

pub mod emails;
