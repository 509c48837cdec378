//! Looking around on Bitbucket Cloud.
//!
//! Repositories are listed by workspace: the credential's own, or each that it sees.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::Bitbucket;
use super::refs;
use super::repo;
use crate::Api;
use crate::Browse;
use crate::Download;
use crate::api::Call;
use crate::api::Next;
use crate::api::With;
use crate::api::path;
use crate::json::flag;
use crate::json::link;
use crate::json::long_text;
use crate::json::moment;
use crate::json::text;
use crate::json::text_at;
use crate::json::texts;
use crate::json::values;
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

/// The longest page Bitbucket gives.
const PAGE_ITEMS: usize = 100;

#[async_trait]
impl Browse for Bitbucket {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        if let Some(workspace) = api.workspace {
            let answer = api.get(format!("/workspaces/{}", path::segment(workspace))).await?;
            // Some tokens may not ask for the workspace they are for.
            let known = match answer.code() {
                403 | 410 => Value::Null,
                _ => answer.value("workspace")?,
            };
            let items = vec![namespace(&known, workspace.to_owned())];
            return Ok(Listed { items, is_complete: true });
        }
        let first = Call::get("/user/workspaces?pagelen=100");
        let found = list(api, "list of workspaces", first, limits::ITEMS_MAX).await?;
        Ok(found.filter_map(|value| {
            let workspace = value.get("workspace").unwrap_or(&value);
            Some(namespace(workspace, text(workspace, "slug")?))
        }))
    }

    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let mut all = Listed { items: Vec::new(), is_complete: true };
        let workspaces = match query.namespace.as_deref().or(api.workspace) {
            Some(workspace) => vec![workspace.to_owned()],
            None => {
                let found = self.namespaces(api).await?;
                all.is_complete = found.is_complete;
                found.items.into_iter().map(|it| it.path).collect()
            }
        };
        let filter = query.search.as_deref().map(|text| refs::contains("name", text));
        let filter = filter.unwrap_or_default();
        for workspace in workspaces {
            let workspace = path::segment(&workspace);
            let first = Call::get(format!(
                "/repositories/{workspace}?role=member&sort=-updated_on&pagelen=100{filter}"
            ));
            let left = limits::ITEMS_MAX.saturating_sub(all.items.len());
            let found = list(api, "workspace", first, left).await?;
            all.is_complete &= found.is_complete;
            all.items.extend(found.items.iter().filter_map(|value| repository(api, value)));
        }
        Ok(all)
    }

    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let answer = api.get(repo(path, "")).await?;
        repository(api, &answer.value("repository")?).ok_or_else(|| answer.nonsense())
    }

    async fn branches(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        refs::list(api, path, refs::BRANCHES, search).await
    }

    async fn tags(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        refs::list(api, path, refs::TAGS, search).await
    }

    async fn commits(
        &self,
        api: &Api<'_>,
        path: &Segments,
        query: &CommitQuery,
    ) -> Result<Listed<Commit>> {
        let reference = match &query.reference {
            Some(reference) => reference.clone(),
            None => match self.repository(api, path).await?.default_branch {
                Some(branch) => branch,
                None => return Ok(Listed { items: Vec::new(), is_complete: true }),
            },
        };
        let revision = path::segment(&refs::revision(api, path, &reference).await?);
        let filter = query.path.as_deref().map(|text| format!("&path={}", path::segment(text)));
        let filter = filter.unwrap_or_default();
        // One more than is wanted tells whether there are more.
        let count = query.count.saturating_add(1).min(PAGE_ITEMS);
        let first = Call::get(repo(path, &format!("/commits/{revision}?pagelen={count}{filter}")));
        let found = list(api, "branch or commit", first, query.count).await?;
        Ok(found.filter_map(|value| commit(&value)))
    }

    async fn tree(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let revision = path::segment(&refs::revision(api, path, reference).await?);
        let folder = folder.trim_matches('/');
        let folder =
            if folder.is_empty() { String::new() } else { format!("{}/", path::segments(folder)) };
        let first = Call::get(repo(path, &format!("/src/{revision}/{folder}?pagelen=100")));
        let found = list(api, "folder", first, limits::ITEMS_MAX).await?;
        Ok(found.filter_map(|value| entry(&value)))
    }

    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        let revision = path::segment(&refs::revision(api, path, reference).await?);
        let target = repo(path, &format!("/src/{revision}/{}", path::segments(file)));
        // The content alone would not tell a file from the list of a folder.
        let about = api.get(format!("{target}?format=meta")).await?.value("file")?;
        if text(&about, "type").as_deref() != Some("commit_file") {
            return Err(Error::not_found("file"));
        }
        let call = Call::get(target).accept("*/*").bytes_max(limits::FILE_BYTES_MAX);
        let answer = api.call(call).await?;
        answer.accepted("file")?;
        Ok(File {
            path: file.to_owned(),
            content: answer.body,
            id: text_at(&about, "/commit/hash"),
        })
    }

    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let revision = path::segment(&refs::revision(api, path, reference).await?);
        let target = format!("/{}/get/{revision}.tar.gz", path::segments(path.as_str()));
        let call = Call::get(target).root(api.site.web.clone()).accept("*/*").with(With::Secret);
        api.download(call, "archive").await
    }
}

