//! What a token, or the caller's own account, sees at a provider: accounts, repositories, branches.

use axum::extract::State;
use broker::Broker;
use broker::Caller;
use broker::CredentialView;
use broker::RepositoryAt;
use broker::shapes::RepositoryQuery;
use domain::Error;
use domain::credential::CredentialKind;
use domain::url::WebUrl;
use serde::Deserialize;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::results;
use crate::git_tokens;
use crate::input::Callers;
use crate::input::Ids;
use crate::input::Query;
use crate::words::GitProvider;

/// An account at a provider.
#[derive(Serialize)]
pub(crate) struct GitAuthProvider {
    id: String,
    name: &'static str,
    owner: String,
    use_bot: bool,
}

/// A repository.
#[derive(Serialize)]
pub(crate) struct GitRepository {
    id: String,
    name: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_branch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_private: Option<bool>,
}

/// A branch.
#[derive(Serialize)]
pub(crate) struct GitRepositoryBranch {
    name: String,
}

/// Which token looks, and at which repository.
#[derive(Default, Deserialize)]
pub(crate) struct Look {
    #[serde(default, rename = "gitTokenId")]
    git_token_id: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// The accounts the caller has connected, and the organization's App.
async fn accounts(broker: &Broker, caller: &Caller) -> Result<Vec<CredentialView>, Refusal> {
    let mut found = broker.own_accounts(caller).await?;
    found.extend(broker.apps(caller).await?);
    Ok(found)
}

fn as_account(view: CredentialView) -> Option<GitAuthProvider> {
    let provider = GitProvider::of(view.host.provider)?;
    let CredentialView { credential, .. } = view;
    // A connected account is named after its login.
    let owner = credential.name.split(" on ").next().unwrap_or_default().to_owned();
    Some(GitAuthProvider {
        id: credential.id.to_string(),
        name: provider.word(),
        owner,
        use_bot: credential.kind == CredentialKind::GitHubApp,
    })
}

/// Lists the accounts.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<GitAuthProvider>> {
    let caller = callers.within(&organization)?;
    results(accounts(&state.broker, caller).await?.into_iter().filter_map(as_account))
}

/// Lists the caller's accounts in all their organizations.
pub(crate) async fn own(
    State(state): State<AppState>,
    callers: Callers,
) -> Answer<Results<GitAuthProvider>> {
    let mut found = Vec::new();
    for caller in callers.all() {
        found.extend(state.broker.own_accounts(caller).await?.into_iter().filter_map(as_account));
    }
    results(found)
}

/// The credential to look with: the token that was named, or the caller's own account.
async fn looking(
    state: &AppState,
    caller: &Caller,
    provider: GitProvider,
    token: Option<&str>,
) -> Result<CredentialView, Refusal> {
    if let Some(token) = token.filter(|text| !text.is_empty()) {
        let view = git_tokens::find(state, caller, token).await?;
        if GitProvider::of(view.host.provider) != Some(provider) {
            let sentence = format!("This git token is not one of {}.", provider.word());
            return Err(Error::invalid(sentence).hint("name one of this provider").into());
        }
        return Ok(view);
    }
    accounts(&state.broker, caller)
        .await?
        .into_iter()
        .find(|view| GitProvider::of(view.host.provider) == Some(provider))
        .ok_or_else(|| {
            let sentence =
                format!("You do not have any provider configured for {}.", provider.word());
            Error::invalid(sentence)
                .hint("name a git token with gitTokenId, or connect an account: claviger member connect")
                .into()
        })
}

async fn seen(
    broker: &Broker,
    caller: &Caller,
    view: &CredentialView,
) -> Result<Vec<GitRepository>, Refusal> {
    let id = view.credential.id.to_string();
    let (_, listed) = broker.repositories(caller, &id, &RepositoryQuery::default()).await?;
    let shown = listed.items.into_iter().map(|it| GitRepository {
        id: it.id,
        url: view.host.repository_url(&it.path).to_string(),
        name: view.host.provider.repository_name(it.path.as_str()).to_owned(),
        default_branch: it.default_branch,
        is_private: it.is_private,
    });
    Ok(shown.collect())
}

