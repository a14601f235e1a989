//! The errors that operators see.

use std::io;

use app::BadConfig;
use domain::{
    id::{AccountId, AuthenticatorId, OutboxId},
    partner::PartnerId,
    service::ClientId,
};
use table::{Unavailable, WriteError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The files have these mistakes, one per line.
    #[error(
        "{} mistake{}; nothing was written:\n  {}",
        .0.len(),
        if .0.len() == 1 { "" } else { "s" },
        .0.join("\n  ")
    )]
    Mistakes(Vec<String>),
    /// The registry has no service with this ID.
    #[error("there is no service {0}: `ops services list` lists all of them")]
    NotRegistered(ClientId),
    /// Another operator changed the service after it was read.
    #[error("another operator changed {0} at the same time: check the service and run this command again")]
    Conflict(ClientId),
    /// The service authenticates with its own key and has no secrets.
    #[error("{0} authenticates with its own key (private_key_jwt) and has no secret")]
    HasAKey(ClientId),
    /// No account has this email address.
    #[error("no account has this email address")]
    NoAccount,
    /// The account that had this email address changed to another one.
    #[error(
        "no account has this email address: account {0} had it, and changed to another one within the last 10 days; ask the resident for that"
    )]
    FormerAddress(AccountId),
    /// No account has this ID.
    #[error("no account has the ID {0}")]
    NoAccountWithId(AccountId),
    /// The address was registered, and its link was not used yet.
    #[error("no account has this email address: a registration waits for its activation")]
    NotActivated,
    /// The account is not locked.
    #[error("the account is not locked")]
    NotLocked,
    /// The account is closed already.
    #[error("the account is closed already, and is deleted at {0}")]
    ClosedAlready(domain::Timestamp),
    /// The account has no such authenticator.
    #[error("the account has no authenticator {0}: `ops accounts show` lists them")]
    NoAuthenticator(AuthenticatorId),
    /// STS did not say whose the credentials are.
    #[error("AWS STS does not say who you are: {0}; nothing was changed")]
    Identity(String),
    /// The account is not linked to this partner.
    #[error("the account is not linked to {0}")]
    NotLinked(PartnerId),
    /// The account has no password, so its resident could no longer sign in.
    #[error(
        "the account has no password, so nobody could sign in to it: ask the resident to set one with “Forgot password” first"
    )]
    NoPassword,
    /// The account changed after it was read.
    #[error("the account has changed since it was read: run this command again")]
    AccountChanged,
    /// SES sends to the address, and its emails arrive as far as is known.
    #[error(
        "the address is not on SES's suppression list, and has no problem: `ops mail show` says what is known"
    )]
    NotSuppressed,
    /// No email with this ID is kept as failed.
    #[error("{0} is not a failed email: `ops mail failed` lists them")]
    NotFailed(OutboxId),
    /// The email can't be read with the keys of the key ring.
    #[error("{0} can't be read with the keys of the key ring; nothing was changed")]
    Unreadable(OutboxId),
    /// The operator did not confirm.
    #[error("not confirmed; nothing was changed")]
    Declined,
    /// There is no terminal to ask for a confirmation.
    #[error("there is no terminal to ask for a confirmation; nothing was changed: --yes confirms")]
    NoTerminal,
    /// The environment does not name a stack.
    #[error("{0}: name the stack: scripts/ops STACK REGION, or scripts/ops local")]
    NoStack(#[from] BadConfig),
    /// A call of the table or of the secret store failed.
    #[error("the stack is unavailable: {0}")]
    Unavailable(String),
    /// The result could not be serialized.
    #[error("the result can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The registration could not be serialized.
    #[error("the registration can't be written as YAML: {0}")]
    Yaml(#[from] yaml_serde::Error),
    /// Reading from or writing to the terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

impl Failure {
    /// Why a change of this service was not written.
    pub(crate) fn from_write(id: &ClientId, error: WriteError) -> Self {
        match error {
            WriteError::Conflict(_) => Self::Conflict(id.clone()),
            WriteError::Unavailable(error) => error.into(),
        }
    }
}

impl From<app::Failure> for Failure {
    fn from(error: app::Failure) -> Self {
        Self::Unavailable(error.reason)
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error.reason)
    }
}

#[cfg(test)]
mod tests {
    use table::Conflict;

    use super::*;

    #[test]
    fn each_failure_says_what_to_do_next() {
        let id: ClientId = "health".parse().unwrap();
        let mistakes = vec!["a.yaml: scopes must have openid".to_owned(), "a.yaml: b".to_owned()];
        let conflict = WriteError::Conflict(Conflict::Service);
        for (failure, message) in [
            (
                Failure::Mistakes(mistakes[..1].to_vec()),
                "1 mistake; nothing was written:\n  a.yaml: scopes must have openid",
            ),
            (
                Failure::Mistakes(mistakes),
                "2 mistakes; nothing was written:\n  a.yaml: scopes must have openid\n  a.yaml: b",
            ),
            (
                Failure::NotRegistered(id.clone()),
                "there is no service health: `ops services list` lists all of them",
            ),
            (
                Failure::from_write(&id, conflict),
                "another operator changed health at the same time: check the service and run this command again",
            ),
            (
                Failure::HasAKey(id),
                "health authenticates with its own key (private_key_jwt) and has no secret",
            ),
            (Failure::Declined, "not confirmed; nothing was changed"),
            (Failure::NotLinked("bank".parse().unwrap()), "the account is not linked to bank"),
            (
                Failure::NoStack(BadConfig("TABLE_NAME")),
                "the environment variable TABLE_NAME is missing or wrong: name the stack: scripts/ops STACK REGION, or scripts/ops local",
            ),
            (
                app::Failure::new("a secret can't be read: AccessDeniedException").into(),
                "the stack is unavailable: a secret can't be read: AccessDeniedException",
            ),
        ] {
            assert_eq!(failure.to_string(), message);
        }
    }
}
