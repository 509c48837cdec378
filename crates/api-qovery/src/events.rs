//! Audit events: the changes of the organization in this API's words. What it has no word for – lends,
//! checks, reveals – stays in the native audit log.

use std::collections::VecDeque;

use axum::Json;
use axum::extract::State;
use broker::AuditSearch;
use broker::Caller;
use broker::Placed;
use broker::Wanted;
use domain::Error;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::input::Callers;
use crate::input::Ids;
use crate::input::Query;

/// Events on one page when nobody says.
const PAGE_DEFAULT: usize = 20;
/// Events on one page.
const PAGE_MAX: usize = 100;
/// Pages of the audit log that are read for one page of events.
const AUDIT_PAGES_MAX: usize = 50;
/// From here on a number is nanoseconds, not seconds.
const SECONDS_MAX: u64 = 100_000_000_000;

/// Which events are listed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    #[serde(default)]
    page_size: Option<usize>,
    #[serde(default)]
    from_timestamp: Option<String>,
    #[serde(default)]
    to_timestamp: Option<String>,
    #[serde(default)]
    continue_token: Option<String>,
    #[serde(default)]
    step_back_token: Option<String>,
    #[serde(default)]
    service_project_id: Option<String>,
    #[serde(default)]
    service_environment_id: Option<String>,
    #[serde(default)]
    event_type: Option<String>,
    #[serde(default)]
    target_type: Option<String>,
    #[serde(default)]
    target_id: Option<String>,
    #[serde(default)]
    sub_target_type: Option<String>,
    #[serde(default)]
    triggered_by: Option<String>,
    #[serde(default)]
    origin: Option<String>,
}

/// An event.
#[derive(Serialize)]
pub(crate) struct Event {
    id: String,
    timestamp: Timestamp,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<String>,
    target_name: String,
    target_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_target_type: Option<&'static str>,
    change: String,
    origin: &'static str,
    triggered_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    project_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_id: Option<String>,
    environment_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

/// A page of events.
#[derive(Serialize)]
pub(crate) struct Events {
    links: Links,
    organization_max_limit_reached: bool,
    events: Vec<Event>,
}

/// Where the pages beside this one are.
#[derive(Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The words for an action: what was done, to what, and to which part of it.
fn words(action: Action) -> Option<(&'static str, &'static str, Option<&'static str>)> {
    let organization = |what, part| Some((what, "ORGANIZATION", Some(part)));
    match action {
        Action::CredentialAdd => organization("CREATE", "GIT_TOKEN"),
        Action::CredentialUpdate | Action::CredentialReplace => organization("UPDATE", "GIT_TOKEN"),
        Action::CredentialDelete => organization("DELETE", "GIT_TOKEN"),
        Action::ApiTokenCreate => organization("CREATE", "API_TOKEN"),
        Action::ApiTokenRevoke => organization("DELETE", "API_TOKEN"),
        Action::OrganizationCreate => Some(("CREATE", "ORGANIZATION", None)),
        Action::OrganizationUpdate => organization("UPDATE", "CONFIG"),
        Action::MemberAdd => Some(("CREATE", "MEMBERS_AND_ROLES", Some("MEMBER_ROLE"))),
        Action::MemberUpdate => Some(("UPDATE", "MEMBERS_AND_ROLES", Some("MEMBER_ROLE"))),
        Action::MemberRemove => Some(("DELETE", "MEMBERS_AND_ROLES", Some("MEMBER_ROLE"))),
        Action::InvitationAdd => Some(("CREATE", "MEMBERS_AND_ROLES", Some("INVITATION"))),
        Action::InvitationAccept => Some(("ACCEPT", "MEMBERS_AND_ROLES", Some("INVITATION"))),
        Action::InvitationRemove => Some(("DELETE", "MEMBERS_AND_ROLES", Some("INVITATION"))),
        Action::ProjectAdd => Some(("CREATE", "PROJECT", None)),
        Action::ProjectUpdate => Some(("UPDATE", "PROJECT", None)),
        Action::ProjectRemove => Some(("DELETE", "PROJECT", None)),
        Action::EnvironmentAdd => Some(("CREATE", "ENVIRONMENT", None)),
        Action::EnvironmentUpdate => Some(("UPDATE", "ENVIRONMENT", None)),
        Action::EnvironmentRemove => Some(("DELETE", "ENVIRONMENT", None)),
        Action::ServiceAdd => Some(("CREATE", "APPLICATION", None)),
        Action::ServiceUpdate => Some(("UPDATE", "APPLICATION", None)),
        Action::ServiceRemove => Some(("DELETE", "APPLICATION", None)),
        _ => None,
    }
}

/// Where a request came from, by what the client calls itself.
fn origin(client: Option<&str>) -> &'static str {
    let client = client.unwrap_or_default().to_ascii_lowercase();
    match () {
        () if client.starts_with("cli ") || client.starts_with("claviger") => "CLI",
        () if client.starts_with("terraform") => "TERRAFORM_PROVIDER",
        () if client.starts_with("mozilla/") => "CONSOLE",
        () => "API",
    }
}

