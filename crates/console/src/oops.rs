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
use crate::frame::Notice;
use crate::words;

/// Why there is no ordinary page.
#[derive(Debug)]
pub enum Oops {
    /// A refusal or a failure.
    Refused(Error),
    /// Nobody is signed in; where to.
    SignIn(String),
    /// The session ended while a form was being filled in; its path, and what was typed.
    Ended(String, Vec<(String, String)>),
    /// The form was sent before; an answer that sends to where this is said.
    SentBefore(Box<Response>),
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

/// A refusal, to be said in the form it answers. Everything else has a page of its own.
pub fn refusal_of(why: impl Into<Oops>) -> Result<Error, Oops> {
    match why.into() {
        Oops::Refused(error) if !is_failure(&error) => Ok(error),
        other => Err(other),
    }
}

/// Whether it is our fault.
fn is_failure(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable)
}

/// What a page says that is shown, or shown again, and its status.
#[derive(Default)]
pub struct Said {
    /// What is said.
    pub notice: Option<Notice>,
    /// The status of the answer.
    pub status: StatusCode,
}

impl Said {
    /// Says a refusal in the page that asked.
    pub fn of(why: impl Into<Oops>) -> Result<Said, Oops> {
        let error = refusal_of(why)?;
        let notice = Some(Notice::bad(words::sentence(&error)));
        Ok(Said { notice, status: web::status_of(error.kind()) })
    }
}

impl From<Error> for Oops {
    fn from(error: Error) -> Oops {
        Oops::Refused(error)
    }
}

/// Writes a failure of ours down for whoever runs the server; refusals are not.
pub fn note_failure(error: &Error) {
    if is_failure(error) {
        tracing::error!(%error, cause = ?std::error::Error::source(error), "a page failed");
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
            Oops::SentBefore(answer) => *answer,
            Oops::Refused(error) => refused(&error),
            Oops::Ended(path, typed) => {
                let frame = Frame::bare("", "Your session has ended");
                rendered(StatusCode::UNAUTHORIZED, &Ended { frame, path, typed })
            }
        }
    }
}

fn refused(error: &Error) -> Response {
    note_failure(error);
    let title = match error.kind() {
        ErrorKind::NotFound => "There is nothing here",
        ErrorKind::Forbidden => "This is not allowed",
        ErrorKind::Internal | ErrorKind::Unavailable => "Something went wrong",
        _ => "This did not work",
    };
    let page = Refused {
        frame: Frame::bare("", title),
        sentence: error.message().to_owned(),
        hint: error.hint_text().map(|hint| words::without_command(hint).to_owned()),
    };
    rendered(web::status_of(error.kind()), &page)
}

fn rendered(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
