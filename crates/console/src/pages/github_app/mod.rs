//! GitHub App: its connection to the place it is installed at, and what it may see there.

mod connect;
mod disconnect;
mod repositories;
mod show;
mod store;

use axum::Router;
use axum::routing::get;
use axum::routing::post;

use crate::ConsoleState;

/// Where these pages are in the menu.
const PLACE: &str = "/console/github-app";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/github-app", get(show::page))
        .route("/console/github-app/add", get(store::page).post(store::store))
        .route("/console/github-app/connect", post(connect::connect))
        .route("/console/github-app/disconnect", get(disconnect::page).post(disconnect::disconnect))
        .route("/console/github-app/repositories", post(repositories::repositories))
}
