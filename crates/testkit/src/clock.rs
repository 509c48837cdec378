//! Time and randomness that a test controls.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::Clock;
use domain::Entropy;
use domain::Timestamp;

/// 2026-01-01T00:00:00Z, where a clock starts when nobody says.
const START_MILLIS: i64 = 1_767_225_600_000;

/// A clock that stands still until it is told to move. Shared, all its users see it move.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock standing at a moment.
    pub const fn at(moment: Timestamp) -> ManualClock {
        ManualClock(AtomicI64::new(moment.millis()))
    }

    /// Moves to a moment, also backwards.
    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.millis(), Ordering::SeqCst);
    }

    /// Moves forwards.
    pub fn advance(&self, span: Duration) {
        self.set(self.now().plus(span));
    }
}

impl Default for ManualClock {
    /// A clock standing at 2026-01-01T00:00:00Z.
    fn default() -> ManualClock {
        ManualClock::at(Timestamp::from_millis(START_MILLIS))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that look random and are the same for the same seed (SplitMix64). Never for real use.
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The sequence of a seed.
    pub const fn new(seed: u64) -> SeededEntropy {
        SeededEntropy(AtomicU64::new(seed))
    }

    /// That many of its bytes; they do not compress.
    pub fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.fill(&mut bytes);
        bytes
    }

    /// The next eight bytes as a number.
    pub fn next_number(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut number = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ (number >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = self.next_number().to_le_bytes();
            for (byte, random) in chunk.iter_mut().zip(random) {
                *byte = random;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_when_told() {
        let clock = ManualClock::default();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00.000Z");
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30.000Z");
        clock.set(Timestamp::from_millis(5));
        assert_eq!(clock.now().millis(), 5);
    }

    #[test]
    fn entropy_repeats_itself() {
        let draw = |seed| SeededEntropy::new(seed).bytes(21);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        // The published first output of SplitMix64 for seed 0.
        assert_eq!(SeededEntropy::new(0).next_number(), 0xE220_A839_7B1D_CDAF);
    }
}
