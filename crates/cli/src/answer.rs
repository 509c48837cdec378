//! What a command answers: one JSON value, the same for people, and an exit code.

use domain::Error;
use domain::Result;
use serde::Serialize;

use crate::exit;
use crate::table::Table;

/// The answer of a command that came to its end.
pub(crate) struct Answer {
    /// One JSON value, compact.
    pub(crate) json: String,
    /// The same for people.
    pub(crate) human: Human,
    /// What else has to be said, on standard error.
    pub(crate) notice: Option<Error>,
    /// The exit code.
    pub(crate) exit: u8,
}

/// What people see.
pub(crate) enum Human {
    /// A table.
    Table(Table),
    /// Lines of text, made printable line by line.
    Text(String),
    /// Written byte for byte, for programs: the helper's lines, a revealed value.
    Raw(String),
    /// Several, one below the other.
    Several(Vec<Human>),
}

impl Answer {
    /// An answer that is `value` to programs and `human` to people.
    pub(crate) fn new(value: &impl Serialize, human: Human) -> Result<Answer> {
        let json = serde_json::to_string(value).map_err(Error::internal)?;
        Ok(Answer { json, human, notice: None, exit: exit::DONE })
    }

    /// A table to people.
    pub(crate) fn table(value: &impl Serialize, table: Table) -> Result<Answer> {
        Answer::new(value, Human::Table(table))
    }

    /// A sentence to people.
    pub(crate) fn text(value: &impl Serialize, text: impl Into<String>) -> Result<Answer> {
        Answer::new(value, Human::Text(text.into()))
    }

    /// The same bytes to everybody; for programs that speak a protocol of their own.
    pub(crate) fn raw(text: String) -> Answer {
        Answer { json: String::new(), human: Human::Raw(text), notice: None, exit: exit::DONE }
    }

    /// Nothing to say.
    pub(crate) fn silent() -> Answer {
        Answer::raw(String::new())
    }

    /// With something to say on standard error.
    pub(crate) fn notice(self, notice: Error) -> Answer {
        Answer { notice: Some(notice), ..self }
    }

    /// With another exit code.
    pub(crate) fn exit(self, exit: u8) -> Answer {
        Answer { exit, ..self }
    }
}
