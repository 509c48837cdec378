//! Warnings: the channels that tell them, what they are about, and what was told lately.

mod add;
mod age;
mod edit;
mod fields;
mod list;
mod remove;
mod test;

use axum::Router;
use axum::routing::get;
use axum::routing::post;
use domain::notification::Channel;

use crate::ConsoleState;
use crate::oops::Oops;
use crate::session::Signed;

/// Where these pages are in the menu.
const PLACE: &str = "/console/notifications";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/notifications", get(list::page))
        .route("/console/notifications/add", get(add::page).post(add::add))
        .route("/console/notifications/age", post(age::save))
        .route("/console/notifications/{id}/edit", get(edit::page).post(edit::edit))
        .route("/console/notifications/{id}/remove", get(remove::page).post(remove::remove))
        .route("/console/notifications/{id}/test", post(test::test))
}

/// The channel of a page's address.
async fn find(state: &ConsoleState, signed: &Signed, id: &str) -> Result<Channel, Oops> {
    Ok(state.app.broker.show_channel(&signed.caller, id).await?)
}
