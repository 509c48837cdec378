//! Small writes through a provider's API: single files, tags, and repositories with nothing in them.

use axum::extract::State;
use broker::RepositoryAt;
use broker::WantedFile;
use broker::shapes::NewRepository;
use broker::shapes::NewTag;
use serde::Deserialize;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::ChangedFile;
use wire::CreateRepository;
use wire::CreateTag;
use wire::CreatedRepository;
use wire::PutFile;
use wire::Ref;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::shown;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Asking;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::repositories::AtQuery;
use crate::repository_content::from_base64;
use crate::shape_repository as shape;

/// A file to be deleted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteFileQuery {
    /// The repository's URL at its provider.
    url: String,
    /// The credential to use, by id, handle or unique name.
    credential: Option<String>,
    /// The path from the root of the repository.
    path: String,
    /// The branch it is committed to.
    branch: String,
    /// The commit's message.
    message: String,
    /// The blob the change is based on, as the ETag of the file.
    based_on: Option<String>,
}

/// A tag to be deleted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteTagQuery {
    /// The repository's URL at its provider.
    url: String,
    /// The credential to use, by id, handle or unique name.
    credential: Option<String>,
    /// The tag's name.
    name: String,
}

/// Makes an empty repository with a credential that covers its path.
#[utoipa::path(post, path = "/repositories", tag = "repositories",
    request_body = CreateRepository, responses(
    (status = 201, description = "The new repository.", body = CreatedRepository),
    Always, Ruled, Named, Told, Clashing, Asking,
))]
pub(crate) async fn create_repository(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(wanted): Json<CreateRepository>,
) -> Created<CreatedRepository> {
    let CreateRepository { credential, namespace, name, private, description } = wanted;
    let is_private = private.unwrap_or(true);
    let wanted = NewRepository { namespace, name, is_private, description };
    let made = state.broker.create_repository(&caller, &credential, &wanted).await?;
    let repository = shape::repository(&made.host_url, made.repository);
    created(CreatedRepository { repository, gateway_url: made.gateway_url })
}

/// Puts a file into a repository, by a commit of its own.
#[utoipa::path(put, path = "/repositories/file", tag = "repositories", params(AtQuery),
    request_body = PutFile, responses(
    (status = 200, description = "The file is there.", body = ChangedFile),
    Always, Ruled, Named, Told, Clashing, Asking,
))]
pub(crate) async fn put_file(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<AtQuery>,
    Json(file): Json<PutFile>,
) -> Answer<ChangedFile> {
    let PutFile { path, branch, message, content, based_on } = file;
    let content = Some(from_base64(&content)?);
    let change = WantedFile { path, branch, message, content, based_on };
    let id = state.broker.change_file(&caller, &query.at(), &change).await?;
    shown(ChangedFile { path: change.path, branch: change.branch, id })
}

/// Deletes a file of a repository, by a commit of its own.
#[utoipa::path(delete, path = "/repositories/file", tag = "repositories", params(DeleteFileQuery), responses(
    (status = 204, description = "The file is gone."),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn delete_file(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<DeleteFileQuery>,
) -> Gone {
    let DeleteFileQuery { url, credential, path, branch, message, based_on } = query;
    let at = RepositoryAt { url, credential };
    let change = WantedFile { path, branch, message, content: None, based_on };
    state.broker.change_file(&caller, &at, &change).await?;
    gone()
}

/// Makes a tag.
#[utoipa::path(post, path = "/repositories/tags", tag = "repositories", params(AtQuery),
    request_body = CreateTag, responses(
    (status = 201, description = "The new tag.", body = Ref),
    Always, Ruled, Named, Told, Clashing, Asking,
))]
pub(crate) async fn create_tag(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<AtQuery>,
    Json(tag): Json<CreateTag>,
) -> Created<Ref> {
    let CreateTag { name, target, message } = tag;
    let tag = NewTag { name, target, message };
    created(shape::reference(state.broker.create_tag(&caller, &query.at(), &tag).await?))
}

/// Removes a tag.
#[utoipa::path(delete, path = "/repositories/tags", tag = "repositories", params(DeleteTagQuery), responses(
    (status = 204, description = "The tag is gone."),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn delete_tag(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<DeleteTagQuery>,
) -> Gone {
    let DeleteTagQuery { url, credential, name } = query;
    state.broker.delete_tag(&caller, &RepositoryAt { url, credential }, &name).await?;
    gone()
}
