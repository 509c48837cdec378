//! What belongs to no surface: signs of life, the front door, and addresses nobody has.

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
        .route("/", get(front_door))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .fallback(nowhere)
        .with_state(state)
}

async fn front_door() -> &'static str {
    "This is Claviger. It keeps Git credentials sealed and lends them without handing them over.\n\
     API: /claviger/v1/docs\n\
     Git: run `claviger login` and `claviger git setup` on your machine.\n"
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
