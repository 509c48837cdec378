//! Changing a member's role. Who comes second is told what somebody else made of it.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::Member;
use domain::policy::Permission;
use domain::role::Role;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::name_of;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
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
    once: String,
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let member = state.app.broker.show_member(&signed.caller, &id).await?;
    form(&state, &signed, &member, member.role.word(), None, StatusCode::OK).await
}

/// Changes it, or says why not.
pub async fn change(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let Form { signed, fields, is_own, .. } = form;
    let member = broker.show_member(&signed.caller, &id).await?;
    let again = match (is_own, fields.seen == member.role.word()) {
        (false, _) => Some("You signed in again since this page was made. Send it once more."),
        (_, false) => Some("Somebody changed this role while you did. Look once more, and save."),
        _ => None,
    };
    if let Some(sentence) = again {
        let notice = Some(Notice::bad(sentence));
        return self::form(&state, &signed, &member, &fields.role, notice, StatusCode::CONFLICT)
            .await;
    }
    let changed = match Role::parse(&fields.role) {
        Ok(role) => broker.update_member(&signed.caller, &id, role).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(member) => {
            let sentence = format!("{} is {} now.", name_of(&member), words::role(member.role));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &signed, &member, &fields.role, Some(notice), status).await
        }
    }
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    member: &Member,
    chosen: &str,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let title = format!("Change the role of {}", name_of(member));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(notice),
        path: format!("{PLACE}/{}/role", member.id),
        name: name_of(member),
        role: words::role(member.role),
        seen: member.role.word(),
        roles: roles::choices(signed, chosen),
        is_self: signed.caller.principal.member_id == Some(member.id),
        refusal: roles::refusal(signed, Permission::ManageMembers, member.role),
        once: state.app.broker.form_number(),
    };
    show(state, status, &page)
}
