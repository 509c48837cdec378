//! Small charts as numbers for SVG: bars of uses per day, and a line of what ends when. Every chart has
//! its numbers beside it in words, so that nobody has to see it.

use broker::CredentialView;
use broker::DAYS_OF_USE;
use broker::DayCount;
use broker::ENDS_WITHIN;
use domain::Timestamp;

use crate::words;

/// Width and height of the bars, in the chart's own units.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 90;
/// A day that had anything is seen.
const BAR_MIN: i64 = 2;

/// Uses and refusals per day.
pub struct Uses {
    /// A bar for each day, oldest first.
    pub bars: Vec<Bar>,
    /// All of them.
    pub uses: i64,
    pub refusals: i64,
}

/// One day.
pub struct Bar {
    /// Where it stands, and how wide it is.
    pub x: i64,
    pub width: i64,
    /// The uses: from where, and how high.
    pub uses_y: i64,
    pub uses_height: i64,
    /// The refusals, on top of them.
    pub refusals_y: i64,
    pub refusals_height: i64,
    /// In words.
    pub said: String,
}

impl Uses {
    /// The bars of the last days.
    pub fn of(days: &[DayCount], today: i64) -> Uses {
        let count_of = |day: i64| {
            let found = days.iter().find(|it| it.day == day).copied();
            found.unwrap_or(DayCount { day, ..DayCount::default() })
        };
        let all: Vec<DayCount> = (today - DAYS_OF_USE + 1..=today).map(count_of).collect();
        let most = all.iter().map(|it| it.uses + it.refusals).max().unwrap_or(0).max(1);
        let height = |count: i64| match count {
            0 => 0,
            some => (some * HEIGHT / most).max(BAR_MIN),
        };
        let step = WIDTH / DAYS_OF_USE;
        let bars = all.iter().zip(0..).map(|(it, place)| {
            let (uses_height, refusals_height) = (height(it.uses), height(it.refusals));
            Bar {
                x: place * step,
                width: step - 4,
                uses_y: HEIGHT - uses_height,
                uses_height,
                refusals_y: (HEIGHT - uses_height - refusals_height).max(0),
                refusals_height,
                said: format!("{}: {} uses, {} refusals", date_of(it.day), it.uses, it.refusals),
            }
        });
        Uses {
            bars: bars.collect(),
            uses: all.iter().map(|it| it.uses).sum(),
            refusals: all.iter().map(|it| it.refusals).sum(),
        }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.uses + self.refusals == 0
    }
}

fn date_of(day: i64) -> String {
    let at = Timestamp::from_millis(day * 24 * 3600 * 1000).to_string();
    at.split('T').next().unwrap_or_default().to_owned()
}

/// What ends when, on a line from now on.
pub struct Ends {
    /// A mark for each credential that ends.
    pub marks: Vec<Mark>,
    /// Lines that say how far one is from now: where, and what is said.
    pub lines: Vec<(i64, &'static str)>,
}

/// One end.
pub struct Mark {
    /// Where it stands.
    pub x: i64,
    /// How high; ends that are near each other stand above each other.
    pub y: i64,
    /// The class that colours it.
    pub class: &'static str,
    /// In words.
    pub said: String,
}

/// The line of ends: from where to where, and how marks are stacked.
const FROM: i64 = 24;
const TO: i64 = 572;
const BASE: i64 = 78;
const STACKED: i64 = 14;
const STACK_MAX: i64 = 5;
const NEAR: i64 = 12;

impl Ends {
    /// The line of what ends from now on.
    pub fn of(ending: &[CredentialView], now: Timestamp) -> Ends {
        let span = i64::try_from(ENDS_WITHIN.as_millis()).unwrap_or(i64::MAX);
        let day = 24 * 3600 * 1000;
        let at = |millis: i64| FROM + (TO - FROM) * millis.clamp(0, span) / span;
        let mut marks: Vec<Mark> = Vec::new();
        for view in ending {
            let Some(end) = view.credential.expires_at.filter(|end| *end > now) else { continue };
            let left = end.millis() - now.millis();
            let x = at(left);
            let near = marks.iter().filter(|it| (it.x - x).abs() < NEAR).count();
            let near = i64::try_from(near).unwrap_or(STACK_MAX).min(STACK_MAX - 1);
            marks.push(Mark {
                x,
                y: BASE - near * STACKED,
                class: match left / day {
                    ..7 => "bar bad",
                    7..30 => "bar warn",
                    _ => "bar",
                },
                said: format!("{} ends {}", words::name(&view.credential.name), end),
            });
        }
        let lines = [(0, "now"), (7, "7 days"), (30, "30 days"), (60, "60 days"), (90, "90 days")];
        Ends { marks, lines: lines.map(|(days, said)| (at(days * day), said)).to_vec() }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_a_bar_and_the_highest_fills_the_chart() {
        let days = [
            DayCount { day: 100, uses: 10, refusals: 0 },
            DayCount { day: 98, uses: 1, refusals: 4 },
        ];
        let uses = Uses::of(&days, 100);
        assert_eq!(uses.bars.len(), 30);
        assert_eq!((uses.uses, uses.refusals), (11, 4));
        let last = uses.bars.last().unwrap();
        assert_eq!((last.uses_y, last.uses_height, last.refusals_height), (0, HEIGHT, 0));
        assert_eq!(last.said, "1970-04-11: 10 uses, 0 refusals");
        assert!(Uses::of(&[], 100).is_empty());
    }
}
