//! Pages for what did not go as wanted: what happened, what to do, and nothing more.

use askama::Template;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use domain::Error;
use domain::ErrorKind;
use http::StatusCode;

use crate::frame::Frame;

/// Why there is no ordinary page.
#[derive(Debug)]
pub enum Oops {
    /// A refusal or a failure.
    Refused(Error),
    /// Nobody is signed in; where to.
    SignIn(String),
    /// The session ended while a form was being filled in; its path, and what was typed.
    Ended(String, Vec<(String, String)>),
}

impl Oops {
    /// Sends to the sign-in page.
    pub fn sign_in(url: &str) -> Oops {
        Oops::SignIn(url.to_owned())
    }

    /// Keeps what was typed for whoever signs in again.
    pub fn ended(path: String, typed: Vec<(String, String)>) -> Oops {
        Oops::Ended(path, typed)
    }
}

/// A refusal, to be said in the form it answers; a failure of ours has a page of its own.
pub fn refusal_of(error: Error) -> Result<Error, Oops> {
    match error.kind() {
        ErrorKind::Internal | ErrorKind::Unavailable => Err(error.into()),
        _ => Ok(error),
    }
}

impl From<Error> for Oops {
    fn from(error: Error) -> Oops {
        Oops::Refused(error)
    }
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    frame: Frame,
    sentence: String,
    hint: Option<String>,
}

#[derive(Template)]
#[template(path = "ended.html")]
struct Ended {
    frame: Frame,
    path: String,
    typed: Vec<(String, String)>,
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        match self {
            Oops::SignIn(url) => Redirect::to(&url).into_response(),
            Oops::Refused(error) => refused(&error),
            Oops::Ended(path, typed) => {
                let frame = Frame::bare("", "Your session has ended");
                rendered(StatusCode::UNAUTHORIZED, &Ended { frame, path, typed })
            }
        }
    }
}

fn refused(error: &Error) -> Response {
    if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
        tracing::error!(%error, cause = ?std::error::Error::source(error), "a page failed");
    }
    let title = match error.kind() {
        ErrorKind::NotFound => "There is nothing here",
        ErrorKind::Forbidden => "This is not allowed",
        ErrorKind::Internal | ErrorKind::Unavailable => "Something went wrong",
        _ => "This did not work",
    };
    let page = Refused {
        frame: Frame::bare("", title),
        sentence: error.message().to_owned(),
        hint: error.hint_text().map(ToOwned::to_owned),
    };
    rendered(web::status_of(error.kind()), &page)
}

fn rendered(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
