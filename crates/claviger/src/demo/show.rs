//! Everything the demo writes, and the only place of it that writes.
//!
//! For people: on standard output, or on standard error when the output is JSON; colours only on a
//! terminal. Whatever is written is scrubbed of the secrets made known with [`Show::hide`].

use std::io;
use std::io::IsTerminal;
use std::io::Write;

use domain::Error;
use domain::Result;
use domain::text::printable;
use domain::text::scrub;

use super::fold;
use super::limits;

/// How a piece of text is meant.
#[derive(Clone, Copy)]
enum Tone {
    Plain,
    Title,
    Quiet,
    Command,
    Good,
    Bad,
}

impl Tone {
    const fn code(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Title => "1",
            Tone::Quiet => "2",
            Tone::Command => "36",
            Tone::Good => "32",
            Tone::Bad => "31",
        }
    }
}

/// Where the demo writes, and how.
pub struct Show {
    is_json: bool,
    wants_colour: bool,
    is_closed: bool,
    secrets: Vec<String>,
}

impl Show {
    /// For people, or with `is_json` for a program that reads standard output.
    pub fn new(is_json: bool) -> Show {
        let is_terminal =
            if is_json { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wants_colour = is_terminal && !is_set("NO_COLOR") && !is_dumb;
        Show { is_json, wants_colour, is_closed: false, secrets: Vec::new() }
    }

    /// Never to be written from now on.
    pub fn hide(&mut self, secret: &str) {
        self.secrets.push(secret.to_owned());
    }

    /// Whether nobody reads any more.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// This text without secrets and without anything that moves a cursor, on one line.
    pub fn clean(&self, text: &str) -> String {
        let needles: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        printable(&scrub(text, &needles), limits::OUTPUT_CHARACTERS_MAX)
    }

    /// The first words.
    pub fn opening(&mut self) {
        self.line("", Tone::Title, "Claviger demo");
        self.folded("", Tone::Quiet, OPENING);
        self.gap();
    }

    /// What is being made ready.
    pub fn preparing(&mut self, text: &str) {
        self.folded("  · ", Tone::Plain, text);
    }

    /// A scene begins: its number, title and reason.
    pub fn scene(&mut self, number: usize, count: usize, title: &str, why: &str) {
        self.gap();
        self.line(&format!("{number:>2}/{count} "), Tone::Title, title);
        self.folded("      ", Tone::Quiet, why);
    }

    /// A command that is about to run, as a user would type it.
    pub fn command(&mut self, words: &[String]) {
        let words: Vec<String> = words.iter().map(|word| self.clean(word)).collect();
        for (index, line) in fold::command(&words, limits::COLUMNS - 10).iter().enumerate() {
            let mark = if index == 0 { "      $ " } else { "          " };
            self.line(mark, Tone::Command, line);
        }
    }

    /// A remark on what is going on.
    pub fn remark(&mut self, text: &str) {
        self.folded("        ", Tone::Quiet, text);
    }

    /// What a command said: the first lines of it, folded.
    pub fn said(&mut self, text: &str) {
        let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let lines: Vec<&str> = lines.collect();
        for line in lines.iter().take(limits::SAID_LINES_MAX) {
            let line = printable(&self.clean(line), limits::SAID_CHARACTERS_MAX);
            self.folded("        ", Tone::Plain, &line);
        }
        if lines.len() > limits::SAID_LINES_MAX {
            self.line("        ", Tone::Quiet, "…");
        }
    }

    /// Rows in columns, whole.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        for (index, line) in fold::table(rows).iter().enumerate() {
            let tone = if index == 0 { Tone::Quiet } else { Tone::Plain };
            self.line("        ", tone, line);
        }
    }

    /// How a scene ended; gives the words for the report.
    pub fn outcome(&mut self, outcome: &Result<String>) -> String {
        match outcome {
            Ok(detail) => {
                self.folded("      ✓ ", Tone::Good, detail);
                self.clean(detail)
            }
            Err(error) => {
                self.folded("      ✗ ", Tone::Bad, error.message());
                if let Some(hint) = error.hint_text() {
                    self.folded("        ", Tone::Quiet, hint);
                }
                self.clean(error.message())
            }
        }
    }

    /// The sum.
    pub fn sum(&mut self, held: usize, count: usize) {
        self.gap();
        if held == count {
            self.line("", Tone::Good, &format!("Every step held: {held} of {count}."));
        } else {
            self.line("", Tone::Bad, &format!("Only {held} of {count} steps held."));
        }
    }

    /// What to do next; it may hold a token that is meant to be seen, and nothing is folded.
    pub fn next(&mut self, title: &str, lines: &[String]) {
        self.gap();
        self.line("", Tone::Title, title);
        for line in lines {
            let shown = printable(line, limits::OUTPUT_CHARACTERS_MAX);
            self.write(&format!("  {shown}\n"));
        }
    }

    /// The last words, when everything is gone.
    pub fn closing(&mut self) {
        self.gap();
        self.line("", Tone::Quiet, "Everything is removed again.");
    }

    /// The one JSON value, on standard output.
    pub fn answer(&mut self, value: &serde_json::Value) -> Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{value}")
            .and_then(|()| stdout.flush())
            .map_err(|error| Error::unavailable(format!("The answer cannot be written: {error}.")))
    }

    fn gap(&mut self) {
        self.write("\n");
    }

    fn folded(&mut self, mark: &str, tone: Tone, text: &str) {
        let indent = mark.chars().count();
        let text = self.clean(text);
        for (index, line) in fold::prose(&text, limits::COLUMNS - indent).iter().enumerate() {
            let mark = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
            self.line(&mark, tone, line);
        }
    }

    fn line(&mut self, mark: &str, tone: Tone, text: &str) {
        let text = self.clean(text);
        // The sign of an outcome takes its colour; other marks stay as they are.
        let line = match (self.wants_colour, tone) {
            (false, _) | (true, Tone::Plain) => format!("{mark}{text}\n"),
            (true, Tone::Good | Tone::Bad) => {
                format!("\u{1b}[{}m{mark}{text}\u{1b}[0m\n", tone.code())
            }
            (true, _) => format!("{mark}\u{1b}[{}m{text}\u{1b}[0m\n", tone.code()),
        };
        self.write(&line);
    }

    fn write(&mut self, text: &str) {
        if self.is_closed {
            return;
        }
        let written = if self.is_json {
            let mut stderr = io::stderr().lock();
            stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush())
        } else {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        };
        // A reader that has seen enough is no reason to stop in the middle.
        self.is_closed = written.is_err();
    }
}

const OPENING: &str = "A private Git host, a Claviger server and the machines that use them, all on \
    this one, on throw-away data. Every command below is really run; everything is \
    removed at the end.";
