//! API tokens of ours. The value is in the answer that makes one, and never again.

use axum::Json;
use axum::extract::State;
use broker::ApiToken;
use broker::Wanted;
use broker::WantedApiToken;
use domain::Timestamp;
use domain::role::Role;
use http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::Results;
use crate::answer::gone;
use crate::answer::results;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::input::Query;
use crate::input::id;
use crate::words::role_by_id;
use crate::words::role_words;

/// A token that is wanted.
#[derive(Deserialize)]
pub(crate) struct ApiTokenRequest {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    role_id: Option<String>,
    #[serde(default)]
    scope: Option<String>,
}

/// Which tokens are listed.
#[derive(Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, rename = "creatorName")]
    creator_name: Option<String>,
}

/// A token, without its value.
#[derive(Serialize)]
pub(crate) struct ShownApiToken {
    id: String,
    created_at: Timestamp,
    name: String,
    description: String,
    role_name: &'static str,
    role_id: &'static str,
}

/// A new token.
#[derive(Serialize)]
pub(crate) struct NewApiToken {
    #[serde(flatten)]
    shown: ShownApiToken,
    token: String,
}

fn shape(token: ApiToken) -> ShownApiToken {
    let (role_name, role_id) = role_words(token.role);
    ShownApiToken {
        id: token.id.to_string(),
        created_at: token.created_at,
        name: token.name,
        description: token.description,
        role_name,
        role_id,
    }
}

/// Lists the tokens that are good.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Query(filter): Query<Filter>,
) -> Answer<Results<ShownApiToken>> {
    let caller = callers.within(&organization)?;
    let fits = |wanted: &Option<String>, text: &str| {
        wanted.as_deref().filter(|it| !it.is_empty()).is_none_or(|wanted| wanted == text)
    };
    let mut tokens = Vec::new();
    let mut wanted = Wanted { limit: Some(domain::limits::PAGE_ROWS_MAX), ..Wanted::default() };
    loop {
        let page = state.broker.list_api_tokens(caller, &wanted).await?;
        let live = page.items.into_iter().filter(|token| token.revoked_at.is_none());
        let named = live.filter(|token| {
            fits(&filter.name, &token.name) && fits(&filter.creator_name, &token.created_by)
        });
        tokens.extend(named.map(shape));
        wanted.cursor = page.next_cursor;
        if wanted.cursor.is_none() {
            return results(tokens);
        }
    }
}

/// Makes a token.
pub(crate) async fn add(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<ApiTokenRequest>,
) -> Created<NewApiToken> {
    let caller = callers.within(&organization)?;
    let role = match (&request.role_id, request.scope.as_deref()) {
        (Some(id), _) => Some(role_by_id(id)?),
        (None, Some("ADMIN")) => Some(Role::Admin),
        (None, _) => None,
    };
    let made = state
        .broker
        .create_api_token(
            caller,
            WantedApiToken {
                name: request.name,
                description: request.description.unwrap_or_default(),
                role,
                member: None,
                expires_at: None,
                is_name_unique: true,
            },
        )
        .await?;
    let value = made.token.expose_text().unwrap_or_default().to_owned();
    Ok((StatusCode::CREATED, Json(NewApiToken { shown: shape(made.stored), token: value })))
}

/// Ends a token.
pub(crate) async fn revoke(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, token)): Ids<(String, String)>,
) -> Gone {
    let caller = callers.within(&organization)?;
    state.broker.revoke_api_token(caller, &id(&token, "API token")?).await?;
    gone()
}
