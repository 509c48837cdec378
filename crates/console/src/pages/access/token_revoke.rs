//! Revoking an API token; what ends with it is said first.

use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::ApiToken;
use domain::policy::Permission;
use http::StatusCode;

use super::PLACE;
use super::revoke::Nothing;
use super::revoke::Page;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::roles;
use crate::session::Signed;
use crate::words;

const WHAT_ENDS: &str = "Whatever uses it is refused from now on: scripts, pipelines, and whoever signed in here with it. The leases it drew end at once. This cannot be undone.";

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let found = state.app.broker.show_api_token(&signed.caller, &id).await?;
    ask(&state, &signed, &found, None, StatusCode::OK).await
}

/// Revokes it.
pub async fn revoke(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let (signed, Nothing {}) = form.own()?;
    let found = broker.show_api_token(&signed.caller, &id).await?;
    match broker.revoke_api_token(&signed.caller, &id).await {
        Ok(()) => {
            let sentence = format!("{} is revoked.", words::name(&found.name));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            ask(&state, &signed, &found, Some(notice), status).await
        }
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    found: &ApiToken,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let title = format!("Revoke {}", words::name(&found.name));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(notice),
        path: format!("{PLACE}/tokens/{}/revoke", found.id),
        what_ends: WHAT_ENDS,
        refusal: roles::refusal(signed, Permission::ManageApiTokens, found.role),
    };
    show(state, status, &page)
}
