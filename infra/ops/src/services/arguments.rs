//! The command line of `ops services`.

use std::path::PathBuf;

use clap::Subcommand;
use domain::service::ClientId;

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
    /// Print who changed a service and when, newest first
    ///
    /// Each entry has its time, event, the AWS identity of the operator, and the revision of the service after it.
    Log {
        /// The client ID of the service
        #[arg(value_parser = client_id)]
        client_id: ClientId,
    },
    /// Stop signing residents in to a service until it is on again
    ///
    /// Takes effect within a minute. Residents see a page that names the support contact of the service.
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
    ///
    /// A service has at most two secrets: a third one revokes the oldest.
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

fn client_id(text: &str) -> Result<ClientId, &'static str> {
    ClientId::try_from(text.to_owned())
}
