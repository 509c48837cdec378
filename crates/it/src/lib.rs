//! The harness of the integration tests: the real binary as real processes.
//!
//! A [`World`] is a server on SQLite or PostgreSQL, bootstrapped, with a private Git host beside it.
//! Nothing here reaches into the server: what people and scripts see is what is tested.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness fails loudly"
)]

mod binary;
mod server;
mod world;

pub use binary::binary;
pub use server::Server;
pub use server::ServerOptions;
pub use world::On;
pub use world::Ran;
pub use world::World;
