//! Looking around on Gitea and Forgejo.
//!
//! Their lists of one account's repositories cannot be searched, so that they are read whole, within
//! the limits, and searched here.

use async_trait::async_trait;
use domain::ErrorKind;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::Gitea;
use crate::Api;
use crate::Browse;
use crate::Download;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::json::items;
use crate::like_github;
use crate::like_github::content;
use crate::like_github::repo;
use crate::limits;
use crate::shapes::Commit;
use crate::shapes::CommitQuery;
use crate::shapes::File;
use crate::shapes::Listed;
use crate::shapes::Namespace;
use crate::shapes::Ref;
use crate::shapes::Repository;
use crate::shapes::RepositoryQuery;
use crate::shapes::TreeEntry;

/// The longest page.
const PAGE_ROWS: usize = 50;

#[async_trait]
impl Browse for Gitea {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        let user = api.get("/user").await?.value("account")?;
        let mut listed = match list(api, "list of organizations", "/user/orgs").await {
            Ok(listed) => listed.filter_map(|it| like_github::namespace(&it, false)),
            // It has no scope for organizations.
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                Listed { items: Vec::new(), is_complete: false }
            }
            Err(error) => return Err(error),
        };
        listed.items.splice(0..0, like_github::namespace(&user, true));
        Ok(listed)
    }

    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let what = "list of repositories";
        let listed = match &query.namespace {
            None => list(api, what, "/user/repos").await?,
            Some(owner) => {
                let owner = path::segment(owner);
                match list(api, what, &format!("/orgs/{owner}/repos")).await {
                    // It is no organization.
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        list(api, what, &format!("/users/{owner}/repos")).await?
                    }
                    outcome => outcome?,
                }
            }
        };
        let is_wanted = |it: &Repository| like_github::is_wanted(query, it);
        Ok(listed.filter_map(|it| like_github::repository(&it).filter(is_wanted)))
    }

    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let answer = api.get(repo(path, "")).await?;
        like_github::repository(&answer.value("repository")?).ok_or_else(|| answer.nonsense())
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
        // What is left out here costs it the most.
        let mut rest = format!(
            "/commits?limit={}&stat=false&verification=false&files=false",
            query.count.clamp(1, PAGE_ROWS)
        );
        for (name, value) in [("sha", &query.reference), ("path", &query.path)] {
            if let Some(value) = value {
                rest.push_str(&format!("&{name}={}", path::segment(value)));
            }
        }
        let first = Call::get(repo(path, &rest));
        match api.list("list of commits", first, Next::Link, items, query.count).await {
            Ok(listed) => Ok(listed.filter_map(|it| like_github::commit(&it))),
            // The repository is empty.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                Ok(Listed { items: Vec::new(), is_complete: true })
            }
            Err(error) => Err(error),
        }
    }

    async fn tree(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        content::tree(api, path, reference, folder).await
    }

    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        content::file(api, path, reference, file, raw(path, reference, file)).await
    }

    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let rest = format!("/archive/{}.tar.gz", path::segments(reference));
        api.download(Call::get(repo(path, &rest)), "archive").await
    }
}

/// A file as it is.
fn raw(repository: &Segments, reference: &str, file: &str) -> Call<'static> {
    let rest = format!("/raw/{}?ref={}", path::segments(file), path::segment(reference));
    Call::get(repo(repository, &rest)).accept("*/*")
}

async fn list(api: &Api<'_>, what: &str, path: &str) -> Result<Listed<Value>> {
    let first = Call::get(format!("{path}?limit={PAGE_ROWS}"));
    api.list(what, first, Next::Link, items, limits::ITEMS_MAX).await
}

async fn refs(
    api: &Api<'_>,
    path: &Segments,
    kind: &str,
    search: Option<&str>,
) -> Result<Listed<Ref>> {
    let call = repo(path, &format!("/{kind}"));
    let listed = list(api, &format!("list of {kind}"), &call).await?;
    let is_wanted = |it: &Ref| search.is_none_or(|search| it.name.contains(search));
    Ok(listed.filter_map(|it| like_github::reference(&it).filter(is_wanted)))
}
