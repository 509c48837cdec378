//! Disconnecting the App; refused while services depend on it, unless that is meant.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Blame;
use domain::policy::Permission;
use serde::Deserialize;

use super::PLACE;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;

/// What is chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    is_forced: Option<String>,
}

#[derive(Template)]
#[template(path = "github_app/disconnect.html")]
struct Page {
    frame: Frame,
    path: String,
    /// Whether it was refused because services depend on the App.
    is_in_use: bool,
    refusal: Option<String>,
}

/// The question.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    ask(&state, &signed, false, Said::default()).await
}

/// Disconnects it.
pub async fn disconnect(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    let is_forced = fields.is_forced.is_some();
    match state.app.broker.disconnect_app(&signed.caller, is_forced).await {
        Ok(()) => go(&state, PLACE, &Notice::good("The App is disconnected; it serves nothing.")),
        Err(error) => {
            let is_in_use = error.blame() == Some(Blame::Consequences);
            ask(&state, &signed, is_in_use, Said::of(error)?).await
        }
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    is_in_use: bool,
    said: Said,
) -> Result<Response, Oops> {
    let title = "Disconnect the GitHub App";
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{PLACE}/disconnect"),
        is_in_use,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}
