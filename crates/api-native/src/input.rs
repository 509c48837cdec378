//! What is read from a request besides its JSON and its query.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::extract::Path;
use broker::Wanted;
use domain::Error;
use http::header;
use http::request::Parts;
use web::Failure;
use wire::PageQuery;

/// The one variable segment of a path: an id, or whatever else may name the thing.
pub(crate) struct Reference(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Reference {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Reference, Failure> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Ok(Reference(text)),
            Err(_) => Err(Failure(Error::invalid("The id in the path is not UTF-8."))),
        }
    }
}

/// The host and port by which the caller reached us, as far as it tells.
pub(crate) struct OwnAuthority(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for OwnAuthority {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<OwnAuthority, Infallible> {
        // HTTP/2 tells it as :authority, which arrives as part of the URI.
        let from_uri = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let from_header =
            || parts.headers.get(header::HOST)?.to_str().ok().map(std::borrow::ToOwned::to_owned);
        Ok(OwnAuthority(from_uri.or_else(from_header)))
    }
}

/// Which page is wanted, as the broker asks it.
pub(crate) fn wanted(query: PageQuery) -> Wanted {
    let PageQuery { cursor, limit, search } = query;
    Wanted { cursor, limit, search }
}
