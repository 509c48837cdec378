//! Projects.

use axum::Json;
use axum::extract::State;
use broker::Project;
use broker::WantedProject;
use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Gone;
use crate::answer::Results;
use crate::answer::gone;
use crate::answer::results;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::places;
use crate::shape::Reference;

/// What a client says of a project.
#[derive(Deserialize)]
pub(crate) struct ProjectRequest {
    name: String,
    #[serde(default)]
    description: Option<String>,
}

impl From<ProjectRequest> for WantedProject {
    fn from(request: ProjectRequest) -> WantedProject {
        WantedProject {
            name: request.name,
            description: request.description.unwrap_or_default(),
            document: "{}".to_owned(),
        }
    }
}

/// A project.
#[derive(Serialize)]
pub(crate) struct ShownProject {
    id: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    name: String,
    description: String,
    associated_environments_count: usize,
    organization: Reference,
}

async fn shape(
    state: &AppState,
    caller: &broker::Caller,
    project: Project,
) -> domain::Result<ShownProject> {
    let environments = state.broker.environments(caller, &project.id.to_string()).await?.len();
    Ok(with_count(project, environments))
}

fn with_count(project: Project, environments: usize) -> ShownProject {
    ShownProject {
        id: project.id.to_string(),
        created_at: project.created_at,
        updated_at: project.updated_at,
        name: project.name,
        description: project.description,
        associated_environments_count: environments,
        organization: Reference::to(project.organization_id),
    }
}

/// Lists the projects.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<ShownProject>> {
    let caller = callers.within(&organization)?;
    let counts = state.broker.environments_counts(caller).await?;
    results(state.broker.projects(caller).await?.into_iter().map(|project| {
        let count = counts.get(&project.id).copied().unwrap_or(0);
        with_count(project, count)
    }))
}

/// Adds a project; this API answers 200 here.
pub(crate) async fn add(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<ProjectRequest>,
) -> Answer<ShownProject> {
    let caller = callers.within(&organization)?;
    let added = state.broker.add_project(caller, request.into()).await?;
    Ok(Json(shape(&state, caller, added).await?))
}

/// Shows a project.
pub(crate) async fn show(
    State(state): State<AppState>,
    callers: Callers,
    Ids(project): Ids<String>,
) -> Answer<ShownProject> {
    let (caller, found) = places::project(&state.broker, &callers, &project).await?;
    Ok(Json(shape(&state, caller, found).await?))
}

/// Changes a project.
pub(crate) async fn edit(
    State(state): State<AppState>,
    callers: Callers,
    Ids(project): Ids<String>,
    Body(request): Body<ProjectRequest>,
) -> Answer<ShownProject> {
    let (caller, found) = places::project(&state.broker, &callers, &project).await?;
    let id = found.id.to_string();
    let changed = state.broker.update_project(caller, &id, request.into()).await?;
    Ok(Json(shape(&state, caller, changed).await?))
}

/// Removes a project and everything in it.
pub(crate) async fn remove(
    State(state): State<AppState>,
    callers: Callers,
    Ids(project): Ids<String>,
) -> Gone {
    let (caller, found) = places::project(&state.broker, &callers, &project).await?;
    state.broker.remove_project(caller, &found.id.to_string()).await?;
    gone()
}
