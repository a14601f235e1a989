//! DynamoDB with the table of `template.yaml`: embedded, or in another process.

use std::path::Path;

use serde_json::Value;

use crate::{failure::Failure, template::TableDefinition};

mod embedded;
mod remote;

use embedded::Embedded;
use remote::Remote;

/// The table's name.
pub const TABLE: &str = "my-ontario-account";

/// DynamoDB with the table of `template.yaml`.
pub struct DynamoDb(Backend);

enum Backend {
    Embedded(Embedded),
    Remote(Remote),
}

impl DynamoDb {
    /// Starts with the saved table, or with an empty one: embedded, or in the DynamoDB at this endpoint.
    ///
    /// # Errors
    /// [`Failure`] when the saved file can't be read, the table can't be created, or no port is free.
    pub fn start(
        table: &TableDefinition,
        saved: Option<&Path>,
        endpoint: Option<&str>,
    ) -> Result<Self, Failure> {
        Ok(Self(match endpoint {
            Some(endpoint) => Backend::Remote(Remote::start(endpoint, table, saved)?),
            None => Backend::Embedded(Embedded::start(table, saved)?),
        }))
    }

    /// The URL of the API.
    #[must_use]
    pub fn endpoint(&self) -> String {
        match &self.0 {
            Backend::Embedded(embedded) => embedded.endpoint(),
            Backend::Remote(remote) => remote.endpoint(),
        }
    }

    /// The access key ID whose account has the table.
    #[must_use]
    pub fn access_key(&self) -> &str {
        match &self.0 {
            Backend::Embedded(_) => "local",
            Backend::Remote(remote) => remote.access_key(),
        }
    }

    /// Whether the stream of a saved table continues where it was; otherwise it begins with the saved items.
    pub(crate) fn saves_stream(&self) -> bool {
        matches!(self.0, Backend::Embedded(_))
    }

    /// Deletes the items whose time to live has expired; returns their number.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub fn sweep(&self) -> Result<usize, Failure> {
        match &self.0 {
            Backend::Embedded(embedded) => embedded.sweep(),
            Backend::Remote(remote) => remote.sweep(),
        }
    }

    /// At most `limit` records of the stream in Lambda's format, after this sequence number or from the start.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub fn records(&self, after: Option<&str>, limit: usize) -> Result<Vec<Value>, Failure> {
        match &self.0 {
            Backend::Embedded(embedded) => embedded.records(after, limit),
            Backend::Remote(remote) => remote.records(after, limit),
        }
    }

    /// Writes the table to a file, atomically if it is embedded.
    ///
    /// # Errors
    /// [`Failure`] when the file can't be written.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        match &self.0 {
            Backend::Embedded(embedded) => embedded.save(path),
            Backend::Remote(remote) => remote.save(path),
        }
    }
}

#[cfg(test)]
impl DynamoDb {
    /// Puts an item of this kind with this time to live into the embedded database.
    pub(crate) fn put(&self, pk: &str, kind: &str, ttl: Option<i64>) {
        match &self.0 {
            Backend::Embedded(embedded) => embedded.put(pk, kind, ttl),
            Backend::Remote(_) => unreachable!("the tests of this crate embed the database"),
        }
    }
}
