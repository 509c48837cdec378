//! The ways in which a host can be made to misbehave.

use std::sync::PoisonError;
use std::sync::RwLock;
use std::time::Duration;

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Request;
use http::StatusCode;
use http::header;
use hyper::body::Incoming;

use crate::auth::basic_pair;
use crate::limits::BEHAVIOURS_MAX;
use crate::serve::Answer;
use crate::serve::text;
use crate::streams;

/// A hostile or broken way to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Sends the caller elsewhere.
    Redirect {
        /// The status, 301 to 308.
        status: u16,
        /// Where to; sent as it is.
        location: String,
    },
    /// Answers with a status of its own.
    Status {
        /// The status.
        status: u16,
        /// Header lines to add.
        headers: Vec<(String, String)>,
        /// The body, as plain text unless a header says otherwise.
        body: String,
    },
    /// Takes the request and never answers.
    Hang,
    /// Answers well, and adds cookies, challenges and other header lines that concern only the
    /// connection to this host (see [`STRAY_HEADERS`]).
    SetCookie,
    /// Answers an error whose body repeats the `Authorization` it was sent, raw and decoded. A
    /// request without one is challenged as usual.
    EchoAuthorization {
        /// The status.
        status: u16,
    },
    /// Answers 200 and a ref advertisement that never ends.
    EndlessBody,
    /// Answers 200 and a page for people, as a captive portal or a login page does.
    Html,
    /// Answers 200 and a valid JSON array of this length.
    HugeJson {
        /// The length, at least 4 bytes.
        bytes: u64,
    },
    /// Answers 200 and JSON that begins at once and then comes a byte at a time, for ever.
    Drip {
        /// The pause before each byte.
        pause: Duration,
    },
}

/// What [`Behaviour::SetCookie`] adds; none of it may reach a gateway's caller.
pub const STRAY_HEADERS: [(&str, &str); 7] = [
    ("set-cookie", "session=of-the-git-host; Path=/; HttpOnly"),
    ("set-cookie", "second=of-the-git-host; Domain=127.0.0.1"),
    ("www-authenticate", "Negotiate"),
    ("proxy-authenticate", "Basic realm=\"proxy of the git host\""),
    ("authentication-info", "nextnonce=\"of-the-git-host\""),
    ("alt-svc", "h2=\"127.0.0.1:1\"; ma=86400"),
    ("clear-site-data", "\"*\""),
];

/// What [`Behaviour::Html`] answers.
const PAGE: &str = "\
<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><form action=\"/session\" method=\"post\"><input name=\"login\"></form></body></html>
";

/// Which behaviour holds where.
#[derive(Default)]
pub(crate) struct Behaviours(RwLock<Vec<(String, Behaviour)>>);

impl Behaviours {
    pub(crate) fn set(&self, prefix: &str, behaviour: Option<Behaviour>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(found, _)| found != prefix);
        if let Some(behaviour) = behaviour {
            // Longest first; the oldest of too many goes.
            all.truncate(BEHAVIOURS_MAX - 1);
            all.push((prefix.to_owned(), behaviour));
            all.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        }
    }

    pub(crate) fn of<B>(&self, request: &Request<B>) -> Option<Behaviour> {
        let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(prefix, _)| target.starts_with(prefix)).map(|(_, it)| it.clone())
    }
}

/// The answer a behaviour makes on its own; none if the request takes its usual way.
pub(crate) async fn misbehave(
    behaviour: &Behaviour,
    request: &Request<Incoming>,
) -> Option<Answer> {
    match behaviour {
        Behaviour::Redirect { status, location } => {
            let mut answer = text(code(*status), "Moved.\n");
            add(answer.headers_mut(), "location", location);
            Some(answer)
        }
        Behaviour::Status { status, headers, body } => {
            let mut answer = text(code(*status), body.clone());
            if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                answer.headers_mut().remove(header::CONTENT_TYPE);
            }
            for (name, value) in headers {
                add(answer.headers_mut(), name, value);
            }
            Some(answer)
        }
        Behaviour::Hang => std::future::pending().await,
        Behaviour::SetCookie => None,
        Behaviour::EchoAuthorization { status } => {
            let given = request.headers().get(header::AUTHORIZATION)?;
            Some(text(code(*status), echo(&String::from_utf8_lossy(given.as_bytes()))))
        }
        Behaviour::EndlessBody => Some(streams::endless(request.uri().path())),
        Behaviour::Html => Some(page()),
        Behaviour::HugeJson { bytes } => Some(streams::huge_json(*bytes)),
        Behaviour::Drip { pause } => Some(streams::drip(*pause)),
    }
}

/// What is left to do to a good answer.
pub(crate) fn embellish(behaviour: Option<&Behaviour>, answer: &mut Answer) {
    if behaviour == Some(&Behaviour::SetCookie) && answer.status().is_success() {
        for (name, value) in STRAY_HEADERS {
            add(answer.headers_mut(), name, value);
        }
    }
}

fn echo(given: &str) -> String {
    let (scheme, value) = given.split_once(' ').unwrap_or(("", given));
    match basic_pair(given) {
        Some((user, password)) => format!(
            "Your Authorization was \"{given}\", that is user \"{user}\", password \"{password}\".\n"
        ),
        None => format!("Your Authorization was \"{given}\", that is {scheme} \"{value}\".\n"),
    }
}

fn page() -> Answer {
    let mut answer = text(StatusCode::OK, PAGE);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, html);
    answer
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Adds a header line; one that HTTP cannot carry is left out.
fn add(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) =
        (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes()))
    {
        headers.append(name, value);
    }
}
