//! Members and their roles.

use axum::extract::State;
use broker::Member;
use broker::Wanted;
use domain::Timestamp;
use http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Gone;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::gone;
use crate::answer::results;
use crate::document;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::words::LegacyRole;
use crate::words::role_by_id;
use crate::words::role_words;

/// A member.
#[derive(Serialize)]
pub(crate) struct ShownMember {
    id: String,
    created_at: Timestamp,
    email: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    role: LegacyRole,
    role_name: &'static str,
    role_id: &'static str,
}

fn shape(member: Member) -> ShownMember {
    let (role_name, role_id) = role_words(member.role);
    let profile = document::read(&member.profile);
    ShownMember {
        id: member.id.to_string(),
        created_at: member.created_at,
        email: member.email,
        name: member.name,
        nickname: document::text(&profile, "nickname").map(str::to_owned),
        role: LegacyRole::of(member.role),
        role_name,
        role_id,
    }
}

/// Lists the members.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<ShownMember>> {
    let caller = callers.within(&organization)?;
    let mut members = Vec::new();
    let mut wanted = Wanted { limit: Some(domain::limits::PAGE_ROWS_MAX), ..Wanted::default() };
    loop {
        let page = state.broker.list_members(caller, &wanted).await?;
        members.extend(page.items.into_iter().map(shape));
        wanted.cursor = page.next_cursor;
        if wanted.cursor.is_none() {
            return results(members);
        }
    }
}

/// Which role a member is to have.
#[derive(Deserialize)]
pub(crate) struct RoleRequest {
    user_id: String,
    role_id: String,
}

/// Gives a member another role.
pub(crate) async fn edit_role(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<RoleRequest>,
) -> Result<StatusCode, Refusal> {
    let caller = callers.within(&organization)?;
    let role = role_by_id(&request.role_id)?;
    state.broker.update_member(caller, &request.user_id, role).await?;
    Ok(StatusCode::OK)
}

/// A member, by its id in a body.
#[derive(Deserialize)]
pub(crate) struct MemberRequest {
    user_id: String,
}

/// Removes a member.
pub(crate) async fn remove(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<MemberRequest>,
) -> Gone {
    let caller = callers.within(&organization)?;
    state.broker.remove_member(caller, &request.user_id).await?;
    gone()
}

/// Hands the organization over to a member.
pub(crate) async fn transfer(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<MemberRequest>,
) -> Gone {
    let caller = callers.within(&organization)?;
    state.broker.transfer_ownership(caller, &request.user_id).await?;
    gone()
}
