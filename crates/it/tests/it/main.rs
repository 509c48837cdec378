//! The integration tests, one module a topic.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod accounts;
mod app;
mod browse;
mod channel;
mod checks;
mod first_day;
mod gateway;
mod helper;
mod hooks;
mod host_check;
mod metrics;
mod oidc;
mod qovery;
mod readme;
mod resolve;
mod roles;
mod servicestage;
mod sessions;
mod sign_in_link;
mod toolbox;
