//! Checking a Bitbucket Cloud token.
//!
//! Calls: `GET /repositories/{workspace}`, whose headers name the scopes, and one for whose it is
//! (`GET /user` or `GET /workspaces/{workspace}`). For each bound repository four more: the
//! repository, its webhooks, and git's two ref advertisements. Where no workspace is known,
//! `GET /user/workspaces` comes before. No call tells when a token ends, and none ends it.

use async_trait::async_trait;
use domain::Result;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Level;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::url::Segments;
use serde_json::Value;

use super::Bitbucket;
use super::form;
use super::identity;
use super::is_of_user;
use super::repo;
use super::scopes;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::json::flag;
use crate::json::text_at;
use crate::json::texts;
use crate::json::words;
use crate::limits;
use crate::prove;
use crate::prove::Probe;
use crate::prove::found;
use crate::prove::note;

const SCOPES: &str = "X-OAuth-Scopes";

#[async_trait]
impl Prove for Bitbucket {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let workspace = match known_workspace(api, asked) {
            Some(workspace) => workspace,
            None => match first_workspace(api).await? {
                Ok(workspace) => workspace,
                Err(findings) => return Ok(*findings),
            },
        };
        let target = format!("/repositories/{}?pagelen=1", path::segment(&workspace));
        let answer = api.get(target).await?;
        let listed = answer.json().unwrap_or_default();
        let granted = granted(&answer, &listed);
        let mut findings = if answer.is_ok() {
            Findings::of(Verdict::Accepted, prove::left_out(asked))
        } else {
            not_alive(api, &answer)
        };
        let is_dead = matches!(findings.verdict, Verdict::Refused | Verdict::Expired);
        // An answer that refuses for want of a scope names the scopes as well.
        if is_dead || (!answer.is_ok() && granted.is_none()) {
            return Ok(findings);
        }
        let evidence = answer.evidence_with(SCOPES);
        api.keep(&mut findings.permissions, scopes::permissions(granted.as_deref(), &evidence));
        findings.remarks.extend(granted.as_deref().and_then(scopes::remarks));
        let kind = answer.header("x-credential-type").map(|kind| api.scrub(kind).replace('_', " "));
        findings.token_kind = kind.map(|kind| domain::text::printable(&kind, 60));
        findings.scopes = granted;
        if answer.is_ok() {
            findings.identity = whose(api, &workspace, &findings, &listed).await;
            for path in asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX) {
                findings.repositories.push(look(api, path).await);
            }
        }
        Ok(findings)
    }
}

/// The workspace the credential is for, or that of the first repository it is bound to.
fn known_workspace(api: &Api<'_>, asked: &Asked<'_>) -> Option<String> {
    let of_repository = || asked.repositories.first()?.as_str().split('/').next();
    api.workspace.or_else(of_repository).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// The first workspace it sees, or the findings if there is none.
async fn first_workspace(api: &Api<'_>) -> Result<Result<String, Box<Findings>>> {
    let answer = api.get("/user/workspaces?pagelen=1").await?;
    if !answer.is_ok() {
        let mut findings = not_alive(api, &answer);
        // Access tokens of repositories and workspaces have no user; a refusal shows nothing then.
        if !is_of_user(api.facts) {
            findings.verdict = Verdict::Unknown;
            findings.said = Some(
                "No workspace is known, and without one Bitbucket does not tell about the token; \
                 enter the workspace."
                    .to_owned(),
            );
        }
        return Ok(Err(Box::new(findings)));
    }
    let list = answer.json()?;
    let slug = ["/values/0/workspace/slug", "/values/0/slug"];
    Ok(slug.iter().find_map(|place| text_at(&list, place)).ok_or_else(|| {
        let said = "It sees no workspace, so there is nothing to ask for.".to_owned();
        Box::new(Findings::of(Verdict::Accepted, said))
    }))
}

/// Findings where the liveness call was not answered 2xx.
fn not_alive(api: &Api<'_>, answer: &Answer) -> Findings {
    let mut findings = prove::not_alive(api, answer);
    if findings.verdict != Verdict::Refused {
        return findings;
    }
    if answer.message().is_some_and(|said| said.starts_with("Access token expired")) {
        findings.verdict = Verdict::Expired;
    } else if form::is_api_token(api.secret) {
        let said = findings.said.take().unwrap_or_default();
        findings.said = Some(format!(
            "{said} A user's API token is taken only with the account's e-mail address as its user \
             name, and only if it was made with scopes for Bitbucket."
        ));
    }
    findings
}

/// The scopes, from the header or from the detail of a refusal.
fn granted(answer: &Answer, body: &Value) -> Option<Vec<String>> {
    let of_refusal = || texts(body.pointer("/error/detail/granted"));
    answer.header("x-oauth-scopes").map(words).or_else(of_refusal)
}

async fn whose(
    api: &Api<'_>,
    workspace: &str,
    findings: &Findings,
    listed: &Value,
) -> Option<domain::check::Identity> {
    let is_access_token = match &findings.token_kind {
        Some(kind) => kind.ends_with("access token"),
        None => !is_of_user(api.facts),
    };
    if is_access_token {
        return identity::of_workspace(api, workspace, listed).await;
    }
    match &findings.scopes {
        Some(scopes) if !scopes::may_read_user(scopes) => None,
        _ => identity::of_user(api).await,
    }
}

/// What may be done with a repository.
async fn look(api: &Api<'_>, path: &Segments) -> RepositoryFindings {
    let mut findings = RepositoryFindings {
        repository: path.to_string(),
        is_bound: true,
        is_visible: None,
        is_private: None,
        permissions: Vec::new(),
    };
    let answer = match api.get(repo(path, "")).await {
        Ok(answer) => answer,
        Err(error) => {
            let evidence = note(error.message());
            let read = found(scopes::REPOSITORY_READ, Level::Required, Finding::Unproven, evidence);
            api.keep(&mut findings.permissions, [read]);
            return findings;
        }
    };
    findings.is_visible = match answer.code() {
        200 => Some(true),
        403 | 404 => Some(false),
        _ => None,
    };
    findings.is_private = flag(&answer.json().unwrap_or_default(), "/is_private");
    if findings.is_visible != Some(true) {
        let is_hidden = findings.is_visible == Some(false);
        let result = if is_hidden { Finding::Missing } else { Finding::Unproven };
        let mut evidence = answer.evidence();
        evidence.note = answer.message().map(|text| api.scrub(&text));
        api.keep(
            &mut findings.permissions,
            [found(scopes::REPOSITORY_READ, Level::Required, result, evidence)],
        );
        return findings;
    }
    // A public one is read by everybody; there, the scopes are all there is to know.
    let is_public = findings.is_private == Some(false);
    if !is_public {
        let evidence = answer.evidence();
        let read = found(scopes::REPOSITORY_READ, Level::Required, Finding::Proven, evidence);
        api.keep(&mut findings.permissions, [read]);
    }
    let hooks = Probe {
        permission: scopes::WEBHOOK_READ,
        level: Level::Required,
        call: Call::get(repo(path, "/hooks?pagelen=1")),
        proven: &[200],
        missing: &[403],
        header: "X-Accepted-OAuth-Scopes",
    };
    api.keep(&mut findings.permissions, [hooks.ask(api).await]);
    prove::git_rights(api, path, &mut findings).await;
    findings
}
