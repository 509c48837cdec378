//! What was just read through a credential, kept for a moment: bounded in bytes, and only as good as
//! the organization's epoch.

use std::any::Any;
use std::fmt;
use std::fmt::Debug;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::id::CredentialId;
use domain::id::HostId;
use domain::url::Segments;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use store::Epoch;

/// How long an answer is given again.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// All kept answers, in bytes, about.
const KEPT_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// One kept answer, in bytes, about; larger ones are asked for again.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// Kept answers, about.
const ANSWERS_GUESS: usize = 256;
/// What an entry weighs beside its answer, in bytes, about.
const ENTRY_BYTES: u64 = 512;

/// What was asked, of what, with which secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub credential: CredentialId,
    pub version: i64,
    pub host: HostId,
    pub path: Segments,
    pub question: String,
}

#[derive(Clone)]
struct Entry {
    epoch: Epoch,
    until: Timestamp,
    bytes: u64,
    answer: Arc<dyn Any + Send + Sync>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Entry> for Weight {
    fn weight(&self, _: &Key, entry: &Entry) -> u64 {
        entry.bytes + ENTRY_BYTES
    }
}

/// The answers.
pub(crate) struct Kept(Cache<Key, Entry, Weight>);

impl Kept {
    pub fn new() -> Kept {
        Kept(Cache::with_weighter(ANSWERS_GUESS, KEPT_BYTES_MAX, Weight))
    }

    pub(super) fn get<T: Send + Sync + 'static>(
        &self,
        key: &Key,
        epoch: Epoch,
        now: Timestamp,
    ) -> Option<Arc<T>> {
        let entry = self.0.get(key)?;
        let is_good = entry.epoch == epoch && now < entry.until;
        is_good.then(|| entry.answer.downcast().ok()).flatten()
    }

    pub(super) fn keep<T: Debug + Send + Sync + 'static>(
        &self,
        key: Key,
        epoch: Epoch,
        now: Timestamp,
        answer: &Arc<T>,
    ) {
        let mut counter = Counter(0);
        // It stops counting at the limit, with an error that says no more than that.
        if write!(counter, "{answer:?}").is_err() {
            return;
        }
        let answer: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(answer);
        let until = now.plus(KEPT_FOR);
        self.0.insert(key, Entry { epoch, until, bytes: counter.0, answer });
    }

    /// Forgets what was read of a repository that was just written to, through any credential.
    pub(crate) fn forget(&self, host: HostId, path: &Segments) {
        self.0.retain(|key, _| key.host != host || key.path != *path);
    }

    /// Forgets what credentials were seen to see at a host where there is more to be seen now.
    pub(crate) fn forget_lists(&self, host: HostId) {
        self.0.retain(|key, _| key.host != host || !key.path.is_empty());
    }
}

/// Counts what something would take when written out, which is near enough to what it takes.
struct Counter(u64);

impl Write for Counter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.len() as u64);
        if self.0 > ANSWER_BYTES_MAX { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str) -> Key {
        Key {
            credential: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            version: 1,
            host: "01890000-0000-7000-8000-000000000001".parse().unwrap(),
            path: Segments::parse(path).unwrap(),
            question: "branches".to_owned(),
        }
    }

    #[test]
    fn answers_end_with_their_time_and_their_repository() {
        let kept = Kept::new();
        let (epoch, start) = (Epoch(1), Timestamp::from_millis(0));
        let get = |path, now| kept.get::<String>(&key(path), epoch, now);
        for path in ["acme/app", "acme/other"] {
            kept.keep(key(path), epoch, start, &Arc::new(path.to_owned()));
        }
        assert_eq!(get("acme/app", start).unwrap().as_str(), "acme/app");
        assert!(kept.get::<u64>(&key("acme/app"), epoch, start).is_none(), "another type");
        assert!(get("acme/app", start.plus(KEPT_FOR)).is_none());
        kept.forget(key("acme/app").host, &key("acme/app").path);
        assert!(get("acme/app", start).is_none());
        assert!(get("acme/other", start).is_some());
        kept.keep(key(""), epoch, start, &Arc::new("a list".to_owned()));
        kept.forget_lists(key("").host);
        assert!(get("", start).is_none());
        assert!(get("acme/other", start).is_some());
    }

    #[test]
    fn large_answers_are_not_kept() {
        let kept = Kept::new();
        let (epoch, now) = (Epoch(1), Timestamp::from_millis(0));
        let large = "x".repeat(usize::try_from(ANSWER_BYTES_MAX).unwrap() + 1);
        kept.keep(key("a/b"), epoch, now, &Arc::new(large));
        assert!(kept.get::<String>(&key("a/b"), epoch, now).is_none());
    }
}
