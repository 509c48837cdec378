//! Pages of lists: the same cursor rule for all.

use domain::Error;
use domain::Result;
use domain::id::OrganizationId;
use domain::limits;
use store::Session;

use crate::Broker;
use crate::Caller;

/// Which page is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Rows wanted.
    pub limit: Option<i64>,
    /// Only rows whose words begin so.
    pub search: Option<String>,
}

/// A page and the cursor of the next one.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl Wanted {
    /// Rows to show; zero and negative numbers are refused, large ones cut.
    pub(crate) fn rows(&self) -> Result<i64> {
        match self.limit {
            None => Ok(limits::PAGE_ROWS_DEFAULT),
            Some(rows) if rows < 1 => {
                Err(Error::invalid("A page has at least one row.".to_owned()))
            }
            Some(rows) => Ok(rows.min(limits::PAGE_ROWS_MAX)),
        }
    }

    /// Refuses a search where a list has none, instead of giving everything.
    pub(crate) fn refuse_search(&self) -> Result<()> {
        match self.search.as_deref().filter(|text| !text.trim().is_empty()) {
            None => Ok(()),
            Some(_) => Err(Error::invalid("This list cannot be searched.".to_owned())
                .hint("only credentials can; leave `search` out")),
        }
    }

    /// The id a page begins behind; cursors are ids of ours, whatever else is refused.
    pub(crate) fn after(&self, first: &str) -> Result<String> {
        match &self.cursor {
            None => Ok(first.to_owned()),
            Some(cursor) => match cursor.parse::<domain::id::RequestId>() {
                Ok(id) => Ok(id.to_string()),
                Err(_) => Err(Error::invalid("This is not a cursor of ours.".to_owned())
                    .hint("give next_cursor of the page before, unchanged")),
            },
        }
    }
}

impl Broker {
    /// A page of a list of the caller's organization that cannot be searched: what `read` gives behind
    /// `first` or the cursor, told apart by `id`.
    pub(crate) async fn page<T>(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        first: &str,
        read: impl AsyncFnOnce(&mut Session, OrganizationId, &str, i64) -> Result<Vec<T>>,
        id: impl Fn(&T) -> String,
    ) -> Result<Paged<T>> {
        wanted.refuse_search()?;
        let (rows, after) = (wanted.rows()?, wanted.after(first)?);
        let mut session = self.store.session().await?;
        let found = read(&mut session, caller.principal.organization_id, &after, rows + 1).await?;
        Ok(paged(found, rows, id))
    }
}

/// Cuts one row too many off and makes it the cursor's reason to exist.
pub(crate) fn paged<T>(mut items: Vec<T>, rows: i64, id: impl Fn(&T) -> String) -> Paged<T> {
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    let has_more = items.len() > rows;
    items.truncate(rows);
    let next_cursor = if has_more { items.last().map(id) } else { None };
    Paged { items, next_cursor }
}
