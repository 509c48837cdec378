//! Moments, spans and the clock as a parameter.
//!
//! A [`Timestamp`] is milliseconds since the Unix epoch, in UTC; that is also how it is stored.

use std::fmt;
use std::time::Duration;

use crate::Error;
use crate::Result;

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// Tells the time. Injected everywhere; only the binary owns a real one.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A moment: milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment plus a span; saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This moment, or the one right after `other` if that is later: moments that must grow.
    #[must_use]
    pub fn after(self, other: Timestamp) -> Timestamp {
        Timestamp(self.0.max(other.0.saturating_add(1)))
    }

    /// Reads an RFC 3339 moment or a bare date, which means midnight UTC at its start.
    pub fn parse(text: &str) -> Result<Timestamp> {
        let wrong = || {
            Error::invalid(format!("\"{}\" is not a date.", crate::text::printable(text, 40)))
                .hint("write 2027-01-31 or 2027-01-31T12:00:00Z")
        };
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(Timestamp(moment.as_millisecond()));
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| wrong())?;
        let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
        Ok(Timestamp(zoned.timestamp().as_millisecond()))
    }

    /// Reads the last moment of a span: an RFC 3339 moment, or a bare date, which is meant to its end.
    pub fn parse_last(text: &str) -> Result<Timestamp> {
        let moment = Timestamp::parse(text)?;
        let is_date = text.parse::<jiff::Timestamp>().is_err();
        Ok(if is_date { Timestamp(moment.0.saturating_add(DAY_MILLIS - 1)) } else { moment })
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds, `2026-11-21T04:30:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "beyond the calendar"),
        }
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

/// Reads a span: a whole number and one of `s`, `m`, `h`, `d`, as in `90s`, `15m`, `8h`, `30d`.
pub fn parse_span(text: &str) -> Result<Duration> {
    let wrong = || {
        Error::invalid(format!("\"{}\" is not a duration.", crate::text::printable(text, 40)))
            .hint("write a whole number and s, m, h or d: 90s, 15m, 8h, 30d")
    };
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds_per_unit: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let digits = text.strip_suffix(unit).ok_or_else(wrong)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    count.checked_mul(seconds_per_unit).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let read = |text| parse_span(text).ok().map(|span| span.as_secs());
        assert_eq!(read("90s"), Some(90));
        assert_eq!(read("15m"), Some(900));
        assert_eq!(read("8h"), Some(28_800));
        assert_eq!(read("30d"), Some(2_592_000));
        for wrong in ["", "15", "m", "-1s", "1.5h", "1w", "99999999999999999999d", "٣m"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_round_trip() {
        let moment = Timestamp::parse("2026-11-21T04:30:00Z").unwrap();
        assert_eq!(moment.to_string(), "2026-11-21T04:30:00.000Z");
        assert_eq!(Timestamp::parse(&moment.to_string()).unwrap(), moment);
        assert_eq!(Timestamp::parse("2027-01-31").unwrap().to_string(), "2027-01-31T00:00:00.000Z");
        assert!(Timestamp::parse("tomorrow").is_err());
    }

    #[test]
    fn a_last_day_is_meant_whole() {
        let last = |text| Timestamp::parse_last(text).unwrap().to_string();
        assert_eq!(last("2027-01-31"), "2027-01-31T23:59:59.999Z");
        assert_eq!(last("2027-01-31T12:00:00Z"), "2027-01-31T12:00:00.000Z");
        assert!(Timestamp::parse_last("tomorrow").is_err());
    }
}
