//! `local [--fresh]`: the service on this computer. `scripts/dev` builds and starts it.

use std::{env, io::Write, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let is_fresh = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--fresh"] => true,
        _ => return refuse("the one option is --fresh"),
    };
    match local::run(is_fresh).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure.to_string()),
    }
}

fn refuse(why: &str) -> ExitCode {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "local: {why}");
    ExitCode::FAILURE
}
