//! The web console: server-rendered pages that work without script.
//!
//! A page is as thin as a dialect: it reads a form, calls the broker and shows the answer. What a page
//! may do the broker decides; what a role may not do is shown disabled, with the broker's own reason.
//! One file per page under [`pages`], its HTML beside it under `templates/`.
//!
//! Deliberately not here: any rule, any SQL, and any address of another host.

mod assets;
mod chart;
mod cookies;
mod extract;
mod form;
mod frame;
mod limits;
mod moment;
mod oops;
mod pages;
mod roles;
mod secure;
mod session;
mod streams;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use axum::routing::get;
use domain::Error;
use http::StatusCode;
use http::Uri;
use web::AppState;

use crate::oops::Oops;
use crate::streams::Streams;

/// Where the console is.
const ROOT: &str = "/console";

/// The address that a GitHub App has registered, and sends people back to.
const APP_SETUP: &str = "/github-app/setup";

/// What the console has beside what every handler has.
#[derive(Clone, Debug)]
pub struct ConsoleSettings {
    /// Whether browsers reach it by HTTPS only; cookies are then bound to that.
    pub is_https: bool,
}

/// Every page, and the front door that leads to them.
pub fn router(state: AppState, settings: ConsoleSettings) -> Router {
    let state = ConsoleState { app: state, settings, streams: Arc::default() };
    Router::new()
        .route("/", get(|| async { Redirect::to("/console/") }))
        .route(ROOT, get(|| async { Redirect::to("/console/") }))
        .route(APP_SETUP, get(app_setup))
        .merge(pages::router())
        .merge(assets::router())
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(middleware::from_fn_with_state(state.settings.clone(), secure::with_headers))
        .with_state(state)
}

/// Whether a path is the console's.
pub fn owns(path: &str) -> bool {
    let is_page = path == "/" || path == ROOT || path == APP_SETUP;
    is_page || path.starts_with("/console/") || path.starts_with(pages::ACCOUNT_RETURN)
}

/// What every handler has at hand.
#[derive(Clone)]
pub(crate) struct ConsoleState {
    app: AppState,
    settings: ConsoleSettings,
    /// Streams of changes that are open.
    streams: Arc<Streams>,
}

impl axum::extract::FromRef<ConsoleState> for AppState {
    fn from_ref(state: &ConsoleState) -> AppState {
        state.app.clone()
    }
}

/// What GitHub adds to the address fills the form of the page.
async fn app_setup(uri: Uri) -> Redirect {
    Redirect::to(&format!("/console/github-app?{}", uri.query().unwrap_or_default()))
}

async fn nowhere() -> Oops {
    Oops::from(Error::not_found("page"))
}

/// A form's address that was opened like a page, say by going back.
async fn not_so() -> Response {
    let mut response = nowhere().await.into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
