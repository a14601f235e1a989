//! The operators' command: registers services from files that can be kept in version control (RULES 6.3), and removes
//! sign-in partners of an account (RULES 4.8).
//!
//! `main` parses the command line and calls [`from_environment`]. The local run and the tests call [`apply`] and
//! [`new_secret`].

mod arguments;
mod change;
mod failure;
mod files;
mod listing;
mod partners;
mod registry;
mod services;
mod terminal;

use std::{env, sync::Arc};

use ::app::{App, Config};

pub use arguments::{Arguments, Partners, Services, Subject};
pub use change::Change;
pub use failure::Failure;
pub use files::{parse, read};
pub use partners::run as run_partners;
pub use registry::{apply, changes, new_secret, retire_secret, switch};
pub use services::run;
pub use terminal::Terminal;

/// Runs a command against the table that the environment names. `services check` needs no table.
///
/// # Errors
/// [`Failure`], whose message is meant for the operator.
pub async fn from_environment(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    if let Subject::Services(Services::Check { files }) = &arguments.subject {
        let loopback = env::var("OUTBOUND_LOOPBACK").is_ok_and(|value| value == "allow");
        return services::check(files, loopback, terminal);
    }
    let app = App::start(&Arc::new(Config::from_env()?), None).await?;
    match &arguments.subject {
        Subject::Services(command) => run(&app, command, terminal).await,
        Subject::Partners(command) => run_partners(&app, command, terminal).await,
    }
}
