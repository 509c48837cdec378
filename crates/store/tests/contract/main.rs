//! The store's contract: every body runs on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod access_keys;
mod audit_search;
mod checks;
mod committer;
mod grants;
mod hooks;
mod notifications;
mod platform;
mod sealed;
mod sessions;
mod sorted;
mod tables;
mod tampering;
mod use_counts;
mod world;
