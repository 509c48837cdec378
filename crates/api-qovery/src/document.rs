//! What clients say that only a deployer needs: kept as it came, given back as it was.

use domain::Error;
use serde_json::Map;
use serde_json::Value;

use crate::answer::Refusal;

/// A client's fields.
pub(crate) type Document = Map<String, Value>;

/// Reads what was kept.
pub(crate) fn read(text: &str) -> Document {
    serde_json::from_str(text).unwrap_or_default()
}

/// What is kept of it.
pub(crate) fn write(document: &Document) -> String {
    Value::Object(document.clone()).to_string()
}

/// A text field that has a text.
pub(crate) fn text<'a>(document: &'a Document, name: &str) -> Option<&'a str> {
    document.get(name).and_then(Value::as_str)
}

/// A text field that may be left out; anything else there is refused.
pub(crate) fn text_if(document: &Document, name: &str) -> Result<Option<String>, Refusal> {
    match document.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid(format!("The field {name} has to be a text.")).into()),
    }
}

/// A text field that has to be there.
pub(crate) fn text_of(document: &Document, name: &str) -> Result<String, Refusal> {
    text_if(document, name)?.ok_or_else(|| missing(name))
}

/// A list of texts that has to be there.
pub(crate) fn texts_of(document: &Document, name: &str) -> Result<Vec<String>, Refusal> {
    let list = document.get(name).filter(|it| !it.is_null()).ok_or_else(|| missing(name))?;
    serde_json::from_value(list.clone())
        .map_err(|_| Error::invalid(format!("The field {name} has to be a list of texts.")).into())
}

/// A field of yes or no that may be left out.
pub(crate) fn flag_if(document: &Document, name: &str) -> Result<Option<bool>, Refusal> {
    match document.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Error::invalid(format!("The field {name} has to be true or false.")).into()),
    }
}

/// An object that may be left out.
pub(crate) fn object_if<'a>(
    document: &'a Document,
    name: &str,
) -> Result<Option<&'a Document>, Refusal> {
    match document.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::invalid(format!("The field {name} has to be an object.")).into()),
    }
}

/// An object that has to be there.
pub(crate) fn object_of<'a>(document: &'a Document, name: &str) -> Result<&'a Document, Refusal> {
    object_if(document, name)?.ok_or_else(|| missing(name))
}

/// A field is missing.
pub(crate) fn missing(name: &str) -> Refusal {
    Error::invalid(format!("The body has a missing field `{name}`.")).into()
}
