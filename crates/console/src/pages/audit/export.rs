//! The records as lines of JSON, read page by page while they are sent.

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use broker::AuditPage;
use broker::Wanted;
use domain::Error;
use domain::Result;
use domain::audit::Record;
use domain::limits::PAGE_ROWS_MAX;
use futures_util::stream;
use http::HeaderValue;
use http::header;
use serde::Serialize;

use super::Asked;
use crate::ConsoleState;
use crate::extract::Query;
use crate::oops::Oops;
use crate::session::Signed;

/// A record and its place in the chain, as the API and the command line give it.
#[derive(Serialize)]
struct Line {
    lane: i64,
    sequence: i64,
    mac: String,
    #[serde(flatten)]
    record: Record,
}

/// What is still to be sent.
enum Rest {
    Page(AuditPage),
    From(String),
    Nothing,
}

/// A page of records as lines, and where the next one begins.
fn lines(page: AuditPage) -> Result<(String, Rest)> {
    let mut text = String::new();
    for placed in page.items {
        let broker::Placed { lane, sequence, mac, record } = placed;
        let line = Line { lane, sequence, mac, record };
        text.push_str(&serde_json::to_string(&line).map_err(Error::internal)?);
        text.push('\n');
    }
    Ok((text, page.next_cursor.map_or(Rest::Nothing, Rest::From)))
}

/// Everything that is wanted, newest first.
pub async fn export(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> std::result::Result<Response, Oops> {
    let search = asked.search()?;
    let read = async move |cursor: Option<String>| {
        let wanted = Wanted { cursor, limit: Some(PAGE_ROWS_MAX), ..Wanted::default() };
        let broker = &state.app.broker;
        broker.list_audit(&signed.caller, &search, &wanted).await
    };
    // What is refused is refused before anything is sent.
    let first = read(None).await?;
    let sent = stream::try_unfold((Rest::Page(first), read), async |(rest, read)| {
        let page = match rest {
            Rest::Page(page) => page,
            Rest::From(cursor) => read(Some(cursor)).await?,
            Rest::Nothing => return Ok::<_, Error>(None),
        };
        let (text, rest) = lines(page)?;
        Ok(Some((text, (rest, read))))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"claviger-audit.jsonl\""),
        ),
    ];
    Ok((headers, Body::from_stream(sent)).into_response())
}
