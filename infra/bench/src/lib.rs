//! What a stranger's requests cost: the requests, and what they write (RULES 3.11, Cost). The measurement
//! `scripts/bench anonymous` and the test of the budget share them.

mod hostile;
mod written;

pub use hostile::{HostileRequest, Target, requests};
pub use written::{Meter, written_bytes};
