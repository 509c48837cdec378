//! Signing out: the session ends here and now.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::header;

use crate::ConsoleState;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/console/sign-out", post(sign_out))
}

async fn sign_out(
    State(state): State<ConsoleState>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    state.app.broker.sign_out(signed.secret(), signed.caller.request_id).await?;
    let mut response = go(&state, "/console/sign-in", &Notice::good("You are signed out."))?;
    if let Some(cookie) = state.settings.no_session_cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
