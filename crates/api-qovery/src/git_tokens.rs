//! Git tokens: the organization's credentials, as far as this surface can express them.

use axum::Json;
use axum::extract::State;
use broker::AddCredential;
use broker::CredentialView;
use broker::UpdateCredential;
use broker::Wanted;
use domain::Error;
use domain::Secret;
use domain::Timestamp;
use domain::service::ServiceKind;
use domain::url::WebUrl;
use serde::Deserialize;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::results;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;
use crate::input::id;
use crate::words::GitProvider;
use crate::words::day;
use crate::words::is_cloud;
use crate::words::shown_as;

/// What a client says of a token; the same for a new one and for all of an old one.
#[derive(Deserialize)]
pub(crate) struct GitTokenRequest {
    name: String,
    r#type: GitProvider,
    token: Secret,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    workspace: Option<String>,
    #[serde(default)]
    git_api_url: Option<String>,
}

/// A token, without its value.
#[derive(Serialize)]
pub(crate) struct GitToken {
    id: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    name: String,
    description: String,
    r#type: GitProvider,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<String>,
    associated_services_count: i64,
    git_api_url: String,
    /// The words of the native API; clients of this one leave it alone.
    status: &'static str,
}

/// A service that uses a token.
#[derive(Serialize)]
pub(crate) struct AssociatedService {
    project_id: String,
    project_name: String,
    environment_id: String,
    environment_name: String,
    service_id: String,
    service_name: String,
    service_type: &'static str,
}

/// Where a request means the token to be used.
struct Address {
    provider: domain::provider::Provider,
    /// The host's address; none for the cloud.
    host: Option<String>,
    /// As the client wants to see it again.
    given: Option<String>,
}

impl GitTokenRequest {
    fn address(&self) -> Result<Address, Refusal> {
        let given = self.git_api_url.as_deref().filter(|text| !text.is_empty());
        let url = given.map(WebUrl::parse).transpose()?;
        let provider = self.r#type.at(url.as_ref());
        let is_elsewhere = url.as_ref().is_some_and(|url| !is_cloud(provider, url));
        if self.r#type == GitProvider::Bitbucket
            && self.workspace.as_deref().is_none_or(|text| text.trim().is_empty())
        {
            return Err(Error::invalid("A BITBUCKET token needs its workspace.")
                .hint("give the workspace whose repositories it reads")
                .into());
        }
        let elsewhere = given.filter(|_| is_elsewhere).map(str::to_owned);
        Ok(Address { provider, host: elsewhere.clone(), given: elsewhere })
    }
}

/// Lists the tokens.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<GitToken>> {
    let caller = callers.within(&organization)?;
    let mut tokens = Vec::new();
    let mut wanted = Wanted { limit: Some(domain::limits::PAGE_ROWS_MAX), ..Wanted::default() };
    loop {
        let page = state.broker.list_credentials(caller, &wanted).await?;
        tokens.extend(page.items.into_iter().filter_map(shape));
        wanted.cursor = page.next_cursor;
        if wanted.cursor.is_none() {
            return results(tokens);
        }
    }
}

/// Stores a token, checked first.
pub(crate) async fn add(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<GitTokenRequest>,
) -> Created<GitToken> {
    let caller = callers.within(&organization)?;
    let Address { provider, host, given } = request.address()?;
    let wanted = AddCredential {
        description: request.description.unwrap_or_default(),
        host,
        workspace: request.workspace,
        given_url: given,
        ..AddCredential::new(request.name, provider, request.token)
    };
    let added = state.broker.add_credential(caller, wanted).await.map_err(Refusal::of_change)?;
    created(shape(added).ok_or_else(absent)?)
}

/// Shows a token.
pub(crate) async fn show(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, token)): Ids<(String, String)>,
) -> Answer<GitToken> {
    let view = find(&state, callers.within(&organization)?, &token).await?;
    Ok(Json(shape(view).ok_or_else(absent)?))
}

/// Shows a token of the only organization the caller has.
pub(crate) async fn show_somewhere(
    State(state): State<AppState>,
    callers: Callers,
    Ids(token): Ids<String>,
) -> Answer<GitToken> {
    let view = find(&state, callers.only()?, &token).await?;
    Ok(Json(shape(view).ok_or_else(absent)?))
}

