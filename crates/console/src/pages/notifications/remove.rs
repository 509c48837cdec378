//! Removing a channel.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::policy::Permission;
use http::StatusCode;

use super::PLACE;
use super::find;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "notifications/remove.html")]
struct Page {
    frame: Frame,
    path: String,
    refusal: Option<String>,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let channel = find(&state, &signed, &id).await?;
    let title = format!("Remove {}", words::name(&channel.name));
    let page = Page {
        frame: Frame::of(&state, &signed, PLACE, title).await?,
        path: format!("{PLACE}/{}/remove", channel.id),
        refusal: refusal(&signed, Permission::ManageChannels),
    };
    show(&state, StatusCode::OK, &page)
}

/// Removes it.
pub async fn remove(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let channel = find(&state, &signed, &id).await?;
    let notice = match state.app.broker.remove_channel(&signed.caller, &id).await {
        Ok(()) => Notice::good(format!("{} is removed.", words::name(&channel.name))),
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, PLACE, &notice)
}
