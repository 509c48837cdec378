//! The store's contract: every body runs on SQLite and on a real PostgreSQL.

mod committer;
mod tables;
mod tampering;
mod world;
