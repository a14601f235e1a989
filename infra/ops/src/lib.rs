//! The operators' command: registers services from files that can be kept in version control (RULES 6.3), shows and
//! changes accounts (RULES 7.6), and shows and repairs the delivery of emails (RULES 8.11, 9.4).
//!
//! `main` parses the command line and calls [`from_environment`]. The local run and the tests call [`apply`] and
//! [`new_secret`].

mod accounts;
mod arguments;
mod audit;
mod change;
mod failure;
mod files;
mod identity;
mod listing;
mod mail;
mod registry;
mod report;
mod services;
mod terminal;

use std::{env, sync::Arc};

use ::app::{App, Config};

pub use accounts::run as run_accounts;
pub use arguments::{AccountChange, Accounts, Arguments, Services, Subject, Target, Who};
pub use audit::{Filter, run as run_audit};
pub use change::Change;
pub use failure::Failure;
pub use files::{parse, read};
pub use identity::caller;
pub use mail::{Mail, Which, run as run_mail};
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
    let caller = || caller(|name| env::var(name).ok(), app.now());
    match &arguments.subject {
        Subject::Services(command) => run(&app, command, terminal).await,
        Subject::Accounts(command) => run_accounts(&app, caller, command, terminal).await,
        Subject::Mail(command) => run_mail(&app, caller, command, terminal).await,
        Subject::Audit { who, since, until, kind } => {
            let filter = Filter { since: *since, until: *until, kind: kind.as_deref() };
            run_audit(&app, who, filter, terminal).await
        }
    }
}
