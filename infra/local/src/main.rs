//! `local [--fresh] [--origin https://…]`: the service on this computer. `scripts/dev` builds and starts it.

use std::{env, io::Write, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let (mut is_fresh, mut origin, mut arguments) = (false, None, env::args().skip(1));
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--fresh" => is_fresh = true,
            "--origin" => match arguments.next().filter(|origin| is_origin(origin)) {
                Some(given) => origin = Some(given),
                None => return refuse("--origin is followed by an origin, such as https://account.example"),
            },
            _ => return refuse("the options are --fresh and --origin https://account.example"),
        }
    }
    match local::run(is_fresh, origin).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure.to_string()),
    }
}

/// A scheme and a host, and nothing after them.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']))
}

fn refuse(why: &str) -> ExitCode {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "local: {why}");
    ExitCode::FAILURE
}
