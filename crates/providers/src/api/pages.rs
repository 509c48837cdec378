//! Lists over several pages: the provider says where the next one is, and is not trusted with it.

use std::collections::HashSet;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::url::WebUrl;
use serde_json::Value;

use super::Answer;
use super::Api;
use super::Call;
use crate::limits;
use crate::shapes::Listed;

/// How a provider tells where the next page is.
#[derive(Clone, Copy)]
pub(crate) enum Next {
    /// `Link: <…>; rel="next"`.
    Link,
    /// A field of the body that holds a whole URL.
    Url(&'static str),
    /// Gitee: `total_page: 7`; the pages are counted.
    Count,
    /// Bitbucket Data Center: `isLastPage` and `nextPageStart`, in the body or its `children`.
    Start,
}

impl Api<'_> {
    /// Reads a list from its first page on, until its end, `items_max` or a limit. `items` takes the
    /// items out of a page.
    pub(crate) async fn list(
        &self,
        what: &str,
        first: Call<'_>,
        next: Next,
        items: impl Fn(Value) -> Option<Vec<Value>>,
        items_max: usize,
    ) -> Result<Listed<Value>> {
        let items_max = items_max.min(limits::ITEMS_MAX);
        let mut found = Vec::new();
        let mut seen = HashSet::from([first.target.clone()]);
        let accept = first.accept;
        let base = first.target.clone();
        let mut answer = self.call(first).await?;
        for number in 1..=limits::PAGES_MAX {
            let page = answer.value(what)?;
            let target = match next {
                Next::Count => next_counted(&base, number, &answer),
                _ => self.next_target(next, &base, &answer, &page)?,
            };
            found.extend(items(page).ok_or_else(|| not_a_list(&answer.endpoint))?);
            if found.len() > items_max {
                found.truncate(items_max);
                return Ok(Listed { items: found, is_complete: false });
            }
            let Some(target) = target else {
                return Ok(Listed { items: found, is_complete: true });
            };
            if !seen.insert(target.clone()) {
                return Err(Error::new(
                    ErrorKind::Upstream,
                    format!("The pages of {} lead back to where they began.", answer.endpoint),
                ));
            }
            let mut call = Call::get(target);
            call.accept = accept;
            answer = self.call(call).await?;
        }
        Ok(Listed { items: found, is_complete: false })
    }

    fn next_target(
        &self,
        next: Next,
        base: &str,
        answer: &Answer,
        page: &Value,
    ) -> Result<Option<String>> {
        let url = match next {
            Next::Count => None,
            Next::Link => answer.header("link").and_then(next_link),
            Next::Url(field) => page.get(field).and_then(Value::as_str).map(str::to_owned),
            Next::Start => {
                let page = page.get("children").unwrap_or(page);
                let is_last = page.get("isLastPage").and_then(Value::as_bool).unwrap_or(true);
                let start = page.get("nextPageStart").and_then(Value::as_u64);
                return Ok(start.filter(|_| !is_last).map(|start| {
                    let separator = if base.contains('?') { '&' } else { '?' };
                    format!("{base}{separator}start={start}")
                }));
            }
        };
        url.map(|url| self.below_root(&url)).transpose()
    }

    /// The target of a URL that must lie below the API's root: the secret goes nowhere else.
    fn below_root(&self, url: &str) -> Result<String> {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let elsewhere = || {
            Error::new(
                ErrorKind::Upstream,
                format!(
                    "The next page is at {}, which is not this API.",
                    domain::text::printable(&self.scrub(url), 120)
                ),
            )
        };
        let root = self.site.api.as_ref().ok_or_else(elsewhere)?;
        if query.bytes().any(|byte| byte <= b' ' || byte >= 0x7f || byte == b'#') {
            return Err(elsewhere());
        }
        let prefix = root.to_string();
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let url_root = WebUrl::parse(&authority_of(path)).map_err(|_| elsewhere())?;
        let is_here = url_root.authority == root.authority && url_root.scheme == root.scheme;
        let rest = path.get(authority_of(path).len()..).unwrap_or_default();
        let root_path = prefix.get(authority_of(&prefix).len()..).unwrap_or_default();
        match rest.strip_prefix(root_path) {
            Some(target)
                if is_here
                    && target.starts_with('/')
                    && !decoded.split('/').any(|segment| segment == "..")
                    && target.bytes().all(|byte| byte > b' ' && byte < 0x7f && byte != b'#') =>
            {
                Ok(if query.is_empty() { target.to_owned() } else { format!("{target}?{query}") })
            }
            _ => Err(elsewhere()),
        }
    }
}

/// The page after this one, if there are so many.
fn next_counted(base: &str, number: usize, answer: &Answer) -> Option<String> {
    let last: usize = answer.header("total_page")?.trim().parse().ok()?;
    let separator = if base.contains('?') { '&' } else { '?' };
    (number < last).then(|| format!("{base}{separator}page={}", number + 1))
}

/// `scheme://authority` of a URL.
fn authority_of(url: &str) -> String {
    let after = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(after..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| after + at);
    url.get(..end).unwrap_or_default().to_owned()
}

/// The target of `rel="next"` in a Link header.
fn next_link(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (target, parameters) = link.split_once(';')?;
        let is_next = parameters.split(';').any(|it| {
            let it = it.trim();
            it == "rel=\"next\"" || it == "rel=next"
        });
        let target = target.trim().strip_prefix('<')?.strip_suffix('>')?;
        is_next.then(|| target.to_owned())
    })
}

fn not_a_list(endpoint: &str) -> Error {
    Error::new(
        ErrorKind::Upstream,
        format!("The answer to {endpoint} is not the list it should be."),
    )
}

#[cfg(test)]
mod tests {
    use super::next_link;

    #[test]
    fn links() {
        let header = "<https://h/a?page=1>; rel=\"prev\", <https://h/a?page=3>; rel=\"next\"; x=1";
        assert_eq!(next_link(header).as_deref(), Some("https://h/a?page=3"));
        assert_eq!(next_link("<https://h/a>; rel=\"last\""), None);
        assert_eq!(next_link(""), None);
    }
}
