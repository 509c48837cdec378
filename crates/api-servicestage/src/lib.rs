//! The ServiceStage surface: parse, call the broker, shape the answer, so that its official SDK and
//! Terraform resources work unmodified.
//!
//! It owns `/v1` and `/v3` whole, and routes on raw segments ([`route`]), because its clients sign the
//! raw request ([`canonical`], [`signature`]).
//!
//! Deliberately not here: any rule, any permission, any text of a provider.

mod answer;
mod authorizations;
mod canonical;
mod files;
mod projects;
mod repeated;
mod repositories;
mod request;
mod route;
mod signature;

use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use broker::Caller;
use http::Method;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::repositories::Use;
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
    if asked.is_repeated() {
        return Err(repeated::refusal(state, caller, &asked, routed.operation, &routed.names).await);
    }
    let name = |place: usize| routed.names.get(place).map(String::as_str).unwrap_or_default();
    match (routed.operation, asked.method.as_str()) {
        (Operation::Authorizations, "GET") => authorizations::list(state, caller).await,
        (Operation::Personal, "POST") => {
            authorizations::personal(state, caller, name(0), &asked).await
        }
        (Operation::Password, "POST") => {
            authorizations::password(state, caller, name(0), &asked).await
        }
        (Operation::OAuth, "POST") => authorizations::oauth(state, caller, name(0), &asked).await,
        (Operation::Redirect, "GET") => authorizations::redirect(state, caller, name(0)).await,
        (Operation::Authorization, "DELETE") => {
            authorizations::remove(state, caller, name(0)).await
        }
        (operation, method) => through(state, caller, &asked, operation, method, &name).await,
    }
}

/// What goes through a stored authorization.
async fn through<'a>(
    state: &AppState,
    caller: &Caller,
    asked: &Asked,
    operation: Operation,
    method: &str,
    name: &(dyn Fn(usize) -> &'a str + Sync),
) -> Answer {
    if !operation.is_through() {
        return Err(Refusal::no_such_api());
    }
    let used = Use::of(state, caller, asked).await?;
    let at = used.at(name(0), name(1));
    match (operation, method) {
        (Operation::Namespaces, "GET") => repositories::namespaces(&used).await,
        (Operation::ProjectInfo, "GET") => repositories::project_info(&used, asked).await,
        (Operation::Projects, "GET") => repositories::projects(&used, name(0)).await,
        (Operation::Projects, "POST") => repositories::create_project(&used, name(0), asked).await,
        (Operation::Branches, "GET") => repositories::branches(&used, &at).await,
        (Operation::Tags, "GET") => repositories::tags(&used, &at).await,
        (Operation::Tags, "POST") => repositories::create_tag(&used, &at, asked).await,
        (Operation::Tag, "DELETE") => repositories::delete_tag(&used, &at, name(2)).await,
        (Operation::Commits, "GET") => repositories::commits(&used, &at, asked).await,
        (Operation::Hooks, "GET") => repositories::hooks(&used, &at).await,
        (Operation::Hooks, "POST") => repositories::create_hook(&used, &at, asked).await,
        (Operation::Hook, "DELETE") => repositories::delete_hook(&used, &at, name(2)).await,
        (Operation::Trees, "GET") => files::trees(&used, &at, asked).await,
        (Operation::File, "GET") => files::show(&used, &at, name(2), asked).await,
        (Operation::File, "POST") => files::put(&used, &at, name(2), asked, true).await,
        (Operation::File, "PUT") => files::put(&used, &at, name(2), asked, false).await,
        (Operation::File, "DELETE") => files::delete(&used, &at, name(2), asked).await,
        _ => Err(Refusal::no_such_api()),
    }
}
