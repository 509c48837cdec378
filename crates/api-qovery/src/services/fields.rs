//! The fields a deployer wants kept: which there are, and what may be in them.

use domain::Error;
use serde_json::Value;

use crate::answer::Refusal;
use crate::document::Document;

/// What may be in a field.
#[derive(Clone, Copy)]
pub(crate) enum Is {
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of lists of texts.
    Pairs,
    /// An object.
    Object,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl Is {
    fn fits(self, value: &Value) -> bool {
        let texts =
            |value: &Value| value.as_array().is_some_and(|all| all.iter().all(Value::is_string));
        match self {
            Is::Number => value.is_number(),
            Is::Flag => value.is_boolean(),
            Is::Text => value.is_string(),
            Is::Texts => texts(value),
            Is::Pairs => value.as_array().is_some_and(|all| all.iter().all(texts)),
            Is::Object => value.is_object(),
            Is::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        }
    }
}

/// The kinds of processor.
pub(crate) const PROCESSORS: &[&str] = &["AMD64", "ARM64"];

/// Leaves of a body what is in a table, refuses what does not fit, forgets what is null.
pub(crate) fn keep(body: &mut Document, table: &[(&str, Is)]) -> Result<(), Refusal> {
    body.retain(|name, value| {
        !value.is_null() && (is_common(name) || table.iter().any(|(known, _)| known == name))
    });
    let wrong = table.iter().find(|(name, is)| body.get(*name).is_some_and(|it| !is.fits(it)));
    match wrong {
        None => Ok(()),
        Some((name, _)) => {
            Err(Error::invalid(format!("The field {name} has the wrong type or form.")).into())
        }
    }
}

/// Read on their own.
fn is_common(name: &str) -> bool {
    matches!(name, "name" | "description")
}

/// These fields of what was kept, as they are.
pub(crate) fn copy(kept: &Document, into: &mut Document, names: &[&str]) {
    for name in names {
        if let Some(value) = kept.get(*name) {
            into.insert((*name).to_owned(), value.clone());
        }
    }
}

/// A field with what stands for it where the client said nothing.
pub(crate) fn or(kept: &Document, into: &mut Document, name: &str, otherwise: Value) {
    into.insert(name.to_owned(), kept.get(name).cloned().unwrap_or(otherwise));
}
