//! Members.

use axum::extract::State;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AddMember;
use wire::Member;
use wire::Page;
use wire::PageQuery;
use wire::UpdateMember;

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

/// Lists members.
#[utoipa::path(get, path = "/members", tag = "members", params(PageQuery), responses(
    (status = 200, description = "A page of members.", body = Page<Member>),
    Always, Asked,
))]
pub(crate) async fn members(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Member>> {
    let members = state.broker.list_members(&caller, &wanted(query)).await?;
    page(members, |m| shape::member(m.id, m.email, m.name, m.role, m.created_at))
}

/// Adds a member.
#[utoipa::path(post, path = "/members", tag = "members", request_body = AddMember, responses(
    (status = 201, description = "The new member.", body = Member),
    Always, Ruled, Told, Clashing,
))]
pub(crate) async fn add_member(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(member): Json<AddMember>,
) -> Created<Member> {
    let AddMember { email, name, role } = member;
    let added = state.broker.add_member(&caller, &email, &name, role).await?;
    created(shape::member(added.id, added.email, added.name, added.role, added.created_at))
}

/// Changes a member's role; their tokens beyond it stop working.
#[utoipa::path(patch, path = "/members/{id}", tag = "members",
    params(("id" = String, Path, description = "The member's id.")),
    request_body = UpdateMember, responses(
    (status = 200, description = "The member after the change.", body = Member),
    Always, Ruled, Named, Told,
))]
pub(crate) async fn update_member(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
    Json(change): Json<UpdateMember>,
) -> Answer<Member> {
    let after = state.broker.update_member(&caller, &id, change.role).await?;
    shown(shape::member(after.id, after.email, after.name, after.role, after.created_at))
}

/// Removes a member; their tokens and leases end.
#[utoipa::path(delete, path = "/members/{id}", tag = "members",
    params(("id" = String, Path, description = "The member's id.")), responses(
    (status = 204, description = "The member is gone."),
    Always, Ruled, Named,
))]
pub(crate) async fn remove_member(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.remove_member(&caller, &id).await?;
    gone()
}
