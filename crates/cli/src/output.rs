//! The only place that writes to standard output and standard error.
//!
//! Everything people see goes through [`domain::text::printable`]. JSON has the same characters
//! escaped, which leaves its meaning as it is.

use std::fmt::Write as _;
use std::io;
use std::io::Write;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::text::is_deceptive;
use domain::text::printable;

use crate::answer::Answer;
use crate::answer::Human;
use crate::limits;
use crate::surroundings::Surroundings;

/// How a command speaks.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// Whether programs listen.
    pub(crate) is_json: bool,
    wants_colour: bool,
}

impl Output {
    /// The way `surroundings` and `--json` ask for.
    pub(crate) fn new(surroundings: &Surroundings, is_json: bool) -> Output {
        Output { is_json, wants_colour: surroundings.wants_colour() }
    }

    /// Writes an answer.
    pub(crate) fn answer(&self, answer: &Answer) -> io::Result<()> {
        let text = match &answer.human {
            Human::Raw(raw) if answer.json.is_empty() => raw.clone(),
            _ if self.is_json => format!("{}\n", safe_json(&answer.json)),
            human => self.human(human),
        };
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    fn human(&self, human: &Human) -> String {
        match human {
            Human::Raw(raw) => raw.clone(),
            Human::Text(text) => lines(text),
            Human::Table(table) => {
                let mut text = table.render(self.wants_colour);
                text.push('\n');
                text
            }
            Human::Several(several) => several.iter().map(|one| self.human(one)).collect(),
        }
    }

    /// Writes a piece of a long answer that is not held in memory: JSON, on a line of its own.
    pub(crate) fn json_line(&self, json: &str) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{}", safe_json(json))
    }

    /// Writes the bytes of a file as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        written.map_err(|error| {
            Error::new(ErrorKind::Internal, format!("The file cannot be written: {error}."))
        })
    }

    /// Writes an error: a sentence and a hint, and for programs a JSON object on the last line.
    pub(crate) fn error(&self, error: &Error) {
        let mut text = format!("error: {}\n", shown(error.message()));
        if let Some(hint) = error.hint_text() {
            let _ = writeln!(text, "hint: {}", shown(hint));
        }
        if self.is_json {
            let _ = writeln!(text, "{}", safe_json(&error_json(error)));
        }
        say(&text);
    }

    /// Writes a remark that is no error.
    pub(crate) fn note(&self, text: &str) {
        say(&format!("note: {}\n", shown(text)));
    }

    /// Writes a question, without ending the line.
    pub(crate) fn ask(&self, text: &str) {
        say(&format!("{} ", shown(text)));
    }
}

#[derive(serde::Serialize)]
struct Shape<'a> {
    kind: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

fn error_json(error: &Error) -> String {
    let shape =
        Shape { kind: error.kind().word(), message: error.message(), hint: error.hint_text() };
    // Three plain texts can always be written.
    let inner = serde_json::to_string(&shape).unwrap_or_default();
    format!("{{\"error\":{inner}}}")
}

/// Standard error is the last resort: when it is closed, there is nobody left to tell.
fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

fn shown(text: &str) -> String {
    printable(text, limits::SHOWN_CHARACTERS_MAX)
}

/// Answers are never cut: a head of the audit log or a revealed value is of use only whole.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", printable(line, usize::MAX))).collect()
}

/// JSON in which nothing can deceive a terminal. Such characters only occur inside its strings.
fn safe_json(json: &str) -> String {
    if !json.chars().any(is_deceptive) {
        return json.to_owned();
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if !is_deceptive(character) {
            safe.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_meaning() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{e0041}é\n";
        let json = serde_json::to_string(text).unwrap();
        let safe = safe_json(&json);
        assert!(!safe.chars().any(is_deceptive), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn errors_have_one_shape() {
        let error = Error::invalid("No \"x\".").hint("ask");
        let expected = r#"{"error":{"kind":"invalid","message":"No \"x\".","hint":"ask"}}"#;
        assert_eq!(error_json(&error), expected);
        assert!(error_json(&Error::invalid("No.")).ends_with(r#""hint":null}}"#));
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("a\n\u{1b}b"), "a\n\\u{1b}b\n");
        let long = "x".repeat(100_000);
        assert_eq!(lines(&long).len(), long.len() + 1);
    }
}
