//! Making an access key; its secret half is in the answer, and nowhere else.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CreatedAccessKey;
use broker::WantedAccessKey;
use domain::Error;
use domain::policy::Permission;
use domain::role::Role;
use http::StatusCode;
use serde::Deserialize;

use super::MADE_BEFORE;
use super::PLACE;
use super::once;
use super::once::Made;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::roles;
use crate::session::Signed;
use crate::words;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    name: String,
    role: String,
}

#[derive(Template)]
#[template(path = "access/key_add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    roles: Vec<roles::Choice>,
    is_members: bool,
    refusal: Option<String>,
    once: String,
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), None, StatusCode::OK).await
}

/// Makes it and shows both halves, or says why not.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    if !form.is_own {
        let notice =
            Notice::bad("You signed in again since this page was made. Send it once more.");
        return self::form(&state, &form.signed, form.fields, Some(notice), StatusCode::OK).await;
    }
    if !form.is_first(&state).await? {
        return go(&state, PLACE, &Notice::bad(MADE_BEFORE));
    }
    let created = match wanted(&form.fields) {
        Ok(wanted) => state.app.broker.create_access_key(&form.signed.caller, wanted).await,
        Err(error) => Err(error),
    };
    match created {
        Ok(CreatedAccessKey { stored, secret_key }) => {
            let made = Made {
                name: words::name(&stored.name),
                r#use: once::Use::AccessKey,
                access_key: Some(&stored.access_key),
                secret: &secret_key,
            };
            once::answer(&state, &form.signed, made).await
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &form.signed, form.fields, Some(notice), status).await
        }
    }
}

fn wanted(fields: &Fields) -> Result<WantedAccessKey, Error> {
    let name = fields.name.trim().to_owned();
    Ok(WantedAccessKey { name, role: Some(Role::parse(&fields.role)?) })
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add an access key").await?.saying(notice),
        roles: roles::choices(signed, &fields.role),
        is_members: signed.caller.principal.member_id.is_some(),
        refusal: refusal(signed, Permission::ManageApiTokens),
        once: state.app.broker.form_number(),
        fields,
    };
    show(state, status, &page)
}
