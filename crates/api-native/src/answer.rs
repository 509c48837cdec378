//! What every answer of this API has in common, and the answers to paths and methods there are none of.

use axum::Json;
use axum::response::IntoResponse;
use axum::response::Response;
use broker::Paged;
use domain::Error;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use web::Failure;
use wire::Page;

/// An answer with a body, or the problem.
pub(crate) type Answer<T> = Result<Json<T>, Failure>;
/// The answer to something that was created, or the problem.
pub(crate) type Created<T> = Result<(StatusCode, Json<T>), Failure>;
/// The answer without a body, or the problem.
pub(crate) type Gone = Result<StatusCode, Failure>;

/// 200 with a body.
pub(crate) fn shown<T>(body: T) -> Answer<T> {
    Ok(Json(body))
}

/// 201 with a body.
pub(crate) fn created<T>(body: T) -> Created<T> {
    Ok((StatusCode::CREATED, Json(body)))
}

/// 204.
pub(crate) fn gone() -> Gone {
    Ok(StatusCode::NO_CONTENT)
}

/// A page, row by row in the words of the API.
pub(crate) fn page<T, U>(paged: Paged<T>, shape: impl FnMut(T) -> U) -> Answer<Page<U>> {
    let Paged { items, next_cursor } = paged;
    shown(Page { items: items.into_iter().map(shape).collect(), next_cursor })
}

/// Middleware: answers are for this caller and this moment, and are what they say they are.
pub(crate) async fn never_stored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// There is nothing at this path.
pub(crate) async fn no_such_path() -> Failure {
    Failure(Error::not_found("path in this API").hint("paths are listed in /claviger/v1/docs"))
}

/// The path is there, but not for this method; the router adds which ones are.
pub(crate) async fn wrong_method() -> Response {
    let refusal = Error::invalid("This path does not have this method.")
        .hint("the header Allow lists the methods it has");
    let mut response = Failure(refusal).into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
