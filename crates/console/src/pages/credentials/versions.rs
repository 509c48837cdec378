//! The versions of a value that are kept: going back to one, ending one at its provider, destroying one.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::Error;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::path_of;
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

/// What is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    version: i64,
    what: String,
}

#[derive(Template)]
#[template(path = "credentials/versions.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    versions: Vec<i64>,
    current: i64,
    renews_itself: bool,
    refusal: Option<String>,
}

/// The list.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    let name = words::name(&view.credential.name);
    let page = Page {
        frame: Frame::of(&state, &signed, PLACE, format!("Versions of {name}")).await?,
        path: path_of(&view),
        versions: view.versions.iter().rev().copied().collect(),
        current: view.credential.current_version,
        renews_itself: view.credential.kind.renews_itself(),
        refusal: refusal(&signed, Permission::ManageCredentials),
        name,
    };
    show(&state, StatusCode::OK, &page)
}

/// Does it.
pub async fn change(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    let view = find(&state, &signed, &id).await?;
    let path = format!("{}/versions", path_of(&view));
    let notice = match done(&state, &signed, &view, &fields).await {
        Ok(notice) => notice,
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, &path, &notice)
}

async fn done(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    fields: &Fields,
) -> Result<Notice, Error> {
    let (broker, caller) = (&state.app.broker, &signed.caller);
    let (reference, version) = (view.credential.id.to_string(), fields.version);
    match fields.what.as_str() {
        "use" => {
            broker.use_version(caller, &reference, version).await?;
            Ok(Notice::good(format!("Version {version} is in use again, everywhere.")))
        }
        "end" => {
            let ended = broker.revoke_version(caller, &reference, version).await?;
            let sentence = match ended.link {
                Some(link) => format!("{} {link}", ended.said),
                None => ended.said,
            };
            Ok(Notice { is_good: ended.is_dead, text: sentence })
        }
        "destroy" => {
            broker.retire_version(caller, &reference, version).await?;
            Ok(Notice::good(format!(
                "Version {version} is destroyed here. Its provider may still accept it."
            )))
        }
        _ => Err(Error::invalid("The form is not one of ours.")),
    }
}
