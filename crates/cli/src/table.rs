//! Tables for people.

use comfy_table::Attribute;
use comfy_table::Color;
use comfy_table::presets;
use domain::Timestamp;
use domain::text::printable;

use crate::limits;

/// How a cell is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    Good,
    Doubtful,
    Bad,
}

/// One cell, not yet made printable.
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell { text: text.into(), tone: Tone::Plain }
    }
}

/// A status word, in the colour of how bad it is.
pub(crate) fn status(word: &str) -> Cell {
    let tone = match word {
        "valid" | "live" | "yes" | "proven" | "sent" | "allowed" | "trusted" => Tone::Good,
        "expiring" | "unchecked" | "insufficient" | "waiting" => Tone::Doubtful,
        "expired" | "rejected" | "revoked" | "no" | "refused" | "missing" | "failed"
        | "not trusted" => Tone::Bad,
        _ => Tone::Plain,
    };
    Cell { text: word.to_owned(), tone }
}

/// A moment, to the minute.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    match text.get(..16) {
        Some(minute) if text.ends_with('Z') => format!("{minute}Z"),
        _ => text,
    }
}

/// A moment that may be missing.
pub(crate) fn moment_or(at: Option<Timestamp>, missing: &str) -> String {
    at.map_or_else(|| missing.to_owned(), moment)
}

/// A table, or the fields of one thing.
pub(crate) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    empty: &'static str,
}

impl Table {
    /// A list with a header; `empty` is said when there are no rows.
    pub(crate) fn list<const N: usize>(
        header: [&'static str; N],
        empty: &'static str,
        rows: impl IntoIterator<Item = [Cell; N]>,
    ) -> Table {
        let rows = rows.into_iter().map(Vec::from).collect();
        Table { header: header.to_vec(), rows, empty }
    }

    /// One thing, a field a line; empty fields are left out.
    pub(crate) fn fields(fields: impl IntoIterator<Item = (&'static str, Cell)>) -> Table {
        let rows = fields
            .into_iter()
            .filter(|(_, cell)| !cell.text.is_empty())
            .map(|(name, cell)| vec![Cell::from(name), cell])
            .collect();
        Table { header: Vec::new(), rows, empty: "" }
    }

    /// The text, with colours or without.
    pub(crate) fn render(&self, wants_colour: bool) -> String {
        if self.rows.is_empty() {
            return self.empty.to_owned();
        }
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        // Ids, tokens and URLs have to be copied whole, so lines are never folded to the terminal.
        table.force_no_tty();
        if wants_colour {
            table.enforce_styling();
        }
        if !self.header.is_empty() {
            let cells = self.header.iter().map(|name| {
                let cell = comfy_table::Cell::new(name);
                if wants_colour { cell.add_attribute(Attribute::Bold) } else { cell }
            });
            table.set_header(cells.collect::<Vec<_>>());
        }
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| paint(cell, wants_colour)).collect::<Vec<_>>());
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table.trim_fmt()
    }
}

fn paint(cell: &Cell, wants_colour: bool) -> comfy_table::Cell {
    let painted = comfy_table::Cell::new(printable(&cell.text, limits::SHOWN_CHARACTERS_MAX));
    let colour = match cell.tone {
        Tone::Good => Color::Green,
        Tone::Doubtful => Color::Yellow,
        Tone::Bad => Color::Red,
        Tone::Plain => return painted,
    };
    if wants_colour { painted.fg(colour) } else { painted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_in_its_cell() {
        let rows = [["a\u{1b}[31m\nb".into(), status("valid")], ["c".into(), status("expired")]];
        let table = Table::list(["NAME", "STATUS"], "None.", rows);
        assert_eq!(
            table.render(false),
            "NAME               STATUS\na\\u{1b}[31m\\u{a}b  valid\nc                  expired"
        );
        let coloured = table.render(true);
        assert!(coloured.contains("\u{1b}["), "{coloured:?}");
        assert!(!coloured.contains("\u{1b}[31m\n"), "{coloured:?}");
    }

    #[test]
    fn nothing_is_said_in_words() {
        assert_eq!(Table::list(["NAME"], "None yet.", []).render(true), "None yet.");
        let fields = [("name", "x".into()), ("workspace", "".into()), ("status", status("valid"))];
        assert_eq!(Table::fields(fields).render(false), "name    x\nstatus  valid");
    }

    #[test]
    fn moments_are_short() {
        assert_eq!(moment(Timestamp::from_millis(0)), "1970-01-01T00:00Z");
        assert_eq!(moment_or(None, "never"), "never");
    }
}
