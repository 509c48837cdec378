//! The hard tests: kills, leaks, full disks, wrong keys, lost and forged data – one module a topic.
//!
//! Every one of them runs the real binary. What is awaited is polled for and given up on after a
//! limit; a pause only ever chooses the moment at which something is cut off, or the pace of a client.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails loudly"
)]

mod api;
mod at_once;
mod audit;
mod backup;
mod canary;
mod first_start;
mod full_disk;
mod keys;
mod kill;
mod notify;
mod processes;
mod rekey;
mod replace;
mod replicas;
