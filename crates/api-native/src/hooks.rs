//! Webhooks of repositories at their providers.

use axum::extract::State;
use broker::WantedHook;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::CreateHook;
use wire::Hook;
use wire::Listing;
use wire::UpdateHook;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::shown;
use crate::input::Reference;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Asking;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::repositories::AtQuery;
use crate::shape_repository as shape;

/// Lists the webhooks of a repository.
#[utoipa::path(get, path = "/repositories/hooks", tag = "repositories", params(AtQuery), responses(
    (status = 200, description = "What the provider lists.", body = Listing<Hook>),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn hooks(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<AtQuery>,
) -> Answer<Listing<Hook>> {
    let listed = state.broker.hooks(&caller, &query.at()).await?;
    shown(shape::listing(listed, shape::hook))
}

/// Makes a webhook.
#[utoipa::path(post, path = "/repositories/hooks", tag = "repositories", params(AtQuery),
    request_body = CreateHook, responses(
    (status = 201, description = "The new webhook.", body = Hook),
    Always, Ruled, Named, Told, Clashing, Asking,
))]
pub(crate) async fn create_hook(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<AtQuery>,
    Json(hook): Json<CreateHook>,
) -> Created<Hook> {
    let CreateHook { url, events, secret, active } = hook;
    let (events, is_active) = (shape::events(&events)?, active.unwrap_or(true));
    let wanted = WantedHook { url, events, secret, is_active };
    created(shape::hook(state.broker.create_hook(&caller, &query.at(), &wanted).await?))
}

/// Changes a webhook.
#[utoipa::path(patch, path = "/repositories/hooks/{id}", tag = "repositories",
    params(("id" = String, Path, description = "The provider's id."), AtQuery),
    request_body = UpdateHook, responses(
    (status = 200, description = "The webhook after the change.", body = Hook),
    Always, Ruled, Named, Told, Clashing, Asking,
))]
pub(crate) async fn update_hook(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
    Query(query): Query<AtQuery>,
    Json(change): Json<UpdateHook>,
) -> Answer<Hook> {
    let UpdateHook { url, events, secret, active } = change;
    let events = events.as_deref().map(shape::events).transpose()?;
    let change = broker::UpdateHook { url, events, secret, is_active: active };
    shown(shape::hook(state.broker.update_hook(&caller, &query.at(), &id, &change).await?))
}

/// Removes a webhook.
#[utoipa::path(delete, path = "/repositories/hooks/{id}", tag = "repositories",
    params(("id" = String, Path, description = "The provider's id."), AtQuery), responses(
    (status = 204, description = "The webhook is gone."),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn delete_hook(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
    Query(query): Query<AtQuery>,
) -> Gone {
    state.broker.delete_hook(&caller, &query.at(), &id).await?;
    gone()
}
