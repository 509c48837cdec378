//! Looking around on SourceHut, by queries of its git service.
//!
//! Deliberately not here: archives, and files that are no text, which are not in its answers.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::text::printable;
use domain::url::Segments;
use serde_json::Value;
use serde_json::json;

use super::SourceHut;
use super::query::data;
use super::query::list;
use super::query::part;
use super::query::query;
use crate::Api;
use crate::Browse;
use crate::adapter::unsupported;
use crate::json::long_text;
use crate::json::moment;
use crate::json::text;
use crate::json::text_at;
use crate::limits;
use crate::shapes::Commit;
use crate::shapes::CommitQuery;
use crate::shapes::EntryKind;
use crate::shapes::File;
use crate::shapes::Listed;
use crate::shapes::Namespace;
use crate::shapes::Ref;
use crate::shapes::Repository;
use crate::shapes::RepositoryQuery;
use crate::shapes::TreeEntry;

pub(super) const ME: &str = "{ me { id canonicalName } }";
const MINE: &str = "query Mine($cursor: Cursor) { repositories(cursor: $cursor) { cursor results \
    { id name description visibility created updated owner { canonicalName } } } }";
const THEIRS: &str = "query Theirs($owner: String!, $cursor: Cursor) { user(username: $owner) { \
    repositories(cursor: $cursor) { cursor results \
    { id name description visibility created updated owner { canonicalName } } } } }";
const ONE: &str = "query One($owner: String!, $name: String!) { user(username: $owner) { \
    repository(name: $name) \
    { id name description visibility created updated owner { canonicalName } } } }";
const HEAD: &str = "query Head($owner: String!, $name: String!) { user(username: $owner) { \
    repository(name: $name) { HEAD { name } } } }";
const REFS: &str = "query Refs($owner: String!, $name: String!, $cursor: Cursor) { \
    user(username: $owner) { repository(name: $name) { references(cursor: $cursor) { cursor \
    results { name target follow { id } } } } } }";
const LOG: &str = "query Log($owner: String!, $name: String!, $from: String, $cursor: Cursor) { \
    user(username: $owner) { repository(name: $name) { log(from: $from, cursor: $cursor) { cursor \
    results { id message author { name email time } } } } } }";
const ROOT: &str = "query Root($owner: String!, $name: String!, $at: String!, $cursor: Cursor) { \
    user(username: $owner) { repository(name: $name) { revparse_single(revspec: $at) { tree { \
    entries(cursor: $cursor) { cursor results { id name mode } } } } } } }";
const FOLDER: &str = "query Folder($owner: String!, $name: String!, $at: String!, \
    $path: String!, $cursor: Cursor) { user(username: $owner) { repository(name: $name) { \
    path(revspec: $at, path: $path) { object { ... on Tree { \
    entries(cursor: $cursor) { cursor results { id name mode } } } } } } } }";
const FILE: &str = "query File($owner: String!, $name: String!, $at: String!, $path: String!) { \
    user(username: $owner) { repository(name: $name) { path(revspec: $at, path: $path) { id \
    object { type ... on TextBlob { text } } } } } }";
/// Where the above have the repository.
const REPOSITORY: &str = "/user/repository";

