//! When a credential is looked at next. Pure rules; the chance is a parameter.

use std::time::Duration;

use crate::Timestamp;
use crate::check::Verdict;
use crate::warning_days::WarningDays;

/// Between two checks, when nobody says.
pub const CHECK_EVERY: Duration = Duration::from_secs(6 * 3600);
/// Between a first refusal and the one that confirms it, when nobody says.
pub const CONFIRM_AFTER: Duration = Duration::from_secs(120);
/// Authentication failures in a row after which a credential is left alone.
pub const REFUSALS_MAX: i64 = 3;
/// After a check that told nothing.
pub const AGAIN_AFTER_UNKNOWN: Duration = Duration::from_secs(15 * 60);
/// Never, as a moment.
pub const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

/// The rhythm of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Between two checks, give or take a fifth.
    pub every: Duration,
    /// Between a first refusal and the one that confirms it.
    pub confirm_after: Duration,
}

impl Default for Rhythm {
    fn default() -> Rhythm {
        Rhythm { every: CHECK_EVERY, confirm_after: CONFIRM_AFTER }
    }
}

/// An unbroken row of refusals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The first of them.
    pub since: Option<Timestamp>,
    /// How many there are.
    pub times: i64,
}

impl Refused {
    /// The row with one more verdict; what is unknown neither breaks nor lengthens it.
    #[must_use]
    pub fn after(self, verdict: Verdict, now: Timestamp) -> Refused {
        match verdict {
            Verdict::Refused => {
                Refused { since: self.since.or(Some(now)), times: self.times.saturating_add(1) }
            }
            Verdict::Unknown => self,
            Verdict::Accepted | Verdict::Expired => Refused::default(),
        }
    }
}

/// When to look again. `chance` is any number; it spreads checks so that no host sees them all at
/// once. `refused` counts this check too. Three refusals in a row trip the breaker: only people, by
/// a new value or a check of their own, start it again. `mark` is what is not to be slept through.
pub fn next_check(
    rhythm: Rhythm,
    verdict: Verdict,
    refused: Refused,
    mark: Option<Timestamp>,
    now: Timestamp,
    chance: u64,
) -> Timestamp {
    let usual = now.plus(jittered(rhythm.every, chance));
    let confirmed_at = refused.since.map(|first| first.plus(rhythm.confirm_after));
    match verdict {
        // Refusals that come too soon confirm nothing, however many there are.
        Verdict::Refused if confirmed_at.is_some_and(|at| at > now) => {
            confirmed_at.unwrap_or(usual)
        }
        Verdict::Refused if refused.times >= REFUSALS_MAX => NEVER,
        Verdict::Expired => NEVER,
        Verdict::Unknown => usual.min(now.plus(jittered(AGAIN_AFTER_UNKNOWN, chance))),
        Verdict::Refused => usual,
        Verdict::Accepted => mark.map_or(usual, |mark| usual.min(mark)),
    }
}

/// The next moment at which the end of a credential is worth a look: a day on which somebody is
/// warned, or the end.
pub fn next_mark(days: &[WarningDays], end: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let ahead = days.iter().filter_map(|days| days.next(end, now));
    ahead.chain([end]).filter(|mark| *mark > now).min()
}

/// A span, a fifth longer or shorter at most.
fn jittered(span: Duration, chance: u64) -> Duration {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let fifth = millis / 5;
    let offset = if fifth == 0 { 0 } else { chance % (2 * fifth + 1) };
    Duration::from_millis((millis - fifth).saturating_add(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);
    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn next(verdict: Verdict, times: i64, end: Option<Timestamp>, chance: u64) -> Timestamp {
        let mark = end.and_then(|end| next_mark(&[WarningDays::default()], end, NOW));
        let ago = if times > 1 { 3_600_000 } else { 0 };
        let since = (times > 0).then(|| Timestamp::from_millis(NOW.millis() - ago));
        next_check(Rhythm::default(), verdict, Refused { since, times }, mark, NOW, chance)
    }

    #[test]
    fn a_row_of_refusals() {
        let later = NOW.plus(DAY);
        let one = Refused::default().after(Verdict::Refused, NOW);
        assert_eq!(one, Refused { since: Some(NOW), times: 1 });
        assert_eq!(one.after(Verdict::Unknown, later), one);
        assert_eq!(one.after(Verdict::Refused, later), Refused { since: Some(NOW), times: 2 });
        assert_eq!(one.after(Verdict::Accepted, later), Refused::default());
        assert_eq!(Refused::default().after(Verdict::Unknown, NOW), Refused::default());
    }

    #[test]
    fn refusals_in_quick_succession_are_confirmed_all_the_same() {
        let first = Timestamp::from_millis(NOW.millis() - 1_000);
        for times in 1..=5 {
            let refused = Refused { since: Some(first), times };
            let at = next_check(Rhythm::default(), Verdict::Refused, refused, None, NOW, 5);
            assert_eq!(at, first.plus(CONFIRM_AFTER), "{times}");
        }
    }

    #[test]
    fn checks_are_spread_but_never_far_off() {
        let moments: Vec<Timestamp> =
            (0..1000).map(|n| next(Verdict::Accepted, 0, None, n * 7_919_000)).collect();
        let (least, most) = (moments.iter().min().unwrap(), moments.iter().max().unwrap());
        assert!(*least >= NOW.plus(CHECK_EVERY * 4 / 5));
        assert!(*most <= NOW.plus(CHECK_EVERY * 6 / 5));
        assert!(most.millis() - least.millis() > 3_600_000);
    }

    #[test]
    fn a_refusal_is_confirmed_soon_and_the_third_ends_it() {
        assert_eq!(next(Verdict::Refused, 1, None, 5), NOW.plus(CONFIRM_AFTER));
        assert!(next(Verdict::Refused, 2, None, 5) >= NOW.plus(CHECK_EVERY * 4 / 5));
        assert_eq!(next(Verdict::Refused, 3, None, 5), NEVER);
        assert_eq!(next(Verdict::Expired, 0, None, 5), NEVER);
        assert!(next(Verdict::Unknown, 0, None, u64::MAX) <= NOW.plus(AGAIN_AFTER_UNKNOWN * 2));
    }

    #[test]
    fn the_days_of_warnings_are_not_slept_through() {
        let soon = NOW.plus(DAY * 7 + Duration::from_secs(60));
        assert_eq!(next(Verdict::Accepted, 0, Some(soon), 5), NOW.plus(Duration::from_secs(60)));
        let end = NOW.plus(Duration::from_secs(30));
        assert_eq!(next(Verdict::Accepted, 0, Some(end), 5), end);
        assert!(next(Verdict::Accepted, 0, Some(NOW), 5) > NOW);
        let mark = |days: &[&str]| {
            let days: Vec<_> = days.iter().map(|text| WarningDays::parse(text).unwrap()).collect();
            next_mark(&days, NOW.plus(DAY * 70), NOW)
        };
        assert_eq!(mark(&[""]), Some(NOW.plus(DAY * 40)));
        assert_eq!(mark(&["", "90,60", "65"]), Some(NOW.plus(DAY * 5)));
        assert_eq!(mark(&["90"]), Some(NOW.plus(DAY * 70)), "the end");
    }
}
