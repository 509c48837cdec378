//! The checks of a repository before something is built from it: folders, a Dockerfile, files, a chart,
//! Terraform's variables. What the body names and is absent is a bad request here.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use broker::Caller;
use broker::WantedSource;
use broker::WantedTfvars;
use domain::Error;
use domain::ErrorKind;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::results;
use crate::document;
use crate::document::Document;
use crate::git_source;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::places;

/// What a Dockerfile says.
#[derive(Serialize)]
pub(crate) struct DockerfileCheck {
    dockerfile_path: String,
    arg: Vec<String>,
    repositories: Vec<String>,
}

/// A variable of a Terraform module.
#[derive(Serialize)]
pub(crate) struct TerraformVariable {
    key: String,
    sensitive: bool,
    nullable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// A file with values for them.
#[derive(Serialize)]
pub(crate) struct TfvarsFile {
    source: String,
    variables: BTreeMap<String, String>,
}

/// The repository a body names.
async fn source(
    state: &AppState,
    caller: &Caller,
    body: &Document,
) -> Result<WantedSource, Refusal> {
    git_source::wanted(state, caller, document::object_of(body, "git_repository")?).await
}

/// What cannot be looked at is what the body asks for: a bad request, unless the role is the reason.
fn refused(error: Error) -> Refusal {
    match error.kind() {
        ErrorKind::NotFound => Refusal::of_body(error),
        _ => Refusal::of_change(error),
    }
}

/// Lists the folders at the root path. The body is the repository itself.
pub(crate) async fn directories(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(body): Body<Document>,
) -> Answer<Results<String>> {
    let caller = callers.within(&organization)?;
    let source = git_source::wanted(&state, caller, &body).await?;
    results(state.broker.directories(caller, &source).await.map_err(refused)?)
}

/// Reads a Dockerfile.
pub(crate) async fn dockerfile(
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
    Body(body): Body<Document>,
) -> Answer<DockerfileCheck> {
    let (caller, _) = places::environment(&state.broker, &callers, &environment).await?;
    let dockerfile_path = document::text_of(&body, "dockerfile_path")?;
    let source = source(&state, caller, &body).await?;
    let found = state.broker.dockerfile(caller, &source, &dockerfile_path).await;
    let found = found.map_err(refused)?;
    Ok(Json(DockerfileCheck { dockerfile_path, arg: found.arguments, repositories: found.images }))
}

/// Looks for files.
pub(crate) async fn files(
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
    Body(body): Body<Document>,
) -> Answer<Value> {
    let (caller, _) = places::environment(&state.broker, &callers, &environment).await?;
    let files = document::texts_of(&body, "files")?;
    let source = source(&state, caller, &body).await?;
    state.broker.check_files(caller, &source, &files).await.map_err(refused)?;
    Ok(Json(json!({})))
}

/// Looks for a Helm chart.
pub(crate) async fn chart(
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
    Body(body): Body<Document>,
) -> Answer<Value> {
    let (caller, _) = places::environment(&state.broker, &callers, &environment).await?;
    let source = source(&state, caller, &body).await?;
    state.broker.check_chart(caller, &source).await.map_err(refused)?;
    Ok(Json(json!({})))
}

/// Lists the variables of a Terraform module.
pub(crate) async fn terraform_variables(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(body): Body<Document>,
) -> Answer<Results<TerraformVariable>> {
    let caller = callers.within(&organization)?;
    let source = source(&state, caller, &body).await?;
    let found = state.broker.terraform_variables(caller, &source).await;
    results(found.map_err(refused)?.into_iter().map(|it| TerraformVariable {
        key: it.name,
        sensitive: it.is_sensitive,
        nullable: it.is_nullable,
        default: it.default,
        source: it.file,
        description: it.description,
    }))
}

/// Lists files with values for them.
pub(crate) async fn tfvars(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(body): Body<Document>,
) -> Answer<Results<TfvarsFile>> {
    let caller = callers.within(&organization)?;
    let wanted = wanted_tfvars(document::object_of(&body, "mode")?)?;
    let source = source(&state, caller, &body).await?;
    let found = state.broker.tfvars(caller, &source, &wanted).await.map_err(refused)?;
    results(found.into_iter().map(|it| TfvarsFile { source: it.file, variables: it.values }))
}

fn wanted_tfvars(mode: &Document) -> Result<WantedTfvars, Refusal> {
    match document::text_of(mode, "type")?.as_str() {
        "AutoDiscover" => Ok(WantedTfvars::Found),
        "SpecificPaths" => Ok(WantedTfvars::Named(document::texts_of(mode, "paths")?)),
        _ => Err(Error::invalid("This is no mode to find files by.")
            .hint("give AutoDiscover or SpecificPaths")
            .into()),
    }
}