#[async_trait]
impl Browse for SourceHut {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        let me = part(&data(&query(api, ME, json!({})).await?, "account")?, "/me", "account")?;
        let own = text(&me, "canonicalName").map(|path| Namespace {
            id: text(&me, "id").unwrap_or_else(|| path.clone()),
            name: path.clone(),
            path,
            is_user: true,
            avatar_url: None,
        });
        Ok(Listed { items: own.into_iter().collect(), is_complete: true })
    }

    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let what = "list of repositories";
        let max = limits::ITEMS_MAX;
        let listed = match &query.namespace {
            None => list(api, what, MINE, json!({}), ("", "repositories"), max).await?,
            Some(owner) => {
                let variables = json!({ "owner": owner.trim_start_matches('~') });
                list(api, what, THEIRS, variables, ("/user", "repositories"), max).await?
            }
        };
        let search = query.search.as_deref().map(str::to_lowercase);
        let is_wanted = |it: &Repository| {
            search.as_ref().is_none_or(|search| it.path.as_str().to_lowercase().contains(search))
        };
        Ok(listed.filter_map(|it| repository(api, &it).filter(is_wanted)))
    }

    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let answer = query(api, ONE, of(path)).await?;
        let described = part(&data(&answer, "repository")?, REPOSITORY, "repository")?;
        let found = repository(api, &described).ok_or_else(|| answer.nonsense())?;
        // This one takes another grant, and the rest is worth telling without it.
        let head = query(api, HEAD, of(path)).await.and_then(|answer| data(&answer, "repository"));
        let head = head.ok().and_then(|it| text_at(&it, "/user/repository/HEAD/name"));
        let default_branch = head.and_then(|it| Some(it.strip_prefix("refs/heads/")?.to_owned()));
        Ok(Repository { default_branch, ..found })
    }

    async fn branches(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        refs(api, path, "refs/heads/", search).await
    }

    async fn tags(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        refs(api, path, "refs/tags/", search).await
    }

    async fn commits(
        &self,
        api: &Api<'_>,
        path: &Segments,
        query: &CommitQuery,
    ) -> Result<Listed<Commit>> {
        if query.path.is_some() {
            return Err(unsupported(api, "listing the commits of one path"));
        }
        let variables = with(path, &[("from", query.reference.as_deref())]);
        let place = (REPOSITORY, "log");
        let listed = list(api, "list of commits", LOG, variables, place, query.count).await?;
        Ok(listed.filter_map(|it| commit(api, path, &it)))
    }

    async fn tree(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let folder = folder.trim_matches('/');
        let (text, place) = match folder {
            "" => (ROOT, "/user/repository/revparse_single/tree"),
            _ => (FOLDER, "/user/repository/path/object"),
        };
        let variables = with(path, &[("at", Some(reference)), ("path", Some(folder))]);
        let max = limits::ITEMS_MAX;
        let listed = list(api, "folder", text, variables, (place, "entries"), max).await?;
        Ok(listed.filter_map(|it| entry(folder, &it)))
    }

    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        let variables = with(path, &[("at", Some(reference)), ("path", Some(file))]);
        let answer = query(api, FILE, variables).await?;
        let found = part(&data(&answer, "file")?, "/user/repository/path", "file")?;
        let shown = printable(file, 120);
        if text_at(&found, "/object/type").as_deref() != Some("BLOB") {
            return Err(Error::invalid(format!("\"{shown}\" is not a file.")));
        }
        let content = found.pointer("/object/text").and_then(Value::as_str);
        let content = content.ok_or_else(|| unsupported(api, "reading files that are no text"))?;
        let content = content.to_owned().into();
        Ok(File { path: file.to_owned(), content, id: text(&found, "id") })
    }
}

/// The variables that name a repository.
fn of(path: &Segments) -> Value {
    with(path, &[])
}

/// The same and more.
fn with(path: &Segments, more: &[(&str, Option<&str>)]) -> Value {
    let (owner, name) = path.as_str().split_once('/').unwrap_or((path.as_str(), ""));
    let named = [("owner", Some(owner.trim_start_matches('~'))), ("name", Some(name))];
    let fields = named.iter().chain(more);
    Value::Object(fields.map(|(name, value)| ((*name).to_owned(), json!(value))).collect())
}

pub(super) fn repository(api: &Api<'_>, value: &Value) -> Option<Repository> {
    let name = text(value, "name")?;
    let path = format!("{}/{name}", text_at(value, "/owner/canonicalName")?);
    let path = Segments::parse(&path).ok()?;
    let url = format!("{}/{path}", api.site.shown);
    Some(Repository {
        id: text(value, "id")?,
        name,
        description: long_text(value, "description"),
        default_branch: None,
        web_url: Some(url.clone()),
        clone_url: Some(url),
        is_private: text(value, "visibility").map(|it| it == "PRIVATE"),
        is_archived: None,
        may_administer: None,
        may_push: None,
        created_at: moment(value, "created"),
        updated_at: moment(value, "updated"),
        path,
    })
}

async fn refs(
    api: &Api<'_>,
    path: &Segments,
    prefix: &str,
    search: Option<&str>,
) -> Result<Listed<Ref>> {
    let place = (REPOSITORY, "references");
    let listed = list(api, "list of references", REFS, of(path), place, limits::ITEMS_MAX).await?;
    let reference = |value: &Value| {
        let name = text(value, "name")?.strip_prefix(prefix)?.to_owned();
        // A tag with a message is an object of its own; what it leads to is meant.
        let commit = text_at(value, "/follow/id").or_else(|| text(value, "target"))?;
        Some(Ref { name, commit, is_protected: None })
    };
    let is_wanted = |it: &Ref| search.is_none_or(|search| it.name.contains(search));
    Ok(listed.filter_map(|it| reference(&it).filter(is_wanted)))
}

fn commit(api: &Api<'_>, path: &Segments, value: &Value) -> Option<Commit> {
    let id = text(value, "id")?;
    Some(Commit {
        message: long_text(value, "message").unwrap_or_default(),
        author_name: text_at(value, "/author/name").unwrap_or_default(),
        author_email: text_at(value, "/author/email"),
        author_avatar_url: None,
        created_at: value.get("author").and_then(|author| moment(author, "time")),
        web_url: Some(format!("{}/{path}/commit/{id}", api.site.shown)),
        id,
    })
}

fn entry(folder: &str, value: &Value) -> Option<TreeEntry> {
    let name = text(value, "name")?;
    Some(TreeEntry {
        path: if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") },
        kind: match value.get("mode").and_then(Value::as_u64)? & 0o170_000 {
            0o040_000 => EntryKind::Folder,
            0o120_000 => EntryKind::Link,
            0o160_000 => EntryKind::Submodule,
            _ => EntryKind::File,
        },
        id: text(value, "id"),
        size: None,
        name,
    })
}
