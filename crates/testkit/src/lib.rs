//! What tests of several crates share; linked by tests only.
//!
//! Everything here panics with the reason when it cannot do its work: a missing program or right
//! must stop a test at once, never let it pass.

pub mod clock;

pub use clock::ManualClock;
pub use clock::SeededEntropy;
