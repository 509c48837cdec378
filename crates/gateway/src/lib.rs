//! The Git gateway: authorize, inject, stream.
//!
//! `/git/{host}/{path}[.git]/…` speaks git's smart HTTP to clients that hold a lease or an API token,
//! and the same to the provider with the stored secret, which never goes the other way. Bodies are
//! streamed both ways; of a push only the command list is read. A provider's refusal of the stored
//! secret is a 403 with a sentence, never a 401: our 401 means that *our* caller is unknown.
//!
//! Deliberately not here: who may do what (broker), what a URL means (domain), sockets (outbound).

mod answer;
mod body;
mod command_list;
mod forward;
mod handler;
pub mod limits;
mod pkt_line;
mod refusal;
mod report;

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use outbound::Outbound;
use web::AppState;

/// What the gateway works with.
#[derive(Clone)]
pub struct GatewayState {
    /// Use cases and counters.
    pub app: AppState,
    /// The way out.
    pub outbound: Arc<Outbound>,
}

/// The routes under `/git/`. The path is taken raw: nothing is decoded or normalised before it is
/// judged.
pub fn router(state: GatewayState) -> Router {
    Router::new().route("/git/{*path}", any(handler::handle)).with_state(state)
}
