//! Checks and webhooks as the broker settles them: real databases, and providers as they answer in
//! public.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod contents;
mod days;
mod hooks;
mod names;
mod replicas;
mod revoke;
mod services;
mod watch;
mod world;
