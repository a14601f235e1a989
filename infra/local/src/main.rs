//! The service on this computer. `scripts/dev` builds and starts it.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use local::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    match local::run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed standard error can't be reported anywhere.
            let _ = writeln!(std::io::stderr(), "local: {failure}");
            ExitCode::FAILURE
        }
    }
}
