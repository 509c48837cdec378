//! Accounts that members connect at providers.

use axum::extract::State;
use domain::provider::Provider;
use web::AppState;
use web::Asks;
use web::Json;
use wire::ConnectAccount;
use wire::Connecting;
use wire::Credential;
use wire::Page;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::shown;
use crate::input::Reference;
use crate::refusals::Always;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::shape;

/// Begins to connect an account of the caller's at a provider; the token must be a member's.
#[utoipa::path(post, path = "/connections", tag = "members", request_body = ConnectAccount,
    responses(
    (status = 201, description = "The address to open in a browser.", body = Connecting),
    (status = 501, description = "No OAuth application is set up for this host.",
        body = wire::Problem),
    Always, Ruled, Told, Clashing,
))]
pub(crate) async fn connect_account(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(wanted): Json<ConnectAccount>,
) -> Created<Connecting> {
    let provider = Provider::parse(&wanted.provider)?;
    let begun = state.broker.connect_account(&caller, provider, wanted.host.as_deref()).await?;
    created(Connecting { authorize_url: begun.authorize_url, expires_at: begun.expires_at })
}

/// Lists the caller's own connected accounts.
#[utoipa::path(get, path = "/connections", tag = "members", responses(
    (status = 200, description = "All of them.", body = Page<Credential>),
    Always,
))]
pub(crate) async fn accounts(
    State(state): State<AppState>,
    Asks(caller): Asks,
) -> Answer<Page<Credential>> {
    let found = state.broker.own_accounts(&caller).await?;
    let items = found.into_iter().map(shape::credential).collect();
    shown(Page { items, next_cursor: None })
}

/// Disconnects an account of the caller's; our copy of its grant is destroyed.
#[utoipa::path(delete, path = "/connections/{ref}", tag = "members",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")), responses(
    (status = 204, description = "The account is disconnected."),
    Always, Ruled, Named, Clashing,
))]
pub(crate) async fn disconnect_account(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
) -> Gone {
    state.broker.disconnect_account(&caller, &reference).await?;
    gone()
}
