//! Moments for people: relative, with the exact UTC beside it.

use domain::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// From here on months are said, not days.
const MONTHS_FROM_DAYS: i64 = 90;
const DAYS_PER_MONTH: i64 = 30;
const MONTHS_PER_YEAR: i64 = 12;
/// From here on years are said.
const YEARS_FROM_MONTHS: i64 = 24;

/// A moment as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Relative, as in "in 12 days".
    pub shown: String,
    /// Exact, as in 2027-01-31T12:00:00Z.
    pub exact: String,
}

impl Moment {
    /// A moment, seen from now.
    pub fn of(at: Timestamp, now: Timestamp) -> Moment {
        Moment { shown: relative(at, now), exact: at.to_string() }
    }

    /// The same, where there is one.
    pub fn maybe(at: Option<Timestamp>, now: Timestamp) -> Option<Moment> {
        at.map(|at| Moment::of(at, now))
    }
}

fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.seconds() - now.seconds();
    if seconds.abs() < MINUTE {
        return "just now".to_owned();
    }
    let (count, unit) = in_words(seconds.abs());
    let plural = if count == 1 { "" } else { "s" };
    match seconds > 0 {
        true => format!("in {count} {unit}{plural}"),
        false => format!("{count} {unit}{plural} ago"),
    }
}

fn in_words(seconds: i64) -> (i64, &'static str) {
    let days = seconds / DAY;
    let months = days / DAYS_PER_MONTH;
    match seconds {
        _ if months >= YEARS_FROM_MONTHS => (months / MONTHS_PER_YEAR, "year"),
        _ if days >= MONTHS_FROM_DAYS => (months, "month"),
        _ if days >= 1 => (days, "day"),
        _ if seconds >= HOUR => (seconds / HOUR, "hour"),
        _ => (seconds / MINUTE, "minute"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_as_people_say_them() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let said =
            |seconds: i64| relative(Timestamp::from_millis(now.millis() + seconds * 1000), now);
        for (seconds, words) in [
            (0, "just now"),
            (-59, "just now"),
            (-60, "1 minute ago"),
            (3 * HOUR, "in 3 hours"),
            (DAY, "in 1 day"),
            (-89 * DAY, "89 days ago"),
            (91 * DAY, "in 3 months"),
            (-800 * DAY, "2 years ago"),
        ] {
            assert_eq!(said(seconds), words);
        }
    }
}
