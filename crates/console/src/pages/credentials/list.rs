//! The list of credentials: search, pages, and an empty state that teaches.

use askama::Template;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use broker::Wanted;
use domain::Timestamp;
use domain::policy::Permission;
use http::StatusCode;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::PLACE;
use super::path_of;
use crate::ConsoleState;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "credentials/list.html")]
struct Page {
    frame: Frame,
    search: String,
    rows: Vec<Row>,
    is_first: bool,
    first: String,
    next: Option<String>,
    refusal: Option<String>,
}

impl Page {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.search.is_empty() && self.is_first
    }
}

/// A credential as a row.
pub struct Row {
    /// Where its page is.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Its provider: word, letters, name.
    pub provider: (&'static str, &'static str, &'static str),
    /// Its host's address.
    pub host: String,
    /// Its status: word, and in words.
    pub status: (&'static str, &'static str),
    /// When it ends.
    pub ends: Option<Moment>,
    /// How that is known.
    pub ends_by: &'static str,
    /// What is known about its permissions.
    pub permissions: &'static str,
    /// Services that use it.
    pub services: i64,
    /// When it was used last.
    pub used: Option<Moment>,
    /// Who made it, and when.
    pub created_by: String,
    pub created: Moment,
}

impl Row {
    /// A credential, seen from now.
    pub fn of(view: &CredentialView, now: Timestamp) -> Row {
        let credential = &view.credential;
        let provider = view.host.provider;
        Row {
            path: path_of(view),
            name: words::name(&credential.name),
            description: words::text(&credential.description),
            provider: (provider.word(), words::initials(provider), words::provider(provider)),
            host: view.host.url.to_string(),
            status: (view.status.word(), words::status(view.status)),
            ends: Moment::maybe(credential.expires_at, now),
            ends_by: words::expiry_source(credential.expiry_source),
            permissions: words::capability(credential.axes.capability),
            services: view.services_count,
            used: Moment::maybe(credential.last_used_at, now),
            created_by: words::name(&credential.created_by),
            created: Moment::of(credential.created_at, now),
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
    let search = asked.q.trim().to_owned();
    let is_first = asked.after.is_none();
    let wanted = Wanted {
        cursor: asked.after,
        limit: Some(limits::ROWS),
        search: Some(search.clone()).filter(|text| !text.is_empty()),
    };
    let listed = broker.list_credentials(&signed.caller, &wanted).await?;
    let now = broker.now();
    let query = utf8_percent_encode(&search, NON_ALPHANUMERIC).to_string();
    let page = Page {
        rows: listed.items.iter().map(|view| Row::of(view, now)).collect(),
        first: format!("{PLACE}?q={query}"),
        next: listed.next_cursor.map(|after| format!("{PLACE}?q={query}&after={after}")),
        frame: Frame::of(&state, &signed, PLACE, "Git repository access").await?,
        refusal: refusal(&signed, Permission::ManageCredentials),
        is_first,
        search,
    };
    show(&state, StatusCode::OK, &page)
}
