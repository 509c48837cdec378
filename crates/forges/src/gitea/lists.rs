//! Pages of Gitea and Forgejo: thirty rows, at most fifty, all counted in a header, the other
//! pages in `Link`.

use serde_json::Value;

use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::paging;
use crate::paging::Page;

/// Rows of a page, if the caller says nothing.
pub(super) const ROWS: usize = 30;
/// Rows of the longest page.
pub(super) const ROWS_MAX: usize = 50;

/// A page of a list.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answered {
    page_in(call, all, Value::from)
}

/// A page of a list inside an object.
pub(super) fn page_in(
    call: &Call<'_>,
    all: Vec<Value>,
    wrap: impl FnOnce(Vec<Value>) -> Value,
) -> Answered {
    let page = Page::of(call, ("page", "limit"), ROWS, ROWS_MAX);
    let total = all.len();
    let last = page.last(total);
    let at = |relation: &str, number: usize| {
        paging::link(&[(relation, paging::address(call, &[("page", number.to_string())]))])
    };
    let mut links = Vec::new();
    if page.number < last {
        links.push(at("next", page.number + 1));
        links.push(at("last", last));
    }
    if page.number > 1 {
        links.push(at("first", 1));
        links.push(at("prev", page.number - 1));
    }
    let reply = Reply::json(200, &wrap(page.cut(all))).header("x-total-count", total.to_string());
    if links.is_empty() {
        return Ok(reply.header("access-control-expose-headers", "X-Total-Count"));
    }
    Ok(reply
        .header("access-control-expose-headers", "Link, X-Total-Count")
        .header("link", links.join(",")))
}
