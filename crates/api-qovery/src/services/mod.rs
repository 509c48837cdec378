//! Services in their four families: applications, jobs, Helm charts, Terraform modules.
//!
//! The families differ in where their repository is said and in what a deployer wants kept; that is
//! in a file each. Everything else is the same here.

mod application;
mod commits;
mod fields;
mod helm;
mod job;
mod terraform;
mod webhook;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum::routing::post;
use broker::Caller;
use broker::Service;
use broker::WantedService;
use broker::WantedSource;
use domain::Error;
use domain::service::ServiceKind;
use serde_json::Value;
use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::results;
use crate::document;
use crate::document::Document;
use crate::git_source;
use crate::git_source::TokenName;
use crate::git_source::TokenNames;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::places;

/// A family of services, by its word in paths.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Application,
    Job,
    Helm,
    Terraform,
}

/// What a body of a family says.
struct Said<'a> {
    kind: ServiceKind,
    /// The repository, if it is built from one.
    git: Option<&'a Document>,
    dockerfile_path: Option<String>,
    /// The repository of a Helm chart's values.
    values: Option<&'a Document>,
    auto_deploy: bool,
    auto_preview: bool,
}

impl Family {
    const ALL: [Family; 4] = [Family::Application, Family::Job, Family::Helm, Family::Terraform];

    const fn word(self) -> &'static str {
        match self {
            Family::Application => "application",
            Family::Job => "job",
            Family::Helm => "helm",
            Family::Terraform => "terraform",
        }
    }

    fn of(kind: ServiceKind) -> Family {
        match kind {
            ServiceKind::Application => Family::Application,
            ServiceKind::Cron | ServiceKind::Lifecycle => Family::Job,
            ServiceKind::Helm => Family::Helm,
            ServiceKind::Terraform => Family::Terraform,
        }
    }

    fn read(self, body: &Document) -> Result<Said<'_>, Refusal> {
        match self {
            Family::Application => application::read(body),
            Family::Job => job::read(body),
            Family::Helm => helm::read(body),
            Family::Terraform => terraform::read(body),
        }
    }

    /// The fields of this family beside those that all have.
    fn show(self, service: &Service, kept: &Document, shown: &Sources) -> Document {
        match self {
            Family::Application => application::show(kept, shown),
            Family::Job => job::show(service, kept, shown),
            Family::Helm => helm::show(kept, shown),
            Family::Terraform => terraform::show(service, kept, shown),
        }
    }

    /// What of a body is kept.
    fn keep(self, body: &mut Document) -> Result<(), Refusal> {
        match self {
            Family::Application => application::keep(body),
            Family::Job => job::keep(body),
            Family::Helm => helm::keep(body),
            Family::Terraform => terraform::keep(body),
        }
    }
}

/// The repositories of a service as clients read them.
struct Sources {
    git: Option<Value>,
    values: Option<Value>,
}

/// The routes of all families.
pub(crate) fn routes() -> Router<AppState> {
    let mut all = Router::new()
        .route("/service/{service}/gitWebhookStatus", get(webhook::status))
        .route("/service/{service}/gitWebhook/sync", post(webhook::sync));
    for family in Family::ALL {
        let word = family.word();
        all = all
            .route(
                &format!("/environment/{{environment}}/{word}"),
                get(move |s, c, i| list(family, s, c, i))
                    .post(move |s, c, i, b| add(family, s, c, i, b)),
            )
            .route(
                &format!("/{word}/{{service}}"),
                get(move |s, c, i| show(family, s, c, i))
                    .put(move |s, c, i, b| edit(family, s, c, i, b))
                    .delete(move |s, c, i| remove(family, s, c, i)),
            )
            .route(
                &format!("/{word}/{{service}}/commit"),
                get(move |s, c, i| commits::list(family, s, c, i)),
            );
    }
    all
}

/// A service of a family; one of another is absent.
async fn find<'a>(
    family: Family,
    state: &AppState,
    callers: &'a Callers,
    id: &str,
) -> Result<(&'a Caller, Service), Refusal> {
    let (caller, service) = places::service(&state.broker, callers, id).await?;
    match Family::of(service.kind) == family {
        true => Ok((caller, service)),
        false => Err(Error::not_found("service").into()),
    }
}

async fn list(
    family: Family,
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
) -> Answer<Results<Document>> {
    let (caller, environment) = places::environment(&state.broker, &callers, &environment).await?;
    let mut names = TokenNames::default();
    let mut all = Vec::new();
    for service in state.broker.services(caller, &environment.id.to_string()).await? {
        if Family::of(service.kind) == family {
            all.push(shape(&state, caller, &service, &mut names).await?);
        }
    }
    results(all)
}

async fn add(
    family: Family,
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
    Body(body): Body<Document>,
) -> Created<Document> {
    let (caller, environment) = places::environment(&state.broker, &callers, &environment).await?;
    let wanted = wanted(family, &state, caller, body).await?;
    let id = environment.id.to_string();
    let added = state.broker.add_service(caller, &id, wanted).await.map_err(Refusal::of_body)?;
    created(shape(&state, caller, &added, &mut TokenNames::default()).await?)
}

