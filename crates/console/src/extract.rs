//! Addresses, read as axum reads them; what cannot be read is answered with a page.

use axum::extract::FromRequestParts;
use axum::extract::Path as AnyPath;
use axum::extract::Query as AnyQuery;
use domain::Error;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::oops::Oops;

/// What follows the question mark.
pub struct Query<T>(pub T);

/// The parts of a path that stand for something.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Oops> {
        let read = AnyQuery::from_request_parts(parts, state).await;
        let wrong = |_| Error::invalid("This address says something twice, or in no way we read.");
        read.map(|AnyQuery(query)| Query(query)).map_err(|error| wrong(error).into())
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Oops> {
        let read = AnyPath::from_request_parts(parts, state).await;
        read.map(|AnyPath(path)| Path(path)).map_err(|_| Error::not_found("page").into())
    }
}
