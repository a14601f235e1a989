//! The operators' command: registers services from files that can be kept in version control (RULES 6.3), shows and
//! changes accounts (RULES 7.6), shows and repairs the delivery of emails (RULES 8.11, 9.4), and rotates keys (RULES 9.5).
//!
//! `main` parses the command line and calls [`execute`]. The local run and the tests call [`apply`] and
//! [`new_secret`].

mod accounts;
mod arguments;
mod audit;
mod change;
mod environment;
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
mod signed_request;
mod terminal;
mod values;

use std::sync::Arc;

use ::app::App;
use domain::keys::KeyPurpose;

pub use accounts::run as run_accounts;
pub use arguments::{
    AccountChange, Accounts, Arguments, KeyName, Keys, Rekey, RemovableFactor, Subject, Target, Who,
};
pub use audit::{Filter, run as run_audit};
pub use change::Change;
pub use environment::Environment;
pub use failure::Failure;
pub use files::{parse, read};
pub use health::run as run_health;
pub use identity::caller;
pub use keys::run as run_keys;
pub use mail::{Mail, Which, run as run_mail};
pub use registry::{apply, changes, new_secret, retire_secret, switch};
pub use services::{Services, run};
pub use terminal::Terminal;

/// Runs a command against the stack or the local run that the arguments name. `services check` and `health` need neither.
///
/// # Errors
/// [`Failure`], whose message is meant for the operator.
pub async fn execute(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match &arguments.subject {
        Subject::Services(Services::Check { files }) => {
            services::check(files, arguments.local.is_some(), terminal)
        }
        Subject::Health { url, account } => run_health(url, account.as_deref(), terminal).await,
        Subject::Keys(command) => run_keys(&environment(arguments).await?.config()?, command, terminal).await,
        Subject::Services(command) => {
            let (app, environment) = open(arguments).await?;
            run(&app, || environment.caller(), command, terminal).await
        }
        Subject::Accounts(command) => {
            let (app, environment) = open(arguments).await?;
            run_accounts(&app, || environment.caller(), command, terminal).await
        }
        Subject::Mail(command) => {
            let (app, environment) = open(arguments).await?;
            run_mail(&app, || environment.caller(), command, terminal).await
        }
        Subject::Audit { who, since, until, kind } => {
            let (app, _) = open(arguments).await?;
            run_audit(&app, who, Filter { since: *since, until: *until, kind: *kind }, terminal).await
        }
    }
}

async fn environment(arguments: &Arguments) -> Result<Environment, Failure> {
    Environment::of(arguments, ::app::clock::now()).await
}

/// The app of the stack, and its environment. Operators find and encrypt personal data, and read no other secret.
async fn open(arguments: &Arguments) -> Result<(App, Environment), Failure> {
    let environment = environment(arguments).await?;
    let mut config = environment.config()?;
    config.key_secrets.retain(|purpose, _| *purpose == KeyPurpose::Data);
    config.origin_secret = None;
    Ok((App::start(&Arc::new(config), None).await?, environment))
}
