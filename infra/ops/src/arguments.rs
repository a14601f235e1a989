//! The command line.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand};
use domain::{
    Timestamp,
    email::EmailAddress,
    id::{AccountId, AuthenticatorId},
    partner::PartnerId,
};
use table::AuditEvent;
use url::Url;

use crate::{Mail, Services, values};

/// Manages the services, accounts, emails and keys of a stack.
///
/// --stack names a deployed stack. The AWS credentials are those of the shell (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
/// `AWS_SESSION_TOKEN`), or else of the AWS CLI's profile. They need cloudformation:DescribeStackResource and
/// lambda:GetFunctionConfiguration, and what the command does: docs/operate says what.
///
/// Every change of a service or an account is recorded in its audit trail with the AWS identity of your credentials
/// (sts:GetCallerIdentity), and the resident of an account is told by email. Commands that change an account say what they will do, and
/// ask; --yes answers.
///
/// The result is printed to the standard output, and everything else to the standard error. Exit codes: 0 done, 1 failed or
/// not confirmed, 2 wrong command line.
#[derive(Debug, Parser)]
#[command(name = "ops", version)]
pub struct Arguments {
    /// The name of the stack in `CloudFormation`
    #[arg(long, global = true, conflicts_with = "local")]
    pub stack: Option<String>,
    /// The stack's region [default: `AWS_REGION`]
    #[arg(long, global = true, requires = "stack")]
    pub region: Option<String>,
    /// Work on the run of scripts/dev, whose environment is in FILE
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ".local/environment"
    )]
    pub local: Option<PathBuf>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// The kind of record to manage.
    #[command(subcommand)]
    pub subject: Subject,
}

/// The kinds of record that operators manage.
#[derive(Debug, Subcommand)]
pub enum Subject {
    /// Manage the registry of services
    #[command(subcommand)]
    Services(Services),
    /// Show and change accounts
    ///
    /// Verify who the resident is before you change an account. The resident is told of a change by email, and the audit
    /// trail names you.
    #[command(subcommand)]
    Accounts(Accounts),
    /// Check a deployment from outside; needs no stack
    ///
    /// Checks the metadata and keys of OpenID Connect, the sign-in page in both languages with its security headers, the
    /// static files, and the errors of pages and endpoints. With --account, signs in and out as a resident does. Fails if any
    /// check fails.
    Health {
        /// The public origin, such as `https://account.example` or `http://localhost:4000`
        url: Url,
        /// A JSON file with the email, password and `totp_secret` of an account for tests
        ///
        /// A wrong password counts as one of the five that lock the account. The file is that of the synthetic resident's
        /// secret; do not run this in the same half minute as that, since a code works once.
        #[arg(long)]
        account: Option<PathBuf>,
    },
    /// Show what became of emails, and send to addresses or emails again
    #[command(subcommand)]
    Mail(Mail),
    /// Print the audit trail of an account, newest first
    ///
    /// Each entry has its time, event, outcome, browser and country, and the AWS identity of the operator who caused it,
    /// if one did. Residents see the same entries, with “My Ontario Account support” in place of the operator.
    Audit {
        /// The account's email address or ID
        who: Who,
        /// Only entries at this time or later, such as 2026-12-01T00:00:00Z
        #[arg(long)]
        since: Option<Timestamp>,
        /// Only entries before this time
        #[arg(long)]
        until: Option<Timestamp>,
        /// Only events of this kind, such as `unlocked`
        #[arg(long, value_parser = values::event)]
        kind: Option<AuditEvent>,
    },
    /// Rotate the keys of the system, and renew what older ones encrypted
    ///
    /// `CloudTrail` records who changed a secret.
    #[command(subcommand)]
    Keys(Keys),
}

