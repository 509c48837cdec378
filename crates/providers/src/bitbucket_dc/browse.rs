//! Looking around on Bitbucket Data Center.

use async_trait::async_trait;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::BitbucketDc;
use super::SCM;
use super::project_path;
use super::repo;
use crate::Api;
use crate::Browse;
use crate::Download;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::json::flag;
use crate::json::items;
use crate::json::link;
use crate::json::long_text;
use crate::json::moment_of_millis;
use crate::json::text;
use crate::json::text_at;
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

/// How long a page of commits is at most.
const PAGE_ITEMS: usize = 100;

#[async_trait]
impl Browse for BitbucketDc {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        let found = list(api, "list of projects", "/projects?limit=100".to_owned()).await?;
        Ok(found.filter_map(|value| namespace(&value)))
    }

    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let search = query.search.as_deref();
        let first = match (&query.namespace, search) {
            (Some(key), _) => format!("{}/repos?limit=100", project_path(key)),
            (None, Some(text)) => {
                format!("/repos?permission=REPO_READ&limit=100&name={}", path::segment(text))
            }
            (None, None) => "/repos?permission=REPO_READ&limit=100".to_owned(),
        };
        let found = list(api, "project", first).await?;
        let mut found = found.filter_map(|value| repository(api, &value));
        // The list of a project cannot be searched.
        if let (Some(_), Some(text)) = (&query.namespace, search) {
            let text = text.to_lowercase();
            let has = |name: &str| name.to_lowercase().contains(&text);
            found.items.retain(|it| has(&it.name) || has(it.path.as_str()));
        }
        Ok(found)
    }

    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let answer = api.get(repo(path, "")).await?;
        let described = repository(api, &answer.value("repository")?);
        let mut described = described.ok_or_else(|| answer.nonsense())?;
        let branch = api.get(repo(path, "/default-branch")).await;
        // An empty repository has none, and older versions have no such call.
        if let Some(branch) = branch.ok().filter(|it| it.code() == 200) {
            described.default_branch = text(&branch.json()?, "displayId");
        }
        Ok(described)
    }

    async fn branches(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        refs(api, path, "branches", search).await
    }

    async fn tags(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        refs(api, path, "tags", search).await
    }

    async fn commits(
        &self,
        api: &Api<'_>,
        path: &Segments,
        query: &CommitQuery,
    ) -> Result<Listed<Commit>> {
        // One more than is wanted tells whether there are more.
        let count = query.count.saturating_add(1).min(PAGE_ITEMS);
        let mut rest = format!("/commits?limit={count}");
        for (name, value) in [("until", &query.reference), ("path", &query.path)] {
            if let Some(value) = value {
                rest.push_str(&format!("&{name}={}", path::segment(value)));
            }
        }
        let first = Call::get(repo(path, &rest));
        let found = api.list("list of commits", first, Next::Start, values, query.count).await?;
        let page = web_page(api, path);
        Ok(found.filter_map(|value| commit(&value, &page)))
    }

    async fn tree(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let folder = folder.trim_matches('/');
        let (at, below) = (path::segment(reference), path::segments(folder));
        let first = Call::get(repo(path, &format!("/browse/{below}?at={at}&limit=500")));
        let children = |page: Value| items(page.pointer("/children/values")?.clone());
        let found = api.list("folder", first, Next::Start, children, limits::ITEMS_MAX).await?;
        Ok(found.filter_map(|value| entry(&value, folder)))
    }

    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        let (at, below) = (path::segment(reference), path::segments(file));
        let call = Call::get(repo(path, &format!("/raw/{below}?at={at}")))
            .accept("*/*")
            .bytes_max(limits::FILE_BYTES_MAX);
        let answer = api.call(call).await?;
        answer.accepted("file")?;
        // An update is refused unless this is still the last commit that changed the file.
        let query = CommitQuery {
            reference: Some(reference.to_owned()),
            path: Some(file.to_owned()),
            count: 1,
        };
        let last = self.commits(api, path, &query).await?.items.into_iter().next();
        let id = last.map(|it| it.id);
        Ok(File { path: file.to_owned(), content: answer.body, id })
    }

    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let rest = format!("/archive?at={}&format=tgz", path::segment(reference));
        api.download(Call::get(repo(path, &rest)).accept("*/*"), "archive").await
    }
}

async fn list(api: &Api<'_>, what: &str, first: String) -> Result<Listed<Value>> {
    api.list(what, Call::get(first), Next::Start, values, limits::ITEMS_MAX).await
}

async fn refs(
    api: &Api<'_>,
    path: &Segments,
    kind: &str,
    search: Option<&str>,
) -> Result<Listed<Ref>> {
    let filter = search.map(|text| format!("&filterText={}", path::segment(text)));
    let rest = format!("/{kind}?limit=100{}", filter.unwrap_or_default());
    let found = list(api, &format!("list of {kind}"), repo(path, &rest)).await?;
    Ok(found.filter_map(|value| reference(&value)))
}

/// The page about a repository.
fn web_page(api: &Api<'_>, path: &Segments) -> String {
    format!("{}{}", api.site.shown, repo(path, ""))
}

fn namespace(value: &Value) -> Option<Namespace> {
    let key = text(value, "key")?;
    Some(Namespace {
        id: text(value, "id")?,
        path: format!("{SCM}/{}", key.to_lowercase()),
        name: text(value, "name").unwrap_or(key),
        is_user: text(value, "type").as_deref() == Some("PERSONAL"),
        avatar_url: None,
    })
}

pub(super) fn repository(api: &Api<'_>, value: &Value) -> Option<Repository> {
    let project = text_at(value, "/project/key")?.to_lowercase();
    let path = Segments::parse(&format!("{SCM}/{project}/{}", text(value, "slug")?)).ok()?;
    Some(Repository {
        id: text(value, "id")?,
        name: text(value, "name").unwrap_or_else(|| path.to_string()),
        description: long_text(value, "description"),
        default_branch: None,
        web_url: link(value, "/links/self/0/href"),
        clone_url: Some(format!("{}/{path}.git", api.site.shown)),
        is_private: flag(value, "/public").map(|is_public| !is_public),
        is_archived: flag(value, "/archived"),
        may_administer: None,
        may_push: None,
        created_at: None,
        updated_at: None,
        path,
    })
}

/// A branch or a tag; an annotated tag leads to its commit.
pub(super) fn reference(value: &Value) -> Option<Ref> {
    Some(Ref {
        name: text(value, "displayId")?,
        commit: text(value, "latestCommit")?,
        is_protected: None,
    })
}

fn commit(value: &Value, page: &str) -> Option<Commit> {
    let id = text(value, "id")?;
    let name = text_at(value, "/author/displayName").or_else(|| text_at(value, "/author/name"));
    Some(Commit {
        message: long_text(value, "message").unwrap_or_default(),
        author_name: name.unwrap_or_default(),
        author_email: text_at(value, "/author/emailAddress"),
        author_avatar_url: None,
        created_at: moment_of_millis(value, "authorTimestamp"),
        web_url: Some(format!("{page}/commits/{}", path::segment(&id))),
        id,
    })
}

fn entry(value: &Value, folder: &str) -> Option<TreeEntry> {
    let name = text_at(value, "/path/toString")?;
    Some(TreeEntry {
        path: if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") },
        kind: match text(value, "type")?.as_str() {
            "DIRECTORY" => EntryKind::Folder,
            "SUBMODULE" => EntryKind::Submodule,
            _ => EntryKind::File,
        },
        id: text(value, "contentId"),
        size: value.get("size").and_then(Value::as_u64),
        name,
    })
}
