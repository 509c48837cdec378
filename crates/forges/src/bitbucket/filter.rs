//! The little language of `q` and `sort`: comparisons of a field with a text, joined by `AND`.

use serde_json::Value;

use super::errors;
use crate::call::Call;
use crate::call::Reply;

/// One comparison.
struct Comparison {
    field: String,
    /// `~` (contains), `=` or `!=`.
    operator: &'static str,
    value: String,
}

/// Leaves the rows that `q` wants, in the order that `sort` wants.
pub(super) fn apply(call: &Call<'_>, mut rows: Vec<Value>) -> Result<Vec<Value>, Reply> {
    if let Some(query) = call.query("q").filter(|query| !query.is_empty()) {
        let wanted = parse(query)
            .ok_or_else(|| errors::error(400, &format!("Could not parse the query: {query}")))?;
        rows.retain(|row| wanted.iter().all(|it| it.holds(row)));
    }
    if let Some(sort) = call.query("sort") {
        let field = sort.trim_start_matches('-');
        rows.sort_by_key(|row| text(row, field));
        if sort.starts_with('-') {
            rows.reverse();
        }
    }
    Ok(rows)
}

fn parse(query: &str) -> Option<Vec<Comparison>> {
    query.split(" AND ").map(comparison).collect()
}

fn comparison(part: &str) -> Option<Comparison> {
    let (operator, at) = ["!=", "~", "="].into_iter().find_map(|it| Some((it, part.find(it)?)))?;
    let (field, rest) = part.split_at_checked(at)?;
    let value = rest.get(operator.len()..)?.trim();
    let value = value.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(value);
    let value = value.replace("\\\"", "\"").replace("\\\\", "\\");
    Some(Comparison { field: field.trim().to_owned(), operator, value })
}

impl Comparison {
    fn holds(&self, row: &Value) -> bool {
        let found = text(row, &self.field);
        match self.operator {
            "~" => found.to_lowercase().contains(&self.value.to_lowercase()),
            "=" => found == self.value,
            _ => found != self.value,
        }
    }
}

fn text(row: &Value, field: &str) -> String {
    let pointer = format!("/{}", field.replace('.', "/"));
    match row.pointer(&pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}
