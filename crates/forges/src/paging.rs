//! Cutting a list into pages, and the addresses of the other pages.

use crate::call::Call;
use crate::codes;

/// Which page is wanted, from 1, and how long pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) per_page: usize,
}

impl Page {
    /// Reads two values of the query. What is no number is the default; a length is at most `max`
    /// or what the test set with `page_max`.
    pub(crate) fn of(
        call: &Call<'_>,
        (number, per_page): (&str, &str),
        default: usize,
        max: usize,
    ) -> Page {
        let read = |name| call.query(name).and_then(|text| text.parse::<usize>().ok());
        let max = call.state().page_max.map_or(max, |it| it.min(max)).max(1);
        let per_page = read(per_page).filter(|count| *count > 0).unwrap_or(default).min(max);
        Page { number: read(number).unwrap_or(1).max(1), per_page }
    }

    /// What of the list is on this page.
    pub(crate) fn cut<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter()
            .skip((self.number - 1).saturating_mul(self.per_page))
            .take(self.per_page)
            .collect()
    }

    /// The number of the last page, at least 1.
    pub(crate) fn last(self, total: usize) -> usize {
        total.div_ceil(self.per_page).max(1)
    }
}

/// The address of this call with some values of its query changed.
pub(crate) fn address(call: &Call<'_>, changes: &[(&str, String)]) -> String {
    let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = call.query.iter().filter(|(name, _)| !changed(name));
    let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
    let new = changes.iter().map(|(name, value)| (*name, value.as_str()));
    let pairs: Vec<(&str, &str)> = kept.chain(new).collect();
    format!("{}{}?{}", call.api_url(), call.path, codes::query(&pairs))
}

/// `<…>; rel="next", <…>; rel="last"`.
pub(crate) fn link(entries: &[(&str, String)]) -> String {
    let write = |(relation, address): &(&str, String)| format!("<{address}>; rel=\"{relation}\"");
    entries.iter().map(write).collect::<Vec<_>>().join(", ")
}
