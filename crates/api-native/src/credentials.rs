//! Credentials, without their secrets.

use axum::extract::State;
use broker::Checked;
use domain::Error;
use domain::Result;
use domain::credential::CredentialKind;
use domain::provider::Provider;
use serde::Deserialize;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AddCredential;
use wire::Credential;
use wire::Page;
use wire::PageQuery;
use wire::UpdateCredential;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::page;
use crate::answer::shown;
use crate::input::Reference;
use crate::input::wanted;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::shape;

/// How a credential is deleted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeleteQuery {
    /// Also when services use it; their bindings go with it.
    force: bool,
}

/// Lists credentials.
#[utoipa::path(get, path = "/credentials", tag = "credentials", params(PageQuery), responses(
    (status = 200, description = "A page of credentials.", body = Page<Credential>),
    Always, Asked,
))]
pub(crate) async fn credentials(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Credential>> {
    page(state.broker.list_credentials(&caller, &wanted(query)).await?, shape::credential)
}

/// Adds a credential; its host is registered on the way.
#[utoipa::path(post, path = "/credentials", tag = "credentials", request_body = AddCredential,
    responses(
    (status = 201, description = "The new credential, without its secret.", body = Credential),
    Always, Ruled, Told, Clashing,
))]
pub(crate) async fn add_credential(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(credential): Json<AddCredential>,
) -> Created<Credential> {
    let added = state.broker.add_credential(&caller, to_add(credential)?).await?;
    created(shape::credential(added))
}

/// Shows a credential, without its secret.
#[utoipa::path(get, path = "/credentials/{ref}", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")), responses(
    (status = 200, description = "The credential.", body = Credential),
    Always, Named, Clashing,
))]
pub(crate) async fn credential(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
) -> Answer<Credential> {
    shown(shape::credential(state.broker.show_credential(&caller, &reference).await?))
}

/// Changes a credential, or gives it a new secret; absent fields stay as they are.
#[utoipa::path(patch, path = "/credentials/{ref}", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")),
    request_body = UpdateCredential, responses(
    (status = 200, description = "The credential after the change.", body = Credential),
    Always, Ruled, Named, Told, Clashing,
))]
pub(crate) async fn update_credential(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Json(change): Json<UpdateCredential>,
) -> Answer<Credential> {
    let change = to_change(change);
    shown(shape::credential(state.broker.update_credential(&caller, &reference, change).await?))
}

/// Deletes a credential; refused while services use it, unless forced.
#[utoipa::path(delete, path = "/credentials/{ref}", tag = "credentials",
    params(("ref" = String, Path, description = "An id, a handle or a unique name."), DeleteQuery),
    responses(
    (status = 204, description = "The credential and every version of its secret are gone."),
    Always, Ruled, Named, Asked, Clashing,
))]
pub(crate) async fn delete_credential(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Query(query): Query<DeleteQuery>,
) -> Gone {
    state.broker.delete_credential(&caller, &reference, query.force).await?;
    gone()
}

fn to_add(credential: AddCredential) -> Result<broker::AddCredential> {
    let kind = credential.kind.as_deref().map(CredentialKind::parse).transpose()?;
    let secret = credential.secret.ok_or_else(|| {
        Error::invalid("The credential has no secret.")
            .hint("give the token or password in the field secret")
    })?;
    let provider = Provider::parse(&credential.provider)?;
    Ok(broker::AddCredential {
        description: credential.description,
        host: credential.host,
        ca_pem: credential.ca_pem,
        workspace: credential.workspace.filter(|text| !text.is_empty()),
        kind: kind.unwrap_or(CredentialKind::AccessToken),
        username: credential.username,
        app_id: credential.app_id,
        installation_id: credential.installation_id,
        repository: credential.repository,
        covers: credential.covers,
        is_default: credential.default,
        expires_at: credential.expires_at,
        checked: match credential.check {
            Some(false) => Checked::No,
            _ => Checked::IfPossible,
        },
        ..broker::AddCredential::new(credential.name, provider, secret)
    })
}

fn to_change(change: UpdateCredential) -> broker::UpdateCredential {
    broker::UpdateCredential {
        name: change.name,
        description: change.description,
        given_url: change.host.as_ref().map(|_| None),
        host: change.host,
        ca_pem: change.ca_pem,
        workspace: change.workspace.map(|text| Some(text).filter(|text| !text.is_empty())),
        provider: None,
        username: change.username,
        installation_id: change.installation_id,
        repository: change.repository,
        covers: change.covers,
        is_default: change.default,
        is_enabled: change.enabled,
        expires_at: change.expires_at,
        secret: change.secret,
        is_unchecked: change.check == Some(false),
        is_forced: change.force,
        if_unchanged_since: change.if_unchanged_since,
    }
}
