//! The newest records, or those that are searched for.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AuditPage;
use broker::Placed;
use broker::Wanted;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::audit::Record;
use domain::policy::Permission;
use http::StatusCode;

use super::Asked;
use super::PLACE;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "audit/list.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    rows: Vec<Row>,
    first: String,
    next: Option<String>,
    export: String,
    refusal: Option<String>,
}

impl Page {
    /// What can be asked for, in the order of its words.
    fn actions(&self) -> Vec<&'static str> {
        let mut words: Vec<_> = Action::ALL.iter().map(|it| it.word()).collect();
        words.sort_unstable();
        words
    }

    fn outcomes(&self) -> &'static [Outcome] {
        Outcome::ALL
    }

    /// Whether less than everything is asked for.
    fn is_search(&self) -> bool {
        self.first != PLACE
    }
}

/// A record as a row.
struct Row {
    at: Moment,
    action: String,
    /// How it ended: the word of its colour, and in words.
    outcome: (&'static str, &'static str),
    who: String,
    who_kind: String,
    client: String,
    /// Repository and target.
    on: Vec<String>,
    /// The page of the credential concerned.
    credential_path: Option<String>,
    detail: String,
    /// What else is known of the target.
    facts: Vec<(String, String)>,
    request_id: String,
    /// Its place in the chain: lane, number.
    place: (i64, i64),
}

impl Row {
    fn of(placed: &Placed, now: Timestamp) -> Row {
        let record: &Record = &placed.record;
        let shown = |text: &Option<String>| words::text(text.as_deref().unwrap_or_default());
        let on = [&record.repository, &record.target].into_iter().flatten();
        let facts = record.facts.iter();
        Row {
            at: Moment::of(record.at, now),
            action: words::action(record.action),
            outcome: (colour(record.outcome), words::outcome(record.outcome)),
            who: words::name(&record.actor_name),
            who_kind: words::name(&record.actor_kind).replace('_', " "),
            client: shown(&record.client),
            on: on.map(|text| words::text(text)).collect(),
            credential_path: record.credential_id.map(|id| format!("/console/credentials/{id}")),
            detail: shown(&record.detail),
            facts: facts.map(|(name, value)| (words::name(name), words::text(value))).collect(),
            request_id: shown(&record.request_id),
            place: (placed.lane, placed.sequence),
        }
    }
}

fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done | Outcome::Ended => "valid",
        Outcome::Refused => "rejected",
        Outcome::Begun => "unchecked",
    }
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let refusal = refusal(&signed, Permission::ReadAudit);
    let (found, said) = match &refusal {
        // Opening a page is no attempt that deserves a record.
        Some(_) => (None, Said { notice: None, status: StatusCode::FORBIDDEN }),
        None => match find(&state, &signed, &asked).await {
            Ok(found) => (Some(found), Said::default()),
            Err(error) => (None, Said::of(error)?),
        },
    };
    let found = found.unwrap_or(AuditPage { items: Vec::new(), next_cursor: None });
    let now = state.app.broker.now();
    let page = Page {
        frame: Frame::of(&state, &signed, PLACE, "Audit log").await?.saying(said.notice),
        rows: found.items.iter().map(|placed| Row::of(placed, now)).collect(),
        next: found.next_cursor.map(|after| asked.path(PLACE, Some(&after))).transpose()?,
        first: asked.path(PLACE, None)?,
        export: asked.path("/console/audit/export", None)?,
        asked,
        refusal,
    };
    show(&state, said.status, &page)
}

async fn find(state: &ConsoleState, signed: &Signed, asked: &Asked) -> domain::Result<AuditPage> {
    let wanted =
        Wanted { cursor: asked.after.clone(), limit: Some(limits::ROWS), ..Wanted::default() };
    state.app.broker.list_audit(&signed.caller, &asked.search()?, &wanted).await
}
