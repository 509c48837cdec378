//! Inviting somebody by their address. Nothing is sent: the next page shows the link to hand them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::policy::Permission;
use domain::role::Role;
use http::StatusCode;
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
use crate::oops::refusal_of;
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
    once: String,
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), None, StatusCode::OK).await
}

/// Invites them, or says why not.
pub async fn invite(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    if !form.is_own {
        let notice =
            Notice::bad("You signed in again since this page was made. Send it once more.");
        return self::form(&state, &form.signed, form.fields, Some(notice), StatusCode::OK).await;
    }
    if !form.is_first(&state).await? {
        return go(&state, PLACE, &Notice::bad(SENT_BEFORE));
    }
    let (broker, fields) = (&state.app.broker, &form.fields);
    let invited = match Role::parse(&fields.role) {
        Ok(role) => broker.invite(&form.signed.caller, fields.email.trim(), Some(role)).await,
        Err(error) => Err(error),
    };
    match invited {
        Ok(invitation) => {
            let email = words::name(&invitation.email);
            let sentence = format!("{email} is invited. Now hand them the link.");
            let page = format!("{PLACE}/invitations/{}", invitation.id);
            go(&state, &page, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &form.signed, form.fields, Some(notice), status).await
        }
    }
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Invite somebody").await?.saying(notice),
        roles: roles::choices(signed, &fields.role),
        has_ways: !state.app.broker.ways_to_sign_in().is_empty(),
        refusal: refusal(signed, Permission::ManageMembers),
        once: state.app.broker.form_number(),
        fields,
    };
    show(state, status, &page)
}
