//! A cache whose reader decides how old a value may be.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use domain::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

/// Values by key, each with the time at which it was put.
///
/// The time to live is an argument of [`TtlCache::get`]: the same value can be too old to be preferred, and fresh enough
/// to fall back on while its source is unavailable. Values are replaced, never removed.
pub struct TtlCache<K, V>(Mutex<HashMap<K, (Timestamp, Arc<V>)>>);

impl<K, V> Default for TtlCache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V> TtlCache<K, V> {
    /// The value of a key, if it was put less than `ttl` ago.
    pub async fn get(&self, key: &K, ttl: SignedDuration, now: Timestamp) -> Option<Arc<V>> {
        let values = self.0.lock().await;
        values.get(key).filter(|(put_at, _)| now < *put_at + ttl).map(|(_, value)| value.clone())
    }

    /// Puts a value, and returns it.
    pub async fn put(&self, key: K, value: V, now: Timestamp) -> Arc<V> {
        let value = Arc::new(value);
        self.0.lock().await.insert(key, (now, value.clone()));
        value
    }
}
