//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::{email::EmailAddress, partner::PartnerId, service::ClientId};

/// Looks after what operators look after. Which stack: see scripts/ops.
#[derive(Debug, Parser)]
#[command(name = "ops")]
pub struct Arguments {
    /// What it is about.
    #[command(subcommand)]
    pub subject: Subject,
}

/// What operators look after.
#[derive(Debug, Subcommand)]
pub enum Subject {
    /// The registry of services
    #[command(subcommand)]
    Services(Services),
    /// The sign-in partners of one account
    #[command(subcommand)]
    Partners(Partners),
}

/// What can be done with the sign-in partners of an account.
#[derive(Debug, Subcommand)]
pub enum Partners {
    /// List the sign-in partners of the account with this address
    List {
        /// The account's email address
        #[arg(value_parser = email)]
        email: EmailAddress,
    },
    /// Remove one, after its resident has proven who they are; they are told by email
    ///
    /// An account without a password keeps it: nobody could sign in.
    Remove {
        /// The account's email address
        #[arg(value_parser = email)]
        email: EmailAddress,
        /// The partner's name in addresses
        #[arg(value_parser = partner_id)]
        partner: PartnerId,
        /// Remove without asking
        #[arg(long)]
        yes: bool,
    },
}

/// What can be done with the registry.
#[derive(Debug, Subcommand)]
pub enum Services {
    /// Register the services of these files, as they stand there
    ///
    /// Nothing is written before every file is right and the difference was shown. Secrets, and whether a service is
    /// on, stay as they are. infra/services/demo-1.yaml explains each field.
    Apply {
        /// YAML files, one service each
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Apply without asking
        #[arg(long)]
        yes: bool,
    },
    /// Say every mistake of these files; needs no stack
    Check {
        /// YAML files, one service each
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List all services
    List,
    /// Show a service as a file that `apply` takes
    Show {
        /// Its name in the protocol
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Sign nobody in for a service until it is on again
    Off {
        /// Its name in the protocol
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Sign residents in for a service again
    On {
        /// Its name in the protocol
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Make a secret for a service and show it once; the one before it stays valid
    NewSecret {
        /// Its name in the protocol
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// End the older secret of a service, once it uses the newer one
    RetireSecret {
        /// Its name in the protocol
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
}

fn email(text: &str) -> Result<EmailAddress, &'static str> {
    text.parse().map_err(|_| "not an email address")
}

fn partner_id(text: &str) -> Result<PartnerId, &'static str> {
    text.parse().map_err(|_| "not a partner's name: 1 to 32 small letters, digits and hyphens")
}

fn client_id(text: &str) -> Result<ClientId, &'static str> {
    ClientId::try_from(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn read(line: &str) -> Result<Services, String> {
        let parsed = Arguments::try_parse_from(line.split(' ')).map_err(|error| error.to_string())?;
        match parsed.subject {
            Subject::Services(command) => Ok(command),
            Subject::Partners(_) => Err("about partners".to_owned()),
        }
    }

    #[test]
    fn the_command_line_is_well_made() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn commands_read_as_they_are_documented() {
        let apply = read("ops services apply a.yaml b.yaml --yes").unwrap();
        assert!(matches!(apply, Services::Apply { files, yes: true } if files.len() == 2));
        let apply = read("ops services apply a.yaml").unwrap();
        assert!(matches!(apply, Services::Apply { yes: false, .. }));
        assert!(matches!(read("ops services check a.yaml").unwrap(), Services::Check { .. }));
        assert!(matches!(read("ops services list").unwrap(), Services::List));
        assert!(matches!(read("ops services show a").unwrap(), Services::Show { .. }));
        assert!(matches!(read("ops services off a").unwrap(), Services::Off { .. }));
        assert!(matches!(read("ops services on a").unwrap(), Services::On { .. }));
        assert!(matches!(read("ops services new-secret a").unwrap(), Services::NewSecret { .. }));
        assert!(matches!(read("ops services retire-secret a").unwrap(), Services::RetireSecret { .. }));
    }

    #[test]
    fn rule_4_8_partners_are_named_with_their_account() {
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
    fn a_command_line_without_files_or_with_a_wrong_id_is_refused() {
        assert!(read("ops services apply").unwrap_err().contains("<FILES>..."));
        assert!(read("ops services check").unwrap_err().contains("<FILES>..."));
        assert!(read("ops services off a/b").unwrap_err().contains("not a client id: 1 to 64 letters"));
    }
}
