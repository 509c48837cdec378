//! Who asks, as a person: the member behind a token, or the token itself.

use axum::Json;
use axum::extract::State;
use broker::Account;
use domain::Error;
use domain::Timestamp;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::document;
use crate::document::Document;
use crate::input::Body;
use crate::input::Callers;

/// What a person may say of themselves and gets back.
const KEPT: [&str; 5] =
    ["nickname", "first_name", "last_name", "profile_picture_url", "communication_email"];

/// An account.
#[derive(Serialize)]
pub(crate) struct ShownAccount {
    id: String,
    created_at: Timestamp,
    #[serde(flatten)]
    profile: Document,
}

fn shape(account: Account) -> ShownAccount {
    let mut profile = document::read(&account.profile);
    profile.entry("nickname").or_insert_with(|| account.name.into());
    if let Some(email) = account.email {
        profile.entry("communication_email").or_insert_with(|| email.into());
    }
    ShownAccount { id: account.id, created_at: account.created_at, profile }
}

/// Shows who asks.
pub(crate) async fn show(State(state): State<AppState>, callers: Callers) -> Answer<ShownAccount> {
    let caller = first(&callers)?;
    Ok(Json(shape(state.broker.account(caller).await?)))
}

/// Changes what a person says of themselves.
pub(crate) async fn edit(
    State(state): State<AppState>,
    callers: Callers,
    Body(request): Body<Document>,
) -> Answer<ShownAccount> {
    let caller = first(&callers)?;
    let before = state.broker.account(caller).await?;
    let mut profile = document::read(&before.profile);
    for field in KEPT {
        if let Some(text) = document::text_if(&request, field)? {
            profile.insert(field.to_owned(), text.into());
        }
    }
    let changed = state.broker.update_account(caller, &document::write(&profile)).await?;
    Ok(Json(shape(changed)))
}

fn first(callers: &Callers) -> Result<&broker::Caller, Refusal> {
    callers.all().first().ok_or_else(|| Error::unauthenticated().into())
}
