//! Branches, tags, and the commits they stand for.
//!
//! In the paths of Bitbucket's API a branch with a slash in its name cannot be told from a folder, so
//! such a name is looked up first.

use domain::Error;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::repo;
use crate::Api;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::json::text;
use crate::json::text_at;
use crate::json::values;
use crate::limits;
use crate::shapes::Listed;
use crate::shapes::Ref;

/// Where Bitbucket has the branches.
pub(super) const BRANCHES: &str = "/refs/branches";
/// Where it has the tags.
pub(super) const TAGS: &str = "/refs/tags";

/// The refs at a place; `search` is a part of their name.
pub(super) async fn list(
    api: &Api<'_>,
    repository: &Segments,
    place: &str,
    search: Option<&str>,
) -> Result<Listed<Ref>> {
    let filter = search.map(|text| contains("name", text)).unwrap_or_default();
    let first = Call::get(repo(repository, &format!("{place}?pagelen=100{filter}")));
    let found = api.list("repository", first, Next::Url("next"), values, limits::ITEMS_MAX).await?;
    Ok(found.filter_map(|value| described(&value)))
}

/// A ref as it is described.
pub(super) fn described(value: &Value) -> Option<Ref> {
    Some(Ref {
        name: text(value, "name")?,
        commit: text_at(value, "/target/hash")?,
        is_protected: None,
    })
}

/// What stands for a branch, tag or commit in a path: itself, or its commit if it has a slash.
pub(super) async fn revision(
    api: &Api<'_>,
    repository: &Segments,
    reference: &str,
) -> Result<String> {
    if reference.contains('/') {
        commit(api, repository, reference).await
    } else {
        Ok(reference.to_owned())
    }
}

/// The commit of a branch, tag or commit.
pub(super) async fn commit(
    api: &Api<'_>,
    repository: &Segments,
    reference: &str,
) -> Result<String> {
    if is_hash(reference) {
        return Ok(reference.to_owned());
    }
    for place in [BRANCHES, TAGS] {
        if let Some(commit) = named(api, repository, place, reference).await? {
            return Ok(commit);
        }
    }
    Err(Error::not_found("branch or tag"))
}

/// The commit of the ref of this very name at a place.
pub(super) async fn named(
    api: &Api<'_>,
    repository: &Segments,
    place: &str,
    name: &str,
) -> Result<Option<String>> {
    let filter = format!("name={}", quoted(name));
    let target = repo(repository, &format!("{place}?pagelen=1&q={}", path::segment(&filter)));
    let list = api.get(target).await?.value("repository")?;
    let found = list.pointer("/values/0").and_then(described);
    Ok(found.filter(|it| it.name == name).map(|it| it.commit))
}

/// Whether it is the whole hash of a commit.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The filter for a field with a text in it, to be put behind other values of a query.
pub(super) fn contains(field: &str, text: &str) -> String {
    format!("&q={}", path::segment(&format!("{field}~{}", quoted(text))))
}

/// A text of Bitbucket's query language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::contains;
    use super::is_hash;

    #[test]
    fn a_search_does_not_leave_its_quotes() {
        assert_eq!(contains("name", "a b"), "&q=name~%22a%20b%22");
        assert_eq!(contains("name", "\" OR 1"), "&q=name~%22%5C%22%20OR%201%22");
        assert_eq!(contains("name", "\\"), "&q=name~%22%5C%5C%22");
    }

    #[test]
    fn hashes() {
        assert!(is_hash(&"0a".repeat(20)));
        assert!(!is_hash("main"));
        assert!(!is_hash(&"g".repeat(40)));
    }
}
