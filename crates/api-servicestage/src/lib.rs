//! The ServiceStage surface: parse, call the broker, shape the answer, so that its official SDK and
//! Terraform resources work unmodified.
//!
//! It owns `/v1` and `/v3` whole, and routes on raw segments ([`route`]), because its clients sign the
//! raw request ([`canonical`], [`signature`]).
//!
//! Deliberately not here: any rule, any permission, any text of a provider. OAuth authorizations,
//! repositories and files: not yet.

mod answer;
mod authorizations;
mod canonical;
mod projects;
mod request;
mod route;
mod signature;

use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use http::Method;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::request::Asked;
use crate::route::Operation;

/// Every path of this surface.
pub fn router(state: AppState) -> Router {
    Router::new().fallback(answered).with_state(state)
}

/// Whether a path is one of this surface's, served or not.
pub fn owns(path: &str) -> bool {
    let root = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(root, "v1" | "v3")
}

async fn answered(State(state): State<AppState>, request: Request) -> Response {
    match answer(&state, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(state: &AppState, request: Request) -> Answer {
    let asked = Asked::read(state, request).await?;
    if asked.path == projects::PATH && asked.method == Method::GET {
        return projects::list(state, &asked).await;
    }
    let routed = route::read(&asked.path).map_err(|error| match error.kind() {
        domain::ErrorKind::NotFound => Refusal::no_such_api(),
        _ => Refusal::from(error),
    })?;
    let caller = asked.caller_of(&routed.project_id)?;
    let name = |place: usize| routed.names.get(place).map(String::as_str).unwrap_or_default();
    match (routed.operation, asked.method.as_str()) {
        (Operation::Authorizations, "GET") => authorizations::list(state, caller).await,
        (Operation::Personal, "POST") => {
            authorizations::personal(state, caller, name(0), &asked).await
        }
        (Operation::Password, "POST") => {
            authorizations::password(state, caller, name(0), &asked).await
        }
        (Operation::Authorization, "DELETE") => {
            authorizations::remove(state, caller, name(0)).await
        }
        _ => Err(Refusal::no_such_api()),
    }
}
