//! How a command ends when it cannot do its work: a sentence and a hint.

use std::fmt;

/// Why a command stopped, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    sentence: String,
    hint: String,
}

impl Failure {
    /// A failure with its hint; an empty hint is not shown.
    pub fn new(sentence: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure { sentence: sentence.into(), hint: hint.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\n{}", self.hint) }
    }
}
