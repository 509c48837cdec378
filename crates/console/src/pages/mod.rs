//! The pages, one file each, and where they are.

mod access;
mod account_return;
mod accounts;
mod audit;
mod changes;
mod credentials;
mod github_app;
mod hosts;
mod invitation;
mod members;
mod notifications;
mod organizations;
mod overview;
mod sessions;
mod setup;
mod sign_in;
mod sign_in_elsewhere;
mod sign_out;

use axum::Router;

use crate::ConsoleState;

pub use account_return::PLACE as ACCOUNT_RETURN;

/// Every page, below `/console`.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .merge(overview::router())
        .merge(sign_in::router())
        .merge(sign_in_elsewhere::router())
        .merge(account_return::router())
        .merge(accounts::router())
        .merge(organizations::router())
        .merge(sign_out::router())
        .merge(setup::router())
        .merge(changes::router())
        .merge(credentials::router())
        .merge(members::router())
        .merge(invitation::router())
        .merge(access::router())
        .merge(sessions::router())
        .merge(hosts::router())
        .merge(github_app::router())
        .merge(notifications::router())
        .merge(audit::router())
}
