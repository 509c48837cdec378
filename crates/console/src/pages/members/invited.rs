//! An invitation that waits: the link to hand to whoever is invited.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::policy::Permission;
use http::StatusCode;

use super::PLACE;
use crate::ConsoleState;
use crate::extract::Path;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "members/invited.html")]
struct Page {
    frame: Frame,
    link: String,
    withdraw_path: String,
    email: String,
    role: &'static str,
    by: String,
    since: Moment,
    refusal: Option<String>,
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let invitation = broker.invitation(&signed.caller, &id).await?;
    let (public, id) = (&broker.settings().public_url, invitation.id);
    let email = words::name(&invitation.email);
    let page = Page {
        frame: Frame::of(&state, &signed, PLACE, format!("Invitation of {email}")).await?,
        link: format!("{public}/console/invitation/{id}"),
        withdraw_path: format!("{PLACE}/invitations/{id}/withdraw"),
        email,
        role: words::role(invitation.role),
        by: words::name(&invitation.inviter),
        since: Moment::of(invitation.created_at, broker.now()),
        refusal: refusal(&signed, Permission::ManageMembers),
    };
    show(&state, StatusCode::OK, &page)
}
