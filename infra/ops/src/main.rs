//! The operators' command. `scripts/ops` builds and runs it.

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
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers, json: arguments.json };
    match ops::execute(&arguments, &mut terminal).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed standard error can't be reported anywhere.
            let _ = writeln!(notes, "ops: {failure}");
            ExitCode::FAILURE
        }
    }
}
