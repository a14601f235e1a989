//! The registered services, read through a cache (RULES 6.3).

use std::sync::Arc;

use domain::{
    SignedDuration,
    service::{Client, ClientId},
};

use crate::{App, Failure, TtlCache};

/// A changed registration is in force in every function after this time.
const TTL: SignedDuration = SignedDuration::from_mins(1);

#[derive(Default)]
struct ClientCache(TtlCache<ClientId, Client>);

impl App {
    /// The registered service with this client id. Unknown ids are not cached: anyone can ask for any number of them.
    ///
    /// # Errors
    /// [`Failure`] when the table is unavailable.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<Client>>, Failure> {
        let (cache, now) = (self.cached::<ClientCache>(), self.now());
        if let Some(client) = cache.0.get(id, TTL, now).await {
            return Ok(Some(client));
        }
        let Some(client) = self.table.client(id).await? else { return Ok(None) };
        Ok(Some(cache.0.put(id.clone(), client, now).await))
    }
}
