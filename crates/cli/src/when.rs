//! Moments as people write them: a date, a moment, or a span from now.

use domain::Result;
use domain::Timestamp;
use domain::time::parse_span;

/// A moment to come: `2027-01-31`, `2027-01-31T12:00:00Z`, or `90d` from now.
pub(crate) fn ahead(text: &str, now: Timestamp) -> Result<Timestamp> {
    match parse_span(text) {
        Ok(span) => Ok(now.plus(span)),
        Err(_) => Timestamp::parse(text),
    }
}

/// A moment gone by: a date, a moment, or `8h` ago.
pub(crate) fn ago(text: &str, now: Timestamp) -> Result<Timestamp> {
    match parse_span(text) {
        Ok(span) => {
            let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
            Ok(Timestamp::from_millis(now.millis().saturating_sub(millis)))
        }
        Err(_) => Timestamp::parse(text),
    }
}

/// The last moment of a span gone by: a date, which is meant to its end, a moment, or `8h` ago.
pub(crate) fn last(text: &str, now: Timestamp) -> Result<Timestamp> {
    match parse_span(text) {
        Ok(_) => ago(text, now),
        Err(_) => Timestamp::parse_last(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions() {
        let now = Timestamp::parse("2026-11-21").unwrap();
        assert_eq!(ahead("1d", now).unwrap(), Timestamp::parse("2026-11-22").unwrap());
        assert_eq!(ago("24h", now).unwrap(), Timestamp::parse("2026-11-20").unwrap());
        assert_eq!(ago("2026-01-01", now).unwrap(), Timestamp::parse("2026-01-01").unwrap());
        assert!(ahead("soon", now).is_err());
        assert_eq!(last("24h", now).unwrap(), Timestamp::parse("2026-11-20").unwrap());
        let end = Timestamp::parse("2026-01-01T23:59:59.999Z").unwrap();
        assert_eq!(last("2026-01-01", now).unwrap(), end);
    }
}
