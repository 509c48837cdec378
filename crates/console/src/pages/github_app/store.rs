//! Storing the key of an App.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AddCredential;
use domain::Error;
use domain::Secret;
use domain::credential::CredentialKind;
use domain::policy::Permission;
use domain::provider::Provider;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
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
    name: String,
    host: String,
    app: String,
    secret: Option<Secret>,
}

#[derive(Template)]
#[template(path = "github_app/store.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    refusal: Option<String>,
    once: String,
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), None, StatusCode::OK).await
}

/// Stores it, or says why not; what was typed stays, but for the key.
pub async fn store(
    State(state): State<ConsoleState>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    if !form.is_own {
        let notice = Notice::bad(
            "You signed in again since this page was made. Look once more, give the key again, \
             and save.",
        );
        return self::form(&state, &form.signed, form.fields, Some(notice), StatusCode::OK).await;
    }
    if !form.is_first(&state).await? {
        return go(&state, PLACE, &Notice::bad(SENT_BEFORE));
    }
    let secret = form.fields.secret.take();
    let (signed, fields) = (form.signed, form.fields);
    let added = match wanted(&fields, secret) {
        Ok(wanted) => state.app.broker.add_credential(&signed.caller, wanted).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(view) => {
            let sentence = format!("{} is stored.", words::name(&view.credential.name));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &signed, fields, Some(notice), status).await
        }
    }
}

fn wanted(fields: &Fields, secret: Option<Secret>) -> domain::Result<AddCredential> {
    let missing = |sentence: &str| Error::invalid(sentence.to_owned());
    let name = text(&fields.name).ok_or_else(|| missing("Please enter a name."))?;
    let app = text(&fields.app).ok_or_else(|| missing("Please enter the App’s number."))?;
    let key = secret.filter(|secret| !secret.is_empty());
    let key = key.ok_or_else(|| missing("Please paste the App’s key."))?;
    Ok(AddCredential {
        kind: CredentialKind::GitHubApp,
        app_id: Some(app),
        host: text(&fields.host),
        ..AddCredential::new(name, Provider::GitHub, key)
    })
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Store an App’s key").await?.saying(notice),
        fields,
        refusal: refusal(signed, Permission::ManageCredentials),
        once: state.app.broker.form_number(),
    };
    show(state, status, &page)
}
