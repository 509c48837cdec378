//! Answers with an entity tag, kept so that asking again costs the provider nothing.

use bytes::Bytes;
use domain::Timestamp;
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
        Answer {
            endpoint: confirmed.endpoint,
            status: StatusCode::OK,
            headers,
            body: self.body,
            scrubber: confirmed.scrubber,
        }
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

/// Kept answers of all credentials, bounded in bytes; and accounts that were sent away.
pub struct Memory {
    answers: Cache<Key, Known, Weight>,
    held: Cache<String, Timestamp>,
}

impl Memory {
    /// An empty one.
    pub fn new() -> Memory {
        let (guess, bytes) = (limits::KEPT_ANSWERS_GUESS, limits::KEPT_BYTES_MAX);
        Memory {
            answers: Cache::with_weighter(guess, bytes, Weight),
            held: Cache::new(limits::HELD_ACCOUNTS_MAX),
        }
    }

    /// Until when an account has to wait, if it does.
    pub(super) fn held(&self, account: &str, now: Timestamp) -> Option<Timestamp> {
        self.held.get(account).filter(|until| *until > now)
    }

    pub(super) fn hold(&self, account: String, until: Timestamp) {
        self.held.insert(account, until);
    }

    pub(super) fn get(&self, key: &Key) -> Option<Known> {
        self.answers.get(key)
    }

    pub(super) fn keep(&self, key: Key, answer: &Answer) {
        let Some(tag) = answer.headers.get(header::ETAG) else { return };
        if answer.body.len() > limits::KEPT_ANSWER_BYTES_MAX {
            return;
        }
        let known =
            Known { tag: tag.clone(), headers: answer.headers.clone(), body: answer.body.clone() };
        self.answers.insert(key, known);
    }
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::new()
    }
}
