//! Deleting a credential, by typing the word; refused while services use it, naming them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::Error;
use domain::Result;
use domain::policy::Permission;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::path_of;
use super::show::Project;
use super::show::by_place;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::oops::Oops;
use crate::oops::Said;
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
    back: String,
    name: String,
    projects: Vec<Project>,
    services: i64,
    others: Vec<Other>,
    refusal: Option<String>,
    services_refusal: Option<String>,
}

/// A credential that services may be given instead.
struct Other {
    id: String,
    shown: String,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    ask(&state, &signed, &view, Said::default()).await
}

/// Deletes it.
pub async fn delete(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let view = find(&state, &form.signed, &id).await?;
    let (signed, fields) = form.own()?;
    match deleted(&state, &signed, &view, &fields).await {
        Ok(()) => {
            let name = words::name(&view.credential.name);
            let sentence = format!("{name} is deleted, with every version of it.");
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            // Its hint is for the command line; what to do here stands with the services.
            let notice = Some(Notice::bad(error.message()));
            ask(&state, &signed, &view, Said { notice, ..Said::of(error)? }).await
        }
    }
}

async fn deleted(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    fields: &Fields,
) -> Result<()> {
    match fields.confirm.trim() {
        WORD => {}
        "" => return Err(Error::invalid("Please enter \"delete\".")),
        _ => return Err(Error::invalid("Please confirm by entering \"delete\".")),
    }
    let reference = view.credential.id.to_string();
    state.app.broker.delete_credential(&signed.caller, &reference, false).await
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    said: Said,
) -> Result<Response, Oops> {
    let reference = view.credential.id.to_string();
    let services = state.app.broker.services_of_credential(&signed.caller, &reference).await?;
    let others = match services.is_empty() {
        true => Vec::new(),
        false => others(state, signed, &reference).await?,
    };
    let title = format!("Delete {}", words::name(&view.credential.name));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{}/delete", path_of(view)),
        back: path_of(view),
        name: words::name(&view.credential.name),
        projects: by_place(&services),
        services: view.services_count,
        others,
        refusal: refusal(signed, Permission::ManageCredentials),
        services_refusal: refusal(signed, Permission::ManageServices),
    };
    show(state, said.status, &page)
}

async fn others(state: &ConsoleState, signed: &Signed, reference: &str) -> Result<Vec<Other>> {
    let broker = &state.app.broker;
    let found = broker.others_of_host(&signed.caller, reference, limits::OTHERS).await?;
    let other = |view: CredentialView| {
        let credential = &view.credential;
        let (name, status) = (words::name(&credential.name), words::status(view.status));
        Other {
            id: credential.id.to_string(),
            shown: format!("{name} ({}) – {status}", credential.handle),
        }
    };
    Ok(found.into_iter().map(other).collect())
}
