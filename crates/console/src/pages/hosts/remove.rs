//! Removing a host; refused while credentials belong to it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::HostView;
use domain::policy::Permission;

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
use crate::oops::Said;
use crate::session::Signed;

#[derive(Template)]
#[template(path = "hosts/remove.html")]
struct Page {
    frame: Frame,
    path: String,
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
    ask(&state, &signed, &view, count, Said::default()).await
}

/// Removes it.
pub async fn remove(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let (view, count) = find(&state, &signed, &id).await?;
    match state.app.broker.remove_host(&signed.caller, &view.host.id.to_string()).await {
        Ok(()) => go(&state, PLACE, &Notice::good(format!("{} is removed.", view.host.url))),
        Err(error) => ask(&state, &signed, &view, count, Said::of(error)?).await,
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    view: &HostView,
    credentials: i64,
    said: Said,
) -> Result<Response, Oops> {
    let title = format!("Remove {}", view.host.url);
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{PLACE}/{}/remove", view.host.id),
        credentials,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}
