//! The command line of `ops mail`.

use clap::{Args, Subcommand};
use domain::{email::EmailAddress, id::OutboxId};

/// The commands for emails.
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Show whether an address receives emails, and what became of the emails of the last 30 days
    ///
    /// Works for addresses with and without an account.
    Show {
        /// The email address
        #[arg(value_parser = email)]
        email: EmailAddress,
    },
    /// Send to an address again that bounced or complained
    ///
    /// Takes the address off SES's suppression list, ends the warning that its resident sees, and sends a test email to its
    /// account. If that bounces, the warning is back: check with `mail show`.
    Allow {
        /// The email address
        #[arg(value_parser = email)]
        email: EmailAddress,
        /// Change without confirmation
        #[arg(long)]
        yes: bool,
    },
    /// List the emails that could not be sent, oldest first
    ///
    /// Each has its ID, kind, account, time and reason: `rejected` by SES five times, `expired` after 72 hours, or
    /// `unreadable` with the keys that the stack has.
    Failed,
    /// Send failed emails again, once their cause is fixed
    ///
    /// The next scheduled run sends them, within a minute. Links and codes in them that have expired are replaced by a button to
    /// request another one.
    Redrive {
        #[command(flatten)]
        which: Which,
        /// Send without confirmation
        #[arg(long)]
        yes: bool,
    },
}

/// The emails to send again.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The email's ID, as `mail failed` prints it
    #[arg(value_parser = outbox_id)]
    pub id: Option<OutboxId>,
    /// All failed emails that can be read
    #[arg(long)]
    pub all: bool,
}

fn email(text: &str) -> Result<EmailAddress, &'static str> {
    text.parse().map_err(|_| "not an email address")
}

fn outbox_id(text: &str) -> Result<OutboxId, &'static str> {
    text.parse().map_err(|_| "not an email's ID")
}
