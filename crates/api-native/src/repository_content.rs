//! What is in a repository: folders as lists, files and archives as they are.

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use broker::RepositoryAt;
use domain::Error;
use domain::Result;
use http::HeaderMap;
use http::HeaderValue;
use http::header;
use http_body_util::Limited;
use serde::Deserialize;
use web::AppState;
use web::Asks;
use web::Failure;
use web::Query;
use wire::Listing;
use wire::TreeEntry;

use crate::answer::Answer;
use crate::answer::shown;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Asking;
use crate::refusals::Clashing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::shape_repository as shape;

/// An archive on its way through us, in bytes; a longer one breaks off.
const ARCHIVE_BYTES_MAX: usize = 4 * 1024 * 1024 * 1024;

/// A path in a repository.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathQuery {
    /// The repository's URL at its provider.
    url: String,
    /// The credential to use, by id, handle or unique name.
    credential: Option<String>,
    /// The branch, tag or commit; the first branch when absent.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// The path from the root of the repository; the root itself when absent.
    path: Option<String>,
}

/// A state of a repository.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefQuery {
    /// The repository's URL at its provider.
    url: String,
    /// The credential to use, by id, handle or unique name.
    credential: Option<String>,
    /// The branch, tag or commit; the first branch when absent.
    #[serde(rename = "ref")]
    reference: Option<String>,
}

/// Lists a folder of a repository.
#[utoipa::path(get, path = "/repositories/tree", tag = "repositories", params(PathQuery), responses(
    (status = 200, description = "What the provider lists.", body = Listing<TreeEntry>),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn tree(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PathQuery>,
) -> Answer<Listing<TreeEntry>> {
    let PathQuery { url, credential, reference, path } = query;
    let at = RepositoryAt { url, credential };
    let folder = path.unwrap_or_default();
    let listed = state.broker.tree(&caller, &at, reference.as_deref(), &folder).await?;
    shown(shape::listing(listed, shape::entry))
}

/// Gives a file as it is; its ETag is what a change of it is based on.
#[utoipa::path(get, path = "/repositories/file", tag = "repositories", params(PathQuery), responses(
    (status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream"),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn file(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PathQuery>,
) -> Result<Response, Failure> {
    let PathQuery { url, credential, reference, path } = query;
    let at = RepositoryAt { url, credential };
    let path = path.unwrap_or_default();
    let file = state.broker.file(&caller, &at, reference.as_deref(), &path).await?;
    let mut headers = attached("application/octet-stream");
    // What is no header is no id that a provider would want back.
    let tag = file.id.map(|id| HeaderValue::from_str(&format!("\"{id}\"")));
    if let Some(Ok(tag)) = tag {
        headers.insert(header::ETAG, tag);
    }
    Ok((headers, file.content).into_response())
}

/// Gives the whole of a repository as a gzipped tar file.
#[utoipa::path(get, path = "/repositories/archive", tag = "repositories", params(RefQuery), responses(
    (status = 200, description = "The archive.", body = Vec<u8>, content_type = "application/gzip"),
    Always, Asked, Ruled, Named, Clashing, Asking,
))]
pub(crate) async fn archive(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<RefQuery>,
) -> Result<Response, Failure> {
    let RefQuery { url, credential, reference } = query;
    let at = RepositoryAt { url, credential };
    let download = state.broker.archive(&caller, &at, reference.as_deref()).await?;
    let body = Body::new(Limited::new(download.body, ARCHIVE_BYTES_MAX));
    Ok((attached("application/gzip"), body).into_response())
}

/// Headers of what strangers wrote: to be stored, never to be shown as a page of ours.
fn attached(kind: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ])
}

/// The bytes of a base64 text.
pub(crate) fn from_base64(text: &str) -> Result<bytes::Bytes> {
    use base64::Engine;
    let decoded = base64::engine::general_purpose::STANDARD.decode(text);
    decoded.map(Into::into).map_err(|_| Error::invalid("The content is not base64."))
}
