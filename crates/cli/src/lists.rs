//! Whole lists, and finding one thing in them by the name people know it by.

use domain::Error;
use domain::Result;
use domain::limits::PAGE_ROWS_MAX;
use wire::Page;
use wire::PageQuery;

/// All rows of a list, or the first `rows_max`.
pub(crate) async fn all<T>(
    search: Option<String>,
    rows_max: Option<usize>,
    mut fetch: impl AsyncFnMut(PageQuery) -> Result<Page<T>>,
) -> Result<Vec<T>> {
    let mut rows: Vec<T> = Vec::new();
    let limit = rows_max.and_then(|max| i64::try_from(max).ok()).unwrap_or(PAGE_ROWS_MAX);
    let limit = Some(limit.clamp(1, PAGE_ROWS_MAX));
    let next = async |cursor| fetch(PageQuery { cursor, limit, search: search.clone() }).await;
    client::every(next, |mut items| {
        rows.append(&mut items);
        Ok(rows_max.is_none_or(|max| rows.len() < max))
    })
    .await?;
    rows.truncate(rows_max.unwrap_or(usize::MAX));
    Ok(rows)
}

/// The id behind a reference: an id as it is, else the one row that has this name.
pub(crate) async fn id_of<T>(
    reference: &str,
    what: &str,
    fetch: impl AsyncFnMut(PageQuery) -> Result<Page<T>>,
    id_and_name: impl Fn(&T) -> Option<(String, String)>,
) -> Result<String> {
    if reference.is_empty() || is_id(reference) {
        return Ok(reference.to_owned());
    }
    let rows = all(None, None, fetch).await?;
    let mut found = rows.iter().filter_map(id_and_name).filter(|(_, name)| name == reference);
    match (found.next(), found.next()) {
        (Some((id, _)), None) => Ok(id),
        (None, _) => Err(Error::not_found(what)),
        (Some(_), Some(_)) => Err(Error::conflict(format!("More than one {what} has this name."))
            .hint("give the id instead")),
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, character)| match at {
            8 | 13 | 18 | 23 => character == '-',
            _ => character.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    async fn id(reference: &str) -> Result<String> {
        let rows = [("1", "a"), ("2", "b"), ("3", "b")];
        let fetch = async |_| Ok(Page { items: rows.to_vec(), next_cursor: None });
        id_of(reference, "thing", fetch, |(id, name)| Some(((*id).into(), (*name).into()))).await
    }

    #[tokio::test]
    async fn names_must_be_unique() {
        assert_eq!(id(ID).await.unwrap(), ID);
        assert_eq!(id("a").await.unwrap(), "1");
        assert_eq!(id("b").await.unwrap_err().kind(), domain::ErrorKind::Conflict);
        assert_eq!(id("c").await.unwrap_err().kind(), domain::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn rows_are_capped() {
        let mut asked = Vec::new();
        let fetch = async |page: PageQuery| {
            asked.push(page.limit);
            let next = format!("{}", asked.len());
            Ok(Page { items: vec![0u8; 200], next_cursor: Some(next) })
        };
        assert_eq!(all(None, Some(250), fetch).await.unwrap().len(), 250);
        assert_eq!(asked, [Some(200), Some(200)]);
    }
}
