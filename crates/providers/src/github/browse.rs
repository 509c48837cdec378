//! Looking around on GitHub.
//!
//! Its lists cannot be searched, so that they are read whole, within the limits, and searched here.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::ErrorKind;
use domain::Result;
use domain::url::Segments;
use serde_json::Value;

use super::GitHub;
use super::repo;
use crate::Api;
use crate::Browse;
use crate::Download;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::json::items;
use crate::json::text;
use crate::like_github;
use crate::like_github::content;
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

/// GitHub cuts longer folders off without a word.
const FOLDER_ENTRIES_MAX: usize = 1000;

#[async_trait]
impl Browse for GitHub {
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        let user = api.get("/user").await?;
        if user.header("x-oauth-scopes").is_none() {
            // Such a token is for one owner and sees no membership: its repositories tell.
            let repositories = visible(api).await?;
            let owners = repositories.items.iter().filter_map(|it| namespace(it.get("owner")?));
            let owners: BTreeMap<String, Namespace> =
                owners.map(|it| (it.path.clone(), it)).collect();
            let is_complete = repositories.is_complete;
            return Ok(Listed { items: owners.into_values().collect(), is_complete });
        }
        let own = namespace(&user.value("account")?);
        let what = "list of organizations";
        let mut listed = match list(api, what, "/user/orgs?per_page=100".to_owned(), items).await {
            Ok(listed) => listed.filter_map(|it| namespace(&it)),
            // It has no scope for organizations.
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                Listed { items: Vec::new(), is_complete: false }
            }
            Err(error) => return Err(error),
        };
        listed.items.splice(0..0, own);
        Ok(listed)
    }

    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let listed = match &query.namespace {
            None => visible(api).await?,
            Some(owner) => {
                let call = format!("/orgs/{}/repos?per_page=100", path::segment(owner));
                match list(api, "list of repositories", call, items).await {
                    // It is no organization.
                    Err(error) if error.kind() == ErrorKind::NotFound => visible(api).await?,
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
        let mut rest = format!("/commits?per_page={}", query.count.clamp(1, 100));
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
        let listed = content::tree(api, path, reference, folder).await?;
        let is_complete = listed.items.len() < FOLDER_ENTRIES_MAX;
        Ok(Listed { is_complete, ..listed })
    }

    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        let raw = Call::get(content::at(path, file, reference));
        let raw = raw.accept("application/vnd.github.raw+json");
        content::file(api, path, reference, file, raw).await
    }

    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let rest = format!("/tarball/{}", path::segments(reference));
        api.download(Call::get(repo(path, &rest)), "archive").await
    }
}

async fn list(
    api: &Api<'_>,
    what: &str,
    call: String,
    items: impl Fn(Value) -> Option<Vec<Value>>,
) -> Result<Listed<Value>> {
    api.list(what, Call::get(call), Next::Link, items, limits::ITEMS_MAX).await
}

/// All repositories the token sees. An installation's token has a list of its own.
async fn visible(api: &Api<'_>) -> Result<Listed<Value>> {
    let what = "list of repositories";
    match list(api, what, "/user/repos?per_page=100".to_owned(), items).await {
        Err(error) if error.kind() == ErrorKind::Forbidden => {
            let inside = |mut page: Value| items(page.get_mut("repositories")?.take());
            let call = "/installation/repositories?per_page=100".to_owned();
            list(api, what, call, inside).await.map_err(|_| error)
        }
        outcome => outcome,
    }
}

async fn refs(
    api: &Api<'_>,
    path: &Segments,
    kind: &str,
    search: Option<&str>,
) -> Result<Listed<Ref>> {
    let call = repo(path, &format!("/{kind}?per_page=100"));
    let listed = list(api, &format!("list of {kind}"), call, items).await?;
    let is_wanted = |it: &Ref| search.is_none_or(|search| it.name.contains(search));
    Ok(listed.filter_map(|it| like_github::reference(&it).filter(is_wanted)))
}

fn namespace(value: &Value) -> Option<Namespace> {
    let is_user = text(value, "type").as_deref() == Some("User");
    like_github::namespace(value, is_user)
}
