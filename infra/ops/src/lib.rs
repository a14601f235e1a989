//! What operators do from the command line: the registry of services (RULES 6.3), from files that can live in version
//! control; the sign-in partners of an account (RULES 4.8). `main` is its wiring; the local run and the tests call
//! [`apply`] and [`new_secret`].

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

/// Does what was asked for, with the table that the environment names; checking files needs none.
///
/// # Errors
/// [`Failure`], in the operator's words.
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
