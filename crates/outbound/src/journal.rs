//! What was sent, for tests that count calls. A server has no journal.
//!
//! Deliberately not here: headers and bodies, which may hold a secret.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use domain::ErrorKind;
use domain::Result;
use http::Method;
use http::StatusCode;

use crate::limits;

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The method.
    pub method: Method,
    /// The whole URL, with its query.
    pub url: String,
    /// The status of the answer, or the kind of error when there was none.
    pub outcome: Result<StatusCode, ErrorKind>,
}

/// A bounded list of exchanges, oldest first. A request whose caller went away is not in it.
#[derive(Debug, Default)]
pub struct Journal(Mutex<VecDeque<Exchange>>);

impl Journal {
    /// What is remembered.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().iter().cloned().collect()
    }

    /// The same, and forgets it: what happened since the last time.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.lock()).into()
    }

    pub(crate) fn add(&self, exchange: Exchange) {
        let mut exchanges = self.lock();
        if exchanges.len() >= limits::JOURNAL_EXCHANGES_MAX {
            exchanges.pop_front();
        }
        exchanges.push_back(exchange);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
