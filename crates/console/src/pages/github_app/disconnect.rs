//! Disconnecting the App; refused while services depend on it, unless that is meant.

use askama::Template;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Response;
use domain::Blame;
use domain::policy::Permission;
use serde::Deserialize;

use super::PLACE;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// What is chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    is_forced: Option<String>,
}

/// Which App is meant.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    app: String,
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
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    ask(&state, &signed, &asked, false, Said::default()).await
}

/// Disconnects it.
pub async fn disconnect(
    State(state): State<ConsoleState>,
    Query(asked): Query<Asked>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    let is_forced = fields.is_forced.is_some();
    let app = text(&asked.app);
    match state.app.broker.disconnect_app(&signed.caller, app.as_deref(), is_forced).await {
        Ok(()) => go(&state, PLACE, &Notice::good("The App is disconnected; it serves nothing.")),
        Err(error) => {
            let is_in_use = error.blame() == Some(Blame::Consequences);
            ask(&state, &signed, &asked, is_in_use, Said::of(error)?).await
        }
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    asked: &Asked,
    is_in_use: bool,
    said: Said,
) -> Result<Response, Oops> {
    let apps = state.app.broker.list_apps(&signed.caller).await?;
    let meant = apps.iter().find(|it| it.credential.id.to_string() == asked.app);
    let title = match meant {
        Some(app) => format!("Disconnect {}", words::name(&app.credential.name)),
        None => "Disconnect the GitHub App".to_owned(),
    };
    let id = meant.map(|app| format!("?app={}", app.credential.id)).unwrap_or_default();
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{PLACE}/disconnect{id}"),
        is_in_use,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}
