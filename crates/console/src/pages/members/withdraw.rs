//! Withdrawing an invitation.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Invitation;
use domain::policy::Permission;

use super::PLACE;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "members/withdraw.html")]
struct Page {
    frame: Frame,
    path: String,
    email: String,
    refusal: Option<String>,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let invitation = state.app.broker.invitation(&signed.caller, &id).await?;
    ask(&state, &signed, &invitation, Said::default()).await
}

/// Withdraws it.
pub async fn withdraw(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let (signed, Nothing {}) = form.own()?;
    let invitation = broker.invitation(&signed.caller, &id).await?;
    match broker.uninvite(&signed.caller, &id).await {
        Ok(()) => {
            let email = words::name(&invitation.email);
            go(&state, PLACE, &Notice::good(format!("The invitation of {email} is withdrawn.")))
        }
        Err(error) => ask(&state, &signed, &invitation, Said::of(error)?).await,
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    invitation: &Invitation,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Withdraw an invitation").await?.saying(said.notice),
        path: format!("{PLACE}/invitations/{}/withdraw", invitation.id),
        email: words::name(&invitation.email),
        refusal: refusal(signed, Permission::ManageMembers),
    };
    show(state, said.status, &page)
}
