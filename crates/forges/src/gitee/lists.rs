//! Pages of Gitee: twenty rows, at most a hundred; how many rows and pages there are in headers.

use serde_json::Value;

use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::paging::Page;

/// A page of a list.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answered {
    let page = Page::of(call, ("page", "per_page"), 20, 100);
    let total = all.len();
    let last = page.last(total);
    let rows = Value::from(page.cut(all));
    Ok(Reply::json(200, &rows)
        .header("total_count", total.to_string())
        .header("total_page", last.to_string()))
}
