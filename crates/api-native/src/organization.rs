//! Who one is, and the organization.

use axum::extract::State;
use web::AppState;
use web::Asks;
use web::Json;
use wire::Organization;
use wire::UpdateOrganization;
use wire::WhoAmI;

use crate::answer::Answer;
use crate::answer::shown;
use crate::refusals::Always;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::shape;

/// Who the token belongs to.
#[utoipa::path(get, path = "/whoami", tag = "organization", responses(
    (status = 200, description = "The caller and its organization.", body = WhoAmI),
    Always,
))]
pub(crate) async fn whoami(State(state): State<AppState>, Asks(caller): Asks) -> Answer<WhoAmI> {
    let organization = state.broker.show_organization(&caller).await?;
    let principal = caller.principal;
    shown(WhoAmI {
        organization_id: organization.id.to_string(),
        organization_slug: organization.slug,
        actor_kind: principal.actor.kind().to_owned(),
        actor_id: principal.actor.id(),
        actor_name: principal.name,
        role: principal.role,
    })
}

/// Shows the organization.
#[utoipa::path(get, path = "/organization", tag = "organization", responses(
    (status = 200, description = "The organization.", body = Organization),
    Always,
))]
pub(crate) async fn organization(
    State(state): State<AppState>,
    Asks(caller): Asks,
) -> Answer<Organization> {
    let found = state.broker.show_organization(&caller).await?;
    shown(shape::organization(found))
}

/// Changes the organization; absent fields stay as they are.
#[utoipa::path(patch, path = "/organization", tag = "organization",
    request_body = UpdateOrganization, responses(
    (status = 200, description = "The organization after the change.", body = Organization),
    Always, Ruled, Told,
))]
pub(crate) async fn update_organization(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(change): Json<UpdateOrganization>,
) -> Answer<Organization> {
    let change = broker::UpdateOrganization {
        name: change.name,
        delete_in_use_warns_only: change.delete_in_use_warns_only,
        requires_checks: change.requires_checks,
        allows_write_probes: change.allows_write_probes,
        value_age_days_max: change.value_age_days_max,
        profile: None,
    };
    shown(shape::organization(state.broker.update_organization(&caller, change).await?))
}