fn shape(placed: Placed) -> Option<Event> {
    let mut record = placed.record;
    let (event_type, target_type, sub_target_type) =
        words(record.action).filter(|_| record.outcome == Outcome::Done)?;
    let change = json!({ "target": record.target, "detail": record.detail, "facts": record.facts });
    let mut fact = |name: &str| record.facts.remove(name);
    let target_type = match fact("kind").as_deref() {
        Some("cron" | "lifecycle") => "JOB",
        Some("helm") => "HELM",
        Some("terraform") => "TERRAFORM",
        _ => target_type,
    };
    let target_id = fact("id").or_else(|| record.credential_id.map(|id| id.to_string()));
    Some(Event {
        id: record.id.to_string(),
        timestamp: record.at,
        event_type,
        target_id,
        target_name: fact("name").or(record.target).unwrap_or_default(),
        target_type,
        sub_target_type,
        change: change.to_string(),
        origin: origin(record.client.as_deref()),
        triggered_by: record.actor_name,
        project_id: fact("project_id"),
        project_name: fact("project").unwrap_or_default(),
        environment_id: fact("environment_id"),
        environment_name: fact("environment").unwrap_or_default(),
        user_agent: record.client,
    })
}

impl Asked {
    fn wants(&self, event: &Event) -> bool {
        let is = |wanted: &Option<String>, has: Option<&str>| {
            wanted.as_deref().filter(|it| !it.is_empty()).is_none_or(|it| has == Some(it))
        };
        is(&self.event_type, Some(event.event_type))
            && is(&self.target_type, Some(event.target_type))
            && is(&self.sub_target_type, event.sub_target_type)
            && is(&self.target_id, event.target_id.as_deref())
            && is(&self.triggered_by, Some(&event.triggered_by))
            && is(&self.origin, Some(event.origin))
            && is(&self.service_project_id, event.project_id.as_deref())
            && is(&self.service_environment_id, event.environment_id.as_deref())
    }
}

/// A moment in seconds or nanoseconds since 1970, or as a date.
fn moment(text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let millis = match text.parse::<i64>() {
        Ok(number) if number.unsigned_abs() < SECONDS_MAX => number.checked_mul(1000),
        Ok(number) => Some(number / 1_000_000),
        Err(_) => return Ok(Some(Timestamp::parse(text)?)),
    };
    millis
        .map(|millis| Some(Timestamp::from_millis(millis)))
        .ok_or_else(|| Error::invalid("This is no moment.").into())
}

/// The words of a filter, each of them one this API knows.
fn check(name: &str, given: Option<&str>, known: &[&str]) -> Result<(), Refusal> {
    match given.filter(|it| !it.is_empty()) {
        Some(word) if !known.contains(&word) => {
            Err(Error::invalid(format!("The filter {name} has a word nobody knows.")).into())
        }
        _ => Ok(()),
    }
}

