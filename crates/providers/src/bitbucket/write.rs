//! Files, tags and new repositories on Bitbucket Cloud.
//!
//! Bitbucket has no ids of blobs here: what a change is based on is the commit at the tip of the
//! branch, and Bitbucket refuses the change when the branch has moved on.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use http::Method;
use serde_json::json;

use super::Bitbucket;
use super::browse;
use super::refs;
use super::repo;
use crate::Api;
use crate::Write;
use crate::api::Call;
use crate::api::path;
use crate::creation;
use crate::json::object;
use crate::shapes::FileChange;
use crate::shapes::NewRepository;
use crate::shapes::NewTag;
use crate::shapes::Ref;
use crate::shapes::Repository;

#[async_trait]
impl Write for Bitbucket {
    /// Gives the new commit, which a next change can be based on.
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        let parent = match &change.based_on {
            Some(commit) => commit.clone(),
            None => tip(api, path, change).await?,
        };
        let mut fields = vec![
            ("message", change.message.as_str()),
            ("branch", change.branch.as_str()),
            ("parents", parent.as_str()),
        ];
        // With a slash before it, no path can be taken for one of the other fields.
        let name = format!("/{}", change.path);
        let file = match &change.content {
            Some(content) => Some((name.as_str(), content.as_ref())),
            None => {
                fields.push(("files", name.as_str()));
                None
            }
        };
        let call = Call::multipart(Method::POST, repo(path, "/src"), file, &fields);
        let answer = api.call(call).await?;
        answer.accepted("file")?;
        let made = answer.header("location").and_then(|it| it.rsplit('/').next());
        Ok(made.filter(|it| refs::is_hash(it)).map(str::to_owned))
    }

    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let commit = refs::commit(api, path, &tag.target).await?;
        let body = object([
            ("name", Some(json!(tag.name))),
            ("target", Some(json!({ "hash": commit }))),
            ("message", tag.message.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post(repo(path, refs::TAGS), body)).await?;
        if answer.code() == 400 && answer.message().is_some_and(|it| it.contains("already exists"))
        {
            return Err(Error::conflict("There is a tag of this name already."));
        }
        refs::described(&answer.value("tag")?).ok_or_else(|| answer.nonsense())
    }

    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let target = format!("{}/{}", refs::TAGS, path::segments(name));
        api.call(Call::delete(repo(path, &target))).await?.accepted("tag")
    }

    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let body = object([
            ("scm", Some(json!("git"))),
            ("name", Some(json!(wanted.name))),
            ("is_private", Some(json!(wanted.is_private))),
            ("description", wanted.description.as_ref().map(|it| json!(it))),
        ]);
        // Bitbucket has no capitals in addresses.
        let slug = wanted.name.to_ascii_lowercase();
        let workspace = path::segment(&wanted.namespace);
        let target = format!("/repositories/{workspace}/{}", path::segment(&slug));
        let answer = api.call(Call::post(target, body)).await?;
        if answer.code() == 400 && answer.message().is_some_and(|it| it.contains("already exists"))
        {
            return Err(creation::taken());
        }
        // A 400, too, is what may not be done there.
        if answer.code() == 400 && answer.json()?.pointer("/error/fields/owner").is_some() {
            return Err(Error::forbidden(
                "The stored credential may not make repositories in this workspace.",
            ));
        }
        let described = browse::repository(api, &answer.value("workspace")?);
        described.ok_or_else(|| answer.nonsense())
    }
}

/// The commit at the tip of the branch, where the file must not exist yet, or must, to be removed.
async fn tip(api: &Api<'_>, path: &Segments, change: &FileChange) -> Result<String> {
    let found = refs::named(api, path, refs::BRANCHES, &change.branch).await?;
    let tip = found.ok_or_else(|| Error::not_found("branch"))?;
    let target = format!("/src/{tip}/{}?format=meta", path::segments(&change.path));
    let answer = api.get(repo(path, &target)).await?;
    if answer.code() == 404 && change.content.is_some() {
        return Ok(tip);
    }
    answer.accepted("file")?;
    if change.content.is_some() {
        return Err(Error::conflict("There is such a file already."));
    }
    Ok(tip)
}