/// The commands for keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// List the versions of every key; no secrets
    List,
    /// Add a version of a key; when repeated two hours later, make it current
    ///
    /// Values of older versions are still read. Residents do not notice a rotation, with one exception: a new version of
    /// `session` interrupts the sign-ins at partners that are in progress.
    Rotate {
        /// The key
        key: KeyName,
        /// Make an added version current without waiting for two hours; retire the leaked one afterwards. Functions that do
        /// not know the new version yet reject its values, for up to an hour
        #[arg(long)]
        leaked: bool,
        /// Change without confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Remove an old version of a key that is no longer needed
    ///
    /// A replaced version of `link` is needed for 12 days, of `ticket` for 180 days, of `session` and `form` for one day. One
    /// of `seal` and `password` is needed for 36 days, as long as the table can be restored to a point in time, and until
    /// `rekey` has renewed what it encrypted; one of `lookup` for 36 days, and until `rekey` has moved what is under it. No
    /// version of `subject` is ever removed.
    Retire {
        /// The key
        key: KeyName,
        /// The version
        version: u8,
        /// Remove it although values of it are in use: open links or forms, or tokens of services, end. Of `lookup`, partner
        /// identities that have not signed in since the last release stop signing in, and no account is given up
        #[arg(long)]
        leaked: bool,
        /// Change without confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Encrypt and name by the current keys what older ones did, while residents sign in
    ///
    /// Reads the whole table. Encrypts personal data and password hashes anew, and moves accounts and partner identities to their
    /// places under the current `lookup`. It can be interrupted and repeated; run it again until it finds nothing.
    Rekey(Rekey),
}

/// The options of `keys rekey`.
#[derive(Debug, Args)]
pub struct Rekey {
    /// Count what older keys encrypted and named, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

pub use crate::keys::KeyName;

/// The account that a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The account with this email address.
    Email(EmailAddress),
    /// The account with this ID, as logs name it.
    Id(AccountId),
}

impl FromStr for Who {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => email(text).map(Self::Email).map_err(|_| "not an email address or an account's ID"),
        }
    }
}

/// The account and the confirmation of a change.
#[derive(Clone, Debug, Args)]
pub struct Target {
    /// The account's email address or ID
    pub who: Who,
    /// Change without confirmation
    #[arg(long)]
    pub yes: bool,
}

/// The commands for accounts.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Show an account: its state and the reason, and what it has; no secrets
    Show {
        /// The account's email address or ID
        who: Who,
    },
    #[command(flatten)]
    Change(AccountChange),
}

/// The commands that change an account.
#[derive(Debug, Subcommand)]
pub enum AccountChange {
    /// Unlock an account that was locked after failed sign-ins; the password stays
    Unlock(Target),
    /// Sign the account out everywhere and revoke the tokens of services
    EndSessions(Target),
    /// Delete the password and email a link to a new one
    ///
    /// Ends all sessions, forgets all browsers, and unlocks a locked account. A sign-in partner still signs in: remove it
    /// first if it isn't the resident's.
    RequireReset(Target),
    /// Remove an authenticator or the recovery codes
    RemoveFactor {
        #[command(flatten)]
        target: Target,
        /// The authenticator's ID, as `accounts show` prints it, or `recovery-codes`
        #[arg(value_parser = removable_factor)]
        factor: RemovableFactor,
    },
    /// Turn the code by email on again, which its resident turned off
    TurnOnEmailCode(Target),
    /// Remove a sign-in partner
    ///
    /// An account without a password keeps its partner: nobody could sign in to it any more.
    RemovePartner {
        #[command(flatten)]
        target: Target,
        /// The partner's ID, as in its redirect URI
        #[arg(value_parser = partner_id)]
        partner: PartnerId,
    },
    /// Close an account; a sign-in within 7 days opens it again
    Close(Target),
    /// Suspend an account: nobody signs in to it, and no link works, until it is reinstated
    ///
    /// Ends all sessions, and revokes the tokens of services. Its resident is told to contact support, and not the reason.
    /// The deletion of a closed account is not put off.
    Suspend {
        #[command(flatten)]
        target: Target,
        /// Why, for other operators: `accounts show` prints it until the account is reinstated
        #[arg(long, value_parser = values::reason)]
        reason: Option<String>,
    },
    /// Reinstate a suspended account, which also unlocks it
    Reinstate(Target),
}

