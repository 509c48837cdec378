//! The only crate that knows SQL.
//!
//! One SQL text serves SQLite (embedded default) and PostgreSQL; [`dialect`] holds every difference.
//! Reads go through a [`Session`] from the pool. Everything that changes goes through the
//! [`Committer`]: units of work in savepoints, one commit for all that wait, the audit records of all
//! of them chained in the same transaction.
//!
//! Deliberately not here: what a change means, who may make it, and any plaintext.

mod committer;
mod dialect;
mod epoch;
mod lane;
mod migrations;
mod row;
mod session;

pub mod access_keys;
pub mod account_identities;
pub mod api_tokens;
pub mod audit;
pub mod audit_search;
pub mod backup;
pub mod belongings;
pub mod beside;
pub mod channels;
pub mod checks;
pub mod claims;
pub mod credentials;
pub mod environments;
pub mod events;
pub mod hosts;
pub mod invitations;
pub mod keys;
pub mod leases;
pub mod limits;
pub mod members;
pub mod notifications;
pub mod oauth_flows;
pub mod once;
pub mod organizations;
pub mod projects;
pub mod repository_hooks;
pub mod sealed;
pub mod secrets;
pub mod services;
pub mod sessions;
pub mod sign_in_links;
pub mod statistics;
pub mod use_counts;
pub mod verify;

pub use committer::ChangeFuture;
pub use committer::Committer;
pub use dialect::Engine;
pub use epoch::Epoch;
pub use session::Session;
pub use session::Store;
