//! Ending a version at its provider, or destroying it here; what that means is said first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::Error;
use domain::policy::Permission;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::path_of;
use super::versions::Version;
use super::versions::kept;
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
use crate::words;

/// Where a version ends, as the address says it.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// At its provider.
    Revoke,
    /// Here.
    Destroy,
}

#[derive(Template)]
#[template(path = "credentials/version_end.html")]
struct Page {
    frame: Frame,
    path: String,
    back: String,
    name: String,
    host: String,
    version: Version,
    end: End,
    refusal: Option<String>,
}

impl Page {
    fn is_at_provider(&self) -> bool {
        matches!(self.end, End::Revoke)
    }
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path((id, version, end)): Path<(String, i64, End)>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    ask(&state, &signed, &view, (version, end), Said::default()).await
}

/// Ends it.
pub async fn end(
    State(state): State<ConsoleState>,
    Path((id, version, end)): Path<(String, i64, End)>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let view = find(&state, &signed, &id).await?;
    match ended(&state, &signed, &view, (version, end)).await {
        Ok(notice) => go(&state, &format!("{}/versions", path_of(&view)), &notice),
        Err(error) => ask(&state, &signed, &view, (version, end), Said::of(error)?).await,
    }
}

async fn ended(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    (version, end): (i64, End),
) -> domain::Result<Notice> {
    let (broker, caller) = (&state.app.broker, &signed.caller);
    let reference = view.credential.id.to_string();
    match end {
        End::Revoke => {
            let ended = broker.revoke_version(caller, &reference, version).await?;
            let link = ended.link.map(|link| format!(" {link}")).unwrap_or_default();
            Ok(Notice { is_good: ended.is_dead, text: format!("{}{link}", ended.said) })
        }
        End::Destroy => {
            broker.retire_version(caller, &reference, version).await?;
            Ok(Notice::good(format!(
                "Version {version} is destroyed here. Its provider may still accept it."
            )))
        }
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    (number, end): (i64, End),
    said: Said,
) -> Result<Response, Oops> {
    let kept = kept(state, signed, view).await?;
    let gone = || Error::not_found("version of this credential").hint("it may be ended already");
    let version = kept.into_iter().find(|it| it.number == number).ok_or_else(gone)?;
    let name = words::name(&view.credential.name);
    let (title, word) = match end {
        End::Revoke => (format!("End version {number} of {name} at its provider"), "revoke"),
        End::Destroy => (format!("Destroy version {number} of {name} here"), "destroy"),
    };
    let is_current = view.credential.current_version == number;
    let in_use = || format!("Version {number} is the one in use. Replace the value first.");
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{}/versions/{number}/{word}", path_of(view)),
        back: format!("{}/versions", path_of(view)),
        name,
        host: view.host.url.authority.to_string(),
        version,
        end,
        refusal: refusal(signed, Permission::ManageCredentials).or_else(|| is_current.then(in_use)),
    };
    show(state, said.status, &page)
}