/// Every word of the official client, those that never happen here too.
const EVENT_TYPES: &str = include_str!("event_types.txt");
const TARGET_TYPES: &str = include_str!("target_types.txt");
const SUB_TARGET_TYPES: &str = include_str!("sub_target_types.txt");
const ORIGINS: &[&str] =
    &["API", "CLI", "CONSOLE", "GIT", "QOVERY_INTERNAL", "SKILL", "TERRAFORM_PROVIDER"];

/// Refuses what no event could ever fit.
fn check_filters(asked: &Asked) -> Result<(), Refusal> {
    let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
    check("eventType", asked.event_type.as_deref(), &lines(EVENT_TYPES))?;
    check("targetType", asked.target_type.as_deref(), &lines(TARGET_TYPES))?;
    check("subTargetType", asked.sub_target_type.as_deref(), &lines(SUB_TARGET_TYPES))?;
    check("origin", asked.origin.as_deref(), ORIGINS)?;
    for (name, id) in [
        ("targetId", &asked.target_id),
        ("stepBackToken", &asked.step_back_token),
        ("continueToken", &asked.continue_token),
    ] {
        if id.as_deref().is_some_and(|id| !id.is_empty() && uuid::Uuid::parse_str(id).is_err()) {
            return Err(Error::invalid(format!("The filter {name} is no id.")).into());
        }
    }
    Ok(())
}

/// One page on the way through the log.
struct Page {
    events: Vec<Event>,
    /// Behind which record older ones follow, if there may be some.
    next: Option<String>,
}

impl Page {
    /// A full one: it goes on behind its last event.
    fn full(events: VecDeque<Event>) -> Page {
        Page { next: events.back().map(|event| event.id.clone()), events: events.into() }
    }
}

/// Walks from a place in the log to older events until a page is full, or – stepping back – until the
/// event the page is to end before.
async fn walk(
    state: &AppState,
    caller: &Caller,
    asked: &Asked,
    rows: usize,
) -> Result<Page, Refusal> {
    let search = AuditSearch {
        since: moment(asked.from_timestamp.as_deref())?,
        until: moment(asked.to_timestamp.as_deref())?,
        ..AuditSearch::default()
    };
    let end = asked.step_back_token.as_deref().filter(|it| !it.is_empty());
    let mut wanted = Wanted {
        cursor: asked.continue_token.clone().filter(|it| !it.is_empty() && end.is_none()),
        limit: Some(domain::limits::PAGE_ROWS_MAX),
        search: None,
    };
    let mut events: VecDeque<Event> = VecDeque::new();
    for _ in 0..AUDIT_PAGES_MAX {
        let page = state.broker.list_audit(caller, &search, &wanted).await?;
        for event in page.items.into_iter().filter_map(shape) {
            if end == Some(event.id.as_str()) {
                return Ok(Page::full(events));
            }
            if !asked.wants(&event) {
                continue;
            }
            if events.len() == rows && end.is_none() {
                return Ok(Page::full(events));
            }
            if events.len() == rows {
                events.pop_front();
            }
            events.push_back(event);
        }
        wanted.cursor = page.next_cursor;
        if wanted.cursor.is_none() {
            break;
        }
    }
    // Where the log is long and has little that fits, it goes on from there, even after an empty page.
    Ok(Page { events: events.into(), next: wanted.cursor })
}

/// Lists events, newest first.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Query(asked): Query<Asked>,
) -> Answer<Events> {
    let caller = callers.within(&organization)?;
    check_filters(&asked)?;
    let rows = asked.page_size.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    let Page { events, next } = walk(&state, caller, &asked, rows).await?;
    let public = &state.broker.settings().public_url;
    let link = |name: &str, id: &str| {
        format!("{public}/organization/{organization}/events?{name}={id}&pageSize={rows}")
    };
    let is_first = asked.continue_token.is_none() && asked.step_back_token.is_none();
    let links = Links {
        next: next.map(|id| link("continueToken", &id)),
        previous: events
            .first()
            .filter(|_| !is_first)
            .map(|event| link("stepBackToken", &event.id)),
    };
    Ok(Json(Events { links, organization_max_limit_reached: false, events }))
}