async fn show(
    family: Family,
    State(state): State<AppState>,
    callers: Callers,
    Ids(service): Ids<String>,
) -> Answer<Document> {
    let (caller, service) = find(family, &state, &callers, &service).await?;
    Ok(Json(shape(&state, caller, &service, &mut TokenNames::default()).await?))
}

/// What is left out of a change stays as it was.
async fn edit(
    family: Family,
    State(state): State<AppState>,
    callers: Callers,
    Ids(service): Ids<String>,
    Body(change): Body<Document>,
) -> Answer<Document> {
    let (caller, before) = find(family, &state, &callers, &service).await?;
    // What is shown, not what was once said: a token that was deleted since is not asked for again.
    let mut names = TokenNames::default();
    let mut body = shape(&state, caller, &before, &mut names).await?;
    body.extend(change);
    let mut wanted = wanted(family, &state, caller, body).await?;
    if let (Some(source), Some(was)) = (&mut wanted.source, &before.source)
        && let Some(id) = was.credential_id
        && names.of(&state.broker, caller, id).await?.is_none()
    {
        git_source::keep_unseen(source, was);
    }
    let id = before.id.to_string();
    let changed = state.broker.update_service(caller, &id, wanted).await?;
    Ok(Json(shape(&state, caller, &changed, &mut TokenNames::default()).await?))
}

async fn remove(
    family: Family,
    State(state): State<AppState>,
    callers: Callers,
    Ids(service): Ids<String>,
) -> Gone {
    let (caller, service) = find(family, &state, &callers, &service).await?;
    state.broker.remove_service(caller, &service.id.to_string()).await?;
    gone()
}

/// Reads a whole body; what is kept of it goes along.
async fn wanted(
    family: Family,
    state: &AppState,
    caller: &Caller,
    mut body: Document,
) -> Result<WantedService, Refusal> {
    let name = document::text_of(&body, "name")?;
    let description = document::text_if(&body, "description")?.unwrap_or_default();
    family.keep(&mut body)?;
    let said = family.read(&body)?;
    let source = match said.git {
        Some(git) => Some(WantedSource {
            dockerfile_path: said.dockerfile_path.clone(),
            ..git_source::wanted(state, caller, git).await?
        }),
        None => None,
    };
    let values = match said.values {
        Some(values) => Some(git_source::wanted(state, caller, values).await?),
        None => None,
    };
    let (kind, auto_deploy, auto_preview) = (said.kind, said.auto_deploy, said.auto_preview);
    body.remove("name");
    body.remove("description");
    Ok(WantedService {
        kind,
        name,
        description,
        source,
        values,
        auto_deploy,
        auto_preview,
        document: document::write(&body),
    })
}

async fn shape(
    state: &AppState,
    caller: &Caller,
    service: &Service,
    names: &mut TokenNames,
) -> Result<Document, Refusal> {
    let family = Family::of(service.kind);
    let kept = document::read(&service.document);
    let said = family.read(&kept).ok();
    let mut sources = Sources { git: None, values: None };
    if let Some(source) = &service.source {
        let token = token(state, caller, names, source.credential_id).await?;
        sources.git = git_source::shown(source, said.as_ref().and_then(|said| said.git), token);
    }
    if let Some(values) = &service.values {
        let token = token(state, caller, names, values.credential_id).await?;
        let source = broker::Source {
            provider: None,
            repository: values.repository.clone(),
            branch: values.branch.clone(),
            root_path: None,
            dockerfile_path: None,
            credential_id: values.credential_id,
        };
        sources.values =
            git_source::shown(&source, said.as_ref().and_then(|said| said.values), token);
    }
    let mut shown = Document::new();
    for (field, value) in [
        ("id", json!(service.id)),
        ("created_at", json!(service.created_at)),
        ("updated_at", json!(service.updated_at)),
        ("environment", json!({ "id": service.at.environment_id })),
        ("name", json!(service.name)),
        ("description", json!(service.description)),
        ("auto_deploy", json!(service.auto_deploy)),
        ("auto_preview", json!(service.auto_preview)),
        ("icon_uri", kept.get("icon_uri").cloned().unwrap_or_else(|| icon(family))),
    ] {
        shown.insert(field.to_owned(), value);
    }
    shown.extend(family.show(service, &kept, &sources));
    Ok(shown)
}

async fn token(
    state: &AppState,
    caller: &Caller,
    names: &mut TokenNames,
    id: Option<domain::id::CredentialId>,
) -> Result<Option<TokenName>, Refusal> {
    match id {
        Some(id) => names.of(&state.broker, caller, id).await,
        None => Ok(None),
    }
}

/// An address that stands for the picture of a family.
fn icon(family: Family) -> Value {
    json!(format!("app://claviger/{}", family.word()))
}
