//! What git is told when the answer is no: a status git understands, and plain text that it shows.
//!
//! Git prints a `text/plain` body of a failed request behind `remote:`. Only printable characters get
//! there (threat 5), and no line without our doing.

use axum::response::IntoResponse;
use axum::response::Response;
use domain::Error;
use domain::ErrorKind;
use domain::text::printable;
use http::HeaderValue;
use http::StatusCode;
use http::header;

use crate::limits;

/// Our refusal, as git shows it.
pub(crate) fn refuse(error: &Error) -> Response {
    let status = match error.kind() {
        ErrorKind::Unauthenticated => return challenge(error.message()),
        // Foreign and absent repositories look the same, and git says "not found" to a 404 only.
        ErrorKind::Conflict | ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        // The only thing a push can be that we do not do is encoded.
        ErrorKind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        kind => web::status_of(kind),
    };
    if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
        tracing::error!(%error, cause = ?std::error::Error::source(error), "a git request failed");
    }
    let hint = error.hint_text().map(|hint| format!("Hint: {hint}"));
    text(status, &[Some(error.message().to_owned()), hint])
}

/// 401 with a challenge: git asks its helpers and comes again.
pub(crate) fn challenge(line: &str) -> Response {
    let line = line.to_owned();
    let hint = "Hint: run `claviger git setup`, then try again".to_owned();
    let mut response = text(StatusCode::UNAUTHORIZED, &[Some(line), Some(hint)]);
    let value = HeaderValue::from_static("Basic realm=\"Claviger\", charset=\"UTF-8\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    response
}

/// Plain text, a line each, printable only.
pub(crate) fn text(status: StatusCode, lines: &[Option<String>]) -> Response {
    let mut body = String::new();
    for line in lines.iter().flatten().flat_map(|text| text.lines()) {
        body.push_str(&printable(line, limits::REFUSAL_CHARACTERS_MAX));
        body.push('\n');
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, body).into_response()
}

/// Git LFS is not carried yet; it is told so in its own words.
pub(crate) fn no_lfs() -> Response {
    let message = "Claviger does not carry Git LFS objects yet.";
    let body = serde_json::json!({ "message": message }).to_string();
    let kind = HeaderValue::from_static("application/vnd.git-lfs+json");
    (StatusCode::NOT_IMPLEMENTED, [(header::CONTENT_TYPE, kind)], body).into_response()
}
