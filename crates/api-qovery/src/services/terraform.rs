//! Terraform modules.

use domain::Error;
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
    ("terraform_files_source", Is::Object),
    ("terraform_variables_source", Is::Object),
    ("auto_deploy_config", Is::Object),
    ("backend", Is::Record(BACKENDS)),
    ("engine", Is::Word(&["TERRAFORM", "OPEN_TOFU"])),
    (
        "provider_version",
        Is::Record(&[("read_from_terraform_block", Is::Flag), ("explicit_version", Is::Text)]),
    ),
    ("timeout_sec", Is::Number),
    ("icon_uri", Is::Text),
    ("job_resources", Is::Object),
    ("use_cluster_credentials", Is::Flag),
    ("action_extra_arguments", Is::TextsByName),
];
/// Where the state is kept: exactly one of these.
const BACKENDS: &[(&str, Is)] = &[
    ("kubernetes", Is::Object),
    ("user_provided", Is::Object),
    ("blueprint", Is::Record(&[("type", Is::Text), ("config", Is::TextByName)])),
];
const ACTIONS: &[&str] = &["DEFAULT", "PLAN", "NOOP"];
const RESOURCES: &[(&str, Is)] = &[
    ("cpu_milli", Is::Number),
    ("ram_mib", Is::Number),
    ("gpu", Is::Number),
    ("storage_gib", Is::Number),
];

pub(super) fn keep(body: &mut Document) -> Result<(), Refusal> {
    fields::keep(body, KEPT)?;
    let variables = body
        .get_mut("terraform_variables_source")
        .and_then(|source| source.get_mut("tf_vars"))
        .and_then(Value::as_array_mut);
    for variable in variables.into_iter().flatten().filter_map(Value::as_object_mut) {
        // Nobody here needs the value, and whoever reads the module is not to see it.
        if variable.get("secret") == Some(&json!(true)) {
            variable.remove("value");
        }
    }
    if let Some(resources) = body.get_mut("job_resources").and_then(Value::as_object_mut) {
        fields::keep(resources, RESOURCES)?;
    }
    Ok(())
}

pub(super) fn read(body: &Document) -> Result<Said<'_>, Refusal> {
    let source = document::object_of(body, "terraform_files_source")?;
    // What was read is sent back in another shape than it is asked for.
    let inner = document::object_if(source, "git")?.unwrap_or(source);
    let git = document::object_of(inner, "git_repository")?;
    let deploy = document::object_of(body, "auto_deploy_config")?;
    let action = document::text_of(deploy, "terraform_action")?;
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Error::invalid("This is no terraform_action.")
            .hint("give DEFAULT, PLAN or NOOP")
            .into());
    }
    check_variables(document::object_of(body, "terraform_variables_source")?)?;
    check_backend(document::object_of(body, "backend")?)?;
    for name in ["provider_version", "job_resources"] {
        document::object_of(body, name)?;
    }
    document::text_of(document::object_of(body, "provider_version")?, "explicit_version")?;
    document::text_of(body, "engine")?;
    let auto_deploy = document::flag_if(deploy, "auto_deploy")?;
    Ok(Said {
        kind: ServiceKind::Terraform,
        git: Some(git),
        dockerfile_path: None,
        values: None,
        auto_deploy: auto_deploy.ok_or_else(|| document::missing("auto_deploy"))?,
        auto_preview: false,
    })
}

fn check_backend(backend: &Document) -> Result<(), Refusal> {
    let named =
        BACKENDS.iter().filter(|(name, _)| backend.get(*name).is_some_and(Value::is_object));
    if named.count() != 1 {
        return Err(Error::invalid("The field backend has exactly one kind of backend.")
            .hint("give kubernetes, user_provided or blueprint")
            .into());
    }
    match document::object_if(backend, "blueprint")? {
        Some(blueprint) => document::text_of(blueprint, "type").map(|_| ()),
        None => Ok(()),
    }
}

fn check_variables(source: &Document) -> Result<(), Refusal> {
    let is_variable = |it: &Value| {
        let text = |name: &str| it.get(name).is_none_or(Value::is_string);
        let is_flag = it.get("secret").is_none_or(Value::is_boolean);
        it.is_object() && text("key") && text("value") && is_flag
    };
    let paths = source.get("tf_var_file_paths").and_then(Value::as_array);
    let variables = source.get("tf_vars").and_then(Value::as_array);
    match (paths, variables) {
        (Some(paths), Some(variables))
            if paths.iter().all(Value::is_string) && variables.iter().all(is_variable) =>
        {
            Ok(())
        }
        _ => Err(Error::invalid(
            "The field terraform_variables_source has tf_var_file_paths and tf_vars.",
        )
        .into()),
    }
}

pub(super) fn show(service: &broker::Service, kept: &Document, sources: &Sources) -> Document {
    let mut shown = Document::new();
    fields::copy(
        kept,
        &mut shown,
        &[
            "auto_deploy_config",
            "terraform_variables_source",
            "engine",
            "backend",
            "provider_version",
        ],
    );
    if let Some(deploy) = shown.get_mut("auto_deploy_config").and_then(Value::as_object_mut) {
        deploy.insert("auto_deploy".to_owned(), json!(service.auto_deploy));
    }
    fields::or(kept, &mut shown, "timeout_sec", json!(3600));
    fields::or(kept, &mut shown, "use_cluster_credentials", json!(false));
    fields::or(kept, &mut shown, "action_extra_arguments", json!({}));
    let mut resources = Document::new();
    let said = document::object_if(kept, "job_resources").ok().flatten();
    let empty = Document::new();
    for (name, otherwise) in [("cpu_milli", 500), ("ram_mib", 512), ("gpu", 0), ("storage_gib", 1)]
    {
        fields::or(said.unwrap_or(&empty), &mut resources, name, json!(otherwise));
    }
    shown.insert("job_resources".to_owned(), Value::Object(resources));
    shown.insert("service_type".to_owned(), json!("TERRAFORM"));
    if let Some(git) = &sources.git {
        let source = json!({ "git": { "git_repository": git } });
        shown.insert("terraform_files_source".to_owned(), source);
    }
    shown
}
