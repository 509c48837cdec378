//! The list of credentials: search, pages, and an empty state that teaches.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialFilter;
use broker::CredentialView;
use broker::Order;
use broker::Wanted;
use domain::Timestamp;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::status::Status;
use http::StatusCode;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::PLACE;
use super::path_of;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

/// Every status, as people look for them.
pub const STATUSES: [Status; 7] = [
    Status::Valid,
    Status::Expiring,
    Status::Expired,
    Status::Rejected,
    Status::Insufficient,
    Status::Unchecked,
    Status::Disabled,
];

/// What is asked for. Words that nobody knows are left out, as in an old bookmark.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    status: String,
    provider: String,
    order: String,
    after: Option<String>,
}

impl Asked {
    fn filter(&self) -> CredentialFilter {
        CredentialFilter {
            provider: Provider::parse(&self.provider).ok(),
            status: Status::parse(&self.status),
            order: match self.order.as_str() {
                "end" => Order::End,
                "newest" => Order::Newest,
                _ => Order::Name,
            },
        }
    }

    /// The address of the same list, from its beginning.
    fn path(&self) -> String {
        let pairs = [
            ("q", self.q.trim()),
            ("status", &self.status),
            ("provider", &self.provider),
            ("order", &self.order),
        ];
        let given = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        let query: Vec<String> = given
            .map(|(name, text)| format!("{name}={}", utf8_percent_encode(text, NON_ALPHANUMERIC)))
            .collect();
        format!("{PLACE}?{}", query.join("&"))
    }
}

/// A choice of a list.
struct Choice {
    word: &'static str,
    shown: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "credentials/list.html")]
struct Page {
    frame: Frame,
    search: String,
    statuses: Vec<Choice>,
    providers: Vec<Choice>,
    orders: Vec<Choice>,
    rows: Vec<Row>,
    is_first: bool,
    is_all: bool,
    first: String,
    next: Option<String>,
    refusal: Option<String>,
}

impl Page {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.is_all && self.is_first
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
    /// Its beginning.
    pub brief: String,
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
            brief: words::brief(&credential.description),
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
    let filter = asked.filter();
    let search = asked.q.trim().to_owned();
    let wanted = Wanted {
        cursor: asked.after.clone(),
        limit: Some(limits::ROWS),
        search: Some(search.clone()).filter(|text| !text.is_empty()),
    };
    let listed = broker.search_credentials(&signed.caller, &wanted, &filter).await?;
    let now = broker.now();
    let first = asked.path();
    let page = Page {
        rows: listed.items.iter().map(|view| Row::of(view, now)).collect(),
        next: listed.next_cursor.map(|after| format!("{first}&after={after}")),
        frame: Frame::of(&state, &signed, PLACE, "Git repository access").await?,
        refusal: refusal(&signed, Permission::ManageCredentials),
        is_first: asked.after.is_none(),
        is_all: search.is_empty() && filter.provider.is_none() && filter.status.is_none(),
        statuses: STATUSES
            .map(|it| Choice {
                word: it.word(),
                shown: words::status(it),
                is_chosen: filter.status == Some(it),
            })
            .into(),
        providers: Provider::ALL
            .map(|it| Choice {
                word: it.word(),
                shown: words::provider(it),
                is_chosen: filter.provider == Some(it),
            })
            .into(),
        orders: [
            ("name", "Name", Order::Name),
            ("end", "What ends first", Order::End),
            ("newest", "Newest first", Order::Newest),
        ]
        .map(|(word, shown, it)| Choice { word, shown, is_chosen: filter.order == it })
        .into(),
        first,
        search,
    };
    show(&state, StatusCode::OK, &page)
}
