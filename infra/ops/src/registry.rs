//! Changes of the registry. Each write has the condition that the service is unchanged since it was read, and an entry in the
//! service's audit trail, which names the operator.

use app::App;
use domain::{
    operator::Operator,
    secret::ClientSecret,
    service::{AuthMethod, Client, ClientId, ClientRegistration},
};

use table::{ServiceChange, ServiceEvent};

use crate::{Change, Failure};

/// The changes that [`apply`] would make, in the order of the registrations.
///
/// # Errors
/// [`Failure::Unavailable`].
pub async fn changes(app: &App, registrations: &[ClientRegistration]) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    for registration in registrations {
        let before = app.table.client(&registration.client_id).await?;
        changes.push(Change::new(before, registration.clone()));
    }
    Ok(changes)
}

/// Registers these services and skips unchanged ones. Earlier services stay registered when a later one fails.
///
/// # Errors
/// [`Failure::Conflict`] or [`Failure::Unavailable`].
pub async fn apply(
    app: &App,
    registrations: &[ClientRegistration],
    operator: &Operator,
) -> Result<Vec<Change>, Failure> {
    let changes = changes(app, registrations).await?;
    for change in changes.iter().filter(|change| change.is_needed()) {
        write_change(app, change, operator).await?;
    }
    Ok(changes)
}

/// Creates a secret for a service. The previous one stays valid until [`retire_secret`], so that the service can switch.
///
/// # Errors
/// [`Failure::HasAKey`] when the service authenticates with its own key; [`Failure::NotRegistered`], [`Failure::Conflict`] or
/// [`Failure::Unavailable`].
pub async fn new_secret(app: &App, id: &ClientId, operator: &Operator) -> Result<ClientSecret, Failure> {
    let mut client = find(app, id).await?;
    if client.registration.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt {
        return Err(Failure::HasAKey(id.clone()));
    }
    let secret: ClientSecret = app.new_secret();
    client.secrets.truncate(1);
    client.secrets.insert(0, secret.hash());
    write(app, &client, ServiceEvent::SecretCreated, operator).await?;
    Ok(secret)
}

/// Revokes all secrets of a service except the newest; returns whether there were any.
///
/// # Errors
/// [`Failure::NotRegistered`], [`Failure::Conflict`] or [`Failure::Unavailable`].
pub async fn retire_secret(app: &App, id: &ClientId, operator: &Operator) -> Result<bool, Failure> {
    let mut client = find(app, id).await?;
    if client.secrets.len() < 2 {
        return Ok(false);
    }
    client.secrets.truncate(1);
    write(app, &client, ServiceEvent::SecretRetired, operator).await?;
    Ok(true)
}

/// Switches a service on or off; returns whether this changed anything.
///
/// # Errors
/// [`Failure::NotRegistered`], [`Failure::Conflict`] or [`Failure::Unavailable`].
pub async fn switch(app: &App, id: &ClientId, is_on: bool, operator: &Operator) -> Result<bool, Failure> {
    let mut client = find(app, id).await?;
    if client.is_on == is_on {
        return Ok(false);
    }
    client.is_on = is_on;
    let event = if is_on { ServiceEvent::SwitchedOn } else { ServiceEvent::SwitchedOff };
    write(app, &client, event, operator).await?;
    Ok(true)
}

/// Reads a service that has to be registered.
pub(crate) async fn find(app: &App, id: &ClientId) -> Result<Client, Failure> {
    app.table.client(id).await?.ok_or_else(|| Failure::NotRegistered(id.clone()))
}

/// Registers a service, or changes its registration.
pub(crate) async fn write_change(app: &App, change: &Change, operator: &Operator) -> Result<(), Failure> {
    let event = if change.before.is_some() { ServiceEvent::Changed } else { ServiceEvent::Registered };
    write(app, &change.after, event, operator).await
}

/// Writes a service on the condition that its revision is the one that was read.
async fn write(app: &App, client: &Client, event: ServiceEvent, operator: &Operator) -> Result<(), Failure> {
    let written = app.table.put_client(client, &ServiceChange { event, operator, at: app.now() }).await;
    written.map_err(|error| Failure::from_write(&client.registration.client_id, error))
}
