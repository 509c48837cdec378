//! The value of a credential: seeing it, and its versions.

use axum::extract::State;
use web::AppState;
use web::Asks;
use web::Json;
use wire::ChangeVersion;
use wire::Credential;
use wire::Reveal;
use wire::RevealedValue;

use crate::answer::Answer;
use crate::answer::shown;
use crate::input::Reference;
use crate::refusals::Always;
use crate::refusals::Clashing;
use crate::refusals::Deciding;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::secrets;
use crate::shape;

/// Shows the value of a credential; the reason goes into the audit log.
#[utoipa::path(post, path = "/credentials/{ref}/reveal", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")),
    request_body = Reveal, responses(
    (status = 200, description = "The value.", body = RevealedValue),
    Always, Ruled, Named, Told, Clashing, Deciding,
))]
pub(crate) async fn reveal_credential(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Json(reveal): Json<Reveal>,
) -> Answer<RevealedValue> {
    let found = state.broker.reveal_credential(&caller, &reference, &reveal.reason).await?;
    shown(secrets::revealed(&found)?)
}

/// Puts another kept version in use.
#[utoipa::path(post, path = "/credentials/{ref}/use-version", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")),
    request_body = ChangeVersion, responses(
    (status = 200, description = "The credential after the change.", body = Credential),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn use_version(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Json(change): Json<ChangeVersion>,
) -> Answer<Credential> {
    let after = state.broker.use_version(&caller, &reference, change.version).await?;
    shown(shape::credential(after))
}

/// Destroys a version that is not in use.
#[utoipa::path(post, path = "/credentials/{ref}/retire-version", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")),
    request_body = ChangeVersion, responses(
    (status = 200, description = "The credential after the change.", body = Credential),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn retire_version(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Json(change): Json<ChangeVersion>,
) -> Answer<Credential> {
    let after = state.broker.retire_version(&caller, &reference, change.version).await?;
    shown(shape::credential(after))
}
