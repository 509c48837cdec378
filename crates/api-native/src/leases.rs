//! Leases.

use std::time::Duration;

use axum::extract::State;
use broker::WantedLease;
use web::AppState;
use web::Asks;
use web::AsksToLend;
use web::Json;
use web::Query;
use wire::CreateLease;
use wire::CreatedLease;
use wire::Lease;
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
use crate::refusals::Clashing;
use crate::refusals::Deciding;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::secrets;
use crate::shape;

/// Lists leases, newest first.
#[utoipa::path(get, path = "/leases", tag = "leases", params(PageQuery), responses(
    (status = 200, description = "A page of leases, without their tokens.", body = Page<Lease>),
    Always, Asked,
))]
pub(crate) async fn leases(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Lease>> {
    page(state.broker.list_leases(&caller, &wanted(query)).await?, shape::lease)
}

/// Makes a lease; this answer is the only one with its token.
#[utoipa::path(post, path = "/leases", tag = "leases", request_body = CreateLease, responses(
    (status = 201, description = "The new lease, its token shown once.", body = CreatedLease),
    Always, Ruled, Named, Told, Clashing, Deciding,
))]
pub(crate) async fn create_lease(
    State(state): State<AppState>,
    AsksToLend(caller): AsksToLend,
    Json(lease): Json<CreateLease>,
) -> Created<CreatedLease> {
    let CreateLease { repository, access, refs, ttl_seconds, credential } = lease;
    let ttl = ttl_seconds.map(Duration::from_secs);
    let wanted = WantedLease { repository, access, refs, ttl, credential };
    created(secrets::lease(&state.broker.lend(&caller, &wanted).await?)?)
}

/// Ends a lease.
#[utoipa::path(delete, path = "/leases/{id}", tag = "leases",
    params(("id" = String, Path, description = "The lease's id.")), responses(
    (status = 204, description = "The lease has ended."),
    Always, Ruled, Named,
))]
pub(crate) async fn revoke_lease(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.revoke_lease(&caller, &id).await?;
    gone()
}
