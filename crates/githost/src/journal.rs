//! What the host was asked, for tests that look at what was sent upstream.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::PoisonError;

use http::Request;

use crate::limits::JOURNAL_REQUESTS_MAX;

/// One request as it arrived, without its body.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path and query, not decoded.
    pub target: String,
    /// The header lines: lower-case name, value. Credentials are in it.
    pub headers: Vec<(String, String)>,
}

impl Seen {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Seen {
    /// Without the values of the headers, which hold tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        write!(f, "{} {} {names:?}", self.method, self.target)
    }
}

/// The last requests, oldest first.
#[derive(Default)]
pub(crate) struct Journal(Mutex<VecDeque<Seen>>);

impl Journal {
    pub(crate) fn record<B>(&self, request: &Request<B>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let seen = Seen {
            method: request.method().to_string(),
            target: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
        };
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= JOURNAL_REQUESTS_MAX {
            entries.pop_front();
        }
        entries.push_back(seen);
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_ones() {
        let journal = Journal::default();
        for number in 0..JOURNAL_REQUESTS_MAX + 2 {
            let uri = format!("/{number}?a=b");
            journal.record(&Request::get(uri).header("X-One", "1").body(()).unwrap());
        }
        let all = journal.all();
        assert_eq!(all.len(), JOURNAL_REQUESTS_MAX);
        assert_eq!(all[0].target, "/2?a=b");
        assert_eq!(all[0].header("x-one"), Some("1"));
        assert!(!format!("{:?}", all[0]).contains("\"1\""));
        journal.clear();
        assert!(journal.all().is_empty());
    }
}
