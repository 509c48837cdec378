//! The overview: what there is, what needs attention first, what ends when.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use broker::Wanted;
use domain::policy::Permission;
use http::StatusCode;

use super::credentials::Row;
use crate::ConsoleState;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::session::Signed;

/// Where it is in the menu.
const PLACE: &str = "/console/";

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/console/", get(page))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    refusal: Option<String>,
}

async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let wanted = Wanted { limit: Some(10), ..Wanted::default() };
    let listed = broker.list_credentials(&signed.caller, &wanted).await?;
    let now = broker.now();
    let page = Page {
        frame: Frame::of(&state, &signed, PLACE, "Overview").await?,
        rows: listed.items.iter().map(|view| Row::of(view, now)).collect(),
        refusal: refusal(&signed, Permission::ManageCredentials),
    };
    show(&state, StatusCode::OK, &page)
}
