//! Access keys: pairs that sign requests.

use axum::extract::State;
use broker::WantedAccessKey;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AccessKey;
use wire::CreateAccessKey;
use wire::CreatedAccessKey;
use wire::Page;
use wire::PageQuery;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::page;
use crate::input::Reference;
use crate::input::wanted;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::secrets;

/// Lists access keys, without their secret halves.
#[utoipa::path(get, path = "/access-keys", tag = "access-keys", params(PageQuery), responses(
    (status = 200, description = "A page of access keys.", body = Page<AccessKey>),
    Always, Ruled, Asked,
))]
pub(crate) async fn access_keys(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<AccessKey>> {
    let keys = state.broker.list_access_keys(&caller, &wanted(query)).await?;
    page(keys, |key| AccessKey {
        id: key.id.to_string(),
        name: key.name,
        access_key: key.access_key,
        role: key.role,
        member_id: key.member_id.map(|id| id.to_string()),
        created_at: key.created_at,
        revoked_at: key.revoked_at,
    })
}

/// Creates an access key of at most the caller's role; this answer is the only one with its secret half.
#[utoipa::path(post, path = "/access-keys", tag = "access-keys", request_body = CreateAccessKey,
    responses(
    (status = 201, description = "The new key, its secret half shown once.", body = CreatedAccessKey),
    Always, Ruled, Told,
))]
pub(crate) async fn create_access_key(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(key): Json<CreateAccessKey>,
) -> Created<CreatedAccessKey> {
    let CreateAccessKey { name, role } = key;
    let made = state.broker.create_access_key(&caller, WantedAccessKey { name, role }).await?;
    created(secrets::access_key(&made)?)
}

/// Revokes an access key; our copy of its secret half is destroyed.
#[utoipa::path(delete, path = "/access-keys/{id}", tag = "access-keys",
    params(("id" = String, Path, description = "The key's id.")), responses(
    (status = 204, description = "The key has ended."),
    Always, Ruled, Named,
))]
pub(crate) async fn revoke_access_key(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.revoke_access_key(&caller, &id).await?;
    gone()
}
