//! Pages of Bitbucket Cloud: ten rows, at most a hundred, and the address of the next page in the
//! body. Whoever counts pages is refused behind the last one.

use serde_json::Map;
use serde_json::Value;

use super::errors;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::paging;
use crate::paging::Page;

/// Rows of a page, if the caller says nothing, and of the longest one.
const ROWS: usize = 10;
const ROWS_MAX: usize = 100;

/// A page of a list whose length is not told, nor the number of the page.
pub(super) fn page_without_size(call: &Call<'_>, all: Vec<Value>) -> Answered {
    let mut body = whole(call, all)?;
    body.remove("size");
    body.remove("page");
    Ok(Reply::json(200, &Value::Object(body)))
}

/// A page of a list.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answered {
    Ok(Reply::json(200, &Value::Object(whole(call, all)?)))
}

fn whole(call: &Call<'_>, all: Vec<Value>) -> Result<Map<String, Value>, Reply> {
    let length = call.query("pagelen").map(|text| text.parse::<usize>().unwrap_or_default());
    if length.is_some_and(|length| !(1..=ROWS_MAX).contains(&length)) {
        return Err(errors::error(400, "Invalid pagelen"));
    }
    let page = Page::of(call, ("page", "pagelen"), ROWS, ROWS_MAX);
    let total = all.len();
    let last = page.last(total);
    if page.number > last {
        return Err(errors::error(404, "Invalid page"));
    }
    let at = |number: usize| paging::address(call, &[("page", number.to_string())]);
    let mut body = Map::new();
    body.insert("values".to_owned(), page.cut(all).into());
    body.insert("pagelen".to_owned(), page.per_page.into());
    body.insert("size".to_owned(), total.into());
    body.insert("page".to_owned(), page.number.into());
    if page.number < last {
        body.insert("next".to_owned(), at(page.number + 1).into());
    }
    if page.number > 1 {
        body.insert("previous".to_owned(), at(page.number - 1).into());
    }
    Ok(body)
}
