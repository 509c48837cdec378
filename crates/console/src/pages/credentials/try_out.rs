//! What a token could do, shown beside the form before it is stored: pieces of a page, which the
//! script puts there, each permission as soon as it is proven. Nothing is kept. Without script the
//! same is said when the form is saved.
//!
//! The answer is a stream of lines. Each is a piece of HTML as a JSON string: an empty table, its rows,
//! and then all that was found, which takes its place.

use std::pin::Pin;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use bytes::Bytes;
use domain::Error;
use domain::Result;
use domain::check::Findings;
use domain::check::PermissionFinding;
use domain::check::Verdict;
use futures_util::StreamExt;
use futures_util::stream;
use http::HeaderValue;
use http::header;
use tokio::sync::mpsc;

use super::add::Fields;
use super::add::wanted;
use super::show::Found;
use crate::ConsoleState;
use crate::form::Form;
use crate::limits;
use crate::oops::Oops;
use crate::oops::note_failure;
use crate::words;

/// What was found, as it stands beside the form.
#[derive(Template)]
#[template(path = "credentials/tried.html")]
struct Tried {
    is_good: bool,
    sentence: String,
    identity: String,
    permissions: Vec<Found>,
    repositories: Vec<(String, Vec<Found>)>,
}

/// Asks the provider.
pub async fn try_out(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, mut fields) = form.own()?;
    let secret = fields.secret.take();
    let (told, heard) = mpsc::channel(limits::FOUND_WAITING_MAX);
    let asking = async move {
        let hears = |one: &PermissionFinding| {
            // What finds no room is in the table at the end.
            let _ = told.try_send(Found::of(one));
        };
        match wanted(&fields, secret) {
            Ok(wanted) => state.app.broker.try_credential(&signed.caller, wanted, &hears).await,
            Err(error) => Err(error),
        }
    };
    let trying = Some(Trying { asking: Box::pin(asking), heard });
    let lines = stream::unfold(trying, |trying| async move {
        let (html, trying) = trying?.next().await?;
        Some((line(&html), trying))
    });
    let begun = line(&Asking { permissions: &[] }.render().map_err(Error::internal)?);
    let lines = stream::iter([begun]).chain(lines);
    let kind = HeaderValue::from_static("application/x-ndjson");
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(lines)).into_response())
}

fn line(html: &str) -> Result<Bytes> {
    serde_json::to_string(html).map(|text| Bytes::from(text + "\n")).map_err(Error::internal)
}

/// A provider that is being asked.
struct Trying<F> {
    asking: Pin<Box<F>>,
    heard: mpsc::Receiver<Found>,
}

impl<F: Future<Output = Result<Findings>>> Trying<F> {
    /// The next piece of the page, and what is still to come.
    async fn next(mut self) -> Option<(String, Option<Trying<F>>)> {
        tokio::select! {
            biased;
            Some(found) = self.heard.recv() => Some((Step { found }.render().ok()?, Some(self))),
            asked = &mut self.asking => Some((Tried::of_answer(asked).render().ok()?, None)),
        }
    }
}

/// Before anything is found.
#[derive(Template)]
#[template(path = "credentials/asking.html")]
struct Asking<'a> {
    permissions: &'a [Found],
}

/// One permission that was proven, or not.
#[derive(Template)]
#[template(path = "credentials/permission.html")]
struct Step {
    found: Found,
}

impl Tried {
    fn of_answer(answer: Result<Findings>) -> Tried {
        match answer {
            Ok(findings) => Tried::of(&findings),
            Err(error) => {
                note_failure(&error);
                Tried::refused(words::sentence(&error))
            }
        }
    }

    fn of(findings: &Findings) -> Tried {
        let found = |of: &[PermissionFinding]| of.iter().map(Found::of).collect::<Vec<_>>();
        let missing = findings.missing();
        let said = words::text(findings.said.as_deref().unwrap_or_default());
        let sentence = match findings.verdict {
            Verdict::Accepted if missing.is_empty() => "The provider accepts it.".to_owned(),
            Verdict::Accepted => format!("It lacks what is required: {}.", missing.join(", ")),
            Verdict::Refused => format!("The provider does not accept it. {said}"),
            Verdict::Expired => format!("It has expired. {said}"),
            Verdict::Unknown => format!("The provider could not be asked. {said}"),
        };
        Tried {
            is_good: findings.verdict == Verdict::Accepted && missing.is_empty(),
            sentence: sentence.trim_end().to_owned(),
            identity: findings
                .identity
                .as_ref()
                .map(|it| words::name(&it.login))
                .unwrap_or_default(),
            permissions: found(&findings.permissions),
            repositories: findings
                .repositories
                .iter()
                .map(|it| (words::name(&it.repository), found(&it.permissions)))
                .collect(),
        }
    }

    fn refused(sentence: String) -> Tried {
        Tried {
            is_good: false,
            sentence,
            identity: String::new(),
            permissions: Vec::new(),
            repositories: Vec::new(),
        }
    }
}
