//! Giving all services of a credential another one; asked on the page that deletes it.

use axum::extract::State;
use axum::response::Response;
use broker::GivenAnother;
use domain::Error;
use domain::Result;
use serde::Deserialize;

use super::find;
use super::path_of;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

/// What is chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    other: String,
}

/// Gives them the one that was chosen, and goes back to the question.
pub async fn give(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let view = find(&state, &form.signed, &id).await?;
    let back = format!("{}/delete", path_of(&view));
    form.must_be_first(&state, &back, SENT_BEFORE).await?;
    let given = match form.must_be_own("choose the token again") {
        Ok(()) => given(&state, &form.signed, &id, &form.fields).await,
        Err(error) => Err(error),
    };
    let notice = match given {
        Ok(given) => told(&given),
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, &back, &notice)
}

async fn given(
    state: &ConsoleState,
    signed: &Signed,
    id: &str,
    fields: &Fields,
) -> Result<GivenAnother> {
    if fields.other.is_empty() {
        return Err(Error::invalid("Please choose the token that they are to use."));
    }
    state.app.broker.give_services(&signed.caller, id, &fields.other).await
}

fn told(given: &GivenAnother) -> Notice {
    let mut text = format!("Services that use the other token now: {}.", given.count);
    if let Some((first, why)) = given.refused.first() {
        let (count, name) = (given.refused.len(), words::name(&first.path()));
        let why = words::sentence(why);
        text = format!("{text} Services that stay as they were: {count}. {name}: {why}");
    }
    if given.left > 0 {
        text = format!("{text} Not come to yet: {}. Send it again for those.", given.left);
    }
    Notice { is_good: given.refused.is_empty() && given.left == 0, text }
}
