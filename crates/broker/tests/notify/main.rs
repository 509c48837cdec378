//! Warnings on their way to people: real databases, a mail sink and a receiver of webhooks.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod mail;
mod odd;
mod replicas;
mod webhook;
mod world;
