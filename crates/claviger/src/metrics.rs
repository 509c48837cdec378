//! `/metrics`: on the public listener without names; with them on a listener of its own, if there is
//! one – then only there.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use http::header;
use web::AppState;
use web::Failure;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the public listener has: numbers summed over all organizations and hosts.
pub fn public(state: AppState) -> Router {
    Router::new().route("/metrics", get(summed)).with_state(state)
}

/// What a listener of its own has: every organization and host apart.
pub fn own(state: AppState) -> Router {
    Router::new().route("/metrics", get(detailed)).with_state(state)
}

async fn summed(State(state): State<AppState>) -> Result<Response, Failure> {
    answer(&state, false).await
}

async fn detailed(State(state): State<AppState>) -> Result<Response, Failure> {
    answer(&state, true).await
}

async fn answer(state: &AppState, in_detail: bool) -> Result<Response, Failure> {
    let text = state.broker.metrics(in_detail).await?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}
