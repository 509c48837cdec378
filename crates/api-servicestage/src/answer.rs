//! Answers and refusals in this surface's shape: `error_code` and `error_msg`, JSON always.

use axum::Json;
use axum::response::IntoResponse;
use axum::response::Response;
use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Serialize;
use serde_json::json;

/// An answer, or the refusal.
pub(crate) type Answer = Result<Response, Refusal>;

/// The codes of the git pages, all of them with status 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// A parameter is wrong or missing.
    Invalid,
    /// This kind of repository is not served.
    NotImplemented,
    /// The code or the state of a sign-in is wrong.
    SignIn,
    /// It is there already.
    Taken,
    /// There is no authorization of this name.
    NoAuthorization,
    /// The stored credential does not work any more.
    DeadAuthorization,
    /// The clone URL is wrong.
    CloneUrl,
}

impl Code {
    const fn word(self) -> &'static str {
        match self {
            Code::Invalid => "SVCSTG.REPO.0400",
            Code::NotImplemented => "SVCSTG.REPO.0401",
            Code::SignIn => "SVCSTG.REPO.0402",
            Code::Taken => "SVCSTG.REPO.0403",
            Code::NoAuthorization => "SVCSTG.REPO.0450",
            Code::DeadAuthorization => "SVCSTG.REPO.0451",
            Code::CloneUrl => "SVCSTG.REPO.0452",
        }
    }
}

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    sentence: String,
}

impl Refusal {
    /// With one of the git pages' codes.
    pub fn of(code: Code, error: &Error) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, code: code.word(), sentence: in_words(error) }
    }

    /// Nothing here has this path.
    pub fn no_such_api() -> Refusal {
        let error = Error::not_found("API");
        Refusal { status: StatusCode::NOT_FOUND, code: "APIGW.0101", sentence: in_words(&error) }
    }

    /// A refusal of what was asked for through a stored credential.
    pub fn of_use(error: Error) -> Refusal {
        Refusal::about(error, Code::DeadAuthorization)
    }

    /// A refusal of a new credential; one whose host is not dialled has a wrong parameter.
    pub fn of_new(error: Error) -> Refusal {
        Refusal::about(error, Code::Invalid)
    }

    /// `forbidden` is said of what is forbidden whatever the role.
    fn about(error: Error, forbidden: Code) -> Refusal {
        match (error.kind(), error.blame()) {
            (_, Some(Blame::Secret)) => Refusal::of(Code::DeadAuthorization, &error),
            (_, Some(Blame::SignIn)) => Refusal::of(Code::SignIn, &error),
            (_, Some(Blame::Role)) => Refusal::from(error),
            (ErrorKind::Forbidden, None) => Refusal::of(forbidden, &error),
            (ErrorKind::NotFound, None) => Refusal::of(Code::Invalid, &error),
            _ => Refusal::from(error),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        let (status, code) = match error.kind() {
            ErrorKind::Unauthenticated => (StatusCode::UNAUTHORIZED, "APIGW.0301"),
            ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "APIGW.0302"),
            ErrorKind::NotFound => (StatusCode::NOT_FOUND, "APIGW.0101"),
            ErrorKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "APIGW.0201"),
            ErrorKind::Busy => (StatusCode::TOO_MANY_REQUESTS, "APIGW.0308"),
            ErrorKind::Invalid | ErrorKind::Upstream => {
                (StatusCode::BAD_REQUEST, Code::Invalid.word())
            }
            ErrorKind::Unsupported => (StatusCode::BAD_REQUEST, Code::NotImplemented.word()),
            ErrorKind::Conflict => (StatusCode::BAD_REQUEST, Code::Taken.word()),
            ErrorKind::Internal | ErrorKind::Unavailable => {
                tracing::error!(%error, cause = ?std::error::Error::source(&error), "a request failed");
                (web::status_of(error.kind()), "SVCSTG.REPO.0500")
            }
        };
        let sentence = match error.kind() {
            ErrorKind::Unauthenticated => {
                "Incorrect IAM authentication information: the signature or the token is not good."
                    .to_owned()
            }
            _ => in_words(&error),
        };
        Refusal { status, code, sentence }
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
        let body = json!({ "error_code": self.code, "error_msg": self.sentence });
        never_stored((self.status, Json(body)).into_response())
    }
}

/// 200 with a body.
pub(crate) fn shown(body: impl Serialize) -> Answer {
    Ok(never_stored(Json(body).into_response()))
}

/// 204.
pub(crate) fn gone() -> Answer {
    Ok(never_stored(StatusCode::NO_CONTENT.into_response()))
}

fn never_stored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
