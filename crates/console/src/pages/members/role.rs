//! Changing a member's role. Who comes second is told what somebody else made of it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Member;
use domain::Error;
use domain::Result;
use domain::policy::Permission;
use domain::role::Role;
use serde::Deserialize;

use super::PLACE;
use super::name_of;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::roles;
use crate::session::Signed;
use crate::words;

/// What is chosen, and the role that was shown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    role: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "members/role.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    role: &'static str,
    seen: &'static str,
    roles: Vec<roles::Choice>,
    is_self: bool,
    refusal: Option<String>,
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let member = state.app.broker.show_member(&signed.caller, &id).await?;
    form(&state, &signed, &member, member.role.word(), Said::default()).await
}

/// Changes it, or says why not.
pub async fn change(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let member = state.app.broker.show_member(&form.signed.caller, &id).await?;
    match changed(&state, &form, &member).await {
        Ok(member) => {
            let sentence = format!("{} is {} now.", name_of(&member), words::role(member.role));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let said = Said::of(error)?;
            self::form(&state, &form.signed, &member, &form.fields.role, said).await
        }
    }
}

async fn changed(state: &ConsoleState, form: &Form<Fields>, member: &Member) -> Result<Member> {
    form.must_be_own("send it once more")?;
    if form.fields.seen != member.role.word() {
        return Err(Error::conflict("Somebody changed this role while you did.")
            .hint("look once more, and save"));
    }
    let role = Role::parse(&form.fields.role)?;
    state.app.broker.update_member(&form.signed.caller, &member.id.to_string(), role).await
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    member: &Member,
    chosen: &str,
    said: Said,
) -> Result<Response, Oops> {
    let title = format!("Change the role of {}", name_of(member));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{PLACE}/{}/role", member.id),
        name: name_of(member),
        role: words::role(member.role),
        seen: member.role.word(),
        roles: roles::choices(signed, chosen),
        is_self: signed.caller.principal.member_id == Some(member.id),
        refusal: roles::refusal(signed, Permission::ManageMembers, member.role),
    };
    show(state, said.status, &page)
}
