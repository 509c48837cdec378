//! Revoking an API token or an access key; what ends with it is said first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::policy::Permission;
use domain::role::Role;

use super::PLACE;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::roles;
use crate::session::Signed;
use crate::words;

const WITH_A_TOKEN: &str = "Whatever uses it is refused from now on: scripts, pipelines, and whoever signed in here with it. The leases it drew end at once. This cannot be undone.";
const WITH_A_KEY: &str = "Clients that sign with it are refused from now on, and our sealed copy of its secret half is destroyed. This cannot be undone.";

/// The token or key in question.
struct Found {
    path: String,
    name: String,
    role: Role,
    what_ends: &'static str,
}

impl Found {
    async fn token(state: &ConsoleState, signed: &Signed, id: &str) -> Result<Found, Oops> {
        let token = state.app.broker.show_api_token(&signed.caller, id).await?;
        let path = format!("{PLACE}/tokens/{}/revoke", token.id);
        let name = words::name(&token.name);
        Ok(Found { path, name, role: token.role, what_ends: WITH_A_TOKEN })
    }

    async fn key(state: &ConsoleState, signed: &Signed, id: &str) -> Result<Found, Oops> {
        let key = state.app.broker.show_access_key(&signed.caller, id).await?;
        let path = format!("{PLACE}/keys/{}/revoke", key.id);
        let name = words::name(&key.name);
        Ok(Found { path, name, role: key.role, what_ends: WITH_A_KEY })
    }
}

#[derive(Template)]
#[template(path = "access/revoke.html")]
struct Page {
    frame: Frame,
    path: String,
    what_ends: &'static str,
    refusal: Option<String>,
}

/// The question of a token.
pub async fn token_page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    ask(&state, &signed, Found::token(&state, &signed, &id).await?, Said::default()).await
}

/// The question of a key.
pub async fn key_page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    ask(&state, &signed, Found::key(&state, &signed, &id).await?, Said::default()).await
}

/// Revokes a token.
pub async fn token(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let found = Found::token(&state, &signed, &id).await?;
    let revoked = state.app.broker.revoke_api_token(&signed.caller, &id).await;
    answer(&state, &signed, found, revoked).await
}

/// Revokes a key.
pub async fn key(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let found = Found::key(&state, &signed, &id).await?;
    let revoked = state.app.broker.revoke_access_key(&signed.caller, &id).await;
    answer(&state, &signed, found, revoked).await
}

async fn answer(
    state: &ConsoleState,
    signed: &Signed,
    found: Found,
    revoked: domain::Result<()>,
) -> Result<Response, Oops> {
    match revoked {
        Ok(()) => go(state, PLACE, &Notice::good(format!("{} is revoked.", found.name))),
        Err(error) => ask(state, signed, found, Said::of(error)?).await,
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    found: Found,
    said: Said,
) -> Result<Response, Oops> {
    let title = format!("Revoke {}", found.name);
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: found.path,
        what_ends: found.what_ends,
        refusal: roles::refusal(signed, Permission::ManageApiTokens, found.role),
    };
    show(state, said.status, &page)
}
