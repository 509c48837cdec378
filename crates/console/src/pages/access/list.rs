//! API tokens, access keys, and the OIDC settings as they are.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AccessKey;
use broker::ApiToken;
use broker::Wanted;
use domain::Timestamp;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::state;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::roles;
use crate::session::Signed;
use crate::words;

/// Which pages of the two lists.
#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    tokens: Option<String>,
    #[serde(default)]
    keys: Option<String>,
}

#[derive(Template)]
#[template(path = "access/list.html")]
struct Page {
    frame: Frame,
    tokens: Listed,
    keys: Listed,
    oidc: Option<Oidc>,
    refusal: Option<String>,
}

/// A page of tokens or keys.
#[derive(Default)]
struct Listed {
    rows: Vec<Row>,
    is_first: bool,
    next: Option<String>,
}

struct Row {
    revoke_path: String,
    name: String,
    /// A token's description, or the public half of a key.
    about: String,
    role: &'static str,
    by: String,
    made: Moment,
    ends: Option<Moment>,
    state: state::State,
    is_over: bool,
    /// Why the caller may not revoke it.
    refusal: Option<String>,
}

impl Row {
    fn of_token(token: &ApiToken, signed: &Signed, now: Timestamp) -> Row {
        Row {
            revoke_path: format!("{PLACE}/tokens/{}/revoke", token.id),
            name: words::name(&token.name),
            about: words::text(&token.description),
            role: words::role(token.role),
            by: words::name(&token.created_by),
            made: Moment::of(token.created_at, now),
            ends: Moment::maybe(token.expires_at, now),
            state: state::of_token(token, now),
            is_over: token.revoked_at.is_some(),
            refusal: roles::refusal(signed, Permission::ManageApiTokens, token.role),
        }
    }

    fn of_key(key: &AccessKey, signed: &Signed, now: Timestamp) -> Row {
        Row {
            revoke_path: format!("{PLACE}/keys/{}/revoke", key.id),
            name: words::name(&key.name),
            about: key.access_key.clone(),
            role: words::role(key.role),
            by: words::name(&key.created_by),
            made: Moment::of(key.created_at, now),
            ends: None,
            state: state::of_key(key),
            is_over: key.revoked_at.is_some(),
            refusal: roles::refusal(signed, Permission::ManageApiTokens, key.role),
        }
    }
}

/// The issuer, as the operator set it.
struct Oidc {
    issuer: String,
    audience: String,
    claim: String,
    client_id: String,
    has_client_secret: bool,
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let refusal = refusal(&signed, Permission::ManageApiTokens);
    let (tokens, keys) = match refusal {
        None => {
            (tokens(&state, &signed, asked.tokens).await?, keys(&state, &signed, asked.keys).await?)
        }
        Some(_) => (Listed::default(), Listed::default()),
    };
    let oidc = state.app.broker.settings().oidc.as_ref().map(|oidc| Oidc {
        issuer: oidc.issuer().to_owned(),
        audience: oidc.audience().to_owned(),
        claim: oidc.member_claim().to_owned(),
        client_id: oidc.client_id().to_owned(),
        has_client_secret: oidc.has_client_secret(),
    });
    let frame = Frame::of(&state, &signed, PLACE, "API access").await?;
    show(&state, StatusCode::OK, &Page { frame, tokens, keys, oidc, refusal })
}

async fn tokens(
    state: &ConsoleState,
    signed: &Signed,
    cursor: Option<String>,
) -> Result<Listed, Oops> {
    let (broker, is_first) = (&state.app.broker, cursor.is_none());
    let wanted = Wanted { cursor, limit: Some(limits::ROWS), search: None };
    let found = broker.list_api_tokens(&signed.caller, &wanted).await?;
    let now = broker.now();
    Ok(Listed {
        rows: found.items.iter().map(|token| Row::of_token(token, signed, now)).collect(),
        is_first,
        next: found.next_cursor.map(|after| format!("{PLACE}?tokens={after}#tokens")),
    })
}

async fn keys(
    state: &ConsoleState,
    signed: &Signed,
    cursor: Option<String>,
) -> Result<Listed, Oops> {
    let (broker, is_first) = (&state.app.broker, cursor.is_none());
    let wanted = Wanted { cursor, limit: Some(limits::ROWS), search: None };
    let found = broker.list_access_keys(&signed.caller, &wanted).await?;
    let now = broker.now();
    Ok(Listed {
        rows: found.items.iter().map(|key| Row::of_key(key, signed, now)).collect(),
        is_first,
        next: found.next_cursor.map(|after| format!("{PLACE}?keys={after}#keys")),
    })
}
