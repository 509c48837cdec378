//! The native API: parse, call the broker, shape the answer.
//!
//! One file per resource; `shape` and `secrets` turn what the broker gives into the words of `wire`.
//! The description in OpenAPI and the page for people are made from the same handlers.
//!
//! Deliberately not here: any rule, any permission, any text of SQL or of a provider.

mod access_keys;
mod accounts;
mod answer;
mod api_tokens;
mod audit;
mod channels;
mod checks;
mod credentials;
mod docs_html;
mod docs_page;
mod docs_types;
mod events;
mod git_credential;
mod hooks;
mod hosts;
mod input;
mod leases;
mod members;
mod openapi;
mod organization;
mod refusals;
mod repositories;
mod repository_content;
mod repository_writes;
mod secrets;
mod services;
mod sessions;
mod shape;
mod shape_host;
mod shape_repository;
mod values;
mod why;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::middleware;
use axum::routing::any;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::AppState;

pub use openapi::openapi;
pub use openapi::openapi_text;

/// Every path of the API below [`wire::BASE`], also those that there are none of.
pub fn router(state: AppState) -> Router {
    let (routes, _) = described().split_for_parts();
    let base = wire::BASE;
    // Only what lies below the base is ours; the binary has other surfaces beside it.
    routes
        .route(base, any(answer::no_such_path))
        .route(&format!("{base}/"), any(answer::no_such_path))
        .route(&format!("{base}/{{*rest}}"), any(answer::no_such_path))
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(middleware::map_response(answer::never_stored))
        .with_state(state)
}

/// The handlers, with their description.
fn described() -> OpenApiRouter<AppState> {
    let resources = OpenApiRouter::default()
        .routes(routes!(organization::whoami))
        .routes(routes!(organization::organization, organization::update_organization))
        .routes(routes!(members::members, members::add_member))
        .routes(routes!(members::update_member, members::remove_member))
        .routes(routes!(accounts::accounts, accounts::connect_account))
        .routes(routes!(accounts::disconnect_account))
        .routes(routes!(api_tokens::api_tokens, api_tokens::create_api_token))
        .routes(routes!(api_tokens::revoke_api_token))
        .routes(routes!(access_keys::access_keys, access_keys::create_access_key))
        .routes(routes!(access_keys::revoke_access_key))
        .routes(routes!(sessions::create_sign_in_link))
        .routes(routes!(sessions::sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(hosts::hosts, hosts::add_host))
        .routes(routes!(hosts::check_host))
        .routes(routes!(hosts::update_host, hosts::remove_host))
        .routes(routes!(credentials::credentials, credentials::add_credential))
        .routes(routes!(
            credentials::credential,
            credentials::update_credential,
            credentials::delete_credential
        ))
        .routes(routes!(checks::last_check, checks::check_credential))
        .routes(routes!(checks::revoke_version))
        .routes(routes!(values::reveal_credential))
        .routes(routes!(values::use_version))
        .routes(routes!(values::retire_version))
        .routes(routes!(why::why))
        .routes(routes!(repositories::namespaces))
        .routes(routes!(repositories::repositories))
        .routes(routes!(repositories::repository, repository_writes::create_repository))
        .routes(routes!(repositories::branches))
        .routes(routes!(
            repositories::tags,
            repository_writes::create_tag,
            repository_writes::delete_tag
        ))
        .routes(routes!(repositories::commits))
        .routes(routes!(repository_content::tree))
        .routes(routes!(
            repository_content::file,
            repository_writes::put_file,
            repository_writes::delete_file
        ))
        .routes(routes!(repository_content::archive))
        .routes(routes!(hooks::hooks, hooks::create_hook))
        .routes(routes!(hooks::update_hook, hooks::delete_hook))
        .routes(routes!(leases::leases, leases::create_lease))
        .routes(routes!(leases::revoke_lease))
        .routes(routes!(services::services, services::add_service))
        .routes(routes!(services::update_service, services::remove_service))
        .routes(routes!(events::service_hook))
        .routes(routes!(events::sync_service_hook))
        .routes(routes!(events::events))
        .routes(routes!(channels::channels, channels::add_channel))
        .routes(routes!(channels::update_channel, channels::remove_channel))
        .routes(routes!(channels::test_channel))
        .routes(routes!(channels::notifications))
        .routes(routes!(audit::audit_records))
        .routes(routes!(audit::verify_audit))
        .routes(routes!(audit::audit_head))
        .routes(routes!(git_credential::git_credential))
        .routes(routes!(openapi::show_openapi))
        .routes(routes!(docs_page::show_docs));
    OpenApiRouter::with_openapi(openapi::frame()).nest(wire::BASE, resources)
}
