//! Inviting somebody by their address. Nothing is sent: the next page shows the link to hand them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Invitation;
use domain::policy::Permission;
use domain::role::Role;
use serde::Deserialize;

use super::PLACE;
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
use crate::words;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    email: String,
    role: String,
}

#[derive(Template)]
#[template(path = "members/invite.html")]
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

/// Invites them, or says why not.
pub async fn invite(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    match invited(&state, &form).await {
        Ok(invitation) => {
            let email = words::name(&invitation.email);
            let sentence = format!("{email} is invited. Now hand them the link.");
            let page = format!("{PLACE}/invitations/{}", invitation.id);
            go(&state, &page, &Notice::good(sentence))
        }
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn invited(state: &ConsoleState, form: &Form<Fields>) -> Result<Invitation, Oops> {
    form.must_be_own("send it once more")?;
    form.must_be_first(state, PLACE, SENT_BEFORE).await?;
    let (email, role) = (form.fields.email.trim(), Role::parse(&form.fields.role)?);
    Ok(state.app.broker.invite(&form.signed.caller, email, Some(role)).await?)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Invite somebody").await?.saying(said.notice),
        roles: roles::choices(signed, &fields.role),
        has_ways: !state.app.broker.ways_to_sign_in().is_empty(),
        refusal: refusal(signed, Permission::ManageMembers),
        fields,
    };
    show(state, said.status, &page)
}
