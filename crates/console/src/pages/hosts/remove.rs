//! Removing a host; refused while credentials belong to it.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::HostView;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::find;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

#[derive(Deserialize)]
pub struct Nothing {}

#[derive(Template)]
#[template(path = "hosts/remove.html")]
struct Page {
    frame: Frame,
    path: String,
    url: String,
    credentials: i64,
    refusal: Option<String>,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let (view, count) = find(&state, &signed, &id).await?;
    ask(&state, &signed, &view, count, None, StatusCode::OK).await
}

/// Removes it.
pub async fn remove(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, _) = form.own()?;
    let (view, count) = find(&state, &signed, &id).await?;
    match state.app.broker.remove_host(&signed.caller, &view.host.id.to_string()).await {
        Ok(()) => go(&state, PLACE, &Notice::good(format!("{} is removed.", view.host.url))),
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            ask(&state, &signed, &view, count, Some(notice), status).await
        }
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    view: &HostView,
    credentials: i64,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let url = view.host.url.to_string();
    let page = Page {
        frame: Frame::of(state, signed, PLACE, format!("Remove {url}")).await?.saying(notice),
        path: format!("{PLACE}/{}", view.host.id),
        url,
        credentials,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, status, &page)
}
