//! Answers and refusals in this surface's shape.
//!
//! A refusal is put into words where the request's path is known: the middleware [`shaped`].

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use web::Failure;

/// An answer with a body, or the refusal.
pub(crate) type Answer<T> = Result<Json<T>, Refusal>;
/// The answer to something that was made, or the refusal.
pub(crate) type Created<T> = Result<(StatusCode, Json<T>), Refusal>;
/// The answer without a body, or the refusal.
pub(crate) type Gone = Result<StatusCode, Refusal>;

/// A list; every list of this surface is wrapped so.
#[derive(Serialize)]
pub(crate) struct Results<T> {
    results: Vec<T>,
}

/// 200 with a list.
pub(crate) fn results<T>(items: impl IntoIterator<Item = T>) -> Answer<Results<T>> {
    Ok(Json(Results { results: items.into_iter().collect() }))
}

/// 201 with a body.
pub(crate) fn created<T>(body: T) -> Created<T> {
    Ok((StatusCode::CREATED, Json(body)))
}

/// 204.
pub(crate) fn gone() -> Gone {
    Ok(StatusCode::NO_CONTENT)
}

/// An error on its way out, with the status this surface gives it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    detail: String,
}

impl Refusal {
    /// With a status of its own.
    pub fn with_status(status: StatusCode, error: &Error) -> Refusal {
        Refusal { status, detail: in_words(error) }
    }

    /// What is forbidden whatever the role is what the body asks for: a bad request.
    pub fn of_change(error: Error) -> Refusal {
        match (error.kind(), error.blame()) {
            (ErrorKind::Forbidden, Some(Blame::Role)) => Refusal::from(error),
            (ErrorKind::Forbidden, _) => Refusal::with_status(StatusCode::BAD_REQUEST, &error),
            _ => Refusal::from(error),
        }
    }

    /// What is absent is named in a body here, so it is a bad request with this sentence.
    pub fn instead_of_absent(self, sentence: &str) -> Refusal {
        match self.status {
            StatusCode::NOT_FOUND => {
                Refusal { status: StatusCode::BAD_REQUEST, detail: sentence.to_owned() }
            }
            _ => self,
        }
    }

    /// What is absent or not to be used in a body is a bad request here, not an absent page.
    pub fn of_body(error: Error) -> Refusal {
        match error.kind() {
            ErrorKind::NotFound => Refusal::with_status(StatusCode::BAD_REQUEST, &error),
            _ => Refusal::from(error),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
            tracing::error!(%error, cause = ?std::error::Error::source(&error), "a request failed");
        }
        Refusal::with_status(status_of(error.kind()), &error)
    }
}

impl From<Failure> for Refusal {
    fn from(Failure(error): Failure) -> Refusal {
        Refusal::from(error)
    }
}

/// A provider that fails or refuses is never our caller's missing login: 424, as this API has it.
fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Upstream => StatusCode::FAILED_DEPENDENCY,
        other => web::status_of(other),
    }
}

fn in_words(error: &Error) -> String {
    match error.hint_text() {
        Some(hint) => format!("{} ({hint})", error.message()),
        None => error.message().to_owned(),
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Middleware: puts refusals into words, and says of every answer that it is for this caller only.
pub(crate) async fn shaped(request: Request, next: Next) -> Response {
    let instance = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        response = in_shape(&refusal, &instance);
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn in_shape(refusal: &Refusal, instance: &str) -> Response {
    let title = refusal.status.canonical_reason().unwrap_or("Refused");
    let detail = match refusal.status {
        StatusCode::BAD_REQUEST => without_gone(&refusal.detail),
        _ => refusal.detail.clone(),
    };
    let body: Value = json!({
        "type": "about:blank",
        "title": title,
        "status": refusal.status.as_u16(),
        "detail": detail,
        "instance": domain::text::printable(instance, INSTANCE_CHARACTERS_MAX),
        "message": detail,
        "error": title,
    });
    let mut response = (refusal.status, Json(body)).into_response();
    let problem = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, problem);
    if refusal.status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"Claviger\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// A sentence of a bad request without the words that make a Terraform client drop what it asks for
/// from its state: providers, and names of people's own, have them.
fn without_gone(sentence: &str) -> String {
    let is_gone = |word: &str| word.to_ascii_lowercase().contains(GONE);
    let words = sentence.split(' ').map(|word| if is_gone(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// What those words have in them.
const GONE: &str = "exist";
/// Characters of a path that a refusal repeats.
const INSTANCE_CHARACTERS_MAX: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_request_never_says_that_something_is_gone() {
        let said = "It refuses (answered 400: Branch \"Exists\" does not exist, sorry).";
        let shown = "It refuses (answered 400: Branch … does not … sorry).";
        assert_eq!(without_gone(said), shown);
        assert_eq!(without_gone("Nothing  to\nhide."), "Nothing  to\nhide.");
    }
}
