//! Trying a channel: a message now, and whether it was taken.

use axum::extract::State;
use axum::response::Response;

use super::PLACE;
use super::find;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::words;

/// Sends it.
pub async fn test(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let channel = find(&state, &signed, &id).await?;
    let name = words::name(&channel.name);
    let notice = match state.app.broker.test_channel(&signed.caller, &id).await {
        Ok(()) => Notice::good(format!("The test message was taken; look for it at {name}.")),
        Err(error) => {
            let why = words::sentence(&refusal_of(error)?);
            Notice::bad(format!("The test message by {name} did not arrive. {why}"))
        }
    };
    go(&state, PLACE, &notice)
}
