//! What belongs to no surface: signs of life, and addresses nobody has.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use domain::Error;
use http::StatusCode;
use web::AppState;
use web::Failure;

/// The routes.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .fallback(nowhere)
        .with_state(state)
}

/// The process is alive.
async fn healthz() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok" }))
}

/// It can do its work: the database answers.
async fn readyz(State(state): State<AppState>) -> Response {
    if state.broker.is_ready().await {
        return Json(serde_json::json!({ "status": "ready" })).into_response();
    }
    let body = Json(serde_json::json!({ "status": "the database does not answer" }));
    (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
}

async fn nowhere() -> Failure {
    Failure(Error::not_found("address").hint("the API is documented at /claviger/v1/docs"))
}
