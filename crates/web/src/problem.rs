//! From the core's error to an answer of the native kind.

use axum::response::IntoResponse;
use axum::response::Response;
use domain::Error;
use domain::ErrorKind;
use http::StatusCode;
use http::header;

/// The status every HTTP surface of ours starts from; a dialect may have its own.
pub fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Busy => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An error on its way out of a handler.
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Failure(error) = self;
        if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
            // The cause is for the log; the request id in the span ties them together.
            tracing::error!(%error, cause = ?std::error::Error::source(&error), "a request failed");
        }
        let problem = wire::Problem {
            kind: error.kind().word().to_owned(),
            message: error.message().to_owned(),
            hint: error.hint_text().map(str::to_owned),
            request_id: crate::request_id::current(),
        };
        let mut response = (status_of(error.kind()), axum::Json(problem)).into_response();
        if error.kind() == ErrorKind::Unauthenticated {
            let challenge = http::HeaderValue::from_static("Bearer realm=\"Claviger\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
