//! Asking SourceHut: GraphQL, whose refusals come with a 200.

use domain::Error;
use domain::Result;
use serde_json::Value;
use serde_json::json;

use crate::Api;
use crate::api::Answer;
use crate::api::Call;

/// Makes a query of the git service.
pub(super) async fn query(api: &Api<'_>, query: &str, variables: Value) -> Result<Answer> {
    api.call(Call::post("/query", json!({ "query": query, "variables": variables }))).await
}

/// The data of an answer; a refusal becomes an error about `what`.
pub(super) fn data(api: &Api<'_>, answer: &Answer, what: &str) -> Result<Value> {
    let mut body = answer.value(what)?;
    let data = body.get_mut("data").map(Value::take).unwrap_or_default();
    if body.get("errors").is_none() && data.is_object() {
        return Ok(data);
    }
    let said = answer.message().map(|text| format!(": {}", api.scrub(&text))).unwrap_or_default();
    Err(Error::forbidden(format!("SourceHut refuses what was asked of the {what}{said}.")))
}
