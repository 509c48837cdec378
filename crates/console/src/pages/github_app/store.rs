//! Storing the key of an App.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AddCredential;
use broker::CredentialView;
use domain::Error;
use domain::Secret;
use domain::credential::CredentialKind;
use domain::policy::Permission;
use domain::provider::Provider;
use serde::Deserialize;

use super::super::credentials;
use super::PLACE;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;

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
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), Said::default()).await
}

/// Stores it, or says why not; what was typed stays, but for the key.
pub async fn store(
    State(state): State<ConsoleState>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    match stored(&state, &mut form).await {
        Ok(view) => go(&state, PLACE, &credentials::stored(&view)),
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn stored(state: &ConsoleState, form: &mut Form<Fields>) -> Result<CredentialView, Oops> {
    form.must_be_own("look once more, give the key again, and save")?;
    form.must_be_first(state, PLACE, SENT_BEFORE).await?;
    let secret = form.fields.secret.take();
    let wanted = wanted(&form.fields, secret)?;
    Ok(state.app.broker.add_credential(&form.signed.caller, wanted).await?)
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
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Store an App’s key").await?.saying(said.notice),
        fields,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}
