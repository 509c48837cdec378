//! Pages of Bitbucket Data Center: `start` and `limit`, and where the next page starts, which is
//! not always so many rows further: rows that the caller may not see are counted.

use serde_json::Map;
use serde_json::Value;

use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;

/// Rows of a page, if the caller says nothing, and of the longest one.
const ROWS: usize = 25;
const ROWS_MAX: usize = 1000;

/// A page of a list.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answered {
    page_of_some(call, all.into_iter().map(Some).collect())
}

/// A page of a list with rows that are not seen.
pub(super) fn page_of_some(call: &Call<'_>, all: Vec<Option<Value>>) -> Answered {
    let read = |name: &str| call.query(name).and_then(|text| text.parse::<usize>().ok());
    let max = call.state().page_max.unwrap_or(ROWS_MAX).clamp(1, ROWS_MAX);
    let limit = read("limit").filter(|it| *it > 0).unwrap_or(ROWS).min(max);
    let start = read("start").unwrap_or(0);
    let total = all.len();
    let end = start.saturating_add(limit);
    let rows: Vec<Value> = all.into_iter().skip(start).take(limit).flatten().collect();
    let mut body = Map::new();
    body.insert("size".to_owned(), rows.len().into());
    body.insert("limit".to_owned(), limit.into());
    body.insert("isLastPage".to_owned(), (end >= total).into());
    body.insert("values".to_owned(), rows.into());
    body.insert("start".to_owned(), start.into());
    if end < total {
        body.insert("nextPageStart".to_owned(), end.into());
    }
    Ok(Reply::json(200, &Value::Object(body)))
}
