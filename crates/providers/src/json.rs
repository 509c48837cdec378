//! Reading what providers send: bounded texts, and nothing that has to be there.

use domain::Timestamp;
use serde_json::Value;

use crate::limits;

/// A short text of a field, if it is there and not empty; cut at a limit.
pub(crate) fn text(value: &Value, field: &str) -> Option<String> {
    bounded(value.get(field)?, limits::TEXT_CHARACTERS_MAX)
}

/// A text somewhere below, by JSON pointer.
pub(crate) fn text_at(value: &Value, pointer: &str) -> Option<String> {
    bounded(value.pointer(pointer)?, limits::TEXT_CHARACTERS_MAX)
}

/// A long text of a field.
pub(crate) fn long_text(value: &Value, field: &str) -> Option<String> {
    bounded(value.get(field)?, limits::LONG_TEXT_CHARACTERS_MAX)
}

fn bounded(value: &Value, characters_max: usize) -> Option<String> {
    let text: String = match value {
        Value::String(text) => text.chars().take(characters_max).collect(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A web address of a field: nothing but http and https, so that a page can link to it.
pub(crate) fn link(value: &Value, pointer: &str) -> Option<String> {
    let url = value.pointer(pointer)?.as_str()?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain =
        url.bytes().all(|byte| byte > b' ' && byte < 0x7f && !b"\"<>`\\".contains(&byte));
    (is_web && is_plain && url.len() <= domain::limits::URL_BYTES_MAX).then(|| url.to_owned())
}

/// A flag of a field.
pub(crate) fn flag(value: &Value, pointer: &str) -> Option<bool> {
    value.pointer(pointer)?.as_bool()
}

/// A moment of a field, as RFC 3339 or a bare date.
pub(crate) fn moment(value: &Value, field: &str) -> Option<Timestamp> {
    Timestamp::parse(value.get(field)?.as_str()?).ok()
}

/// A moment of a field, in milliseconds since 1970.
pub(crate) fn moment_of_millis(value: &Value, field: &str) -> Option<Timestamp> {
    value.get(field)?.as_i64().map(Timestamp::from_millis)
}

/// A list's items.
pub(crate) fn items(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

/// A list's items, where the list is the field `values` of a page.
pub(crate) fn values(mut page: Value) -> Option<Vec<Value>> {
    items(page.get_mut("values")?.take())
}

/// The texts of a list, bounded in number and length.
pub(crate) fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    let items = value?.as_array()?.iter();
    Some(items.filter_map(Value::as_str).map(cut).take(limits::SCOPES_MAX).collect())
}

/// A body of those fields that have a value.
pub(crate) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Option<Value>)>) -> Value {
    let field = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    Value::Object(fields.into_iter().filter_map(field).collect())
}

/// The words of a comma-separated header.
pub(crate) fn words(line: &str) -> Vec<String> {
    let words = line.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(cut).take(limits::SCOPES_MAX).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(limits::TEXT_CHARACTERS_MAX).collect()
}
