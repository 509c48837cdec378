//! One credential: its permissions with evidence and advice, where it is used, its versions, its
//! history and its records.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AuditSearch;
use broker::CheckView;
use broker::Service;
use broker::StatusChange;
use broker::Wanted;
use domain::Timestamp;
use domain::advice::Advice;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::find;
use super::list::Row;
use super::renewal::Renewal;
use crate::ConsoleState;
use crate::chart::Uses;
use crate::extract::Path;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

/// Records that are shown.
const RECORDS: i64 = 20;

#[derive(Template)]
#[template(path = "credentials/show.html")]
struct Page {
    frame: Frame,
    row: Row,
    id: String,
    handle: String,
    updated: Moment,
    username: String,
    workspace: String,
    scope: String,
    covers: Vec<String>,
    versions: Vec<i64>,
    current_version: i64,
    attention: Option<String>,
    report: Option<Report>,
    /// Where a better one is made.
    token_page: Option<String>,
    history: Vec<Change>,
    projects: Vec<Project>,
    /// Whether there are more services than are shown.
    has_more_services: bool,
    service: String,
    uses: Uses,
    records: Vec<Entry>,
    renewal: Renewal,
    refusal: Option<String>,
}

/// What the address may say: a part of a service's project, environment or name.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    service: String,
}

/// The last check.
struct Report {
    at: Moment,
    identity: String,
    token_kind: String,
    said: String,
    permissions: Vec<Found>,
    repositories: Vec<(String, Vec<Found>)>,
    advice: Vec<Advice>,
}

