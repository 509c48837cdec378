//! API tokens.

use axum::extract::State;
use broker::WantedApiToken;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::ApiToken;
use wire::CreateApiToken;
use wire::CreatedApiToken;
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

/// Lists API tokens, without their values.
#[utoipa::path(get, path = "/api-tokens", tag = "api-tokens", params(PageQuery), responses(
    (status = 200, description = "A page of API tokens.", body = Page<ApiToken>),
    Always, Ruled, Asked,
))]
pub(crate) async fn api_tokens(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<ApiToken>> {
    let tokens = state.broker.list_api_tokens(&caller, &wanted(query)).await?;
    page(tokens, |token| ApiToken {
        id: token.id.to_string(),
        name: token.name,
        role: token.role,
        member_id: token.member_id.map(|id| id.to_string()),
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
    })
}

/// Creates an API token of at most the caller's role; this answer is the only one with its value.
#[utoipa::path(post, path = "/api-tokens", tag = "api-tokens", request_body = CreateApiToken,
    responses(
    (status = 201, description = "The new token, shown once.", body = CreatedApiToken),
    Always, Ruled, Named, Told,
))]
pub(crate) async fn create_api_token(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(token): Json<CreateApiToken>,
) -> Created<CreatedApiToken> {
    let CreateApiToken { name, role, member_id, expires_at } = token;
    let wanted = WantedApiToken {
        name,
        description: String::new(),
        role: Some(role),
        member: member_id,
        expires_at,
        is_name_unique: false,
    };
    let made = state.broker.create_api_token(&caller, wanted).await?;
    created(secrets::api_token(&made)?)
}

/// Revokes an API token, and with it the leases it made.
#[utoipa::path(delete, path = "/api-tokens/{id}", tag = "api-tokens",
    params(("id" = String, Path, description = "The token's id.")), responses(
    (status = 204, description = "The token has ended."),
    Always, Ruled, Named,
))]
pub(crate) async fn revoke_api_token(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.revoke_api_token(&caller, &id).await?;
    gone()
}
