//! Files, tags and new repositories on Gitee.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use serde_json::json;

use super::Gitee;
use super::browse;
use crate::Api;
use crate::Write;
use crate::api::Call;
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
impl Write for Gitee {
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
            ("refs", Some(json!(tag.target))),
            ("tag_message", tag.message.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post(repo(path, "/tags"), body)).await?;
        let is_there = |said: String| said.contains("exist") || said.contains("taken");
        if answer.code() == 400 && answer.message().is_some_and(is_there) {
            return Err(Error::conflict("There is a tag of this name already."));
        }
        like_github::reference(&answer.value("tag")?).ok_or_else(|| answer.nonsense())
    }

    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let answer = creation::create(api, wanted).await?;
        browse::repository(&answer.json()?).ok_or_else(|| answer.nonsense())
    }
}
