//! Your accounts: what whoever is signed in has connected at Git hosts, connecting and disconnecting.

mod connect;
mod disconnect;
mod list;

use axum::Router;
use axum::routing::get;
use axum::routing::post;

use crate::ConsoleState;

/// Where these pages are.
pub const PLACE: &str = "/console/accounts";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/accounts", get(list::page))
        .route("/console/accounts/connect", post(connect::connect))
        .route("/console/accounts/{id}/disconnect", get(disconnect::page).post(disconnect::end))
}
