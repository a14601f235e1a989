//! Values that functions keep between requests, by type: caches whose types this crate doesn't know.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Cache {
    pub(crate) fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = cached.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The value under a type's id is of that type.
        made.clone().downcast().unwrap_or_default()
    }
}
