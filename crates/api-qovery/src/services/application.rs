//! Applications: something that runs all the time.

use domain::service::ServiceKind;
use serde_json::json;

use super::Said;
use super::Sources;
use super::fields;
use super::fields::Is;
use crate::answer::Refusal;
use crate::document;
use crate::document::Document;

/// What is kept.
const KEPT: &[(&str, Is)] = &[
    ("git_repository", Is::Object),
    ("build_mode", Is::Word(&["DOCKER"])),
    ("dockerfile_path", Is::Text),
    ("cpu", Is::Number),
    ("memory", Is::Number),
    ("gpu", Is::Number),
    ("ephemeral_storage_in_gib", Is::Number),
    ("cpu_architecture", Is::Word(fields::PROCESSORS)),
    ("min_running_instances", Is::Number),
    ("max_running_instances", Is::Number),
    ("healthchecks", fields::HEALTHCHECKS),
    ("arguments", Is::Texts),
    ("entrypoint", Is::Text),
    ("icon_uri", Is::Text),
    ("docker_target_build_stage", Is::Text),
    ("auto_deploy", Is::Flag),
    ("auto_preview", Is::Flag),
];
/// What of that is given back as it is.
const GIVEN_BACK: &[&str] = &[
    "build_mode",
    "dockerfile_path",
    "cpu",
    "memory",
    "gpu",
    "ephemeral_storage_in_gib",
    "cpu_architecture",
    "min_running_instances",
    "max_running_instances",
    "arguments",
    "entrypoint",
    "docker_target_build_stage",
];

pub(super) fn keep(body: &mut Document) -> Result<(), Refusal> {
    fields::keep(body, KEPT)
}

pub(super) fn read(body: &Document) -> Result<Said<'_>, Refusal> {
    let git = document::object_of(body, "git_repository")?;
    document::object_of(body, "healthchecks")?;
    Ok(Said {
        kind: ServiceKind::Application,
        git: Some(git),
        dockerfile_path: document::text_if(body, "dockerfile_path")?,
        values: None,
        auto_deploy: document::flag_if(body, "auto_deploy")?.unwrap_or(false),
        auto_preview: document::flag_if(body, "auto_preview")?.unwrap_or(true),
    })
}

pub(super) fn show(kept: &Document, sources: &Sources) -> Document {
    let mut shown = Document::new();
    fields::copy(kept, &mut shown, GIVEN_BACK);
    fields::or(kept, &mut shown, "healthchecks", json!({}));
    shown.insert("service_type".to_owned(), json!("APPLICATION"));
    if let Some(git) = &sources.git {
        shown.insert("git_repository".to_owned(), git.clone());
    }
    shown
}
