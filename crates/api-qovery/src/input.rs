//! What is read from a request: who asks, ids, bodies, queries – refused in this surface's shape.

use axum::extract::FromRequest;
use axum::extract::FromRequestParts;
use axum::extract::Path;
use axum::extract::Request;
use domain::Error;
use http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use web::AppState;

use crate::answer::Refusal;
use crate::not_served;

/// Whoever asks.
pub(crate) struct Callers(pub web::Callers);

impl std::ops::Deref for Callers {
    type Target = web::Callers;
    fn deref(&self) -> &web::Callers {
        &self.0
    }
}

impl FromRequestParts<AppState> for Callers {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Callers, Refusal> {
        Ok(Callers(web::Callers::from_request_parts(parts, state).await?))
    }
}

/// Whoever asks, even if they are nobody's member yet.
pub(crate) struct Person(pub web::Person);

impl FromRequestParts<AppState> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Person, Refusal> {
        Ok(Person(web::Person::from_request_parts(parts, state).await?))
    }
}

/// A JSON body; fields nobody knows are left alone, since clients send some.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Refusal> {
        let web::Json(body) = web::Json::from_request(request, state).await?;
        Ok(Body(body))
    }
}

/// A query; parameters nobody knows are left alone.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Refusal> {
        let web::Query(query) = web::Query::from_request_parts(parts, state).await?;
        Ok(Query(query))
    }
}

/// The variable segments of a path, as they come.
pub(crate) struct Ids<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Ids<T>, Refusal> {
        if let Some(refusal) = not_served::instead_of_an_id(&parts.method, parts.uri.path()) {
            return Err(refusal);
        }
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(ids)) => Ok(Ids(ids)),
            Err(_) => Err(Refusal::from(Error::invalid("An id in the path is not UTF-8."))),
        }
    }
}

/// An id of ours, canonical. Names that the broker would take too are none here.
pub(crate) fn id(text: &str, what: &str) -> Result<String, Refusal> {
    match Uuid::parse_str(text) {
        Ok(id) => Ok(id.hyphenated().to_string()),
        Err(_) => Err(Refusal::from(Error::not_found(what))),
    }
}
