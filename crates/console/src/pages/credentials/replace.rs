//! Replacing a credential's value: the new one is checked and compared with the old one first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use broker::UpdateCredential;
use domain::Blame;
use domain::Error;
use domain::Secret;
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
use crate::form::SENT_BEFORE;
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

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    secret: Option<Secret>,
    expires: String,
    is_forced: Option<String>,
    is_unchecked: Option<String>,
}

#[derive(Template)]
#[template(path = "credentials/replace.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    token_page: Option<String>,
    projects: Vec<Project>,
    services: i64,
    /// What the new value would change for those who use it.
    difference: Option<String>,
    expires: String,
    refusal: Option<String>,
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    form(&state, &signed, &view, String::new(), None, Said::default()).await
}

/// Replaces it, or says why not and what would change.
pub async fn replace(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    let view = find(&state, &form.signed, &id).await?;
    match replaced(&state, &mut form, &view).await {
        Ok(after) => {
            let number = after.credential.current_version;
            let notice = match number == view.credential.current_version {
                true => Notice::bad("This is the value that is in use already; nothing changed."),
                false => {
                    Notice::good(format!("The new value is in use everywhere (version {number})."))
                }
            };
            go(&state, &path_of(&after), &notice)
        }
        Err(oops) => {
            let difference = match &oops {
                Oops::Refused(error) if error.blame() == Some(Blame::Consequences) => {
                    Some(error.message().to_owned())
                }
                _ => None,
            };
            let mut said = Said::of(oops)?;
            // What to do about a difference stands beside it.
            let again = |text: &String| {
                Notice::bad(format!(
                    "{text} If that is meant, give the value again and say so below."
                ))
            };
            said.notice = difference.as_ref().map(again).or(said.notice);
            self::form(&state, &form.signed, &view, form.fields.expires, difference, said).await
        }
    }
}

async fn replaced(
    state: &ConsoleState,
    form: &mut Form<Fields>,
    view: &CredentialView,
) -> Result<CredentialView, Oops> {
    form.must_be_own("give the new value again")?;
    let secret = form.fields.secret.take().filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| Error::invalid("Please enter a token value."))?;
    form.must_be_first(state, &path_of(view), SENT_BEFORE).await?;
    let change = UpdateCredential {
        secret: Some(secret),
        expires_at: text(&form.fields.expires),
        is_forced: form.fields.is_forced.is_some(),
        is_unchecked: form.fields.is_unchecked.is_some(),
        ..UpdateCredential::default()
    };
    let reference = view.credential.id.to_string();
    Ok(state.app.broker.update_credential(&form.signed.caller, &reference, change).await?)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    expires: String,
    difference: Option<String>,
    said: Said,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let reference = view.credential.id.to_string();
    let services = broker.services_of_credential(&signed.caller, &reference).await?;
    let title = format!("Replace the value of {}", words::name(&view.credential.name));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: path_of(view),
        name: words::name(&view.credential.name),
        token_page: broker.token_page(view),
        projects: by_place(&services),
        services: view.services_count,
        difference,
        expires,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}
