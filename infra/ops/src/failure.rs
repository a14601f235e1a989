//! The errors that operators see.

use std::io;

use app::BadConfig;
use domain::{
    id::{AccountId, AuthenticatorId, OutboxId},
    keys::KeyPurpose,
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
    /// The account is suspended.
    #[error("the account has been suspended since {0}: run `ops accounts reinstate` first")]
    Suspended(domain::Timestamp),
    /// The account is not suspended.
    #[error("the account is not suspended")]
    NotSuspended,
    /// The account is closed already.
    #[error("the account is closed already, and is deleted at {0}")]
    ClosedAlready(domain::Timestamp),
    /// The account has no such authenticator.
    #[error("the account has no authenticator {0}: `ops accounts show` lists them")]
    NoAuthenticator(AuthenticatorId),
    /// The account has no recovery codes.
    #[error("the account has no recovery codes")]
    NoRecoveryCodes,
    /// The code by email is on.
    #[error("the code by email is on")]
    EmailCodeIsOn,
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
    /// The stack does not name the secret of these keys.
    #[error("the stack names no secret for the {} keys", .0.name())]
    NoKeySecret(KeyPurpose),
    /// The secret does not have this key.
    #[error(
        "the secret has no key {0}: run scripts/key-ring only if the stack is new; otherwise, see “A key is lost” in docs/operate/runbooks.md"
    )]
    NoKey(&'static str),
    /// The key does not have this version.
    #[error("the key {key} has no version {version}: `ops keys list` lists them")]
    NoVersion {
        /// The key.
        key: &'static str,
        /// The version.
        version: u8,
    },
    /// The version is the current one or a later one.
    #[error(
        "version {version} of the key {key} is in use or comes into use: only versions before the current one are removed"
    )]
    KeyNotOld {
        /// The key.
        key: &'static str,
        /// The version.
        version: u8,
    },
    /// Functions may not know the new version yet.
    #[error(
        "some functions do not know version {version} of the key {key} yet: run this command again after {at}"
    )]
    NotKnownYet {
        /// The key.
        key: &'static str,
        /// The version.
        version: u8,
        /// When every function knows it.
        at: domain::Timestamp,
    },
    /// Values of the version are still in use.
    #[error(
        "values of version {version} of the key {key} are in use until {at}: remove it after that, or with --leaked if that is worse than ending them"
    )]
    StillNeeded {
        /// The key.
        key: &'static str,
        /// The version.
        version: u8,
        /// When the last of them ends.
        at: domain::Timestamp,
    },
    /// When the version was replaced is not recorded.
    #[error(
        "the secret does not say when version {version} of the key {key} was replaced: write that time to its field `replaced_at`"
    )]
    NoReplacement {
        /// The key.
        key: &'static str,
        /// The version.
        version: u8,
    },
    /// Items still have values that an older version encrypted.
    #[error(
        "{stale} items have values that older keys encrypted: run `ops keys rekey` before a version of {key} is removed"
    )]
    KeyInUse {
        /// The key.
        key: &'static str,
        /// The number of items.
        stale: u64,
    },
    /// Items are still under an older version of the lookup key.
    #[error(
        "older versions of lookup are in use: {found} items wait for `ops keys rekey`, {waiting} partner identities for their next sign-in, {expiring} registrations, reserved addresses and links for their end; --leaked gives up the last two"
    )]
    LookupInUse {
        /// The number of items that can be moved.
        found: u64,
        /// The number of identities that can't be moved before they sign in.
        waiting: u64,
        /// The number of items that expire.
        expiring: u64,
    },
    /// Values stay under every version.
    #[error("no version of the key {0} is ever removed: values stay under it")]
    KeptForever(&'static str),
    /// A leak is not mended by a new version.
    #[error(
        "what the key {0} encrypted or named stays under it, so that a new version has no hurry: rotate it without --leaked"
    )]
    KeepsValues(&'static str),
    /// Versions go up to 255.
    #[error("the key {0} has no version left: versions go up to 255")]
    NoVersionLeft(&'static str),
    /// Another operator changed the secret after it was read.
    #[error(
        "another operator changed the keys at the same time; nothing was changed: run this command again"
    )]
    KeysChanged,
    /// The deployment failed this many of the checks.
    #[error("{failed} of {checks} checks failed")]
    Unhealthy {
        /// How many checks failed.
        failed: usize,
        /// How many checks were made.
        checks: usize,
    },
    /// The file does not describe an account for tests.
    #[error("{0} must be a JSON object with email, password and totp_secret")]
    BadAccount(String),
    /// SES sends to the address, and its emails arrive as far as is known.
    #[error(
        "the address is not on SES's suppression list, and has no problem: `ops mail show` says what is known"
    )]
    NotSuppressed,
    /// No email with this ID is kept as failed.
    #[error("{0} is not a failed email: `ops mail failed` lists them")]
    NotFailed(OutboxId),
    /// The email can't be read with the keys of the stack.
    #[error("{0} can't be read with the keys of the stack; nothing was changed")]
    Unreadable(OutboxId),
    /// The operator did not confirm.
    #[error("not confirmed; nothing was changed")]
    Declined,
    /// There is no terminal to ask for a confirmation.
    #[error("there is no terminal to ask for a confirmation; nothing was changed: --yes confirms")]
    NoTerminal,
    /// The arguments do not name a stack.
    #[error("name the stack with --stack, or use --local for the run of scripts/dev")]
    NoStack,
    /// The stack could not be read.
    #[error("the stack can't be read: {0}")]
    Stack(String),
    /// The stack is not configured as this release expects.
    #[error("{0}: use the release of `ops` that the stack has")]
    Configuration(#[from] BadConfig),
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
                Failure::Configuration(BadConfig("TABLE_NAME")),
                "the environment variable TABLE_NAME is missing or wrong: use the release of `ops` that the stack has",
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
