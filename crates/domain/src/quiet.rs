//! Quiet hours: when a channel is left alone, in the clock of a place.

use std::fmt;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::Error;
use crate::Result;
use crate::Timestamp;
use crate::text::printable;

/// A daily span in which nobody is told anything, as in `22:00-07:00 Europe/Berlin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    begin: Time,
    end: Time,
    zone: TimeZone,
    zone_name: String,
}

impl QuietHours {
    /// Reads `22:00-07:00`, with the name of a time zone behind it unless UTC is meant.
    pub fn parse(text: &str) -> Result<QuietHours> {
        let wrong = || {
            Error::invalid(format!("\"{}\" are not quiet hours.", printable(text, 60)))
                .hint("write 22:00-07:00, or 22:00-07:00 Europe/Berlin")
        };
        let (span, zone_name) = text.trim().split_once(' ').unwrap_or((text.trim(), "UTC"));
        let (begin, end) = span.split_once('-').ok_or_else(wrong)?;
        let (begin, end) = (time(begin).ok_or_else(wrong)?, time(end).ok_or_else(wrong)?);
        if begin == end {
            return Err(Error::invalid("The quiet hours end when they begin.".to_owned())
                .hint("switch the channel off instead, if nobody is to be told"));
        }
        let zone = TimeZone::get(zone_name.trim()).map_err(|_| {
            let shown = printable(zone_name.trim(), 40);
            Error::invalid(format!("There is no time zone {shown}."))
                .hint("write its name as in Europe/Berlin, or leave it out for UTC")
        })?;
        let zone_name = zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(QuietHours { begin, end, zone, zone_name })
    }

    /// The end of the quiet hours that this moment lies in; `None` if people may be told.
    pub fn ends_after(&self, now: Timestamp) -> Option<Timestamp> {
        let moment = jiff::Timestamp::from_millisecond(now.millis()).ok()?;
        let local = moment.to_zoned(self.zone.clone()).datetime();
        let clock = local.time();
        let is_over_midnight = self.end < self.begin;
        let is_quiet = match is_over_midnight {
            true => clock >= self.begin || clock < self.end,
            false => clock >= self.begin && clock < self.end,
        };
        if !is_quiet {
            return None;
        }
        let day = match is_over_midnight && clock >= self.begin {
            true => local.date().tomorrow().ok()?,
            false => local.date(),
        };
        let end = day.to_datetime(self.end).to_zoned(self.zone.clone()).ok()?;
        // The hour that a clock repeats in autumn can end before the moment that lies in it.
        Some(Timestamp::from_millis(end.timestamp().as_millisecond()).after(now))
    }
}

/// `7:05` is refused: hours and minutes have two digits each.
fn time(text: &str) -> Option<Time> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |part: &str| {
        let is_plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| part.parse::<i8>().ok()).flatten()
    };
    Time::new(number(hours)?, number(minutes)?, 0, 0).ok()
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begin, end) = (self.begin, self.end);
        write!(f, "{:02}:{:02}-", begin.hour(), begin.minute())?;
        write!(f, "{:02}:{:02} {}", end.hour(), end.minute(), self.zone_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(hours: &str, now: &str) -> Option<String> {
        let hours = QuietHours::parse(hours).unwrap();
        hours.ends_after(Timestamp::parse(now).unwrap()).map(|end| end.to_string())
    }

    #[test]
    fn a_night_goes_over_midnight() {
        let night = "22:00-07:00";
        assert_eq!(end(night, "2026-11-21T21:59:59Z"), None);
        let morning = Some("2026-11-22T07:00:00.000Z".to_owned());
        assert_eq!(end(night, "2026-11-21T22:00:00Z"), morning);
        assert_eq!(end(night, "2026-11-22T06:59:59Z"), morning);
        assert_eq!(end(night, "2026-11-22T07:00:00Z"), None);
        let noon = Some("2026-11-22T14:00:00.000Z".to_owned());
        assert_eq!(end("12:00-14:00", "2026-11-22T12:30:00Z"), noon);
        assert_eq!(end("12:00-14:00", "2026-11-22T22:30:00Z"), None);
    }

    #[test]
    fn the_clock_is_that_of_the_place_in_summer_and_winter() {
        let night = "22:00-07:00 Europe/Berlin";
        assert_eq!(end(night, "2026-07-01T20:30:00Z").unwrap(), "2026-07-02T05:00:00.000Z");
        assert_eq!(end(night, "2026-12-01T20:30:00Z"), None);
        assert_eq!(end(night, "2026-12-01T21:30:00Z").unwrap(), "2026-12-02T06:00:00.000Z");
        // 02:30 does not exist on this morning, and exists twice on the other.
        let early = "00:00-02:30 Europe/Berlin";
        assert_eq!(end(early, "2026-03-29T00:30:00Z").unwrap(), "2026-03-29T01:30:00.000Z");
        assert_eq!(end(early, "2026-10-25T01:10:00Z").unwrap(), "2026-10-25T01:10:00.001Z");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["22:00-07:00 UTC", "09:30-17:05 Asia/Kolkata"] {
            assert_eq!(QuietHours::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(QuietHours::parse("22:00-07:00").unwrap().to_string(), "22:00-07:00 UTC");
        for wrong in
            ["", "22-7", "22:00", "24:00-07:00", "2:00-07:00", "22:00-22:00", "22:00-07:00 X"]
        {
            assert!(QuietHours::parse(wrong).is_err(), "{wrong}");
        }
    }
}
