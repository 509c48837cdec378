//! Helm charts, from a repository; their values may be in a second one.

use domain::Error;
use domain::ErrorKind;
use domain::service::ServiceKind;
use serde_json::Value;
use serde_json::json;

use super::Said;
use super::Sources;
use super::fields;
use super::fields::Is;
use crate::answer::Refusal;
use crate::document;
use crate::document::Document;

const KEPT: &[(&str, Is)] = &[
    ("source", Is::Object),
    ("values_override", Is::Object),
    ("timeout_sec", Is::Number),
    ("arguments", Is::Texts),
    ("allow_cluster_wide_resources", Is::Flag),
    ("icon_uri", Is::Text),
    ("auto_deploy", Is::Flag),
    ("auto_preview", Is::Flag),
];
const VALUES: &[(&str, Is)] =
    &[("set", Is::Pairs), ("set_string", Is::Pairs), ("set_json", Is::Pairs), ("file", Is::Object)];

pub(super) fn keep(body: &mut Document) -> Result<(), Refusal> {
    fields::keep(body, KEPT)?;
    match body.get_mut("values_override").and_then(Value::as_object_mut) {
        Some(values) => fields::keep(values, VALUES),
        None => Ok(()),
    }
}

pub(super) fn read(body: &Document) -> Result<Said<'_>, Refusal> {
    let source = document::object_of(body, "source")?;
    // What was read is sent back in another shape than it is asked for.
    let inner = document::object_if(source, "git")?.unwrap_or(source);
    let Some(git) = document::object_if(inner, "git_repository")? else {
        let sentence = "Only charts that are in a Git repository are kept here.";
        return Err(Error::new(ErrorKind::Unsupported, sentence)
            .hint("Claviger does not deploy; chart repositories need no git token")
            .into());
    };
    let auto_deploy = document::flag_if(body, "auto_deploy")?;
    let file = match document::object_if(body, "values_override")? {
        Some(values) => document::object_if(values, "file")?,
        None => None,
    };
    let of_git = match file {
        Some(file) => document::object_if(file, "git")?,
        None => None,
    };
    if let Some(of_git) = of_git {
        check_paths(of_git)?;
    }
    if let Some(raw) = file.and_then(|file| file.get("raw")).filter(|raw| !raw.is_null()) {
        check_raw(raw)?;
    }
    let values = match of_git {
        Some(of_git) => Some(document::object_of(of_git, "git_repository")?),
        None => None,
    };
    Ok(Said {
        kind: ServiceKind::Helm,
        git: Some(git),
        dockerfile_path: None,
        values,
        auto_deploy: auto_deploy.ok_or_else(|| document::missing("auto_deploy"))?,
        auto_preview: document::flag_if(body, "auto_preview")?.unwrap_or(false),
    })
}

fn check_paths(of_git: &Document) -> Result<(), Refusal> {
    let paths = of_git.get("paths").and_then(Value::as_array);
    match paths {
        Some(paths) if paths.iter().all(Value::is_string) => Ok(()),
        _ => Err(Error::invalid("The field paths is a list of texts.").into()),
    }
}

fn check_raw(raw: &Value) -> Result<(), Refusal> {
    let is_one = |it: &Value| {
        let has = |name: &str| it.get(name).is_some_and(Value::is_string);
        has("name") && has("content")
    };
    match raw.get("values") {
        Some(Value::Array(values)) if values.iter().all(is_one) => Ok(()),
        _ => Err(Error::invalid("Each of the raw values has a name and a content.").into()),
    }
}

pub(super) fn show(kept: &Document, sources: &Sources) -> Document {
    let mut shown = Document::new();
    fields::copy(kept, &mut shown, &["timeout_sec"]);
    fields::or(kept, &mut shown, "arguments", json!([]));
    fields::or(kept, &mut shown, "allow_cluster_wide_resources", json!(false));
    shown.insert("service_type".to_owned(), json!("HELM"));
    let git = sources.git.clone().unwrap_or_default();
    shown.insert("source".to_owned(), json!({ "git": { "git_repository": git } }));
    let mut values =
        document::object_if(kept, "values_override").ok().flatten().cloned().unwrap_or_default();
    if let Some(file) = values.get_mut("file").and_then(Value::as_object_mut) {
        file.retain(|name, value| matches!(name.as_str(), "git" | "raw") && !value.is_null());
        if let (Some(of_git), Some(repository)) =
            (file.get_mut("git").and_then(Value::as_object_mut), &sources.values)
        {
            of_git.retain(|name, _| name == "paths");
            of_git.insert("git_repository".to_owned(), repository.clone());
        }
    }
    shown.insert("values_override".to_owned(), Value::Object(values));
    shown
}
