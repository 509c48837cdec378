//! Registered Git hosts.

use axum::extract::State;
use domain::provider::Provider;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AddHost;
use wire::CheckHost;
use wire::Host;
use wire::HostCheck;
use wire::Page;
use wire::PageQuery;
use wire::UpdateHost;

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
use crate::refusals::Dialling;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::shape;
use crate::shape_host;

/// Lists hosts.
#[utoipa::path(get, path = "/hosts", tag = "hosts", params(PageQuery), responses(
    (status = 200, description = "A page of hosts.", body = Page<Host>),
    Always, Asked,
))]
pub(crate) async fn hosts(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Host>> {
    page(state.broker.list_hosts(&caller, &wanted(query)).await?, shape::host)
}

/// Registers a host.
#[utoipa::path(post, path = "/hosts", tag = "hosts", request_body = AddHost, responses(
    (status = 201, description = "The new host.", body = Host),
    Always, Ruled, Told, Clashing,
))]
pub(crate) async fn add_host(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(host): Json<AddHost>,
) -> Created<Host> {
    let AddHost { provider, url, ca_pem } = host;
    let provider = Provider::parse(&provider)?;
    created(shape::host(state.broker.add_host(&caller, provider, &url, ca_pem).await?))
}

/// Looks at the way to a host, registered or not, and asks it what it is.
///
/// Addresses and their rule, TLS and its chain, kind and version, the clock; no secret is sent. What
/// stands in the way is a finding of the answer, with what to do, and no error.
#[utoipa::path(post, path = "/hosts/check", tag = "hosts", request_body = CheckHost, responses(
    (status = 200, description = "What was found.", body = HostCheck),
    Always, Ruled, Told, Dialling,
))]
pub(crate) async fn check_host(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(host): Json<CheckHost>,
) -> Answer<HostCheck> {
    let CheckHost { url, provider } = host;
    let provider = provider.as_deref().map(Provider::parse).transpose()?;
    shown(shape_host::check(state.broker.check_host(&caller, &url, provider).await?))
}

/// Changes a host; its credentials wait for their secrets to be given again.
#[utoipa::path(patch, path = "/hosts/{id}", tag = "hosts",
    params(("id" = String, Path, description = "The host's id, or its web address.")),
    request_body = UpdateHost, responses(
    (status = 200, description = "The host after the change.", body = Host),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn update_host(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
    Json(change): Json<UpdateHost>,
) -> Answer<Host> {
    let UpdateHost { url, ca_pem } = change;
    let change = broker::UpdateHost { url, ca_pem };
    shown(shape::host(state.broker.update_host(&caller, &id, change).await?))
}

/// Removes a host that no credential belongs to.
#[utoipa::path(delete, path = "/hosts/{id}", tag = "hosts",
    params(("id" = String, Path, description = "The host's id, or its web address.")), responses(
    (status = 204, description = "The host is gone."),
    Always, Ruled, Named, Clashing,
))]
pub(crate) async fn remove_host(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.remove_host(&caller, &id).await?;
    gone()
}
