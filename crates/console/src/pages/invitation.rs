//! The page that an invited person opens. Signing in from it, with the very address, accepts.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

use crate::ConsoleState;
use crate::extract::Path;
use crate::frame::Frame;
use crate::frame::show;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

/// Where these pages are.
pub const PAGES: &str = "/console/invitation/";

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/console/invitation/{id}", get(page))
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct Page {
    frame: Frame,
    organization: String,
    email: String,
    role: &'static str,
    inviter: String,
    sign_in: String,
    /// Whether there is a way to prove the address here.
    has_ways: bool,
    /// Whoever is signed in in this browser already.
    signed_in_as: Option<String>,
}

async fn page(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let look = broker.look_at_invitation(&id);
    let invitation = state.app.try_to_let_in(&parts, look).await?;
    let signed = Signed::find(&parts, &state).await?;
    let own_path = utf8_percent_encode(parts.uri.path(), NON_ALPHANUMERIC);
    let page = Page {
        frame: Frame::bare("", "You are invited"),
        organization: words::name(&invitation.organization),
        email: words::name(&invitation.email),
        role: words::role(invitation.role),
        inviter: words::name(&invitation.inviter),
        sign_in: format!("/console/sign-in?return={own_path}"),
        has_ways: !broker.ways_to_sign_in().is_empty(),
        signed_in_as: signed.map(|signed| words::name(&signed.caller.principal.name)),
    };
    show(&state, StatusCode::OK, &page)
}
