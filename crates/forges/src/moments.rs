//! Moments as providers write them, and the real clock and chance for who brings none.

use std::time::UNIX_EPOCH;

use domain::Clock;
use domain::Entropy;
use domain::Timestamp;

/// The clock of this machine.
pub(crate) struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "the clock of a forge that was given none")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The chance of this machine.
pub(crate) struct RealEntropy;

impl Entropy for RealEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // It fails only where the system has no randomness; a throw-away forge may then repeat.
        let _ = aws_lc_rs::rand::fill(bytes);
    }
}

/// `2026-11-21T04:30:00Z`.
pub(crate) fn seconds(moment: Timestamp) -> String {
    written(moment, "%Y-%m-%dT%H:%M:%SZ")
}

/// `2026-11-21T04:30:00.000Z`.
pub(crate) fn millis(moment: Timestamp) -> String {
    moment.to_string()
}

/// `2026-11-21`.
pub(crate) fn date(moment: Timestamp) -> String {
    written(moment, "%Y-%m-%d")
}

/// The moment in another form, in UTC; the words are those of `strftime`.
pub(crate) fn written(moment: Timestamp, form: &str) -> String {
    jiff::Timestamp::from_millisecond(moment.millis())
        .map(|moment| moment.strftime(form).to_string())
        .unwrap_or_default()
}