async fn branches_seen(
    broker: &Broker,
    caller: &Caller,
    view: &CredentialView,
    name: Option<&str>,
) -> Result<Vec<GitRepositoryBranch>, Refusal> {
    let name = name.map(str::trim).filter(|name| !name.is_empty()).ok_or_else(|| {
        Refusal::from(Error::invalid("Which repository is meant is missing.").hint("give its name"))
    })?;
    let url = match name.contains('/') {
        true => format!("{}/{}", view.host.url, view.host.provider.git_path(name)),
        false => only_named(&seen(broker, caller, view).await?, name)?,
    };
    WebUrl::parse(&url)?;
    let at = RepositoryAt { url, credential: Some(view.credential.id.to_string()) };
    let listed = broker.branches(caller, &at, None).await.map_err(Refusal::of_body)?;
    Ok(listed.items.into_iter().map(|it| GitRepositoryBranch { name: it.name }).collect())
}

/// The one repository with this last segment.
fn only_named(all: &[GitRepository], name: &str) -> Result<String, Refusal> {
    let mut named = all.iter().filter(|it| it.name.rsplit('/').next() == Some(name));
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(only.url.clone()),
        (Some(_), Some(_)) => Err(Error::invalid("Several repositories have this name.")
            .hint("give the whole path, as in owner/name")
            .into()),
        (None, _) => Err(Refusal::of_body(Error::not_found("repository with this name"))),
    }
}

/// Lists the repositories.
pub(crate) async fn repositories(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, provider)): Ids<(String, String)>,
    Query(look): Query<Look>,
) -> Answer<Results<GitRepository>> {
    let caller = callers.within(&organization)?;
    let provider = GitProvider::in_path(&provider)?;
    let view = looking(&state, caller, provider, look.git_token_id.as_deref()).await?;
    results(seen(&state.broker, caller, &view).await?)
}

/// Lists the branches of a repository.
pub(crate) async fn branches(
    State(state): State<AppState>,
    callers: Callers,
    Ids((organization, provider)): Ids<(String, String)>,
    Query(look): Query<Look>,
) -> Answer<Results<GitRepositoryBranch>> {
    let caller = callers.within(&organization)?;
    let provider = GitProvider::in_path(&provider)?;
    let view = looking(&state, caller, provider, look.git_token_id.as_deref()).await?;
    results(branches_seen(&state.broker, caller, &view, look.name.as_deref()).await?)
}

/// Lists the repositories of the caller's own account.
pub(crate) async fn own_repositories(
    State(state): State<AppState>,
    callers: Callers,
    Ids(provider): Ids<String>,
) -> Answer<Results<GitRepository>> {
    let (caller, view) = own_account(&state, &callers, &provider).await?;
    results(seen(&state.broker, caller, &view).await?)
}

/// Lists the branches of a repository of the caller's own account.
pub(crate) async fn own_branches(
    State(state): State<AppState>,
    callers: Callers,
    Ids(provider): Ids<String>,
    Query(look): Query<Look>,
) -> Answer<Results<GitRepositoryBranch>> {
    let (caller, view) = own_account(&state, &callers, &provider).await?;
    results(branches_seen(&state.broker, caller, &view, look.name.as_deref()).await?)
}

async fn own_account<'a>(
    state: &AppState,
    callers: &'a Callers,
    provider: &str,
) -> Result<(&'a Caller, CredentialView), Refusal> {
    let provider = GitProvider::in_path(provider)?;
    let mut refusal = Refusal::from(Error::unauthenticated());
    for caller in callers.all() {
        match looking(state, caller, provider, None).await {
            Ok(view) => return Ok((caller, view)),
            Err(nothing) => refusal = nothing,
        }
    }
    Err(refusal)
}
