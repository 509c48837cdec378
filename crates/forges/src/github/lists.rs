//! Pages of GitHub: thirty rows, at most a hundred, the other pages in `Link`.

use serde_json::Value;

use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::paging;
use crate::paging::Page;

/// A page of a list.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answered {
    page_in(call, all, |rows, _| Value::from(rows))
}

/// A page of a list inside an object; `wrap` gets the rows and the number of all.
pub(super) fn page_in(
    call: &Call<'_>,
    all: Vec<Value>,
    wrap: impl FnOnce(Vec<Value>, usize) -> Value,
) -> Answered {
    let page = Page::of(call, ("page", "per_page"), 30, 100);
    let total = all.len();
    let last = page.last(total);
    let at = |number: usize| paging::address(call, &[("page", number.to_string())]);
    let mut links = Vec::new();
    if page.number > 1 {
        links.push(("prev", at(page.number - 1)));
    }
    if page.number < last {
        links.push(("next", at(page.number + 1)));
        links.push(("last", at(last)));
    }
    if page.number > 1 {
        links.push(("first", at(1)));
    }
    let reply = Reply::json(200, &wrap(page.cut(all), total));
    Ok(if links.is_empty() { reply } else { reply.header("link", paging::link(&links)) })
}
