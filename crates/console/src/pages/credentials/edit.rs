//! Changing what is known about a credential, without giving its secret again – unless it would go to
//! another host.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use broker::UpdateCredential;
use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::policy::Permission;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::path_of;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    name: String,
    description: String,
    host: String,
    workspace: String,
    username: String,
    covers: String,
    expires: String,
    is_default: Option<String>,
    is_enabled: Option<String>,
    /// When the credential was last changed, as the page showed it.
    seen: String,
}

#[derive(Template)]
#[template(path = "credentials/edit.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    fields: Fields,
    /// What somebody else changed meanwhile: the field, its value now, and what was typed.
    clashes: Vec<(&'static str, String, String)>,
    /// When its value expired.
    ended: Option<Moment>,
    refusal: Option<String>,
}

impl Fields {
    fn of(view: &CredentialView) -> Fields {
        let credential = &view.credential;
        let mark = |is_on: bool| is_on.then(|| "on".to_owned());
        let covers: Vec<String> = credential.covers.iter().map(ToString::to_string).collect();
        Fields {
            name: credential.name.clone(),
            description: credential.description.clone(),
            host: view.host.url.to_string(),
            workspace: credential.workspace.clone().unwrap_or_default(),
            username: credential.username.clone().unwrap_or_default(),
            covers: covers.join("\n"),
            expires: match credential.expiry_source {
                domain::credential::ExpirySource::Entered => {
                    credential.expires_at.map(|at| at.to_string()).unwrap_or_default()
                }
                _ => String::new(),
            },
            is_default: mark(credential.is_default),
            is_enabled: mark(credential.axes.lifecycle != domain::status::Lifecycle::Disabled),
            seen: credential.updated_at.to_string(),
        }
    }

    /// What is there now, and differs from what was typed.
    fn clashes(&self, now: &Fields) -> Vec<(&'static str, String, String)> {
        let on = |mark: &Option<String>| if mark.is_some() { "yes" } else { "no" }.to_owned();
        let pairs = [
            ("Name", now.name.clone(), self.name.clone()),
            ("Description", now.description.clone(), self.description.clone()),
            ("Host", now.host.clone(), self.host.clone()),
            ("Workspace", now.workspace.clone(), self.workspace.clone()),
            ("User name", now.username.clone(), self.username.clone()),
            ("Covers", now.covers.clone(), self.covers.replace("\r\n", "\n")),
            ("Expires", now.expires.clone(), self.expires.clone()),
            ("Default", on(&now.is_default), on(&self.is_default)),
            ("In use", on(&now.is_enabled), on(&self.is_enabled)),
        ];
        pairs.into_iter().filter(|(_, now, typed)| now.trim() != typed.trim()).collect()
    }
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    let fields = Fields::of(&view);
    form(&state, &signed, &view, fields, Vec::new(), Said::default()).await
}

/// Saves it, or says why not; who comes second is told what changed.
pub async fn edit(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let view = find(&state, &form.signed, &id).await?;
    match edited(&state, &form, &view).await {
        Ok(after) => {
            let sentence = match &after.attention {
                Some(why) => {
                    format!("Saved. {}.", words::without_command(why).trim_end_matches('.'))
                }
                None => "Saved.".to_owned(),
            };
            go(&state, &path_of(&after), &Notice::good(sentence))
        }
        Err(error) => {
            let mut said = Said::of(error)?;
            // Somebody may have been quicker, if only by a moment.
            let view = find(&state, &form.signed, &id).await?;
            let (now, mut fields, mut clashes) = (Fields::of(&view), form.fields, Vec::new());
            if fields.seen != now.seen {
                said = Said::of(late())?;
                clashes = fields.clashes(&now);
                fields.seen = now.seen;
            }
            self::form(&state, &form.signed, &view, fields, clashes, said).await
        }
    }
}

async fn edited(
    state: &ConsoleState,
    form: &Form<Fields>,
    view: &CredentialView,
) -> Result<CredentialView> {
    form.must_be_own("look once more, and save")?;
    let now = Fields::of(view);
    if form.fields.seen != now.seen {
        return Err(late());
    }
    let change = change(&form.fields, &now)?;
    let reference = view.credential.id.to_string();
    state.app.broker.update_credential(&form.signed.caller, &reference, change).await
}

fn late() -> Error {
    Error::conflict("Somebody changed this token while you did.")
        .hint("compare below; saving again keeps what you typed")
}

/// Only what was changed is sent.
fn change(fields: &Fields, now: &Fields) -> Result<UpdateCredential> {
    let changed = |typed: &str, known: &str| {
        let typed = typed.replace("\r\n", "\n");
        (typed.trim() != known.trim()).then(|| typed.trim().to_owned())
    };
    let covers = changed(&fields.covers, &now.covers);
    Ok(UpdateCredential {
        name: changed(&fields.name, &now.name),
        description: changed(&fields.description, &now.description),
        host: changed(&fields.host, &now.host),
        workspace: changed(&fields.workspace, &now.workspace).map(|typed| text(&typed)),
        username: changed(&fields.username, &now.username),
        covers: covers.map(|typed| typed.lines().filter_map(text).collect()),
        expires_at: changed(&fields.expires, &now.expires),
        is_default: (fields.is_default != now.is_default).then_some(fields.is_default.is_some()),
        is_enabled: (fields.is_enabled != now.is_enabled).then_some(fields.is_enabled.is_some()),
        if_unchanged_since: Some(Timestamp::parse(&fields.seen)?),
        ..UpdateCredential::default()
    })
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    fields: Fields,
    clashes: Vec<(&'static str, String, String)>,
    said: Said,
) -> Result<Response, Oops> {
    let title = format!("Edit {}", words::name(&view.credential.name));
    let now = state.app.broker.now();
    let ended = view.credential.expires_at.filter(|at| *at <= now);
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: path_of(view),
        name: words::name(&view.credential.name),
        fields,
        clashes,
        ended: ended.map(|at| Moment::of(at, now)),
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}
