//! Services: what credentials are used for.

use axum::extract::State;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AddService;
use wire::Page;
use wire::PageQuery;
use wire::Service;
use wire::UpdateService;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::page;
use crate::answer::shown;
use crate::input::Reference;
use crate::input::wanted;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::shape;

/// Lists services.
#[utoipa::path(get, path = "/services", tag = "services", params(PageQuery), responses(
    (status = 200, description = "A page of services.", body = Page<Service>),
    Always, Asked,
))]
pub(crate) async fn services(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Service>> {
    page(state.broker.list_services(&caller, &wanted(query)).await?, shape::service)
}

/// Binds a service to a credential.
#[utoipa::path(post, path = "/services", tag = "services", request_body = AddService, responses(
    (status = 201, description = "The new service.", body = Service),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn add_service(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(service): Json<AddService>,
) -> Created<Service> {
    let AddService { name, repository, credential } = service;
    let added = state.broker.bind_service(&caller, &name, &repository, &credential).await?;
    created(shape::service(added))
}

/// Changes a service: its credential, its branch.
///
/// A credential has to serve the repository: it covers it, and its host shows the repository with it.
#[utoipa::path(patch, path = "/services/{id}", tag = "services",
    params(("id" = String, Path, description = "The service's id.")),
    request_body = UpdateService, responses(
    (status = 200, description = "The service after the change.", body = Service),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn update_service(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
    Json(change): Json<UpdateService>,
) -> Answer<Service> {
    let UpdateService { credential, values_credential, branch } = change;
    let change = broker::ServiceChange { credential, values_credential, branch };
    shown(shape::service(state.broker.change_service(&caller, &id, change).await?))
}

/// Removes a service; its credential stays.
#[utoipa::path(delete, path = "/services/{id}", tag = "services",
    params(("id" = String, Path, description = "The service's id.")), responses(
    (status = 204, description = "The service is gone."),
    Always, Ruled, Named,
))]
pub(crate) async fn remove_service(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.remove_service(&caller, &id).await?;
    gone()
}
