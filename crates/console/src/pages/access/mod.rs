//! API access: tokens, access keys, and the issuer whose tokens are accepted.

mod key_add;
mod list;
mod once;
mod revoke;
mod state;
mod token_add;
use axum::Router;
use axum::routing::get;

use crate::ConsoleState;

/// Where these pages are in the menu.
const PLACE: &str = "/console/access";

/// What a form is told that was sent before.
const MADE_BEFORE: &str = "This form was sent before: what it asked for was made then, and its value \
                           was shown once. If you do not have it, revoke it and make another.";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/access", get(list::page))
        .route("/console/access/tokens/add", get(token_add::page).post(token_add::add))
        .route("/console/access/tokens/{id}/revoke", get(revoke::token_page).post(revoke::token))
        .route("/console/access/keys/add", get(key_add::page).post(key_add::add))
        .route("/console/access/keys/{id}/revoke", get(revoke::key_page).post(revoke::key))
}
