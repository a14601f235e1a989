//! What operators change in the registry; each change is of one service, as it was read.

use app::App;
use domain::{
    secret::ClientSecret,
    service::{AuthMethod, Client, ClientId, ClientRegistration},
};

use crate::{Change, Failure};

/// What applying these registrations would change, in their order.
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

/// Registers these services; those that change nothing are not written. What was applied before a failure stays.
///
/// # Errors
/// [`Failure::Conflict`] or [`Failure::Unavailable`].
pub async fn apply(app: &App, registrations: &[ClientRegistration]) -> Result<Vec<Change>, Failure> {
    let changes = changes(app, registrations).await?;
    for change in changes.iter().filter(|change| change.is_needed()) {
        write(app, &change.after).await?;
    }
    Ok(changes)
}

/// Makes a secret for a service. The newest older one stays valid, so that the service can change over.
///
/// # Errors
/// [`Failure::HasAKey`] when it proves itself otherwise; [`Failure::NotRegistered`], [`Failure::Conflict`] or
/// [`Failure::Unavailable`].
pub async fn new_secret(app: &App, id: &ClientId) -> Result<ClientSecret, Failure> {
    let mut client = find(app, id).await?;
    if client.registration.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt {
        return Err(Failure::HasAKey(id.clone()));
    }
    let secret: ClientSecret = app.new_secret();
    client.secrets.truncate(1);
    client.secrets.insert(0, secret.hash());
    write(app, &client).await?;
    Ok(secret)
}

/// Ends all secrets of a service but its newest; false when there was none to end.
///
/// # Errors
/// [`Failure::NotRegistered`], [`Failure::Conflict`] or [`Failure::Unavailable`].
pub async fn retire_secret(app: &App, id: &ClientId) -> Result<bool, Failure> {
    let mut client = find(app, id).await?;
    if client.secrets.len() < 2 {
        return Ok(false);
    }
    client.secrets.truncate(1);
    write(app, &client).await?;
    Ok(true)
}

/// Switches a service on or off; false when it was so already.
///
/// # Errors
/// [`Failure::NotRegistered`], [`Failure::Conflict`] or [`Failure::Unavailable`].
pub async fn switch(app: &App, id: &ClientId, is_on: bool) -> Result<bool, Failure> {
    let mut client = find(app, id).await?;
    if client.is_on == is_on {
        return Ok(false);
    }
    client.is_on = is_on;
    write(app, &client).await?;
    Ok(true)
}

/// The service of this name.
pub(crate) async fn find(app: &App, id: &ClientId) -> Result<Client, Failure> {
    app.table.client(id).await?.ok_or_else(|| Failure::NotRegistered(id.clone()))
}

/// Writes a service as it is to be, unless somebody changed it since it was read.
pub(crate) async fn write(app: &App, client: &Client) -> Result<(), Failure> {
    let written = app.table.put_client(client).await;
    written.map_err(|error| Failure::of_writing(&client.registration.client_id, error))
}
