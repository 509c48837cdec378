//! The overview: what there is, what needs attention first, what ends when, what is used, what happened.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use broker::CredentialView;
use broker::Wanted;
use domain::policy::Permission;
use domain::status::EXPIRING_WITHIN;
use domain::status::Status;
use http::StatusCode;

use super::accounts;
use super::credentials::Entry;
use super::credentials::Renewal;
use super::credentials::Row;
use super::credentials::STATUSES;
use super::credentials::records_of;
use crate::ConsoleState;
use crate::chart::Ends;
use crate::chart::Uses;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::session::RENEWED;
use crate::session::Signed;
use crate::words;

/// Where it is in the menu.
const PLACE: &str = "/console/";
/// Rows of what needs attention.
const ATTENTION_MAX: usize = 12;
/// Records that are shown.
const RECORDS: i64 = 10;

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/console/", get(page)).route(RENEWED, get(renewed))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    frame: Frame,
    counts: Vec<Count>,
    attention: Vec<Attention>,
    /// Whether there is more that does.
    has_more: bool,
    ends: Ends,
    ending: Vec<Row>,
    uses: Uses,
    records: Vec<Entry>,
    refusal: Option<String>,
    is_empty: bool,
}

struct Count {
    word: &'static str,
    shown: &'static str,
    count: i64,
}

/// A credential that needs attention, and what to do about it.
struct Attention {
    row: Row,
    has_ended: bool,
    action: &'static str,
    /// Whether everybody may do that.
    is_reading: bool,
    path: String,
}

impl Attention {
    fn of(view: &CredentialView, signed: &Signed, now: domain::Timestamp) -> Attention {
        let row = Row::of(view, now);
        let path = |last: &str| format!("{}{last}", row.path);
        let (action, path, is_reading) = match (view.status, Renewal::of(view, signed)) {
            (Status::Insufficient, _) => ("See what is missing", path(""), true),
            (_, Renewal::Own) => ("Connect again", accounts::PLACE.to_owned(), true),
            (_, Renewal::Others(_)) => ("See who can renew it", path(""), true),
            (Status::Disabled, _) => ("Give its value again", path("/replace"), false),
            _ => ("Replace its value", path("/replace"), false),
        };
        let has_ended = view.credential.expires_at.is_some_and(|end| end <= now);
        Attention { path, has_ended, action, is_reading, row }
    }
}

async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    show(&state, StatusCode::OK, &overview(&state, &signed).await?)
}

/// The same for an open page. No notice is shown by that, so none is taken away.
async fn renewed(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    let html = overview(&state, &signed).await?.render().map_err(domain::Error::internal)?;
    Ok(Html(html).into_response())
}

async fn overview(state: &ConsoleState, signed: &Signed) -> Result<Page, Oops> {
    let broker = &state.app.broker;
    let overview = broker.overview(&signed.caller).await?;
    let now = broker.now();
    let count_of = |status: Status| {
        let found = overview.counts.iter().find(|(it, _)| *it == status);
        found.map_or(0, |(_, count)| *count)
    };
    let counts = STATUSES.map(|status| Count {
        word: status.word(),
        shown: words::status(status),
        count: count_of(status),
    });
    let is_troubled = |id| overview.troubled.iter().any(|view| view.credential.id == id);
    // What ends soon, whatever else is known about it.
    let soon = now.plus(EXPIRING_WITHIN);
    let soon = overview.ending.iter().filter(|view| {
        let ends = view.credential.expires_at.is_some_and(|end| end <= soon);
        ends && !is_troubled(view.credential.id)
    });
    let attention: Vec<_> = overview.troubled.iter().chain(soon).collect();
    let wanted = Wanted { limit: Some(RECORDS), ..Wanted::default() };
    Ok(Page {
        frame: Frame::of(state, signed, PLACE, "Overview").await?,
        is_empty: counts.iter().all(|it| it.count == 0),
        counts: counts.into_iter().filter(|it| it.count > 0).collect(),
        has_more: attention.len() > ATTENTION_MAX,
        attention: attention
            .into_iter()
            .take(ATTENTION_MAX)
            .map(|view| Attention::of(view, signed, now))
            .collect(),
        ends: Ends::of(&overview.ending, now),
        ending: overview
            .ending
            .iter()
            .filter(|view| view.credential.expires_at.is_some_and(|end| end > now))
            .take(ATTENTION_MAX)
            .map(|view| Row::of(view, now))
            .collect(),
        uses: Uses::of(&overview.days, overview.today),
        records: records_of(state, signed, None, &wanted).await?,
        refusal: refusal(signed, Permission::ManageCredentials),
    })
}
