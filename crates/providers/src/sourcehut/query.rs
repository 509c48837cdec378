//! Asking SourceHut: GraphQL, whose refusals come with a 200, and whose lists go on at a cursor.

use std::collections::HashSet;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use serde_json::Value;
use serde_json::json;

use crate::Api;
use crate::api::Answer;
use crate::api::Call;
use crate::json::text_at;
use crate::limits;
use crate::shapes::Listed;

/// Makes a query of the git service.
pub(super) async fn query(api: &Api<'_>, query: &str, variables: Value) -> Result<Answer> {
    api.call(Call::post("/query", json!({ "query": query, "variables": variables }))).await
}

/// The data of an answer; a refusal becomes an error about `what`.
pub(super) fn data(answer: &Answer, what: &str) -> Result<Value> {
    let mut body = answer.value(what)?;
    let data = body.get_mut("data").map(Value::take).unwrap_or_default();
    if body.get("errors").is_none() && data.is_object() {
        return Ok(data);
    }
    let said = answer.message().map(|text| format!(": {text}")).unwrap_or_default();
    Err(Error::forbidden(format!("SourceHut refuses what was asked of the {what}{said}.")))
}

/// What is at a place of the data; its absence means that there is no such thing.
pub(super) fn part(data: &Value, place: &str, what: &str) -> Result<Value> {
    let found = data.pointer(place).filter(|it| !it.is_null());
    found.cloned().ok_or_else(|| Error::not_found(what))
}

/// A list whose query takes `$cursor`: `list` is its name inside what is at `place`. Where that has no
/// list, as an empty repository has no log, it is empty.
pub(super) async fn list(
    api: &Api<'_>,
    what: &str,
    text: &str,
    mut variables: Value,
    (place, list): (&str, &str),
    items_max: usize,
) -> Result<Listed<Value>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for _ in 0..limits::PAGES_MAX {
        let answer = query(api, text, variables.clone()).await?;
        let mut page = part(&data(&answer, what)?, place, what)?;
        let cursor = text_at(&page, &format!("/{list}/cursor"));
        if let Some(Value::Array(rows)) = page.pointer_mut(&format!("/{list}/results")) {
            found.append(rows);
        }
        if found.len() > items_max {
            found.truncate(items_max);
            return Ok(Listed { items: found, is_complete: false });
        }
        let Some(cursor) = cursor else {
            return Ok(Listed { items: found, is_complete: true });
        };
        if !seen.insert(cursor.clone()) {
            let sentence = format!("The pages of the {what} lead back to where they began.");
            return Err(Error::new(ErrorKind::Upstream, sentence));
        }
        if let Some(fields) = variables.as_object_mut() {
            fields.insert("cursor".to_owned(), json!(cursor));
        }
    }
    Ok(Listed { items: found, is_complete: false })
}
