//! The nouns and rules of Claviger.
//!
//! Everything here is a value or a pure function of values: no IO, no async, no clock and no
//! random source of its own (both are parameters, see [`Clock`] and [`Entropy`]). No other crate
//! decides what a URL means, what a status is or who may do what; they ask this one.
//!
//! Deliberately not here: HTTP statuses, SQL, wire names of the foreign surfaces, cryptography.

pub mod access;
pub mod advice;
pub mod audit;
pub mod check;
pub mod credential;
pub mod error;
pub mod event;
pub mod handle;
pub mod host;
pub mod id;
pub mod lease;
pub mod limits;
pub mod notification;
pub mod policy;
pub mod principal;
pub mod provider;
pub mod quiet;
pub mod refs;
pub mod resolve;
pub mod role;
pub mod secret;
pub mod service;
pub mod session;
pub mod status;
pub mod text;
pub mod time;
pub mod token;
pub mod url;
pub mod warning_days;
pub mod watch;

pub use error::Blame;
pub use error::Error;
pub use error::ErrorKind;
pub use error::Result;
pub use secret::Secret;
pub use time::Clock;
pub use time::Timestamp;

/// A source of random bytes; a parameter everywhere so that tests are repeatable.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}
