//! The audit trail of the service registry: who changed a service, and when (RULES 7.6).
//!
//! As that of accounts, it is append-only: an entry is written in the transaction of the change that it records.

use domain::{Timestamp, operator::Operator, service::ClientId};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    audit::MOST_READ,
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key,
};

/// A change of a service that its audit trail records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceEvent {
    /// The service was registered.
    Registered,
    /// Its registration was changed.
    Changed,
    /// It was switched on.
    SwitchedOn,
    /// It was switched off.
    SwitchedOff,
    /// A secret was created for it.
    SecretCreated,
    /// Its older secret was revoked.
    SecretRetired,
    /// A change of a newer release.
    #[serde(other)]
    Unknown,
}

/// A change of a service by an operator.
#[derive(Clone, Copy, Debug)]
pub struct ServiceChange<'a> {
    /// What is changed.
    pub event: ServiceEvent,
    /// Who changes it.
    pub operator: &'a Operator,
    /// When.
    pub at: Timestamp,
}

/// An entry of the audit trail of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAuditEntry {
    /// What was changed.
    pub event: ServiceEvent,
    /// When.
    pub at: Timestamp,
    /// Who changed it; `None` if what was stored can't be read.
    pub operator: Option<Operator>,
    /// The revision of the service after it.
    pub revision: u64,
}

#[derive(Serialize, Deserialize)]
struct ServiceAuditItem {
    event: ServiceEvent,
    #[serde(with = "epoch")]
    at: Timestamp,
    operator: String,
    revision: u64,
}

impl Kind for ServiceAuditItem {
    const NAME: &'static str = "service_audit";
}

impl Table {
    /// Encodes the entry of a change that leads to this revision.
    pub(crate) fn service_audit(
        &self,
        id: &ClientId,
        change: &ServiceChange<'_>,
        revision: u64,
    ) -> Result<Attributes, Unavailable> {
        let ServiceChange { event, operator, at } = *change;
        let content = ServiceAuditItem { event, at, operator: operator.to_string(), revision };
        let key = key::service_audit(id, at, self.audit_id(at));
        item::write(&key, &content, Some(at + self.rules.audit_kept))
    }

    /// The newest entries of the audit trail of a service, latest first: at most 1,000 (`Query`). The trail outlives the
    /// service.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn service_audit_trail(
        &self,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Vec<ServiceAuditEntry>, Unavailable> {
        let partition = key::service_partition(id);
        let (found, _) = self.query_newest(&partition, key::AUDIT_PREFIX, MOST_READ).await?;
        let mut entries = Vec::new();
        for item in found {
            let item: Option<ServiceAuditItem> = item::read(Some(item), now)?;
            entries.extend(item.map(|item| ServiceAuditEntry {
                event: item.event,
                at: item.at,
                operator: item.operator.parse().ok(),
                revision: item.revision,
            }));
        }
        Ok(entries)
    }
}
