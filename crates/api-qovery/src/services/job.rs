//! Jobs: by the clock, or when something else starts, stops or goes.

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
    ("cpu", Is::Number),
    ("memory", Is::Number),
    ("gpu", Is::Number),
    ("ephemeral_storage_in_gib", Is::Number),
    ("cpu_architecture", Is::Word(fields::PROCESSORS)),
    ("max_nb_restart", Is::Number),
    ("max_duration_seconds", Is::Number),
    ("port", Is::Number),
    ("healthchecks", fields::HEALTHCHECKS),
    ("schedule", Is::Record(SCHEDULE)),
    ("icon_uri", Is::Text),
    ("auto_deploy", Is::Flag),
    ("auto_preview", Is::Flag),
];
const GIVEN_BACK: &[&str] = &[
    "ephemeral_storage_in_gib",
    "cpu_architecture",
    "max_nb_restart",
    "max_duration_seconds",
    "port",
];
const SCHEDULE: &[(&str, Is)] = &[
    (
        "cronjob",
        Is::Record(&[
            ("scheduled_at", Is::Text),
            ("timezone", Is::Text),
            ("entrypoint", Is::Text),
            ("arguments", Is::Texts),
        ]),
    ),
    ("on_start", COMMAND),
    ("on_stop", COMMAND),
    ("on_delete", COMMAND),
    ("lifecycle_type", Is::Word(&["GENERIC", "TERRAFORM", "CLOUDFORMATION"])),
];
const COMMAND: Is = Is::Record(&[("entrypoint", Is::Text), ("arguments", Is::Texts)]);
/// What of a Dockerfile is said beside its repository.
const OF_DOCKER: &[&str] = &["dockerfile_path", "dockerfile_raw", "docker_target_build_stage"];
/// When a lifecycle job runs.
const MOMENTS: [&str; 3] = ["on_start", "on_stop", "on_delete"];

pub(super) fn keep(body: &mut Document) -> Result<(), Refusal> {
    fields::keep(body, KEPT)
}

pub(super) fn read(body: &Document) -> Result<Said<'_>, Refusal> {
    let source = document::object_of(body, "source")?;
    let Some(docker) = document::object_if(source, "docker")? else {
        let sentence = "Only jobs that are built from a Git repository are kept here.";
        return Err(Error::new(ErrorKind::Unsupported, sentence)
            .hint("Claviger does not deploy; images need no git token")
            .into());
    };
    for name in OF_DOCKER {
        document::text_if(docker, name)?;
    }
    let schedule = document::object_if(body, "schedule")?;
    let cron = match schedule {
        Some(schedule) => document::object_if(schedule, "cronjob")?,
        None => None,
    };
    if let Some(cron) = cron {
        document::text_of(cron, "scheduled_at")?;
        check_command(cron)?;
    }
    for moment in schedule.into_iter().flat_map(|it| MOMENTS.map(|moment| (it, moment))) {
        if let Some(command) = document::object_if(moment.0, moment.1)? {
            check_command(command)?;
        }
    }
    Ok(Said {
        kind: if cron.is_some() { ServiceKind::Cron } else { ServiceKind::Lifecycle },
        git: document::object_if(docker, "git_repository")?,
        dockerfile_path: document::text_if(docker, "dockerfile_path")?,
        values: None,
        auto_deploy: document::flag_if(body, "auto_deploy")?.unwrap_or(false),
        auto_preview: document::flag_if(body, "auto_preview")?.unwrap_or(false),
    })
}

fn check_command(command: &Document) -> Result<(), Refusal> {
    document::text_if(command, "entrypoint")?;
    let arguments = command.get("arguments").filter(|it| !it.is_null());
    let fits = arguments
        .is_none_or(|it| it.as_array().is_some_and(|all| all.iter().all(Value::is_string)));
    if fits {
        Ok(())
    } else {
        Err(Error::invalid("The field arguments is a list of texts.").into())
    }
}

pub(super) fn show(service: &broker::Service, kept: &Document, sources: &Sources) -> Document {
    let mut shown = Document::new();
    fields::copy(kept, &mut shown, GIVEN_BACK);
    fields::or(kept, &mut shown, "healthchecks", json!({}));
    for (name, otherwise) in [("cpu", 500), ("memory", 512), ("gpu", 0)] {
        fields::or(kept, &mut shown, name, json!(otherwise));
        let value = shown.get(name).cloned().unwrap_or_default();
        shown.insert(format!("maximum_{name}"), value);
    }
    let mut docker = Document::new();
    if let Ok(Some(said)) =
        document::object_of(kept, "source").and_then(|it| document::object_if(it, "docker"))
    {
        fields::copy(said, &mut docker, OF_DOCKER);
    }
    if let Some(git) = &sources.git {
        docker.insert("git_repository".to_owned(), git.clone());
    }
    shown.insert("source".to_owned(), json!({ "docker": docker }));
    shown.insert("service_type".to_owned(), json!("JOB"));
    let schedule = document::object_if(kept, "schedule").ok().flatten();
    let is_cron = service.kind == ServiceKind::Cron;
    shown.insert("job_type".to_owned(), json!(if is_cron { "CRON" } else { "LIFECYCLE" }));
    shown.insert("schedule".to_owned(), show_schedule(schedule, is_cron));
    shown
}

fn show_schedule(said: Option<&Document>, is_cron: bool) -> Value {
    let mut schedule = Document::new();
    let Some(said) = said else { return Value::Object(schedule) };
    if is_cron {
        let mut cron =
            document::object_if(said, "cronjob").ok().flatten().cloned().unwrap_or_default();
        cron.retain(|_, value| !value.is_null());
        cron.entry("timezone").or_insert_with(|| json!("Etc/UTC"));
        schedule.insert("cronjob".to_owned(), Value::Object(cron));
        return Value::Object(schedule);
    }
    fields::copy(said, &mut schedule, &MOMENTS);
    fields::copy(said, &mut schedule, &["lifecycle_type"]);
    schedule.retain(|_, value| !value.is_null());
    Value::Object(schedule)
}
