//! Files, tags and new repositories on Gitea and Forgejo.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use serde_json::json;

use super::Gitea;
use crate::Api;
use crate::Write;
use crate::api::Call;
use crate::api::path;
use crate::json::object;
use crate::like_github;
use crate::like_github::content;
use crate::like_github::creation;
use crate::like_github::repo;
use crate::shapes::FileChange;
use crate::shapes::NewRepository;
use crate::shapes::NewTag;
use crate::shapes::Ref;
use crate::shapes::Repository;

#[async_trait]
impl Write for Gitea {
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        content::change(api, path, change).await
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

    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let answer = creation::create(api, wanted).await?;
        like_github::repository(&answer.json()?).ok_or_else(|| answer.nonsense())
    }
}
