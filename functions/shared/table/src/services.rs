//! The service registry, which operators maintain (RULES 6.3).

use domain::{
    secret::HashedSecret,
    service::{Client, ClientId, ClientRegistration},
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind},
    key,
    service_audit::ServiceChange,
    write_transaction::Expression,
};

#[derive(Serialize, Deserialize)]
struct ServiceItem {
    /// The registration as JSON, since it is nested and never used in an expression.
    registration: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<String>,
    is_on: bool,
    revision: u64,
}

impl Kind for ServiceItem {
    const NAME: &'static str = "service";
}

impl Table {
    /// The service with this client id (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn client(&self, id: &ClientId) -> Result<Option<Client>, Unavailable> {
        read(self.get(&key::service(id)).await?)
    }

    /// The services with these client ids, without those that aren't registered (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn clients_by_id(&self, ids: &[ClientId]) -> Result<Vec<Client>, Unavailable> {
        let mut clients = Vec::new();
        // `BatchGetItem` takes at most 100 keys.
        for ids in ids.chunks(100) {
            let keys: Vec<_> = ids.iter().map(key::service).collect();
            let mut found = self.get_all(&keys).await?;
            for key in &keys {
                clients.extend(read(found.remove(key))?);
            }
        }
        Ok(clients)
    }

    /// All services in the order of their client ids (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn clients(&self) -> Result<Vec<Client>, Unavailable> {
        let mut clients = Vec::new();
        for item in self.query(key::SERVICES, key::SERVICE_PREFIX).await? {
            clients.extend(read(Some(item))?);
        }
        clients.reverse();
        Ok(clients)
    }

    /// Creates or replaces a service, with an entry in its audit trail (`TransactWriteItems`).
    ///
    /// `client.revision` is the revision that was read, or 0 for a new service.
    ///
    /// # Errors
    /// [`Conflict::Service`] when the service changed since it was read.
    pub async fn put_client(&self, client: &Client, change: &ServiceChange<'_>) -> Result<(), WriteError> {
        let registration = serde_json::to_string(&client.registration)
            .map_err(|_| Unavailable::new("a registration can't be encoded"))?;
        let content = ServiceItem {
            registration,
            secrets: client.secrets.iter().map(|secret| secret.as_str().to_owned()).collect(),
            is_on: client.is_on,
            revision: client.revision + 1,
        };
        let unchanged = match client.revision {
            0 => Expression::new("attribute_not_exists(pk)"),
            revision => Expression::new("#revision = :revision")
                .names(&["revision"])
                .value("revision", item::number(revision)),
        };
        let id = &client.registration.client_id;
        let item = item::write(&key::service(id), &content, None);
        self.write_transaction()
            .replace(Conflict::Service, item, unchanged)
            .put(Conflict::Audit, self.service_audit(id, change, content.revision))
            .commit()
            .await
    }
}

fn read(item: Option<Attributes>) -> Result<Option<Client>, Unavailable> {
    let Some(item) = item.filter(|item| item::kind(item) == ServiceItem::NAME) else { return Ok(None) };
    let item: ServiceItem =
        serde_dynamo::from_item(item).map_err(|_| Unavailable::unreadable(ServiceItem::NAME))?;
    let registration: ClientRegistration =
        serde_json::from_str(&item.registration).map_err(|_| Unavailable::unreadable(ServiceItem::NAME))?;
    Ok(Some(Client {
        registration,
        secrets: item.secrets.into_iter().map(HashedSecret::stored).collect(),
        is_on: item.is_on,
        revision: item.revision,
    }))
}