/// Replaces everything that can be said of a token, its value too.
pub(crate) async fn edit(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, token)): Ids<(String, String)>,
    Body(request): Body<GitTokenRequest>,
) -> Answer<GitToken> {
    let caller = callers.within(&organization)?;
    let before = find(&state, caller, &token).await?;
    let Address { provider, host, given } = request.address()?;
    let change = UpdateCredential {
        name: Some(request.name),
        description: Some(request.description.unwrap_or_default()),
        provider: Some(provider),
        host: host.or_else(|| provider.cloud_url().map(str::to_owned)),
        given_url: Some(given),
        workspace: Some(request.workspace),
        secret: Some(request.token),
        // Clients of this API have no way to confirm; what a token must be able to do is asked all
        // the same.
        is_forced: true,
        ..UpdateCredential::default()
    };
    let id = before.credential.id.to_string();
    let changed =
        state.broker.update_credential(caller, &id, change).await.map_err(Refusal::of_change)?;
    Ok(Json(shape(changed).ok_or_else(absent)?))
}

/// Deletes a token that no service uses.
pub(crate) async fn remove(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, token)): Ids<(String, String)>,
) -> Gone {
    let caller = callers.within(&organization)?;
    let view = find(&state, caller, &token).await?;
    state.broker.delete_credential(caller, &view.credential.id.to_string(), false).await?;
    gone()
}

/// The services that use a token.
pub(crate) async fn associated_services(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, token)): Ids<(String, String)>,
) -> Answer<Results<AssociatedService>> {
    let caller = callers.within(&organization)?;
    let view = find(&state, caller, &token).await?;
    let id = view.credential.id.to_string();
    let services = state.broker.services_of_credential(caller, &id).await?;
    results(services.into_iter().map(|service| AssociatedService {
        project_id: service.at.project_id.to_string(),
        project_name: service.at.project,
        environment_id: service.at.environment_id.to_string(),
        environment_name: service.at.environment,
        service_id: service.id.to_string(),
        service_name: service.name,
        service_type: associated_type(service.kind),
    }))
}

fn associated_type(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Application => "APPLICATION",
        ServiceKind::Cron => "CRON",
        ServiceKind::Lifecycle => "LIFECYCLE",
        ServiceKind::Helm => "HELM",
        ServiceKind::Terraform => "TERRAFORM",
    }
}

/// A credential that this surface shows; the others are as absent as those nobody has.
pub(crate) async fn find(
    state: &AppState,
    caller: &broker::Caller,
    token: &str,
) -> Result<CredentialView, Refusal> {
    let id = id(token, "git token")?;
    let view = match state.broker.show_credential(caller, &id).await {
        Ok(view) => view,
        Err(error) if error.kind() == domain::ErrorKind::NotFound => return Err(absent()),
        Err(error) => return Err(error.into()),
    };
    if shown_as(&view).is_some() { Ok(view) } else { Err(absent()) }
}

fn absent() -> Refusal {
    Refusal::from(Error::not_found("git token"))
}

fn shape(view: CredentialView) -> Option<GitToken> {
    let kind = shown_as(&view)?;
    let git_api_url = git_api_url(&view, kind);
    let CredentialView { credential, status, services_count, .. } = view;
    Some(GitToken {
        id: credential.id.to_string(),
        created_at: credential.created_at,
        updated_at: credential.updated_at,
        name: credential.name,
        description: credential.description,
        r#type: kind,
        expired_at: credential.expires_at.map(day),
        workspace: credential.workspace,
        associated_services_count: services_count,
        git_api_url,
        status: status.word(),
    })
}

/// The cloud's own address, or the host's as the client gave it, while it still is the host's.
fn git_api_url(view: &CredentialView, kind: GitProvider) -> String {
    let host = &view.host;
    if is_cloud(host.provider, &host.url) {
        return kind.default_url().to_owned();
    }
    let given = view.credential.given_url.as_ref().filter(|given| {
        WebUrl::parse(given)
            .is_ok_and(|url| domain::host::web_address(host.provider, url) == host.url)
    });
    given.cloned().unwrap_or_else(|| host.url.to_string())
}
