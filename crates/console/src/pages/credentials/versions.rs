//! The versions of a value that are kept: going back to one, and the ways to ending one.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use broker::Given;
use domain::Result;
use domain::Timestamp;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::path_of;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

/// Which one is to be used again.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    version: i64,
}

#[derive(Template)]
#[template(path = "credentials/versions.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    versions: Vec<Version>,
    current: i64,
    renews_itself: bool,
    refusal: Option<String>,
}

/// A version, for people.
pub struct Version {
    /// Its number.
    pub number: i64,
    /// When it was given.
    pub at: Moment,
    /// By whom; empty if that is not known.
    pub by: String,
}

impl Version {
    /// When it was given, and by whom.
    pub fn of(given: Given, now: Timestamp) -> Version {
        Version {
            number: given.version,
            at: Moment::of(given.at, now),
            by: words::name(&given.by.unwrap_or_default()),
        }
    }
}

/// Those that are kept, newest first.
pub async fn kept(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
) -> Result<Vec<Version>> {
    let broker = &state.app.broker;
    let reference = view.credential.id.to_string();
    let given = broker.given_versions(&signed.caller, &reference).await?;
    Ok(given.into_iter().rev().map(|it| Version::of(it, broker.now())).collect())
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
        versions: kept(&state, &signed, &view).await?,
        current: view.credential.current_version,
        renews_itself: view.credential.kind.renews_itself(),
        refusal: refusal(&signed, Permission::ManageCredentials),
        name,
    };
    show(&state, StatusCode::OK, &page)
}

/// Puts one in use again.
pub async fn use_again(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, Fields { version }) = form.own()?;
    let view = find(&state, &signed, &id).await?;
    let reference = view.credential.id.to_string();
    let used = state.app.broker.use_version(&signed.caller, &reference, version).await;
    let notice = match used {
        Ok(_) => Notice::good(format!("Version {version} is in use again, everywhere.")),
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, &format!("{}/versions", path_of(&view)), &notice)
}
