//! `ops`: what operators do from the command line. `scripts/ops` gives it a stack, or the local run.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use ops::{Arguments, Terminal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (mut out, mut notes, mut input) = (io::stdout(), io::stderr(), io::stdin().lock());
    let answers = io::stdin().is_terminal().then_some(&mut input as &mut dyn BufRead);
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers };
    match ops::from_environment(&arguments, &mut terminal).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(notes, "ops: {failure}");
            ExitCode::FAILURE
        }
    }
}
