//! One at a time for each key, within this process. Across processes there are claims.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::Weak;

/// Locks by key; those that nobody holds or waits for are forgotten.
pub(crate) struct Locks<K>(Mutex<HashMap<K, Weak<tokio::sync::Mutex<()>>>>);

impl<K: Eq + Hash> Locks<K> {
    pub fn new() -> Locks<K> {
        Locks(Mutex::default())
    }

    /// The lock of a key, to be held by whoever locks it.
    pub fn of(&self, key: K) -> Arc<tokio::sync::Mutex<()>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, lock| lock.strong_count() > 0);
        let entry = known.entry(key).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let lock = Arc::default();
            *entry = Arc::downgrade(&lock);
            lock
        })
    }
}
