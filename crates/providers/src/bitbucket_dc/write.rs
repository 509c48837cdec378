//! Files, tags and new repositories on Bitbucket Data Center.
//!
//! A change is based on the last commit that touched the file, not on a blob. There is no call that
//! removes a file.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use domain::url::WebUrl;
use http::Method;
use serde_json::json;

use super::BitbucketDc;
use super::browse;
use super::project_path;
use super::repo;
use crate::Api;
use crate::Write;
use crate::adapter::unsupported;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::creation;
use crate::json::object;
use crate::json::text;
use crate::json::text_at;
use crate::shapes::FileChange;
use crate::shapes::NewRepository;
use crate::shapes::NewTag;
use crate::shapes::Ref;
use crate::shapes::Repository;

#[async_trait]
impl Write for BitbucketDc {
    /// Gives the new commit, which a next change can be based on.
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        let Some(content) = &change.content else {
            return Err(unsupported(api, "removing files"));
        };
        let mut fields = vec![("message", change.message.as_str()), ("branch", &change.branch)];
        fields.extend(change.based_on.as_deref().map(|commit| ("sourceCommitId", commit)));
        let target = repo(path, &format!("/browse/{}", path::segments(&change.path)));
        let file = Some(("content", content.as_ref()));
        let answer = api.call(Call::multipart(Method::PUT, target, file, &fields)).await?;
        Ok(text(&answer.value("file")?, "id"))
    }

    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let body = object([
            ("name", Some(json!(tag.name))),
            ("startPoint", Some(json!(tag.target))),
            ("message", tag.message.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post(repo(path, "/tags"), body)).await?;
        browse::reference(&answer.value("tag")?).ok_or_else(|| answer.nonsense())
    }

    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let call = Call::delete(repo(path, &format!("/tags/{}", path::segments(name))));
        let root = git_root(api).ok_or_else(|| unsupported(api, "removing tags"))?;
        api.call(call.root(root)).await?.accepted("tag")
    }

    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let body = object([
            ("name", Some(json!(wanted.name))),
            ("scmId", Some(json!("git"))),
            ("public", Some(json!(!wanted.is_private))),
            ("description", wanted.description.as_ref().map(|it| json!(it))),
        ]);
        let target = format!("{}/repos", project_path(&wanted.namespace));
        let answer = api.call(Call::post(target, body)).await?;
        if answer.code() == 409 {
            return Err(creation::taken());
        }
        if answer.code() == 401 && is_known_caller(&answer) {
            return Err(Error::forbidden(
                "The stored credential may not make repositories in this project.",
            ));
        }
        browse::repository(api, &answer.value("project")?).ok_or_else(|| answer.nonsense())
    }
}

/// Whether a 401 is about what somebody known may not.
fn is_known_caller(answer: &Answer) -> bool {
    let name = text_at(&answer.json().unwrap_or_default(), "/errors/0/exceptionName");
    name.is_some_and(|it| it.ends_with(".AuthorisationException"))
}

/// Where the API is that removes tags, beside the one for all else.
fn git_root(api: &Api<'_>) -> Option<WebUrl> {
    let root = api.site.api.as_ref()?.to_string();
    WebUrl::parse(&format!("{}/rest/git/latest", root.strip_suffix("/rest/api/latest")?)).ok()
}
