//! Files, tags and new repositories on GitHub.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use http::Method;
use serde_json::json;

use super::GitHub;
use super::repo;
use crate::Api;
use crate::Write;
use crate::api::Call;
use crate::api::path;
use crate::json::object;
use crate::json::text;
use crate::json::text_at;
use crate::like_github;
use crate::like_github::content;
use crate::like_github::creation;
use crate::shapes::FileChange;
use crate::shapes::NewRepository;
use crate::shapes::NewTag;
use crate::shapes::Ref;
use crate::shapes::Repository;

#[async_trait]
impl Write for GitHub {
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        let blob = match (&change.based_on, &change.content) {
            (None, None) => Some(content::blob(api, path, &change.branch, &change.path).await?),
            (blob, _) => blob.clone(),
        };
        let method = if change.content.is_some() { Method::PUT } else { Method::DELETE };
        let is_new = blob.is_none();
        let body = object([
            ("branch", Some(json!(change.branch))),
            ("message", Some(json!(change.message))),
            ("content", change.content.as_ref().map(|it| json!(STANDARD.encode(it)))),
            ("sha", blob.map(|it| json!(it))),
        ]);
        let target = content::contents(path, &change.path);
        let answer = api.call(Call::with_json(method, target, body)).await?;
        // Without a hash a file must not be there yet.
        if is_new && answer.code() == 422 && answer.message().is_some_and(|it| it.contains("sha")) {
            return Err(Error::conflict("There is a file of this name already."));
        }
        Ok(text_at(&answer.value("file")?, "/content/sha"))
    }

    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let target = repo(path, &format!("/commits/{}", path::segments(&tag.target)));
        let answer = api.get(target).await?;
        let commit = text(&answer.value("commit")?, "sha").ok_or_else(|| answer.nonsense())?;
        let object = match &tag.message {
            None => commit.clone(),
            Some(message) => {
                let body = json!({
                    "tag": tag.name, "message": message, "object": commit, "type": "commit",
                });
                let answer = api.call(Call::post(repo(path, "/git/tags"), body)).await?;
                text(&answer.value("tag")?, "sha").ok_or_else(|| answer.nonsense())?
            }
        };
        let body = json!({ "ref": format!("refs/tags/{}", tag.name), "sha": object });
        let answer = api.call(Call::post(repo(path, "/git/refs"), body)).await?;
        if answer.code() == 422 && answer.message().is_some_and(|it| it.contains("already exists"))
        {
            return Err(Error::conflict("There is a tag of this name already."));
        }
        answer.accepted("tag")?;
        Ok(Ref { name: tag.name.clone(), commit, is_protected: None })
    }

    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let target = repo(path, &format!("/git/refs/tags/{}", path::segments(name)));
        let answer = api.call(Call::delete(target)).await?;
        if answer.code() == 422 {
            return Err(Error::not_found("tag"));
        }
        answer.accepted("tag")
    }

    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let answer = creation::create(api, wanted).await?;
        like_github::repository(&answer.json()?).ok_or_else(|| answer.nonsense())
    }
}
