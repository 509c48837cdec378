//! Pages of GitLab: twenty rows, at most a hundred, numbers in headers; or by the last row's
//! number (keyset), with only `Link`.

use serde_json::Value;

use super::errors;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::paging;
use crate::paging::Page;

/// Above this no total is told.
const COUNTED_MAX: usize = 10_000;

fn wanted(call: &Call<'_>) -> Page {
    Page::of(call, ("page", "per_page"), 20, 100)
}

/// A page of a list.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answered {
    let page = wanted(call);
    let total = all.len();
    let last = page.last(total);
    let is_counted = total <= COUNTED_MAX;
    let per_page = page.per_page.to_string();
    let at = |number: usize| {
        paging::address(call, &[("page", number.to_string()), ("per_page", per_page.clone())])
    };
    let (before, after) = (page.number - 1, page.number + 1);
    let mut links = Vec::new();
    if before > 0 {
        links.push(("prev", at(before)));
    }
    if page.number < last {
        links.push(("next", at(after)));
    }
    links.push(("first", at(1)));
    if is_counted {
        links.push(("last", at(last)));
    }
    let or_nothing = |number: usize, is_there: bool| {
        if is_there { number.to_string() } else { String::new() }
    };
    let reply = Reply::json(200, &Value::from(page.cut(all)))
        .header("link", paging::link(&links))
        .header("x-page", page.number.to_string())
        .header("x-per-page", per_page.clone())
        .header("x-prev-page", or_nothing(before, before > 0))
        .header("x-next-page", or_nothing(after, page.number < last));
    if !is_counted {
        return Ok(reply);
    }
    Ok(reply.header("x-total", total.to_string()).header("x-total-pages", last.to_string()))
}

/// A page of rows that have an `id`, the way the call asks for.
pub(super) fn page_by_id(call: &Call<'_>, mut all: Vec<Value>) -> Answered {
    let id = |row: &Value| row.get("id").and_then(Value::as_u64).unwrap_or_default();
    let is_rising = call.query("sort") == Some("asc");
    all.sort_by_key(id);
    if !is_rising {
        all.reverse();
    }
    if call.query("pagination") != Some("keyset") {
        return page(call, all);
    }
    if call.query("order_by").is_none_or(|it| it != "id") {
        return Err(errors::error(
            405,
            "Keyset pagination is not yet available for this type of request",
        ));
    }
    let number = |name| call.query(name).and_then(|text| text.parse::<u64>().ok());
    all.retain(|row| {
        number("id_after").is_none_or(|it| id(row) > it)
            && number("id_before").is_none_or(|it| id(row) < it)
    });
    let page = wanted(call);
    let is_more = all.len() > page.per_page;
    all.truncate(page.per_page);
    let name = if is_rising { "id_after" } else { "id_before" };
    let last = all.last().map(id).unwrap_or_default().to_string();
    let reply = Reply::json(200, &Value::from(all));
    Ok(match is_more {
        true => {
            let next = paging::address(call, &[(name, last)]);
            reply.header("link", paging::link(&[("next", next)]))
        }
        false => reply,
    })
}
