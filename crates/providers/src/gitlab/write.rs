//! Files, tags and new projects on GitLab.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::Result;
use domain::text::printable;
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
use crate::creation;
use crate::json::object;
use crate::json::text;
use crate::limits;
use crate::shapes::FileChange;
use crate::shapes::NewRepository;
use crate::shapes::NewTag;
use crate::shapes::Ref;
use crate::shapes::Repository;

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

    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let namespace = format!("/namespaces/{}", path::segment(&wanted.namespace));
        let answer = api.get(namespace).await?;
        let id = text(&answer.value("namespace")?, "id").ok_or_else(|| answer.nonsense())?;
        let body = object([
            ("name", Some(json!(wanted.name))),
            ("path", Some(json!(wanted.name))),
            ("namespace_id", Some(json!(id))),
            ("visibility", Some(json!(if wanted.is_private { "private" } else { "public" }))),
            ("description", wanted.description.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post("/projects", body)).await?;
        made(&answer)?;
        browse::repository(&answer.json()?).ok_or_else(|| answer.nonsense())
    }
}

/// Of a new project GitLab says field by field what is wrong, always with 400.
fn made(answer: &Answer) -> Result<()> {
    if answer.code() != 400 {
        return answer.accepted("namespace");
    }
    let body = answer.json()?;
    let wrong = body.get("message").map(ToString::to_string).unwrap_or_default();
    if wrong.contains("has already been taken") {
        return Err(creation::taken());
    }
    if body.pointer("/message/namespace").is_some() {
        return Err(Error::forbidden("The stored credential may not make projects there."));
    }
    let wrong = printable(&wrong, limits::MESSAGE_CHARACTERS_MAX);
    Err(Error::invalid(format!("The provider refuses the project: {wrong}.")))
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