/// A permission, as found.
pub struct Found {
    /// Its name.
    pub permission: String,
    /// How much it matters.
    pub level: &'static str,
    /// The word, the icon, and the result in words.
    pub result: (&'static str, &'static str, &'static str),
    /// What that rests on.
    pub evidence: String,
}

impl Found {
    /// A finding for people.
    pub fn of(found: &PermissionFinding) -> Found {
        let evidence = &found.evidence;
        let status = evidence.status.map(|status| format!("answered {status}"));
        let endpoint = Some(evidence.endpoint.clone()).filter(|text| !text.is_empty());
        let parts = [endpoint, status, evidence.header.clone(), evidence.note.clone()];
        Found {
            permission: found.permission.clone(),
            level: match found.level {
                Level::Required => "required",
                Level::Conditional => "needed in some organizations",
                Level::Advised => "good to have",
            },
            result: match found.result {
                Finding::Proven => ("ok", "check", "proven"),
                Finding::Missing => ("no", "cross", "missing"),
                Finding::Unproven => ("maybe", "question", "unproven"),
            },
            evidence: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        }
    }
}

struct Change {
    at: Moment,
    status: String,
    reason: String,
}

/// Where a credential is used.
pub struct Project {
    /// The project's name.
    pub name: String,
    /// Its environments, by name.
    pub environments: Vec<(String, Vec<Used>)>,
}

/// A service that uses a credential.
pub struct Used {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
    /// The branch it is built from.
    pub branch: String,
}

/// A record, in short.
pub struct Entry {
    /// When.
    pub at: Moment,
    /// What was done.
    pub action: String,
    /// How it ended.
    pub outcome: &'static str,
    /// Who did it.
    pub who: String,
    /// What else is said.
    pub detail: String,
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let reference = find(&state, &signed, &id).await?.credential.id.to_string();
    // Reading the records counts the uses they tell of; what is shown beside them comes after.
    let wanted = Wanted { limit: Some(RECORDS), ..Wanted::default() };
    let records = records_of(&state, &signed, Some(&reference), &wanted).await?;
    let view = find(&state, &signed, &id).await?;
    let broker = &state.app.broker;
    let now = broker.now();
    let check = broker.last_check(&signed.caller, &reference).await?;
    let mut services = broker.services_of_credential(&signed.caller, &reference).await?;
    let service = asked.service.trim().to_owned();
    let part = service.to_lowercase();
    services.retain(|it| it.path().to_lowercase().contains(&part));
    let has_more_services = services.len() > limits::SERVICES;
    services.truncate(limits::SERVICES);
    let (days, today) = broker.credential_days(&signed.caller, &view).await?;
    let credential = &view.credential;
    let frame = Frame::of(&state, &signed, PLACE, words::name(&credential.name)).await?;
    let page = Page {
        frame,
        row: Row::of(&view, now),
        id: credential.id.to_string(),
        handle: credential.handle.clone(),
        updated: Moment::of(credential.updated_at, now),
        username: words::name(credential.login_name().unwrap_or_default()),
        workspace: words::name(credential.workspace.as_deref().unwrap_or_default()),
        scope: match (&credential.repository, credential.member_id) {
            (Some(repository), _) => format!("the repository {repository} only"),
            (None, Some(_)) => "one member only".to_owned(),
            (None, None) => "the organization".to_owned(),
        },
        covers: credential.covers.iter().map(ToString::to_string).collect(),
        versions: view.versions.clone(),
        current_version: credential.current_version,
        attention: view.attention.as_deref().map(|why| format!("{}.", words::without_command(why))),
        history: history_of(&check, now),
        report: report_of(check, now),
        token_page: broker.token_page(&view),
        projects: by_place(&services),
        has_more_services,
        service,
        uses: Uses::of(&days, today),
        records,
        renewal: Renewal::of(&view, &signed),
        refusal: refusal(&signed, Permission::ManageCredentials),
    };
    show(&state, StatusCode::OK, &page)
}

fn history_of(check: &CheckView, now: Timestamp) -> Vec<Change> {
    let change = |change: &StatusChange| Change {
        at: Moment::of(change.at, now),
        status: words::stored_status(&change.status),
        reason: words::text(&change.reason),
    };
    check.history.iter().map(change).collect()
}

/// Services by their place. They come sorted by it.
pub fn by_place(services: &[Service]) -> Vec<Project> {
    let mut projects: Vec<Project> = Vec::new();
    for service in services {
        let branch = service.source.as_ref().and_then(|source| source.branch.clone());
        let (name, kind) = (words::name(&service.name), service.kind.word());
        let leaf = Used { name, kind, branch: words::name(&branch.unwrap_or_default()) };
        let project = words::name(&service.at.project);
        let environment = words::name(&service.at.environment);
        if projects.last().is_none_or(|last| last.name != project) {
            projects.push(Project { name: project, environments: Vec::new() });
        }
        let Some(last) = projects.last_mut() else { continue };
        match last.environments.last_mut() {
            Some((name, leaves)) if *name == environment => leaves.push(leaf),
            _ => last.environments.push((environment, vec![leaf])),
        }
    }
    projects
}

fn report_of(check: CheckView, now: Timestamp) -> Option<Report> {
    let report = check.report?;
    let found = |of: &[PermissionFinding]| of.iter().map(Found::of).collect::<Vec<_>>();
    let findings = report.findings;
    Some(Report {
        at: Moment::of(report.checked_at, now),
        identity: findings.identity.map(|it| words::name(&it.login)).unwrap_or_default(),
        token_kind: words::name(&findings.token_kind.unwrap_or_default()),
        said: words::text(&findings.said.unwrap_or_default()),
        permissions: found(&findings.permissions),
        repositories: findings
            .repositories
            .iter()
            .map(|it| (words::name(&it.repository), found(&it.permissions)))
            .collect(),
        advice: report.advice,
    })
}

/// Newest records, of one credential or of all, for those who may read the log.
pub async fn records_of(
    state: &ConsoleState,
    signed: &Signed,
    credential: Option<&str>,
    wanted: &Wanted,
) -> Result<Vec<Entry>, Oops> {
    if signed.caller.require(Permission::ReadAudit).is_err() {
        return Ok(Vec::new());
    }
    let broker = &state.app.broker;
    let search =
        AuditSearch { credential: credential.map(str::to_owned), ..AuditSearch::default() };
    let listed = broker.list_audit(&signed.caller, &search, wanted).await?;
    let now = broker.now();
    let entry = |placed: &broker::Placed| {
        let record = &placed.record;
        Entry {
            at: Moment::of(record.at, now),
            action: words::action(record.action),
            outcome: words::outcome(record.outcome),
            who: words::name(&record.actor_name),
            detail: words::text(record.detail.as_deref().unwrap_or_default()),
        }
    };
    Ok(listed.items.iter().map(entry).collect())
}
