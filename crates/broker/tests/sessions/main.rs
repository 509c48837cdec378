//! Signing in to the console: links, setting up, sessions and their end, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod ends;
mod keys;
mod links;
mod oidc;
mod operator;
mod providers;
mod set_up;
mod switch;
mod world;
