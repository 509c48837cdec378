//! Deleting a credential, by typing the word; refused while services use it, naming them.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::path_of;
use super::show::Project;
use super::show::by_place;
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

/// What has to be typed.
const WORD: &str = "delete";

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    confirm: String,
}

#[derive(Template)]
#[template(path = "credentials/delete.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    projects: Vec<Project>,
    services: i64,
    refusal: Option<String>,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    ask(&state, &signed, &view, None, StatusCode::OK).await
}

/// Deletes it.
pub async fn delete(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let view = find(&state, &form.signed, &id).await?;
    let (signed, fields) = form.own()?;
    let wrong = match fields.confirm.trim() {
        WORD => None,
        "" => Some("Please enter \"delete\"."),
        _ => Some("Please confirm by entering \"delete\"."),
    };
    if let Some(sentence) = wrong {
        let notice = Some(Notice::bad(sentence));
        return ask(&state, &signed, &view, notice, StatusCode::BAD_REQUEST).await;
    }
    let reference = view.credential.id.to_string();
    match state.app.broker.delete_credential(&signed.caller, &reference, false).await {
        Ok(()) => {
            let sentence = format!(
                "{} is deleted, with every version of it.",
                words::name(&view.credential.name)
            );
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let status = web::status_of(error.kind());
            ask(&state, &signed, &view, Some(Notice::bad(error.message())), status).await
        }
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let reference = view.credential.id.to_string();
    let services = state.app.broker.services_of_credential(&signed.caller, &reference).await?;
    let title = format!("Delete {}", words::name(&view.credential.name));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(notice),
        path: path_of(view),
        name: words::name(&view.credential.name),
        projects: by_place(&services),
        services: view.services_count,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, status, &page)
}
