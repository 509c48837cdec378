//! Making an API token; its value is in the answer, and nowhere else.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CreatedApiToken;
use broker::WantedApiToken;
use domain::Timestamp;
use domain::policy::Permission;
use domain::role::Role;
use serde::Deserialize;

use super::MADE_BEFORE;
use super::PLACE;
use super::once;
use super::once::Made;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
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
    description: String,
    role: String,
    expires: String,
}

#[derive(Template)]
#[template(path = "access/token_add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    roles: Vec<roles::Choice>,
    is_members: bool,
    refusal: Option<String>,
}

/// The empty form, with an end that is not too far.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    let end = state.app.broker.now().plus(limits::TOKEN_LIFE_SUGGESTED);
    let expires = end.to_string().split('T').next().unwrap_or_default().to_owned();
    let fields = Fields { expires, ..Fields::default() };
    form(&state, &signed, fields, Said::default()).await
}

/// Makes it and shows its value, or says why not.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    match made(&state, &form).await {
        Ok(CreatedApiToken { stored, token }) => {
            let name = words::name(&stored.name);
            let made = Made { name, r#use: once::Use::Token, access_key: None, secret: &token };
            once::answer(&state, &form.signed, made).await
        }
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn made(state: &ConsoleState, form: &Form<Fields>) -> Result<CreatedApiToken, Oops> {
    form.must_be_own("send it once more")?;
    form.must_be_first(state, PLACE, MADE_BEFORE).await?;
    let fields = &form.fields;
    let wanted = WantedApiToken {
        name: fields.name.trim().to_owned(),
        description: fields.description.trim().to_owned(),
        role: text(&fields.role).map(|word| Role::parse(&word)).transpose()?,
        member: None,
        expires_at: text(&fields.expires).map(|end| Timestamp::parse(&end)).transpose()?,
        is_name_unique: true,
    };
    Ok(state.app.broker.create_api_token(&form.signed.caller, wanted).await?)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add an API token").await?.saying(said.notice),
        roles: roles::choices(signed, &fields.role),
        is_members: signed.caller.principal.member_id.is_some(),
        refusal: refusal(signed, Permission::ManageApiTokens),
        fields,
    };
    show(state, said.status, &page)
}
