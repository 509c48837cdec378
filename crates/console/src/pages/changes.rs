//! What tells an open page that there is something new: a stream of events, one when the organization's
//! records grow. Pages work as well without it.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use domain::Error;
use domain::Result;
use futures_util::stream;
use http::HeaderValue;
use http::header;

use crate::ConsoleState;
use crate::limits;
use crate::oops::Oops;
use crate::session::CHANGES;
use crate::session::Signed;
use crate::streams::Open;

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route(CHANGES, get(changes))
}

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Said where nothing is new, so that a broken connection is noticed.
const NOTHING: &str = ": nothing new\n\n";
const CHANGED: &str = "event: changed\ndata: something\n\n";
/// Said first: when to come back after the stream has ended.
const HELLO: &str = "retry: 2000\n\n";

async fn changes(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    let open = state.streams.open(signed.session.session_id)?;
    let looking = Looking { state, signed, known: None, looks: 0, _open: open };
    let events = stream::unfold(looking, |mut looking| async move {
        let said = looking.next().await?;
        Some((Ok::<Bytes, Error>(Bytes::from_static(said.as_bytes())), looking))
    });
    let mut response = Response::new(Body::from_stream(events));
    let kind = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

struct Looking {
    state: ConsoleState,
    signed: Signed,
    /// The newest record that the page knows of.
    known: Option<String>,
    looks: u32,
    _open: Open,
}

impl Looking {
    /// What is said next; nothing any more once the session or the time is over.
    async fn next(&mut self) -> Option<&'static str> {
        self.looks += 1;
        if self.looks == 1 {
            self.known = self.newest().await.ok();
            return Some(HELLO);
        }
        if self.looks > limits::STREAM_LOOKS_MAX {
            return None;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        let newest = self.newest().await.ok()?;
        if self.known.as_ref() == Some(&newest) {
            return Some(NOTHING);
        }
        self.known = Some(newest);
        Some(CHANGED)
    }

    /// The newest record, if the session is still good.
    async fn newest(&self) -> Result<String> {
        let broker = &self.state.app.broker;
        broker.look_at_session(self.signed.secret()).await?;
        broker.newest_record(&self.signed.caller).await
    }
}
