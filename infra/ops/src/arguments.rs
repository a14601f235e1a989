//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::{email::EmailAddress, partner::PartnerId, service::ClientId};

/// Manages the services and accounts of a stack. scripts/ops selects the stack.
#[derive(Debug, Parser)]
#[command(name = "ops")]
pub struct Arguments {
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
    /// Manage the sign-in partners of one account
    #[command(subcommand)]
    Partners(Partners),
}

/// The commands for the sign-in partners of an account.
#[derive(Debug, Subcommand)]
pub enum Partners {
    /// List the sign-in partners of the account with this email address
    List {
        /// The account's email address
        #[arg(value_parser = email)]
        email: EmailAddress,
    },
    /// Remove a sign-in partner from an account and notify the resident by email
    ///
    /// Verify the resident's identity first. An account without a password keeps its partner: nobody could sign in
    /// to it any more.
    Remove {
        /// The account's email address
        #[arg(value_parser = email)]
        email: EmailAddress,
        /// The partner's ID, as in its redirect URI
        #[arg(value_parser = partner_id)]
        partner: PartnerId,
        /// Remove without confirmation
        #[arg(long)]
        yes: bool,
    },
}

/// The commands for the registry of services.
#[derive(Debug, Subcommand)]
pub enum Services {
    /// Register the services that these files describe
    ///
    /// Checks every file and shows the changes before it writes. Keeps the secrets of a service, and whether it is on.
    /// infra/services/demo-1.yaml explains each field.
    Apply {
        /// YAML files, one service each
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Apply without confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Report every mistake in these files; needs no stack
    Check {
        /// YAML files, one service each
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List all services
    List,
    /// Print a service as a file for `apply`
    Show {
        /// The client ID of the service
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Stop signing residents in to a service until it is on again
    Off {
        /// The client ID of the service
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Sign residents in to a service again
    On {
        /// The client ID of the service
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Create a secret for a service and print it once; the previous one stays valid
    NewSecret {
        /// The client ID of the service
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Revoke the older secret of a service, once the service uses the newer one
    RetireSecret {
        /// The client ID of the service
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
}

fn email(text: &str) -> Result<EmailAddress, &'static str> {
    text.parse().map_err(|_| "not an email address")
}

fn partner_id(text: &str) -> Result<PartnerId, &'static str> {
    text.parse().map_err(|_| "not a partner's ID: 1 to 32 lowercase letters, digits and hyphens")
}

fn client_id(text: &str) -> Result<ClientId, &'static str> {
    ClientId::try_from(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Services, String> {
        let parsed = Arguments::try_parse_from(line.split(' ')).map_err(|error| error.to_string())?;
        match parsed.subject {
            Subject::Services(command) => Ok(command),
            Subject::Partners(_) => Err("a command for partners".to_owned()),
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
        assert!(matches!(parse("ops services off a").unwrap(), Services::Off { .. }));
        assert!(matches!(parse("ops services on a").unwrap(), Services::On { .. }));
        assert!(matches!(parse("ops services new-secret a").unwrap(), Services::NewSecret { .. }));
        assert!(matches!(parse("ops services retire-secret a").unwrap(), Services::RetireSecret { .. }));
    }

    #[test]
    fn rule_4_8_partner_commands_take_an_account_and_a_partner() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' ')).map(|parsed| parsed.subject);
        let remove = parse("ops partners remove ana@exemple.ca demo-bank").unwrap();
        assert!(matches!(remove, Subject::Partners(Partners::Remove { yes: false, .. })));
        assert!(matches!(
            parse("ops partners list ana@exemple.ca").unwrap(),
            Subject::Partners(Partners::List { .. })
        ));
        for wrong in ["ops partners list ana", "ops partners remove ana@exemple.ca Demo/Bank"] {
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
