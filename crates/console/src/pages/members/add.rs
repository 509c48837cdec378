//! Adding a member by their address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Member;
use domain::policy::Permission;
use domain::role::Role;
use serde::Deserialize;

use super::PLACE;
use super::name_of;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::roles;
use crate::session::Signed;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    email: String,
    name: String,
    role: String,
}

#[derive(Template)]
#[template(path = "members/add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    roles: Vec<roles::Choice>,
    /// Whether anybody can prove an address here.
    has_ways: bool,
    refusal: Option<String>,
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), Said::default()).await
}

/// Adds them, or says why not.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    match added(&state, &form).await {
        Ok(member) => {
            let sentence = format!("{} is a member now.", name_of(&member));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn added(state: &ConsoleState, form: &Form<Fields>) -> Result<Member, Oops> {
    form.must_be_own("send it once more")?;
    form.must_be_first(state, PLACE, SENT_BEFORE).await?;
    let role = Role::parse(&form.fields.role)?;
    let (email, name) = (form.fields.email.trim(), form.fields.name.trim());
    Ok(state.app.broker.add_member(&form.signed.caller, email, name, role).await?)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add a member").await?.saying(said.notice),
        roles: roles::choices(signed, &fields.role),
        has_ways: !state.app.broker.ways_to_sign_in().is_empty(),
        refusal: refusal(signed, Permission::ManageMembers),
        fields,
    };
    show(state, said.status, &page)
}
