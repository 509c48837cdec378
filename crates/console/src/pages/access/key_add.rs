//! Making an access key; its secret half is in the answer, and nowhere else.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CreatedAccessKey;
use broker::WantedAccessKey;
use domain::policy::Permission;
use domain::role::Role;
use serde::Deserialize;

use super::MADE_BEFORE;
use super::PLACE;
use super::once;
use super::once::Made;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
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
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), Said::default()).await
}

/// Makes it and shows both halves, or says why not.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    match made(&state, &form).await {
        Ok(CreatedAccessKey { stored, secret_key }) => {
            let made = Made {
                name: words::name(&stored.name),
                r#use: once::Use::AccessKey,
                access_key: Some(&stored.access_key),
                secret: &secret_key,
            };
            once::answer(&state, &form.signed, made).await
        }
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn made(state: &ConsoleState, form: &Form<Fields>) -> Result<CreatedAccessKey, Oops> {
    form.must_be_own("send it once more")?;
    form.must_be_first(state, PLACE, MADE_BEFORE).await?;
    let name = form.fields.name.trim().to_owned();
    let wanted = WantedAccessKey { name, role: Some(Role::parse(&form.fields.role)?) };
    Ok(state.app.broker.create_access_key(&form.signed.caller, wanted).await?)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add an access key").await?.saying(said.notice),
        roles: roles::choices(signed, &fields.role),
        is_members: signed.caller.principal.member_id.is_some(),
        refusal: refusal(signed, Permission::ManageApiTokens),
        fields,
    };
    show(state, said.status, &page)
}
