//! The operators' command: registers services from files that can be kept in version control (RULES 6.3), shows and
//! changes accounts (RULES 7.6), shows and repairs the delivery of emails (RULES 8.11, 9.4), and rotates keys (RULES 9.5).
//!
//! `main` parses the command line and calls [`from_environment`]. The local run and the tests call [`apply`] and
//! [`new_secret`].

mod accounts;
mod arguments;
mod audit;
mod change;
mod failure;
mod files;
mod health;
mod identity;
mod key_secret;
mod keys;
mod listing;
mod mail;
mod registry;
mod report;
mod services;
mod terminal;
mod values;

use std::{env, sync::Arc};

use ::app::{App, Config};
use domain::keys::KeyPurpose;

pub use accounts::run as run_accounts;
pub use arguments::{
    AccountChange, Accounts, Arguments, KeyName, Keys, Rekey, Services, Subject, Target, Who,
};
pub use audit::{Filter, run as run_audit};
pub use change::Change;
pub use failure::Failure;
pub use files::{parse, read};
pub use health::run as run_health;
pub use identity::caller;
pub use keys::run as run_keys;
pub use mail::{Mail, Which, run as run_mail};
pub use registry::{apply, changes, new_secret, retire_secret, switch};
pub use services::run;
pub use terminal::Terminal;

/// Runs a command against the table that the environment names. `services check` needs no table.
///
/// # Errors
/// [`Failure`], whose message is meant for the operator.
pub async fn from_environment(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let caller = || caller(|name| env::var(name).ok(), ::app::clock::now());
    match &arguments.subject {
        Subject::Services(Services::Check { files }) => {
            let loopback = env::var("OUTBOUND_LOOPBACK").is_ok_and(|value| value == "allow");
            services::check(files, loopback, terminal)
        }
        Subject::Health { url, account } => run_health(url, account.as_deref(), terminal).await,
        Subject::Keys(command) => run_keys(&Config::from_env()?, command, terminal).await,
        Subject::Services(command) => run(&app().await?, caller, command, terminal).await,
        Subject::Accounts(command) => run_accounts(&app().await?, caller, command, terminal).await,
        Subject::Mail(command) => run_mail(&app().await?, caller, command, terminal).await,
        Subject::Audit { who, since, until, kind } => {
            let filter = Filter { since: *since, until: *until, kind: *kind };
            run_audit(&app().await?, who, filter, terminal).await
        }
    }
}

/// The app of the stack. Operators find and encrypt personal data, and have no other keys.
async fn app() -> Result<App, Failure> {
    let mut config = Config::from_env()?;
    config.key_secrets.retain(|purpose, _| *purpose == KeyPurpose::Data);
    Ok(App::start(&Arc::new(config), None).await?)
}
