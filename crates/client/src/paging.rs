//! Follows the pages of a list to their end.

use domain::Error;
use domain::Result;
use wire::Page;
use wire::PageQuery;

use crate::limits;
use crate::path::query;

/// The query of a page.
pub(crate) fn page_query(page: &PageQuery) -> String {
    let limit = page.limit.map(|limit| limit.to_string());
    query(&[
        ("search", page.search.as_deref()),
        ("cursor", page.cursor.as_deref()),
        ("limit", limit.as_deref()),
    ])
}

/// Gives every page's rows to `take`, until there are no more or it returns `false`. `fetch` gets
/// the cursor of the page wanted.
pub async fn every<T>(
    mut fetch: impl AsyncFnMut(Option<String>) -> Result<Page<T>>,
    mut take: impl FnMut(Vec<T>) -> Result<bool>,
) -> Result<()> {
    let mut cursor = None;
    for _ in 0..limits::PAGES_MAX {
        let page = fetch(cursor.clone()).await?;
        let goes_on = take(page.items)?;
        if !goes_on || page.next_cursor.is_none() {
            return Ok(());
        }
        if page.next_cursor == cursor {
            break;
        }
        cursor = page.next_cursor;
    }
    Err(Error::unavailable("The server's list does not come to an end."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(items: Vec<u8>, next: Option<&str>) -> Page<u8> {
        Page { items, next_cursor: next.map(str::to_owned) }
    }

    #[tokio::test]
    async fn pages_are_followed_and_circles_refused() {
        let mut rows = Vec::new();
        let fetch = async |cursor: Option<String>| {
            Ok(match cursor.as_deref() {
                None => page(vec![1, 2], Some("b")),
                Some(_) => page(vec![3], None),
            })
        };
        let take = |mut items: Vec<u8>| {
            rows.append(&mut items);
            Ok(true)
        };
        every(fetch, take).await.unwrap();
        assert_eq!(rows, [1, 2, 3]);
        assert!(every(async |_| Ok(page(vec![1], Some("a"))), |_| Ok(true)).await.is_err());
        assert!(every(async |_| Ok(page(vec![1], Some("a"))), |_| Ok(false)).await.is_ok());
    }
}
