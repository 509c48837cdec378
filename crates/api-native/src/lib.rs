//! The native API.

/// The routes.
pub fn router(state: web::AppState) -> axum::Router {
    let _ = state;
    axum::Router::new()
}
