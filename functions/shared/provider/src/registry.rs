//! The registry, read through a cache (RULES 6.3).

use std::sync::Arc;

use app::App;
use domain::{
    SignedDuration,
    service::{Client, ClientId},
};
use http_kernel::HttpError;

use crate::cached::Cached;

/// How old a registration gets before it is read again: what operators change is in force everywhere after this long.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(1);

#[derive(Default)]
struct Registry(Cached<ClientId, Client>);

/// The service of this name. That there is none is not cached: anybody can ask for any name.
///
/// # Errors
/// [`HttpError`] when the table can't be reached.
pub async fn client(app: &App, id: &ClientId) -> Result<Option<Arc<Client>>, HttpError> {
    let (registry, now) = (app.cached::<Registry>(), app.now());
    if let Some(client) = registry.0.get(id, FRESH_FOR, now).await {
        return Ok(Some(client));
    }
    let Some(client) = app.table.client(id).await? else { return Ok(None) };
    Ok(Some(registry.0.put(id.clone(), client, now).await))
}
