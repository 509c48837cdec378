//! Checks of credentials.

use axum::extract::State;
use web::AppState;
use web::Asks;
use web::Json;
use wire::ChangeVersion;
use wire::Check;
use wire::RevokedVersion;

use crate::answer::Answer;
use crate::answer::shown;
use crate::input::Reference;
use crate::refusals::Always;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::shape;

/// Shows the last check of a credential, without asking its provider.
#[utoipa::path(get, path = "/credentials/{ref}/check", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")), responses(
    (status = 200, description = "What the last check found.", body = Check),
    Always, Named, Clashing,
))]
pub(crate) async fn last_check(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
) -> Answer<Check> {
    shown(shape::check(state.broker.last_check(&caller, &reference).await?))
}

/// Asks the provider what a credential can do.
#[utoipa::path(post, path = "/credentials/{ref}/check", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")), responses(
    (status = 200, description = "What was found.", body = Check),
    Always, Ruled, Named, Clashing,
))]
pub(crate) async fn check_credential(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
) -> Answer<Check> {
    shown(shape::check(state.broker.check_credential(&caller, &reference).await?))
}

/// Ends an old version of a value at its provider, where that has an API for it, and proves that it
/// is dead; a dead one is destroyed here, too.
#[utoipa::path(post, path = "/credentials/{ref}/revoke-version", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")),
    request_body = ChangeVersion, responses(
    (status = 200, description = "What became of it.", body = RevokedVersion),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn revoke_version(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Json(change): Json<ChangeVersion>,
) -> Answer<RevokedVersion> {
    let revoked = state.broker.revoke_version(&caller, &reference, change.version).await?;
    shown(RevokedVersion {
        version: revoked.version,
        dead: revoked.is_dead,
        link: revoked.link,
        said: revoked.said,
    })
}
