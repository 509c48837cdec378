//! Looking around on Gitee. Its lists tell in a header how many pages they have.

use async_trait::async_trait;
use domain::ErrorKind;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::Gitee;
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
const PAGE_ROWS: usize = 100;

#[async_trait]
impl Browse for Gitee {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        let user = api.get("/user").await?.value("account")?;
        let mut listed = match list(api, "list of organizations", "/user/orgs").await {
            Ok(listed) => listed.filter_map(|it| like_github::namespace(&it, false)),
            // It has no right to see organizations.
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
        let listed = list(api, "list of repositories", "/user/repos").await?;
        let is_wanted = |it: &Repository| like_github::is_wanted(query, it);
        Ok(listed.filter_map(|it| repository(&it).filter(is_wanted)))
    }

    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let answer = api.get(repo(path, "")).await?;
        repository(&answer.value("repository")?).ok_or_else(|| answer.nonsense())
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
        let mut rest = format!("/commits?per_page={}", query.count.clamp(1, PAGE_ROWS));
        for (name, value) in [("sha", &query.reference), ("path", &query.path)] {
            if let Some(value) = value {
                rest.push_str(&format!("&{name}={}", path::segment(value)));
            }
        }
        let first = Call::get(repo(path, &rest));
        let listed = api.list("list of commits", first, Next::Count, items, query.count).await?;
        Ok(listed.filter_map(|it| like_github::commit(&it)))
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
        let rest = format!("/raw/{}?ref={}", path::segments(file), path::segment(reference));
        let raw = Call::get(repo(path, &rest)).accept("*/*");
        content::file(api, path, reference, file, raw).await
    }

    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let rest = format!("/tarball?ref={}", path::segment(reference));
        api.download(Call::get(repo(path, &rest)), "archive").await
    }
}

async fn list(api: &Api<'_>, what: &str, path: &str) -> Result<Listed<Value>> {
    let first = Call::get(format!("{path}?per_page={PAGE_ROWS}"));
    api.list(what, first, Next::Count, items, limits::ITEMS_MAX).await
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

/// Its page about a repository and its clone address are one, which ends in `.git`.
pub(super) fn repository(value: &Value) -> Option<Repository> {
    let found = like_github::repository(value)?;
    let page = found.web_url.as_deref().map(|url| url.strip_suffix(".git").unwrap_or(url));
    let clone = page.map(|url| format!("{url}.git"));
    Some(Repository {
        web_url: page.map(str::to_owned),
        clone_url: found.clone_url.clone().or(clone),
        ..found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_repository() {
        let read = |url: &str| {
            let value = serde_json::json!({
                "id": 1, "full_name": "acme/app", "name": "App", "html_url": url, "private": true,
                "permission": { "pull": true, "push": true, "admin": false },
            });
            repository(&value).unwrap()
        };
        for url in ["https://gitee.com/acme/app.git", "https://gitee.com/acme/app"] {
            let found = read(url);
            assert_eq!(found.web_url.as_deref(), Some("https://gitee.com/acme/app"));
            assert_eq!(found.clone_url.as_deref(), Some("https://gitee.com/acme/app.git"));
            assert_eq!((found.may_push, found.may_administer), (Some(true), Some(false)));
        }
    }
}
