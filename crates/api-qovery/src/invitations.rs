//! Invitations. Claviger sends none: the link leads to its console, and who is invited accepts there or
//! through this API, signed in with that very address.

use axum::Json;
use axum::extract::State;
use broker::Invitation;
use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::Results;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::results;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::input::Person;
use crate::words::LegacyRole;
use crate::words::role_by_id;
use crate::words::role_words;

/// Who is invited.
#[derive(Deserialize)]
pub(crate) struct InvitationRequest {
    email: String,
    #[serde(default)]
    role: Option<LegacyRole>,
    #[serde(default)]
    role_id: Option<String>,
}

/// An invitation.
#[derive(Serialize)]
pub(crate) struct ShownInvitation {
    id: String,
    created_at: Timestamp,
    email: String,
    role: LegacyRole,
    role_id: &'static str,
    role_name: &'static str,
    invitation_link: String,
    invitation_status: &'static str,
    inviter: String,
}

fn shape(state: &AppState, invitation: Invitation) -> ShownInvitation {
    let (role_name, role_id) = role_words(invitation.role);
    let public = &state.broker.settings().public_url;
    ShownInvitation {
        id: invitation.id.to_string(),
        created_at: invitation.created_at,
        email: invitation.email,
        role: LegacyRole::of(invitation.role),
        role_id,
        role_name,
        invitation_link: format!("{public}/console/invitation/{}", invitation.id),
        invitation_status: "PENDING",
        inviter: invitation.inviter,
    }
}

/// Lists the invitations nobody has accepted yet.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<ShownInvitation>> {
    let caller = callers.within(&organization)?;
    let found = state.broker.invitations(caller).await?;
    results(found.into_iter().map(|invitation| shape(&state, invitation)))
}

/// Invites somebody.
pub(crate) async fn add(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<InvitationRequest>,
) -> Created<ShownInvitation> {
    let caller = callers.within(&organization)?;
    let role = match (&request.role_id, request.role) {
        (Some(id), _) => Some(role_by_id(id)?),
        (None, legacy) => legacy.map(LegacyRole::role),
    };
    let added = state.broker.invite(caller, &request.email, role).await?;
    created(shape(&state, added))
}

/// Shows an invitation.
pub(crate) async fn show(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, invitation)): Ids<(String, String)>,
) -> Answer<ShownInvitation> {
    let caller = callers.within(&organization)?;
    Ok(Json(shape(&state, state.broker.invitation(caller, &invitation).await?)))
}

/// Accepts an invitation. This API has no word for one that was, so it is shown as it waited.
pub(crate) async fn accept(
    State(state): State<AppState>,
    Person(person): Person,
    Ids((organization, invitation)): Ids<(String, String)>,
) -> Created<ShownInvitation> {
    let broker = &state.broker;
    let accepted = match (person.callers.within(&organization), &person.email) {
        (Ok(caller), _) => broker.accept_invitation(caller, &invitation).await?,
        (Err(_), Some(email)) => {
            broker.join(person.request_id, &organization, email, &invitation).await?
        }
        (Err(absent), None) => return Err(absent.into()),
    };
    created(shape(&state, accepted))
}

/// Takes an invitation back.
pub(crate) async fn remove(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, invitation)): Ids<(String, String)>,
) -> Gone {
    let caller = callers.within(&organization)?;
    state.broker.uninvite(caller, &invitation).await?;
    gone()
}
