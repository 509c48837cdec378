//! Files and tags on GitLab.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::Result;
use domain::url::Segments;
use http::Method;
use serde_json::json;

use super::GitLab;
use super::browse;
use super::project;
use crate::Api;
use crate::Write;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::json::object;
use crate::shapes::FileChange;
use crate::shapes::NewTag;
use crate::shapes::Ref;

#[async_trait]
impl Write for GitLab {
    /// GitLab does not tell the new blob.
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        let method = match (&change.content, &change.based_on) {
            (Some(_), None) => Method::POST,
            (Some(_), Some(_)) => Method::PUT,
            (None, _) => Method::DELETE,
        };
        let body = object([
            ("branch", Some(json!(change.branch))),
            ("commit_message", Some(json!(change.message))),
            ("encoding", change.content.as_ref().map(|_| json!("base64"))),
            ("content", change.content.as_ref().map(|it| json!(STANDARD.encode(it)))),
            ("last_commit_id", change.based_on.as_ref().map(|it| json!(it))),
        ]);
        let target = format!("/repository/files/{}", path::segment(&change.path));
        let answer = api.call(Call::with_json(method, project(path, &target), body)).await?;
        settled(&answer, "file")?;
        Ok(None)
    }

    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let body = object([
            ("tag_name", Some(json!(tag.name))),
            ("ref", Some(json!(tag.target))),
            ("message", tag.message.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post(project(path, "/repository/tags"), body)).await?;
        settled(&answer, "tag")?;
        browse::reference(&answer.json()?).ok_or_else(|| answer.nonsense())
    }

    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let target = format!("/repository/tags/{}", path::segment(name));
        api.call(Call::delete(project(path, &target))).await?.accepted("tag")
    }
}

/// GitLab answers 400 to all that clashes with what is there; its sentence tells.
fn settled(answer: &Answer, what: &str) -> Result<()> {
    let said = answer.message().filter(|_| answer.code() == 400).unwrap_or_default();
    if said.contains("already exists") || said.contains("has changed") {
        return Err(Error::conflict(format!("The {what} clashes with what is there: {said}")));
    }
    if said.contains("doesn't exist") {
        return Err(Error::not_found(what));
    }
    answer.accepted(what)
}