/// A factor that can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovableFactor {
    /// The authenticator with this ID.
    Authenticator(AuthenticatorId),
    /// All recovery codes.
    RecoveryCodes,
}

impl AccountChange {
    /// The account that is changed.
    #[must_use]
    pub fn target(&self) -> &Target {
        match self {
            Self::Unlock(target)
            | Self::EndSessions(target)
            | Self::RequireReset(target)
            | Self::TurnOnEmailCode(target)
            | Self::RemoveFactor { target, .. }
            | Self::RemovePartner { target, .. }
            | Self::Suspend { target, .. }
            | Self::Close(target)
            | Self::Reinstate(target) => target,
        }
    }
}

fn email(text: &str) -> Result<EmailAddress, &'static str> {
    text.parse().map_err(|_| "not an email address")
}

fn removable_factor(text: &str) -> Result<RemovableFactor, &'static str> {
    match text {
        "recovery-codes" => Ok(RemovableFactor::RecoveryCodes),
        id => id
            .parse()
            .map(RemovableFactor::Authenticator)
            .map_err(|_| "neither an authenticator's ID nor `recovery-codes`"),
    }
}

fn partner_id(text: &str) -> Result<PartnerId, &'static str> {
    text.parse().map_err(|_| "not a partner's ID: 1 to 32 lowercase letters, digits and hyphens")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Services, String> {
        let parsed = Arguments::try_parse_from(line.split(' ')).map_err(|error| error.to_string())?;
        match parsed.subject {
            Subject::Services(command) => Ok(command),
            _ => Err("another command".to_owned()),
        }
    }

    #[test]
    fn clap_accepts_the_definition() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn each_command_parses() {
        let apply = parse("ops services apply a.yaml b.yaml --yes").unwrap();
        assert!(matches!(apply, Services::Apply { files, yes: true } if files.len() == 2));
        let apply = parse("ops services apply a.yaml").unwrap();
        assert!(matches!(apply, Services::Apply { yes: false, .. }));
        assert!(matches!(parse("ops services check a.yaml").unwrap(), Services::Check { .. }));
        assert!(matches!(parse("ops services list").unwrap(), Services::List));
        assert!(matches!(parse("ops services show a").unwrap(), Services::Show { .. }));
        assert!(matches!(parse("ops services log a").unwrap(), Services::Log { .. }));
        assert!(matches!(parse("ops services off a").unwrap(), Services::Off { .. }));
        assert!(matches!(parse("ops services on a").unwrap(), Services::On { .. }));
        assert!(matches!(parse("ops services new-secret a").unwrap(), Services::NewSecret { .. }));
        assert!(matches!(parse("ops services retire-secret a").unwrap(), Services::RetireSecret { .. }));
    }

    #[test]
    fn rule_7_6_account_commands_take_an_address_or_an_id() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' ')).map(|parsed| parsed.subject);
        let remove = parse("ops accounts remove-partner ana@exemple.ca demo-bank --yes").unwrap();
        assert!(matches!(
            remove,
            Subject::Accounts(Accounts::Change(AccountChange::RemovePartner {
                target: Target { yes: true, who: Who::Email(_) },
                ..
            }))
        ));
        let id = "01010101-0101-4101-8101-010101010101";
        let unlock = parse(&format!("ops accounts unlock {id} --json")).unwrap();
        assert!(matches!(
            unlock,
            Subject::Accounts(Accounts::Change(AccountChange::Unlock(Target {
                yes: false,
                who: Who::Id(_)
            })))
        ));
        for wrong in ["ops accounts show ana", "ops accounts remove-partner ana@exemple.ca Demo/Bank"] {
            assert!(parse(wrong).unwrap_err().to_string().contains("not a"), "{wrong}");
        }
    }

    #[test]
    fn missing_files_and_malformed_ids_are_rejected() {
        assert!(parse("ops services apply").unwrap_err().contains("<FILES>..."));
        assert!(parse("ops services check").unwrap_err().contains("<FILES>..."));
        assert!(parse("ops services off a/b").unwrap_err().contains("not a client id: 1 to 64 letters"));
    }
}