async fn list(
    api: &Api<'_>,
    what: &str,
    first: Call<'_>,
    items_max: usize,
) -> Result<Listed<Value>> {
    api.list(what, first, Next::Url("next"), values, items_max).await
}

fn namespace(value: &Value, path: String) -> Namespace {
    Namespace {
        id: text(value, "uuid").unwrap_or_else(|| path.clone()),
        name: text(value, "name").unwrap_or_else(|| path.clone()),
        path,
        is_user: false,
        avatar_url: link(value, "/links/avatar/href"),
    }
}

pub(super) fn repository(api: &Api<'_>, value: &Value) -> Option<Repository> {
    let path = Segments::parse(&text(value, "full_name")?).ok()?;
    Some(Repository {
        id: text(value, "uuid")?,
        name: text(value, "name").unwrap_or_else(|| path.to_string()),
        description: long_text(value, "description"),
        default_branch: text_at(value, "/mainbranch/name"),
        web_url: link(value, "/links/html/href"),
        // The one it names has the user's name in it.
        clone_url: Some(format!("{}/{path}.git", api.site.shown)),
        is_private: flag(value, "/is_private"),
        is_archived: None,
        may_administer: None,
        may_push: None,
        created_at: moment(value, "created_on"),
        updated_at: moment(value, "updated_on"),
        path,
    })
}

fn commit(value: &Value) -> Option<Commit> {
    let raw = text_at(value, "/author/raw").unwrap_or_default();
    let (name, email) = match raw.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix('>')),
        None => (raw.trim(), None),
    };
    Some(Commit {
        id: text(value, "hash")?,
        message: long_text(value, "message").unwrap_or_default(),
        author_name: name.to_owned(),
        author_email: email.map(str::to_owned),
        author_avatar_url: link(value, "/author/user/links/avatar/href"),
        created_at: moment(value, "date"),
        web_url: link(value, "/links/html/href"),
    })
}

fn entry(value: &Value) -> Option<TreeEntry> {
    let path = text(value, "path")?;
    let attributes = texts(value.get("attributes")).unwrap_or_default();
    let has = |word: &str| attributes.iter().any(|it| it == word);
    let kind = match text(value, "type")?.as_str() {
        "commit_directory" => EntryKind::Folder,
        _ if has("link") => EntryKind::Link,
        _ if has("subrepository") => EntryKind::Submodule,
        _ => EntryKind::File,
    };
    Some(TreeEntry {
        name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        path,
        kind,
        id: None,
        size: value.get("size").and_then(Value::as_u64),
    })
}
