//! What a forge's API was asked and what it answered, for tests that count or compare.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::limits::JOURNAL_CALLS_MAX;

/// One call, without headers and bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The path below the API's prefix, not decoded: `/user`. Beside the API the whole path.
    pub path: String,
    /// The query, not decoded; empty if there is none.
    pub query: String,
    /// The status it was answered.
    pub status: u16,
    /// How the caller showed who it is: `none`, `basic`, `bearer`, `token`, `private-token`, or
    /// another scheme in lower case.
    pub scheme: String,
    /// The number the provider gave the request, as in its answer.
    pub request_id: String,
}

/// The last calls, oldest first.
#[derive(Default)]
pub(crate) struct Journal(Mutex<VecDeque<Recorded>>);

impl Journal {
    pub(crate) fn record(&self, call: Recorded) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() >= JOURNAL_CALLS_MAX {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
