//! The fields a deployer wants kept: which there are, and what may be in them. What is given back has to
//! be of the types its clients know: they refuse a whole list for one field of another.

use domain::Error;
use serde_json::Value;

use crate::answer::Refusal;
use crate::document::Document;

/// What may be in a field.
#[derive(Clone, Copy)]
pub(crate) enum Is {
    /// A whole number of 32 bits; clients read no other.
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
    /// An object whose fields, as far as they are known, are these.
    Record(&'static [(&'static str, Is)]),
    /// An object of texts.
    TextByName,
    /// An object of lists of texts.
    TextsByName,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl Is {
    fn fits(self, value: &Value) -> bool {
        let texts =
            |value: &Value| value.as_array().is_some_and(|all| all.iter().all(Value::is_string));
        match self {
            Is::Number => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            Is::Flag => value.is_boolean(),
            Is::Text => value.is_string(),
            Is::Texts => texts(value),
            Is::Pairs => value.as_array().is_some_and(|all| all.iter().all(texts)),
            Is::Object => value.is_object(),
            Is::Record(table) => value.as_object().is_some_and(|all| misfit(all, table).is_none()),
            Is::TextByName => {
                value.as_object().is_some_and(|all| all.values().all(Value::is_string))
            }
            Is::TextsByName => value.as_object().is_some_and(|all| all.values().all(texts)),
            Is::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        }
    }
}

/// The kinds of processor.
pub(crate) const PROCESSORS: &[&str] = &["AMD64", "ARM64"];
/// How somebody finds out that a service is well.
pub(crate) const HEALTHCHECKS: Is =
    Is::Record(&[("readiness_probe", Is::Record(PROBE)), ("liveness_probe", Is::Record(PROBE))]);
const PROBE: &[(&str, Is)] = &[
    (
        "type",
        Is::Record(&[
            ("tcp", Is::Record(&[("port", Is::Number), ("host", Is::Text)])),
            ("http", Is::Record(&[("path", Is::Text), ("scheme", Is::Text), ("port", Is::Number)])),
            ("exec", Is::Record(&[("command", Is::Texts)])),
            ("grpc", Is::Record(&[("service", Is::Text), ("port", Is::Number)])),
        ]),
    ),
    ("initial_delay_seconds", Is::Number),
    ("period_seconds", Is::Number),
    ("timeout_seconds", Is::Number),
    ("success_threshold", Is::Number),
    ("failure_threshold", Is::Number),
];

/// Leaves of a body what is in a table, refuses what does not fit, forgets what is null.
pub(crate) fn keep(body: &mut Document, table: &[(&'static str, Is)]) -> Result<(), Refusal> {
    body.retain(|name, value| {
        !value.is_null() && (is_common(name) || table.iter().any(|(known, _)| known == name))
    });
    match misfit(body, table) {
        None => Ok(()),
        Some(name) => {
            Err(Error::invalid(format!("The field {name} has the wrong type or form.")).into())
        }
    }
}

/// The first field that is not as the table has it.
fn misfit(body: &Document, table: &[(&'static str, Is)]) -> Option<&'static str> {
    let is_wrong = |name: &str, is: Is| {
        body.get(name).is_some_and(|value| !value.is_null() && !is.fits(value))
    };
    table.iter().find(|(name, is)| is_wrong(name, *is)).map(|(name, _)| *name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_and_of_32_bits() {
        for (text, fits) in [
            ("0", true),
            ("-1", true),
            ("2147483647", true),
            ("2147483648", false),
            ("1.5", false),
            ("1e300", false),
            ("18446744073709551616", false),
            ("true", false),
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(Is::Number.fits(&value), fits, "{text}");
        }
    }

    #[test]
    fn records_are_looked_into() {
        for (text, fits) in [
            (r#"{}"#, true),
            (r#"{"readiness_probe":null,"other":5}"#, true),
            (r#"{"readiness_probe":{"type":{"tcp":{"port":80,"host":null}}}}"#, true),
            (r#"{"readiness_probe":5}"#, false),
            (r#"{"liveness_probe":{"type":{"exec":{"command":"ls"}}}}"#, false),
            (r#"{"liveness_probe":{"period_seconds":1.5}}"#, false),
            (r#"[]"#, false),
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(HEALTHCHECKS.fits(&value), fits, "{text}");
        }
    }
}
