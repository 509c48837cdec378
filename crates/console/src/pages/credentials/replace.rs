//! Replacing a credential's value: the new one is checked and compared with the old one first.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use broker::UpdateCredential;
use domain::ErrorKind;
use domain::Secret;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::once;
use super::path_of;
use super::show::Project;
use super::show::by_place;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
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
    once: String,
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    form(&state, &signed, &view, Said::default(), StatusCode::OK).await
}

/// Replaces it, or says why not and what would change.
pub async fn replace(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    let view = find(&state, &form.signed, &id).await?;
    let secret = form.fields.secret.take().filter(|secret| !secret.is_empty());
    let expires = form.fields.expires.clone();
    let again = |notice: &str| Said {
        notice: Some(Notice::bad(notice)),
        difference: None,
        expires: expires.clone(),
    };
    if !form.is_own {
        let said = again("You signed in again since this page was made. Give the new value again.");
        return self::form(&state, &form.signed, &view, said, StatusCode::OK).await;
    }
    let Some(secret) = secret else {
        let said = again("Please enter a token value.");
        return self::form(&state, &form.signed, &view, said, StatusCode::BAD_REQUEST).await;
    };
    if !form.is_first(&state).await? {
        let notice = Notice::bad(SENT_BEFORE);
        return go(&state, &path_of(&view), &notice);
    }
    let change = UpdateCredential {
        secret: Some(secret),
        expires_at: text(&form.fields.expires),
        is_forced: form.fields.is_forced.is_some(),
        is_unchecked: form.fields.is_unchecked.is_some(),
        ..UpdateCredential::default()
    };
    let reference = view.credential.id.to_string();
    match state.app.broker.update_credential(&form.signed.caller, &reference, change).await {
        Ok(after) => {
            let number = after.credential.current_version;
            let sentence = format!("The new value is in use everywhere (version {number}).");
            go(&state, &path_of(&after), &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let is_different = error.kind() == ErrorKind::Conflict;
            let said = Said {
                notice: Some(Notice::bad(match is_different {
                    true => error.message().to_owned(),
                    false => words::sentence(&error),
                })),
                difference: is_different.then(|| error.message().to_owned()),
                expires,
            };
            let status = web::status_of(error.kind());
            self::form(&state, &form.signed, &view, said, status).await
        }
    }
}

#[derive(Default)]
struct Said {
    notice: Option<Notice>,
    difference: Option<String>,
    expires: String,
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    said: Said,
    status: StatusCode,
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
        difference: said.difference,
        expires: said.expires,
        refusal: refusal(signed, Permission::ManageCredentials),
        once: once(state),
    };
    show(state, status, &page)
}
