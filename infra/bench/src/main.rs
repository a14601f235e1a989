//! The measurements of `scripts/bench` that run the flows and the embedded database in one process.

use std::{env, error::Error, process::ExitCode};

mod anonymous;
mod processor;
mod resident;
mod sign_in;
mod timing;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("anonymous") => anonymous::run().await,
        Some("sign-in") => sign_in::run().await,
        Some("timing") => timing::run().await,
        _ => Err("name the measurement: anonymous, sign-in or timing".into()),
    }
}
