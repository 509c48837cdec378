//! Sessions: the browsers that are signed in, and ending them.

mod end;
mod list;
mod user_agent;

use axum::Router;
use axum::routing::get;
use axum::routing::post;

use crate::ConsoleState;

/// Where these pages are in the menu.
const PLACE: &str = "/console/sessions";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/sessions", get(list::page))
        .route("/console/sessions/end-others", get(end::ask).post(end::end_others))
        .route("/console/sessions/{id}/end", post(end::end))
}
