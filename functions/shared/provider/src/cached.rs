//! Values that are kept for a while.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use domain::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

/// Values by their key, each with the time it was had at.
pub struct Cached<K, V>(Mutex<HashMap<K, (Timestamp, Arc<V>)>>);

impl<K, V> Default for Cached<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V> Cached<K, V> {
    /// The value of a key, if it was had less than `fresh_for` ago.
    pub async fn get(&self, key: &K, fresh_for: SignedDuration, now: Timestamp) -> Option<Arc<V>> {
        let values = self.0.lock().await;
        values.get(key).filter(|(at, _)| now < *at + fresh_for).map(|(_, value)| value.clone())
    }

    /// Keeps a value.
    pub async fn put(&self, key: K, value: V, now: Timestamp) -> Arc<V> {
        let value = Arc::new(value);
        self.0.lock().await.insert(key, (now, value.clone()));
        value
    }
}
