//! Ending sessions: one, or all of one's own but this one.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::PLACE;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "sessions/end_others.html")]
struct Page {
    frame: Frame,
}

/// Ends one.
pub async fn end(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let notice = match state.app.broker.end_session(&signed.caller, &id).await {
        Ok(()) => Notice::good("That browser is signed out."),
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, PLACE, &notice)
}

/// Asks before all others are ended.
pub async fn ask(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    let page =
        Page { frame: Frame::of(&state, &signed, PLACE, "Sign out your other browsers").await? };
    show(&state, StatusCode::OK, &page)
}

/// Ends all others.
pub async fn end_others(
    State(state): State<ConsoleState>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let keep = signed.session.session_id;
    let sentence = match state.app.broker.end_other_sessions(&signed.caller, keep).await? {
        0 => "No other browser of yours was signed in.".to_owned(),
        1 => "1 other browser is signed out.".to_owned(),
        count => format!("{count} other browsers are signed out."),
    };
    go(&state, PLACE, &Notice::good(sentence))
}
