//! The Qovery surface: parse, call the broker, shape the answer, so that its official clients work
//! unmodified.
//!
//! A file per resource. What this surface knows and nobody else does: its paths, its words for
//! providers and roles, its refusals, and what of a credential it can express. Fields that only a
//! deployer needs are kept as they came and given back.
//!
//! Deliberately not here: any rule, any permission, any text of a provider. Deploying is not served at
//! all; operations of the official SDK that are not served say so with 501.

mod account;
mod answer;
mod api_tokens;
mod document;
mod environments;
mod events;
mod git_accounts;
mod git_source;
mod git_tokens;
mod github_app;
mod input;
mod inspections;
mod invitations;
mod members;
mod not_served;
mod organizations;
mod places;
mod projects;
mod roles;
mod services;
mod shape;
mod words;

use axum::Router;
use axum::http::Method;
use axum::http::header;
use axum::middleware;
use axum::routing::delete;
use axum::routing::get;
use axum::routing::post;
use http::HeaderValue;
use tower_http::cors::AllowOrigin;
use tower_http::cors::CorsLayer;
use web::AppState;

/// Where all of it is again.
const PREFIX: &str = "/qovery";

/// Every path of this surface, at the root and below its prefix. Browsers may call it from `origins`.
pub fn router(state: AppState, origins: &[HeaderValue]) -> Router {
    served()
        .nest(PREFIX, served())
        .fallback(not_served::nobody_serves)
        .method_not_allowed_fallback(not_served::nobody_serves)
        .layer(middleware::from_fn(answer::shaped))
        .layer(cors(origins))
        .with_state(state)
}

/// Whether a path is one of this surface's, served or not.
pub fn owns(path: &str) -> bool {
    let root = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    not_served::is_first_segment(root) || root == PREFIX.trim_start_matches('/')
}

fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
}

fn served() -> Router<AppState> {
    Router::new()
        .merge(organization_routes())
        .merge(git_routes())
        .merge(inspection_routes())
        .merge(services::routes())
        .route("/account", get(account::show).put(account::edit))
        .route("/account/gitAuthProvider", get(git_accounts::own))
        .route("/account/{provider}/repository", get(git_accounts::own_repositories))
        .route("/account/{provider}/repository/branch", get(git_accounts::own_branches))
        .route(
            "/project/{project}",
            get(projects::show).put(projects::edit).delete(projects::remove),
        )
        .route("/project/{project}/environment", get(environments::list).post(environments::add))
        .route(
            "/environment/{environment}",
            get(environments::show).put(environments::edit).delete(environments::remove),
        )
}

fn organization_routes() -> Router<AppState> {
    Router::new()
        .route("/organization", get(organizations::list).post(organizations::add))
        .route(
            "/organization/{organization}",
            get(organizations::show).put(organizations::edit).delete(organizations::remove),
        )
        .route("/organization/{organization}/availableRole", get(roles::available))
        .route("/organization/{organization}/customRole", get(roles::custom))
        .route(
            "/organization/{organization}/member",
            get(members::list).put(members::edit_role).delete(members::remove),
        )
        .route(
            "/organization/{organization}/inviteMember",
            get(invitations::list).post(invitations::add),
        )
        .route(
            "/organization/{organization}/inviteMember/{invitation}",
            get(invitations::show).post(invitations::accept).delete(invitations::remove),
        )
        .route("/organization/{organization}/transferOwnership", post(members::transfer))
        .route("/organization/{organization}/apiToken", get(api_tokens::list).post(api_tokens::add))
        .route("/organization/{organization}/apiToken/{token}", delete(api_tokens::revoke))
        .route("/organization/{organization}/events", get(events::list))
        .route("/organization/{organization}/project", get(projects::list).post(projects::add))
}

fn git_routes() -> Router<AppState> {
    let tokens = "/organization/{organization}/gitToken";
    Router::new()
        .route(tokens, get(git_tokens::list).post(git_tokens::add))
        .route(
            "/organization/{organization}/gitToken/{token}",
            get(git_tokens::show).put(git_tokens::edit).delete(git_tokens::remove),
        )
        // A client that knows no organization leaves it empty; its token has only one.
        .route("/organization//gitToken/{token}", get(git_tokens::show_somewhere))
        .route(
            "/organization/{organization}/gitToken/{token}/associatedServices",
            get(git_tokens::associated_services),
        )
        .route("/organization/{organization}/github/connect", post(github_app::connect))
        .route("/organization/{organization}/github/disconnect", delete(github_app::disconnect))
        .route("/organization/{organization}/account/gitAuthProvider", get(git_accounts::list))
        .route(
            "/organization/{organization}/account/{provider}/repository",
            get(git_accounts::repositories),
        )
        .route(
            "/organization/{organization}/account/{provider}/repository/branch",
            get(git_accounts::branches),
        )
}

fn inspection_routes() -> Router<AppState> {
    Router::new()
        .route(
            "/organization/{organization}/listDirectoriesFromGitRepository",
            post(inspections::directories),
        )
        .route("/environment/{environment}/checkDockerfile", post(inspections::dockerfile))
        .route("/environment/{environment}/checkGitFile", post(inspections::files))
        .route("/environment/{environment}/checkHelmRepository", post(inspections::chart))
        .route(
            "/organization/{organization}/parseTerraformVariablesFromGitRepo",
            post(inspections::terraform_variables),
        )
        .route("/organization/{organization}/listTfVarsFilesFromGitRepo", post(inspections::tfvars))
}
