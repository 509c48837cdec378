//! How many days before an end a channel warns: its own days, or the usual ones.

use std::fmt;
use std::time::Duration;

use crate::Error;
use crate::ErrorKind;
use crate::Result;
use crate::Timestamp;
use crate::limits;
use crate::text::printable;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Days before an end, the most first. The default are the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarningDays(Vec<u16>);

impl WarningDays {
    /// Where nobody says otherwise.
    pub const USUAL: [u16; 4] = [30, 14, 7, 1];

    /// These days, in any order; none are the usual ones.
    pub fn new(mut days: Vec<u16>) -> Result<WarningDays> {
        if let Some(wrong) = days.iter().find(|days| !(1..=limits::WARNING_DAY_MAX).contains(*days))
        {
            let sentence = format!("A channel cannot warn {wrong} days before an end.");
            return Err(Error::invalid(sentence).hint(hint()));
        }
        days.sort_unstable_by(|a, b| b.cmp(a));
        days.dedup();
        let count = days.len();
        if count > limits::WARNING_DAYS_MAX {
            let most = limits::WARNING_DAYS_MAX;
            let sentence =
                format!("A channel warns at most {most} times before an end, not {count}.");
            return Err(Error::new(ErrorKind::TooLarge, sentence).hint(hint()));
        }
        Ok(WarningDays(days))
    }

    /// Reads `60,30,7`; blanks between them do no harm, and the empty text means the usual ones.
    pub fn parse(text: &str) -> Result<WarningDays> {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace());
        let numbers = parts.filter(|part| !part.is_empty()).map(|part| {
            let is_plain = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_plain).ok_or_else(|| {
                let shown = printable(part, 40);
                Error::invalid(format!("\"{shown}\" is no number of days before an end."))
                    .hint(hint())
            })
        });
        WarningDays::new(numbers.collect::<Result<Vec<u16>>>()?)
    }

    /// The days that were given; none where they are the usual ones.
    pub fn given(&self) -> &[u16] {
        &self.0
    }

    /// The days at which is warned, the most first.
    pub fn all(&self) -> &[u16] {
        if self.0.is_empty() { &WarningDays::USUAL } else { &self.0 }
    }

    /// The nearest of them that has come for something with this life; those in the first half of
    /// the life never come.
    pub fn come(&self, since: Timestamp, end: Timestamp, now: Timestamp) -> Option<u16> {
        let life = end.millis().saturating_sub(since.millis());
        let left = end.millis().saturating_sub(now.millis());
        let mut days = self.all().iter().copied();
        // The most stand first, so the last that has come is the nearest.
        days.rfind(|days| left <= millis(*days)).filter(|days| 2 * millis(*days) <= life)
    }

    /// The next moment at which one of them comes.
    pub fn next(&self, end: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let moments = self
            .all()
            .iter()
            .map(|days| Timestamp::from_millis(end.millis().saturating_sub(millis(*days))));
        moments.filter(|moment| *moment > now).min()
    }
}

fn hint() -> String {
    let (day, count) = (limits::WARNING_DAY_MAX, limits::WARNING_DAYS_MAX);
    format!("give up to {count} numbers from 1 to {day}, as in 60,30,7; none means the usual ones")
}

fn millis(days: u16) -> i64 {
    i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX).saturating_mul(i64::from(days))
}

impl fmt::Display for WarningDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.all().iter().map(u16::to_string).collect();
        f.write_str(&days.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_millis(days * 86_400_000)
    }

    #[test]
    fn days_are_sorted_and_each_stands_once() {
        let days = WarningDays::parse(" 7, 60,,30 7\n366,1").unwrap();
        assert_eq!(days.given(), [366, 60, 30, 7, 1]);
        assert_eq!(days.to_string(), "366, 60, 30, 7, 1");
        assert_eq!(WarningDays::parse(&days.to_string()).unwrap(), days);
        let doubles = WarningDays::new([1, 2, 3, 4, 5, 6, 7, 8].repeat(2)).unwrap();
        assert_eq!(doubles.given(), [8, 7, 6, 5, 4, 3, 2, 1]);
        let usual = WarningDays::parse(" , ").unwrap();
        assert_eq!(usual, WarningDays::default());
        assert!(usual.given().is_empty());
        assert_eq!(usual.all(), WarningDays::USUAL);
        assert_eq!(usual.to_string(), "30, 14, 7, 1");
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_could() {
        for (text, says) in [
            ("0", "cannot warn 0 days"),
            ("30,367", "cannot warn 367 days"),
            ("99999", "\"99999\" is no number"),
            ("-7", "\"-7\" is no number"),
            ("+7", "\"+7\" is no number"),
            ("7.5", "\"7.5\" is no number"),
            ("7;1", "\"7;1\" is no number"),
            ("a\u{202e}b", "\"a\\u{202e}b\" is no number"),
            ("1,2,3,4,5,6,7,8,9", "at most 8 times before an end, not 9"),
        ] {
            let refused = WarningDays::parse(text).unwrap_err();
            assert!(refused.message().contains(says), "{text}: {refused}");
            assert!(refused.hint_text().unwrap().contains("up to 8 numbers from 1 to 366"));
        }
    }

    #[test]
    fn the_first_half_of_a_life_is_left_alone() {
        let come = |text: &str, life: i64, left: i64| {
            WarningDays::parse(text).unwrap().come(at(0), at(life), at(life - left))
        };
        assert_eq!(come("", 365, 30), Some(30));
        assert_eq!(come("", 60, 30), Some(30));
        assert_eq!(come("", 59, 29), None);
        assert_eq!(come("", 59, 14), Some(14));
        assert_eq!(come("", 10, 1), Some(1));
        assert_eq!(come("", 1, 1), None);
        assert_eq!(come("", -4, 1), None);
        assert_eq!(come("90", 365, 91), None);
        assert_eq!(come("90", 365, 90), Some(90));
        assert_eq!(come("90", 365, 3), Some(90), "the nearest of its own");
        assert_eq!(come("90,60", 365, 12), Some(60));
        assert_eq!(come("90,60", 179, 88), None);
        assert_eq!(come("90,60", 179, 60), Some(60));
    }
}
