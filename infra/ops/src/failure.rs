//! What can go wrong, in the operator's words.

use std::{fmt, io};

use app::BadConfig;
use domain::{partner::PartnerId, service::ClientId};
use table::{Unavailable, WriteError};

/// Why something was not done.
#[derive(Debug)]
pub enum Failure {
    /// These are wrong with the files: a line each.
    Mistakes(Vec<String>),
    /// The registry has no such service.
    NotRegistered(ClientId),
    /// Somebody changed the service meanwhile.
    Conflict(ClientId),
    /// The service proves itself by a key of its own, and has no secrets.
    HasAKey(ClientId),
    /// No account has this address.
    NoAccount,
    /// The account is not linked to this partner.
    NotLinked(PartnerId),
    /// The account has no password, and nobody could sign in.
    NoPassword,
    /// The account has changed meanwhile.
    AccountChanged,
    /// The operator did not say yes.
    Declined,
    /// There is no terminal on which to ask.
    NobodyToAsk,
    /// The environment does not say which stack.
    NoStack(BadConfig),
    /// The table or the secret store did not do its part.
    Unavailable(String),
    /// The registration could not be written out.
    Unwritten(serde_norway::Error),
    /// What was to be said could not be said, or the answer not be read.
    Unheard(io::Error),
}

impl Failure {
    /// Why this service was not written.
    pub(crate) fn of_writing(id: &ClientId, error: WriteError) -> Self {
        match error {
            WriteError::Conflict(_) => Self::Conflict(id.clone()),
            WriteError::Unavailable(error) => error.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistakes(lines) => {
                let plural = if lines.len() == 1 { "" } else { "s" };
                write!(
                    f,
                    "{} mistake{plural}, and nothing was written:\n  {}",
                    lines.len(),
                    lines.join("\n  ")
                )
            }
            Self::NotRegistered(id) => {
                write!(f, "there is no service {id}: `ops services list` has them all")
            }
            Self::Conflict(id) => {
                write!(f, "somebody else changed {id} meanwhile: look at it and run this again")
            }
            Self::HasAKey(id) => {
                write!(f, "{id} proves itself by its own key (private_key_jwt) and has no secret")
            }
            Self::NoAccount => write!(f, "no account has this address"),
            Self::NotLinked(partner) => write!(f, "the account is not linked to {partner}"),
            Self::NoPassword => write!(
                f,
                "the account has no password, and nobody could sign in: its resident sets one by “Forgot password” first"
            ),
            Self::AccountChanged => write!(f, "the account has changed meanwhile: run this again"),
            Self::Declined => write!(f, "nothing is done"),
            Self::NobodyToAsk => {
                write!(f, "nobody can be asked here, so nothing is done: --yes does it without asking")
            }
            Self::NoStack(error) => {
                write!(f, "{error}: say of which stack: scripts/ops STACK REGION, or scripts/ops local")
            }
            Self::Unavailable(reason) => write!(f, "the stack did not do its part: {reason}"),
            Self::Unwritten(error) => write!(f, "the registration can't be written out: {error}"),
            Self::Unheard(error) => write!(f, "the terminal failed: {error}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<BadConfig> for Failure {
    fn from(error: BadConfig) -> Self {
        Self::NoStack(error)
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

impl From<serde_norway::Error> for Failure {
    fn from(error: serde_norway::Error) -> Self {
        Self::Unwritten(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Unheard(error)
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
        let overtaken = WriteError::Conflict(Conflict::Service);
        for (failure, words) in [
            (
                Failure::Mistakes(mistakes[..1].to_vec()),
                "1 mistake, and nothing was written:\n  a.yaml: scopes must have openid",
            ),
            (
                Failure::Mistakes(mistakes),
                "2 mistakes, and nothing was written:\n  a.yaml: scopes must have openid\n  a.yaml: b",
            ),
            (
                Failure::NotRegistered(id.clone()),
                "there is no service health: `ops services list` has them all",
            ),
            (
                Failure::of_writing(&id, overtaken),
                "somebody else changed health meanwhile: look at it and run this again",
            ),
            (Failure::HasAKey(id), "health proves itself by its own key (private_key_jwt) and has no secret"),
            (Failure::Declined, "nothing is done"),
            (Failure::NotLinked("bank".parse().unwrap()), "the account is not linked to bank"),
            (
                Failure::NoStack(BadConfig("TABLE_NAME")),
                "the environment variable TABLE_NAME is missing or wrong: say of which stack: scripts/ops STACK REGION, or scripts/ops local",
            ),
            (
                app::Failure::new("a secret can't be read: AccessDeniedException").into(),
                "the stack did not do its part: a secret can't be read: AccessDeniedException",
            ),
        ] {
            assert_eq!(failure.to_string(), words);
        }
    }
}
