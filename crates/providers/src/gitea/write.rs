//! Files and tags on Gitea and Forgejo.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use http::Method;
use serde_json::json;

use super::Gitea;
use crate::Api;
use crate::Write;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::json::object;
use crate::json::text_at;
use crate::like_github;
use crate::like_github::content;
use crate::like_github::repo;
use crate::shapes::FileChange;
use crate::shapes::NewTag;
use crate::shapes::Ref;

#[async_trait]
impl Write for Gitea {
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
        let method = match (&change.content, &blob) {
            (None, _) => Method::DELETE,
            (Some(_), Some(_)) => Method::PUT,
            (Some(_), None) => Method::POST,
        };
        let is_new = method == Method::POST;
        let body = object([
            ("branch", Some(json!(change.branch))),
            ("message", Some(json!(change.message))),
            ("content", change.content.as_ref().map(|it| json!(STANDARD.encode(it)))),
            ("sha", blob.map(|it| json!(it))),
        ]);
        let target = content::contents(path, &change.path);
        let answer = api.call(Call::with_json(method, target, body)).await?;
        if is_new && answer.code() == 422 && says(&answer, "already exists") {
            return Err(Error::conflict("There is a file of this name already."));
        }
        Ok(text_at(&answer.value("file")?, "/content/sha"))
    }

    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let body = object([
            ("tag_name", Some(json!(tag.name))),
            ("target", Some(json!(tag.target))),
            ("message", tag.message.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post(repo(path, "/tags"), body)).await?;
        if answer.code() == 409 {
            return Err(Error::conflict("There is a tag of this name already."));
        }
        like_github::reference(&answer.value("tag")?).ok_or_else(|| answer.nonsense())
    }

    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let target = repo(path, &format!("/tags/{}", path::segment(name)));
        api.call(Call::delete(target)).await?.accepted("tag")
    }
}

fn says(answer: &Answer, words: &str) -> bool {
    answer.message().is_some_and(|it| it.contains(words))
}
