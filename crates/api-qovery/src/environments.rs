//! Environments. Nothing is deployed, so the cluster that clients must be told of is made up: it has
//! the environment's own id.

use axum::Json;
use axum::extract::State;
use broker::Environment;
use broker::WantedEnvironment;
use domain::Timestamp;
use domain::service::EnvironmentMode;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::Results;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::results;
use crate::document;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::places;
use crate::shape::Reference;

/// What a client says of an environment; what it leaves out of a change stays.
#[derive(Deserialize)]
pub(crate) struct EnvironmentRequest {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    cluster: Option<String>,
}

/// The words for what an environment is for.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Mode {
    Production,
    Staging,
    Development,
    Preview,
}

impl Mode {
    fn of(mode: EnvironmentMode) -> Mode {
        match mode {
            EnvironmentMode::Production => Mode::Production,
            EnvironmentMode::Staging => Mode::Staging,
            EnvironmentMode::Development => Mode::Development,
            EnvironmentMode::Preview => Mode::Preview,
        }
    }

    fn mode(self) -> EnvironmentMode {
        match self {
            Mode::Production => EnvironmentMode::Production,
            Mode::Staging => EnvironmentMode::Staging,
            Mode::Development => EnvironmentMode::Development,
            Mode::Preview => EnvironmentMode::Preview,
        }
    }
}

/// An environment.
#[derive(Serialize)]
pub(crate) struct ShownEnvironment {
    id: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    name: String,
    organization: Reference,
    project: Reference,
    cloud_provider: Value,
    mode: Mode,
    cluster_id: String,
}

fn shape(environment: Environment) -> ShownEnvironment {
    let id = environment.id.to_string();
    let document = document::read(&environment.document);
    let cluster = document::text(&document, "cluster").unwrap_or(&id).to_owned();
    ShownEnvironment {
        id,
        created_at: environment.created_at,
        updated_at: environment.updated_at,
        name: environment.name,
        organization: Reference::to(environment.organization_id),
        project: Reference::to(environment.project_id),
        cloud_provider: json!({}),
        mode: Mode::of(environment.mode),
        cluster_id: cluster,
    }
}

/// A change of what there was, or of nothing.
fn wanted(request: EnvironmentRequest, before: Option<Environment>) -> WantedEnvironment {
    let cluster = request.cluster.filter(|text| uuid::Uuid::parse_str(text).is_ok());
    let (name, mode, document) = match before {
        Some(before) => (before.name, before.mode, before.document),
        None => (String::new(), EnvironmentMode::Development, "{}".to_owned()),
    };
    WantedEnvironment {
        name: request.name.unwrap_or(name),
        mode: request.mode.map_or(mode, Mode::mode),
        document: match cluster {
            Some(cluster) => json!({ "cluster": cluster }).to_string(),
            None => document,
        },
    }
}

/// Lists the environments of a project.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(project): Ids<String>,
) -> Answer<Results<ShownEnvironment>> {
    let (caller, project) = places::project(&state.broker, &callers, &project).await?;
    let found = state.broker.environments(caller, &project.id.to_string()).await?;
    results(found.into_iter().map(shape))
}

/// Adds an environment to a project.
pub(crate) async fn add(
    State(state): State<AppState>,
    callers: Callers,
    Ids(project): Ids<String>,
    Body(request): Body<EnvironmentRequest>,
) -> Created<ShownEnvironment> {
    let (caller, project) = places::project(&state.broker, &callers, &project).await?;
    let id = project.id.to_string();
    let added = state.broker.add_environment(caller, &id, wanted(request, None)).await?;
    created(shape(added))
}

/// Shows an environment.
pub(crate) async fn show(
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
) -> Answer<ShownEnvironment> {
    let (_, found) = places::environment(&state.broker, &callers, &environment).await?;
    Ok(Json(shape(found)))
}

/// Changes an environment.
pub(crate) async fn edit(
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
    Body(request): Body<EnvironmentRequest>,
) -> Answer<ShownEnvironment> {
    let (caller, before) = places::environment(&state.broker, &callers, &environment).await?;
    let id = before.id.to_string();
    let wanted = wanted(request, Some(before));
    Ok(Json(shape(state.broker.update_environment(caller, &id, wanted).await?)))
}

/// Removes an environment and its services.
pub(crate) async fn remove(
    State(state): State<AppState>,
    callers: Callers,
    Ids(environment): Ids<String>,
) -> Gone {
    let (caller, found) = places::environment(&state.broker, &callers, &environment).await?;
    state.broker.remove_environment(caller, &found.id.to_string()).await?;
    gone()
}
