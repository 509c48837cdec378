//! Sessions of the console, and the links that begin them.

use axum::extract::State;
use broker::SessionView;
use domain::session::Holder;
use web::AppState;
use web::Asks;
use web::Query;
use wire::CreatedSignInLink;
use wire::Page;
use wire::PageQuery;
use wire::Session;

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

/// Makes a link that signs the caller in to the console, once; this answer is the only one with it.
#[utoipa::path(post, path = "/sign-in-links", tag = "sessions", responses(
    (status = 201, description = "The link.", body = CreatedSignInLink),
    Always, Ruled,
))]
pub(crate) async fn create_sign_in_link(
    State(state): State<AppState>,
    Asks(caller): Asks,
) -> Created<CreatedSignInLink> {
    let link = state.broker.create_sign_in_link(&caller).await?;
    let url = state.broker.sign_in_url(&link);
    created(CreatedSignInLink { url, expires_at: link.expires_at })
}

/// Lists sessions, newest first: the caller's own; Owners and Admins see everybody's.
#[utoipa::path(get, path = "/sessions", tag = "sessions", params(PageQuery), responses(
    (status = 200, description = "A page of sessions.", body = Page<Session>),
    Always, Asked,
))]
pub(crate) async fn sessions(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Session>> {
    page(state.broker.list_sessions(&caller, &wanted(query)).await?, shape)
}

/// Ends a session: one's own; Owners and Admins also those of others who are not above them.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The session's id.")), responses(
    (status = 204, description = "The session has ended."),
    Always, Ruled, Named,
))]
pub(crate) async fn end_session(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.end_session(&caller, &id).await?;
    gone()
}

fn shape(view: SessionView) -> Session {
    let SessionView { session, principal, is_live } = view;
    let (api_token_id, member_id) = match session.holder {
        Holder::ApiToken(id) => (Some(id.to_string()), None),
        Holder::Member(id) => (None, Some(id.to_string())),
    };
    Session {
        id: session.id.to_string(),
        name: principal.name,
        role: principal.role,
        api_token_id,
        member_id,
        signed_in_by: session.way.word().to_owned(),
        user_agent: session.user_agent,
        live: is_live,
        created_at: session.made_at,
        last_used_at: session.seen_at,
        expires_at: session.expires_at,
        ended_at: session.ended_at,
    }
}
