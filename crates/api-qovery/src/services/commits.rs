//! The newest commits of a service's branch.

use axum::extract::State;
use broker::RepositoryAt;
use broker::WantedCommits;
use domain::Error;
use domain::Timestamp;
use serde::Serialize;
use web::AppState;

use super::Family;
use super::find;
use crate::answer::Answer;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::results;
use crate::input::Callers;
use crate::input::Ids;

/// Commits that are listed.
const COMMITS_MAX: u32 = 100;

/// A commit.
#[derive(Serialize)]
pub(crate) struct ShownCommit {
    created_at: Timestamp,
    git_commit_id: String,
    tag: &'static str,
    message: String,
    author_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_avatar_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit_page_url: Option<String>,
}

/// Lists them.
pub(crate) async fn list(
    family: Family,
    State(state): State<AppState>,
    callers: Callers,
    Ids(service): Ids<String>,
) -> Answer<Results<ShownCommit>> {
    let (caller, service) = find(family, &state, &callers, &service).await?;
    let Some(source) = service.source else {
        return Err(Error::invalid("This service is not built from a Git repository.").into());
    };
    let at = RepositoryAt {
        url: source.repository,
        credential: source.credential_id.map(|id| id.to_string()),
    };
    let wanted = WantedCommits { reference: source.branch, path: None, count: Some(COMMITS_MAX) };
    let listed = state.broker.commits(caller, &at, &wanted).await.map_err(Refusal::of_body)?;
    results(listed.items.into_iter().map(|it| ShownCommit {
        created_at: it.created_at.unwrap_or(service.created_at),
        git_commit_id: it.id,
        tag: "",
        message: it.message,
        author_name: it.author_name,
        author_avatar_url: it.author_avatar_url,
        commit_page_url: it.web_url,
    }))
}
