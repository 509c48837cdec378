//! Looking around on GitLab.

use async_trait::async_trait;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::DEVELOPER;
use super::GitLab;
use super::MAINTAINER;
use super::project;
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

#[async_trait]
impl Browse for GitLab {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        list(api, "list of namespaces", "/namespaces?per_page=100".to_owned(), namespace).await
    }

    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let search = query.search.as_ref().map(|it| format!("&search={}", path::segment(it)));
        let search = search.unwrap_or_default();
        let what = "list of projects";
        if let Some(group) = &query.namespace {
            let group = path::segment(group);
            let call =
                format!("/groups/{group}/projects?include_subgroups=true&per_page=100{search}");
            match list(api, what, call, repository).await {
                // It is a person's own namespace, which only the list of all can tell.
                Err(error) if error.kind() == domain::ErrorKind::NotFound => {}
                outcome => return outcome,
            }
        }
        let call = format!(
            "/projects?membership=true&order_by=id&pagination=keyset&per_page=100&search_namespaces=true{search}"
        );
        let mut listed = list(api, what, call, repository).await?;
        if let Some(namespace) = &query.namespace {
            listed.items.retain(|it| is_in(it, namespace));
        }
        Ok(listed)
    }

    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let answer = api.get(project(path, "")).await?;
        repository(&answer.value("project")?).ok_or_else(|| answer.nonsense())
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
        let count = query.count.clamp(1, 100);
        let mut rest = format!("/repository/commits?per_page={count}");
        for (name, value) in [("ref_name", &query.reference), ("path", &query.path)] {
            if let Some(value) = value {
                rest.push_str(&format!("&{name}={}", path::segment(value)));
            }
        }
        let first = Call::get(project(path, &rest));
        let listed = api.list("list of commits", first, Next::Link, items, query.count).await?;
        Ok(listed.filter_map(|it| commit(&it)))
    }

    async fn tree(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let (reference, folder) = (path::segment(reference), path::segment(folder));
        let rest = format!("/repository/tree?ref={reference}&path={folder}&per_page=100");
        list(api, "folder", project(path, &rest), entry).await
    }

    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        let (name, reference) = (path::segment(file), path::segment(reference));
        let rest = format!("/repository/files/{name}/raw?ref={reference}");
        let call = Call::get(project(path, &rest)).accept("*/*").bytes_max(limits::FILE_BYTES_MAX);
        let answer = api.call(call).await?;
        answer.accepted("file")?;
        // An update is refused unless this is still the last commit that changed the file.
        let id = answer.header("x-gitlab-last-commit-id").map(str::to_owned);
        Ok(File { path: file.to_owned(), content: answer.body, id })
    }

    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let rest = format!("/repository/archive.tar.gz?sha={}", path::segment(reference));
        api.download(Call::get(project(path, &rest)).accept("*/*"), "archive").await
    }
}

/// A list whose items are read one by one; what cannot be read is left out.
async fn list<T>(
    api: &Api<'_>,
    what: &str,
    call: String,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Listed<T>> {
    let listed = api.list(what, Call::get(call), Next::Link, items, limits::ITEMS_MAX).await?;
    Ok(listed.filter_map(|it| read(&it)))
}

async fn refs(
    api: &Api<'_>,
    path: &Segments,
    kind: &str,
    search: Option<&str>,
) -> Result<Listed<Ref>> {
    let search = search.map(|it| format!("&search={}", path::segment(it))).unwrap_or_default();
    let rest = format!("/repository/{kind}?per_page=100{search}");
    list(api, &format!("list of {kind}"), project(path, &rest), reference).await
}

/// Whether a repository is somewhere below a namespace.
fn is_in(repository: &Repository, namespace: &str) -> bool {
    let path = repository.path.as_str().to_ascii_lowercase();
    path.starts_with(&format!("{}/", namespace.to_ascii_lowercase()))
}

fn namespace(value: &Value) -> Option<Namespace> {
    Some(Namespace {
        id: text(value, "id")?,
        path: text(value, "full_path")?,
        name: text(value, "name")?,
        is_user: text(value, "kind").as_deref() == Some("user"),
        avatar_url: link(value, "/avatar_url"),
    })
}

pub(super) fn repository(value: &Value) -> Option<Repository> {
    let level = level(value.get("permissions"));
    Some(Repository {
        id: text(value, "id")?,
        path: Segments::parse(&text(value, "path_with_namespace")?).ok()?,
        name: text(value, "name")?,
        description: long_text(value, "description"),
        default_branch: text(value, "default_branch"),
        web_url: link(value, "/web_url"),
        clone_url: link(value, "/http_url_to_repo"),
        is_private: text(value, "visibility").map(|it| it != "public"),
        is_archived: flag(value, "/archived"),
        may_administer: level.map(|level| level >= MAINTAINER),
        may_push: level.map(|level| level >= DEVELOPER),
        created_at: moment(value, "created_at"),
        updated_at: moment(value, "last_activity_at"),
    })
}

/// The higher of the roles in the project and in its group.
fn level(permissions: Option<&Value>) -> Option<u64> {
    let of = |what: &str| permissions?.pointer(&format!("/{what}/access_level"))?.as_u64();
    of("project_access").max(of("group_access"))
}

/// A branch or a tag; an annotated tag leads to its commit.
pub(super) fn reference(value: &Value) -> Option<Ref> {
    Some(Ref {
        name: text(value, "name")?,
        commit: text_at(value, "/commit/id").or_else(|| text(value, "target"))?,
        is_protected: flag(value, "/protected"),
    })
}

fn commit(value: &Value) -> Option<Commit> {
    Some(Commit {
        id: text(value, "id")?,
        message: long_text(value, "message").or_else(|| text(value, "title")).unwrap_or_default(),
        author_name: text(value, "author_name").unwrap_or_default(),
        author_email: text(value, "author_email"),
        author_avatar_url: None,
        created_at: moment(value, "created_at"),
        web_url: link(value, "/web_url"),
    })
}

fn entry(value: &Value) -> Option<TreeEntry> {
    let is_link = text(value, "mode").as_deref() == Some("120000");
    Some(TreeEntry {
        path: text(value, "path")?,
        name: text(value, "name")?,
        kind: match text(value, "type")?.as_str() {
            "tree" => EntryKind::Folder,
            "commit" => EntryKind::Submodule,
            _ if is_link => EntryKind::Link,
            _ => EntryKind::File,
        },
        id: text(value, "id"),
        size: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_project_with_little_in_it() {
        let least = json!({"id": 7, "name": "App", "path_with_namespace": "acme/app"});
        let read = repository(&least).unwrap();
        assert_eq!((read.id.as_str(), read.may_push, read.is_private), ("7", None, None));
        assert!(is_in(&read, "Acme") && !is_in(&read, "acm"));
        let access = json!({"project_access": null, "group_access": {"access_level": 30}});
        assert_eq!(level(Some(&access)), Some(30));
        assert_eq!(
            repository(&json!({"id": 7, "name": "App", "path_with_namespace": "../x"})),
            None
        );
    }
}
