//! The GitHub App as older clients know it: connected to one installation, or not.

use axum::extract::State;
use domain::Secret;
use http::StatusCode;
use serde::Deserialize;
use web::AppState;

use crate::answer::Gone;
use crate::answer::Refusal;
use crate::answer::gone;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::input::Query;

/// Where the App was installed, and what its provider gave for it.
#[derive(Deserialize)]
pub(crate) struct ConnectRequest {
    installation_id: String,
    code: Secret,
}

/// Whether services may lose it.
#[derive(Deserialize)]
pub(crate) struct DisconnectQuery {
    #[serde(default)]
    force: bool,
}

/// Connects the App.
pub(crate) async fn connect(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<ConnectRequest>,
) -> Result<StatusCode, Refusal> {
    let caller = callers.within(&organization)?;
    let ConnectRequest { installation_id, code } = request;
    let connected = state.broker.connect_app(caller, None, &installation_id, &code).await;
    connected.map_err(|error| match error.kind() {
        domain::ErrorKind::NotFound => Refusal::of_body(error),
        _ => Refusal::of_change(error),
    })?;
    Ok(StatusCode::OK)
}

/// Disconnects the App.
pub(crate) async fn disconnect(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Query(query): Query<DisconnectQuery>,
) -> Gone {
    let caller = callers.within(&organization)?;
    state.broker.disconnect_app(caller, None, query.force).await?;
    gone()
}
