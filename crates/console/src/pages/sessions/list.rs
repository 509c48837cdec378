//! The list of sessions: one's own; Owners and Admins see everybody's.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::SessionView;
use broker::Wanted;
use domain::Timestamp;
use domain::policy::Permission;
use domain::role::Role;
use domain::session::Way;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::user_agent;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::roles;
use crate::session::Signed;
use crate::words;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "sessions/list.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    sees_all: bool,
    is_first: bool,
    next: Option<String>,
}

struct Row {
    end_path: String,
    who: String,
    role: &'static str,
    browser: String,
    user_agent: String,
    way: String,
    since: Moment,
    seen: Moment,
    over: Option<Moment>,
    is_live: bool,
    is_this: bool,
    /// Why the caller may not end it.
    refusal: Option<String>,
}

impl Row {
    fn of(view: &SessionView, signed: &Signed, now: Timestamp) -> Row {
        let session = &view.session;
        // One whose token or member ended is over before its time.
        let over = session.ended_at.or(Some(session.expires_at).filter(|end| *end <= now));
        Row {
            end_path: format!("{PLACE}/{}/end", session.id),
            who: words::name(&view.principal.name),
            role: words::role(view.principal.role),
            browser: user_agent::in_words(&session.user_agent),
            user_agent: words::text(&session.user_agent),
            way: way(session.way),
            since: Moment::of(session.made_at, now),
            seen: Moment::of(session.seen_at, now),
            over: Moment::maybe(over, now),
            is_live: view.is_live,
            is_this: session.id == signed.session.session_id,
            refusal: roles::refusal(signed, Permission::Look, view.principal.role),
        }
    }
}

fn way(way: Way) -> String {
    match way {
        Way::Link => "by a link".to_owned(),
        Way::Setup => "by setting up this server".to_owned(),
        Way::Oidc => "with the company’s account".to_owned(),
        Way::Provider(provider) => format!("with {}", words::provider(provider)),
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
    let wanted = Wanted { cursor: asked.after, limit: Some(limits::ROWS), search: None };
    let listed = broker.list_sessions(&signed.caller, &wanted).await?;
    let now = broker.now();
    let page = Page {
        frame: Frame::of(&state, &signed, PLACE, "Sessions").await?,
        rows: listed.items.iter().map(|view| Row::of(view, &signed, now)).collect(),
        sees_all: signed.caller.principal.role.includes(Role::Admin),
        next: listed.next_cursor.map(|after| format!("{PLACE}?after={after}")),
        is_first,
    };
    show(&state, StatusCode::OK, &page)
}
