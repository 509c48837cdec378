//! Answers with an entity tag, kept so that asking again costs the provider nothing.

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Answer;
use crate::limits;

type Key = (String, String);

/// A kept answer.
#[derive(Clone)]
pub(super) struct Known {
    pub tag: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
}

impl Known {
    /// The kept answer in place of the 304 that confirmed it.
    pub fn answer(self, confirmed: Answer) -> Answer {
        let mut headers = self.headers;
        headers.extend(confirmed.headers);
        Answer { endpoint: confirmed.endpoint, status: StatusCode::OK, headers, body: self.body }
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Known> for Weight {
    fn weight(&self, key: &Key, known: &Known) -> u64 {
        let bytes = key.0.len() + key.1.len() + known.body.len() + limits::KEPT_HEADERS_BYTES;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// Kept answers of all credentials, bounded in bytes.
pub struct Memory(Cache<Key, Known, Weight>);

impl Memory {
    /// An empty one.
    pub fn new() -> Memory {
        Memory(Cache::with_weighter(limits::KEPT_ANSWERS_GUESS, limits::KEPT_BYTES_MAX, Weight))
    }

    pub(super) fn get(&self, key: &Key) -> Option<Known> {
        self.0.get(key)
    }

    pub(super) fn keep(&self, key: Key, answer: &Answer) {
        let Some(tag) = answer.headers.get(header::ETAG) else { return };
        if answer.body.len() > limits::KEPT_ANSWER_BYTES_MAX {
            return;
        }
        let known =
            Known { tag: tag.clone(), headers: answer.headers.clone(), body: answer.body.clone() };
        self.0.insert(key, known);
    }
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::new()
    }
}
