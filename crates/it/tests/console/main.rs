//! The console in a real browser: Chromium, driven as a person would use it, against a real server
//! and a provider with real git behind it.
//!
//! What is awaited is polled for and given up on after a limit.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod browser;
mod driver;
mod raw;
mod scene;

mod accounts;
mod administration;
mod elsewhere;
mod everybody;
mod hostile;
mod interrupted;
mod live;
mod people;
mod roles;
mod rooms;
mod sign_in;
mod tokens;
