//! Checking the key of a GitHub App: who it is, where it is installed, and what its tokens may do.
//!
//! Calls: `GET /app`; where it is installed, for each bound repository or once; for each installation a
//! token with all that it may do there (in the bound repositories, where there are any), whose answer
//! lists the permissions, and the end of that token; for each bound repository git's two advertisements.

use std::collections::BTreeMap;

use domain::Result;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::IdentityKind;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::url::GitService;
use domain::url::Segments;
use serde_json::json;

use super::app;
use super::app::Minted;
use crate::Api;
use crate::Asked;
use crate::api::Answer;
use crate::api::Call;
use crate::json;
use crate::limits;
use crate::prove;
use crate::prove::found;

/// What an App is asked for: its word, the level that is enough, how much it matters, our word.
const WANTED: [(&str, &str, Level, &str); 5] = [
    ("metadata", "read", Level::Required, "metadata:read"),
    ("contents", "read", Level::Required, "contents:read"),
    ("contents", "write", Level::Advised, "contents:write"),
    ("repository_hooks", "write", Level::Conditional, "webhooks:write"),
    ("pull_requests", "write", Level::Conditional, "pull_requests:write"),
];

/// GitHub's levels, from less to more.
const LEVELS: [&str; 3] = ["read", "write", "admin"];

/// Where the App is installed, and the bound repositories there.
type Places<'a> = BTreeMap<String, Vec<&'a Segments>>;

/// Checks an App. `api` has its signed word.
pub(super) async fn check(api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
    let answer = api.get("/app").await?;
    if answer.code() != 200 {
        return Ok(prove::not_alive(api, &answer));
    }
    let mut findings = of_app(&answer)?;
    findings.said = prove::left_out(asked);
    for (installation, repositories) in places(api, asked, &mut findings).await? {
        look(api, &installation, &repositories, &mut findings).await?;
    }
    Ok(findings)
}

fn of_app(answer: &Answer) -> Result<Findings> {
    let app = answer.json()?;
    let slug = json::text(&app, "slug").ok_or_else(|| prove::nobody(answer))?;
    let identity = Identity {
        id: json::text(&app, "id"),
        login: format!("{slug}[bot]"),
        name: json::text(&app, "name"),
        kind: Some(IdentityKind::Bot),
        avatar_url: None,
        home_url: json::link(&app, "/html_url"),
    };
    Ok(Findings {
        identity: Some(identity),
        token_kind: Some("GitHub App".to_owned()),
        expiry: ExpirySource::None,
        ..Findings::of(Verdict::Accepted, None)
    })
}

/// Finds where it is installed; what it does not reach goes into the findings.
async fn places<'a>(
    api: &Api<'_>,
    asked: &Asked<'a>,
    findings: &mut Findings,
) -> Result<Places<'a>> {
    let mut places = Places::new();
    for path in asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX) {
        let answer = app::of_repository(api, path).await?;
        let place = app::id_in(&answer);
        let mut known = of(path);
        let one = reached(&mut known, &answer, place.as_deref(), asked.installation);
        api.keep(&mut known.permissions, [one]);
        findings.repositories.push(known);
        let is_ours = |place: &String| asked.installation.is_none_or(|given| given == place);
        if let Some(place) = place.filter(is_ours) {
            places.entry(place).or_default().push(path);
        }
    }
    if !asked.repositories.is_empty() {
        return Ok(places);
    }
    if let Some(given) = asked.installation {
        return Ok(Places::from([(given.to_owned(), Vec::new())]));
    }
    let answer = app::first(api).await?;
    match app::id_in(&answer) {
        Some(place) => Ok(Places::from([(place, Vec::new())])),
        None => {
            api.keep(&mut findings.permissions, [uninstalled(&answer)]);
            Ok(places)
        }
    }
}

/// Whether an installation, the given one if there is one, reaches a repository.
fn reached(
    known: &mut RepositoryFindings,
    answer: &Answer,
    place: Option<&str>,
    given: Option<&str>,
) -> PermissionFinding {
    let other = place.filter(|place| given.is_some_and(|given| given != *place));
    let (is_visible, result) = match (answer.code(), place) {
        (404, _) => (Some(false), Finding::Missing),
        (_, Some(_)) if other.is_some() => (Some(false), Finding::Missing),
        (_, Some(_)) => (Some(true), Finding::Proven),
        (_, None) => (None, Finding::Unproven),
    };
    let note = match other {
        Some(other) => Some(format!("Another installation reaches it: {other}.")),
        None => answer.message().filter(|_| result != Finding::Proven),
    };
    let evidence = Evidence { note, ..answer.evidence() };
    known.is_visible = is_visible;
    found("repository", Level::Required, result, evidence)
}

/// A repository of which nothing is known yet.
fn of(path: &Segments) -> RepositoryFindings {
    RepositoryFindings {
        repository: path.to_string(),
        is_bound: true,
        is_visible: None,
        is_private: None,
        permissions: Vec::new(),
    }
}

/// It is installed nowhere, or its installation gives no token.
fn uninstalled(answer: &Answer) -> PermissionFinding {
    let (result, note) = match answer.code() {
        200 => (Finding::Missing, Some("It is installed nowhere.".to_owned())),
        403 | 404 | 422 => (Finding::Missing, answer.message()),
        _ => (Finding::Unproven, answer.message()),
    };
    let evidence = Evidence { note, ..answer.evidence() };
    found("installation", Level::Required, result, evidence)
}

/// What may be done at one installation.
async fn look(
    api: &Api<'_>,
    installation: &str,
    repositories: &[&Segments],
    findings: &mut Findings,
) -> Result<()> {
    let names: Vec<&str> = repositories.iter().map(|path| app::name(path)).collect();
    let body = if names.is_empty() { json!({}) } else { json!({ "repositories": names }) };
    let answer = app::ask(api, installation, body).await?;
    if !answer.is_ok() {
        api.keep(&mut findings.permissions, [uninstalled(&answer)]);
        return Ok(());
    }
    let minted = app::minted(api, &answer)?;
    api.keep(&mut findings.permissions, judged(&minted, &answer));
    let whole = api;
    let api = Api::new(api.tools, api.site, api.facts, None, &minted.token)?;
    for path in repositories {
        // Its permissions tell whose right it is, also where everybody may read.
        let git = |service, level| prove::git_right(&api, path, service, level, false);
        let read = git(GitService::UploadPack, Level::Required).await;
        let write = git(GitService::ReceivePack, Level::Advised).await;
        let known = findings.repositories.iter_mut().find(|it| it.repository == path.as_str());
        if let Some(known) = known {
            whole.keep(&mut known.permissions, [read, write]);
        }
    }
    // It may do all that the App may. If this fails, it ends within the hour.
    let _ = api.call(Call::delete("/installation/token")).await;
    Ok(())
}

/// The permissions in the answer that made a token.
fn judged(minted: &Minted, answer: &Answer) -> Vec<PermissionFinding> {
    let rank = |level: &str| LEVELS.iter().position(|it| *it == level);
    let judge = |(resource, level, matters, word): (&str, &str, Level, &str)| {
        let given = minted.permissions.get(resource).and_then(|it| rank(it));
        let is_enough = given >= rank(level);
        let result = if is_enough { Finding::Proven } else { Finding::Missing };
        let shown = given.and_then(|it| LEVELS.get(it)).unwrap_or(&"none");
        let note = Some(format!("{resource}: {shown}"));
        found(word, matters, result, Evidence { note, ..answer.evidence() })
    };
    WANTED.into_iter().map(judge).collect()
}
