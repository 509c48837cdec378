//! Repositories at their providers: lists of what a credential sees, and what there is to know of one.
//!
//! A repository is named by its URL in the query. Without `credential` the one serves that `/why`
//! names.

use axum::extract::State;
use broker::RepositoryAt;
use broker::WantedCommits;
use broker::shapes::RepositoryQuery;
use serde::Deserialize;
use web::AppState;
use web::Asks;
use web::Query;
use wire::Commit;
use wire::Listing;
use wire::Namespace;
use wire::Ref;
use wire::Repository;

use crate::answer::Answer;
use crate::answer::shown;
use crate::input::Reference;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Asking;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::shape_repository as shape;

/// Which repositories are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepositoriesQuery {
    /// Only those with this in their name or path.
    search: Option<String>,
    /// Only those in this namespace.
    namespace: Option<String>,
}

/// One repository.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtQuery {
    /// The repository's URL at its provider.
    pub url: String,
    /// The credential to use, by id, handle or unique name.
    pub credential: Option<String>,
}

impl AtQuery {
    /// As the broker asks it.
    pub fn at(self) -> RepositoryAt {
        RepositoryAt { url: self.url, credential: self.credential }
    }
}

/// Some refs of a repository.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefsQuery {
    /// The repository's URL at its provider.
    url: String,
    /// The credential to use, by id, handle or unique name.
    credential: Option<String>,
    /// Only those with this in their name.
    search: Option<String>,
}

/// Some commits of a repository.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommitsQuery {
    /// The repository's URL at its provider.
    url: String,
    /// The credential to use, by id, handle or unique name.
    credential: Option<String>,
    /// From this branch, tag or commit; the first branch when absent.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// Only those that touch this path.
    path: Option<String>,
    /// At most so many, 1 to 1000; 30 when absent.
    count: Option<u32>,
}

/// Lists the namespaces a credential sees repositories in.
#[utoipa::path(get, path = "/credentials/{ref}/namespaces", tag = "repositories",
    params(("ref" = String, Path, description = "An id, a handle or a unique name.")), responses(
    (status = 200, description = "What the provider lists.", body = Listing<Namespace>),
    Always, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn namespaces(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
) -> Answer<Listing<Namespace>> {
    let listed = state.broker.namespaces(&caller, &reference).await?;
    shown(shape::listing(listed, shape::namespace))
}

/// Lists the repositories a credential sees, of those it covers.
#[utoipa::path(get, path = "/credentials/{ref}/repositories", tag = "repositories",
    params(("ref" = String, Path, description = "An id, a handle or a unique name."),
        RepositoriesQuery), responses(
    (status = 200, description = "What the provider lists.", body = Listing<Repository>),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn repositories(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(reference): Reference,
    Query(query): Query<RepositoriesQuery>,
) -> Answer<Listing<Repository>> {
    let RepositoriesQuery { search, namespace } = query;
    let query = RepositoryQuery { namespace, search };
    let (host, listed) = state.broker.repositories(&caller, &reference, &query).await?;
    shown(shape::listing(listed, |found| shape::repository(&host, found)))
}

/// Describes one repository.
#[utoipa::path(get, path = "/repositories", tag = "repositories", params(AtQuery), responses(
    (status = 200, description = "What the provider tells.", body = Repository),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn repository(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<AtQuery>,
) -> Answer<Repository> {
    let (host, found) = state.broker.repository(&caller, &query.at()).await?;
    shown(shape::repository(&host, found))
}

/// Lists the branches of a repository.
#[utoipa::path(get, path = "/repositories/branches", tag = "repositories", params(RefsQuery), responses(
    (status = 200, description = "What the provider lists.", body = Listing<Ref>),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn branches(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<RefsQuery>,
) -> Answer<Listing<Ref>> {
    let RefsQuery { url, credential, search } = query;
    let at = RepositoryAt { url, credential };
    let listed = state.broker.branches(&caller, &at, search.as_deref()).await?;
    shown(shape::listing(listed, shape::reference))
}

/// Lists the tags of a repository.
#[utoipa::path(get, path = "/repositories/tags", tag = "repositories", params(RefsQuery), responses(
    (status = 200, description = "What the provider lists.", body = Listing<Ref>),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn tags(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<RefsQuery>,
) -> Answer<Listing<Ref>> {
    let RefsQuery { url, credential, search } = query;
    let at = RepositoryAt { url, credential };
    let listed = state.broker.tags(&caller, &at, search.as_deref()).await?;
    shown(shape::listing(listed, shape::reference))
}

/// Lists the commits of a repository, newest first.
#[utoipa::path(get, path = "/repositories/commits", tag = "repositories", params(CommitsQuery), responses(
    (status = 200, description = "What the provider lists.", body = Listing<Commit>),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn commits(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<CommitsQuery>,
) -> Answer<Listing<Commit>> {
    let CommitsQuery { url, credential, reference, path, count } = query;
    let at = RepositoryAt { url, credential };
    let wanted = WantedCommits { reference, path, count };
    let listed = state.broker.commits(&caller, &at, &wanted).await?;
    shown(shape::listing(listed, shape::commit))
}
