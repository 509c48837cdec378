//! What tests of several crates share; linked by tests only.
//!
//! Everything here panics with the reason when it cannot do its work: a missing program or right
//! must stop a test at once, never let it pass.
#![expect(clippy::panic, reason = "a fixture that cannot be set up must stop its test at once")]

pub mod canary;
pub mod clock;
pub mod git;
pub mod issuer;
pub mod mail;
pub mod postgres;
pub mod receiver;
pub mod volume;

pub use canary::Canary;
pub use clock::ManualClock;
pub use clock::SeededEntropy;
pub use git::Git;
pub use issuer::Issuer;
pub use mail::MailSink;
pub use postgres::Cluster;
pub use receiver::Receiver;
pub use volume::Volume;
