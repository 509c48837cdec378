//! The list of hosts: address, credentials on it, and where git reaches it through the gateway.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::HostView;
use broker::Wanted;
use domain::policy::Permission;
use http::StatusCode;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::PLACE;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "hosts/list.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    is_first: bool,
    next: Option<String>,
    refusal: Option<String>,
}

/// A host as a row.
struct Row {
    id: String,
    provider: (&'static str, &'static str, &'static str),
    url: String,
    has_ca: bool,
    credentials: i64,
    /// Where its credentials are listed.
    credentials_path: String,
    gateway_url: String,
}

impl Row {
    fn of(view: &HostView, credentials: i64) -> Row {
        let provider = view.host.provider;
        let authority = view.host.url.authority.to_string();
        let query = utf8_percent_encode(&authority, NON_ALPHANUMERIC);
        Row {
            id: view.host.id.to_string(),
            provider: (provider.word(), words::initials(provider), words::provider(provider)),
            url: view.host.url.to_string(),
            has_ca: view.host.ca_pem.is_some(),
            credentials,
            credentials_path: format!("/console/credentials?q={query}"),
            gateway_url: view.gateway_url.clone(),
        }
    }
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let is_first = asked.after.is_none();
    let wanted = Wanted { cursor: asked.after, limit: Some(limits::ROWS), ..Wanted::default() };
    let listed = broker.list_hosts(&signed.caller, &wanted).await?;
    let ids: Vec<_> = listed.items.iter().map(|view| view.host.id).collect();
    let counts = broker.count_credentials_of_hosts(&signed.caller, &ids).await?;
    let row = |view: &HostView| Row::of(view, counts.get(&view.host.id).copied().unwrap_or(0));
    let page = Page {
        rows: listed.items.iter().map(row).collect(),
        is_first,
        next: listed.next_cursor.map(|after| format!("{PLACE}?after={after}")),
        frame: Frame::of(&state, &signed, PLACE, "Git hosts").await?,
        refusal: refusal(&signed, Permission::ManageCredentials),
    };
    show(&state, StatusCode::OK, &page)
}
