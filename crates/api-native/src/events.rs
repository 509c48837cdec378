//! What repositories tell, and the webhooks that Claviger makes for it.

use axum::extract::State;
use web::AppState;
use web::Asks;
use web::Query;
use wire::Event;
use wire::Page;
use wire::PageQuery;
use wire::ServiceHook;

use crate::answer::Answer;
use crate::answer::page;
use crate::answer::shown;
use crate::input::Reference;
use crate::input::wanted;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Asking;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::shape_repository as shape;

/// Lists what repositories told, newest first.
#[utoipa::path(get, path = "/events", tag = "services", params(PageQuery), responses(
    (status = 200, description = "A page of events.", body = Page<Event>),
    Always, Asked,
))]
pub(crate) async fn events(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Event>> {
    page(state.broker.list_events(&caller, &wanted(query)).await?, shape::told)
}

/// Tells how it stands with the webhook of a service's repository, as its provider has it.
#[utoipa::path(get, path = "/services/{id}/hook", tag = "services",
    params(("id" = String, Path, description = "The service's id.")), responses(
    (status = 200, description = "How it stands.", body = ServiceHook),
    (status = 400, description = "The service is not built from a Git repository.",
        body = wire::Problem),
    Always, Named,
))]
pub(crate) async fn service_hook(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Answer<ServiceHook> {
    shown(shape::service_hook(state.broker.hook_status(&caller, &id).await?))
}

/// Makes or mends the webhook of a service's repository. Without a public URL none is made.
#[utoipa::path(post, path = "/services/{id}/hook/sync", tag = "services",
    params(("id" = String, Path, description = "The service's id.")), responses(
    (status = 200, description = "How it stands now.", body = ServiceHook),
    (status = 400, description = "The service is not built from a Git repository.",
        body = wire::Problem),
    Always, Ruled, Named, Asking,
))]
pub(crate) async fn sync_service_hook(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Answer<ServiceHook> {
    shown(shape::service_hook(state.broker.sync_hook(&caller, &id).await?))
}
