//! Checking a token of Gitea or Forgejo.
//!
//! Calls: `GET /user`; then `GET /token` where newer versions have it, else `GET /user/orgs`; and for
//! each repository `GET /repos/…`, its hooks and git's two ref advertisements. Without a bound
//! repository the private ones are listed first, and git is asked about pushing only.
//!
//! What `GET /repos/…` tells is the account's role; a token may be narrower. Scopes or git tell that.

use async_trait::async_trait;
use domain::Result;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::url::GitService;
use domain::url::Segments;
use serde_json::Value;

use super::Gitea;
use super::repo;
use super::scopes;
use super::tokens;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::api::Call;
use crate::json::flag;
use crate::json::link;
use crate::json::text;
use crate::json::texts;
use crate::limits;
use crate::prove;
use crate::prove::Probe;
use crate::prove::found;
use crate::prove::note;
use crate::shapes::Revocation;

const READ: &str = "repository:read";
const WRITE: &str = "repository:write";
const HOOKS: &str = "webhooks";
const USER: &str = "user:read";
const ORGANIZATION: &str = "organization:read";
const PUBLIC: &str = "The repository is public: everybody may read it.";

#[async_trait]
impl Prove for Gitea {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let user = api.get("/user").await?;
        let reads_user = user.is_ok();
        if !reads_user && !lacks_scope(&user) {
            return Ok(prove::not_alive(api, &user));
        }
        let mut findings = Findings {
            identity: user.json().ok().filter(|_| reads_user).as_ref().and_then(identity),
            expiry: ExpirySource::None,
            said: prove::left_out(asked),
            ..Findings::of(Verdict::Accepted, None)
        };
        let granted = match self.tells_of_tokens {
            true => of_token(api, &mut findings).await,
            false => None,
        };
        findings.permissions = whole(api, granted.as_ref(), &user).await;
        let targets = targets(api, asked, reads_user).await;
        if targets.is_empty() {
            findings.permissions.extend(unprovable(granted.is_some()));
        }
        for (path, is_bound) in targets {
            let look = Look { api, path: &path, is_bound, granted: granted.as_ref() };
            findings.repositories.push(look.findings().await);
        }
        Ok(findings)
    }

    async fn revoke(&self, api: &Api<'_>) -> Result<Revocation> {
        tokens::revoke(api, self.tells_of_tokens).await
    }
}

/// A token that is known but may not do this is told so; one that is not known gets a 401.
fn lacks_scope(answer: &Answer) -> bool {
    answer.code() == 403 && answer.message().is_some_and(|text| text.contains("required scope"))
}

fn identity(user: &Value) -> Option<Identity> {
    Some(Identity {
        id: text(user, "id"),
        login: text(user, "login")?,
        name: text(user, "full_name"),
        kind: None,
        avatar_url: link(user, "/avatar_url"),
        home_url: link(user, "/html_url"),
    })
}

/// Scopes that could be read, and the call that told them.
struct Granted {
    scopes: Vec<String>,
    evidence: Evidence,
}

impl Granted {
    fn shows(&self, scope: &str) -> (Finding, Evidence) {
        let is_there = scopes::has(&self.scopes, scope);
        (if is_there { Finding::Proven } else { Finding::Missing }, self.evidence.clone())
    }
}

/// What the token is told about itself, in the versions that do so.
async fn of_token(api: &Api<'_>, findings: &mut Findings) -> Option<Granted> {
    let answer = api.get("/token").await.ok().filter(Answer::is_ok)?;
    let token = answer.json().ok()?;
    let scopes = texts(token.get("scopes"))?;
    if findings.identity.is_none() {
        findings.identity = token.get("user").and_then(identity);
    }
    findings.token_kind = Some("access token".to_owned());
    findings.remarks = scopes::remarks(&scopes);
    findings.scopes = Some(scopes.clone());
    let mut evidence = answer.evidence();
    let list = domain::text::printable(&scopes.join(", "), limits::HEADER_CHARACTERS_MAX);
    evidence.note = Some(format!("its scopes are {list}"));
    Some(Granted { scopes, evidence })
}

/// What does not depend on a repository.
async fn whole(api: &Api<'_>, granted: Option<&Granted>, user: &Answer) -> Vec<PermissionFinding> {
    if let Some(granted) = granted {
        let scopes = [
            (READ, Level::Required, "read:repository"),
            (WRITE, Level::Required, "write:repository"),
            (USER, Level::Conditional, "read:user"),
            (ORGANIZATION, Level::Conditional, "read:organization"),
        ];
        let of = |(permission, level, scope): (&str, Level, &str)| {
            let (result, evidence) = granted.shows(scope);
            found(permission, level, result, evidence)
        };
        return scopes.into_iter().map(of).collect();
    }
    let mut evidence = user.evidence();
    evidence.note = user.message().map(|text| api.scrub(&text));
    let result = if user.is_ok() { Finding::Proven } else { Finding::Missing };
    let organizations = Probe {
        permission: ORGANIZATION,
        level: Level::Conditional,
        call: Call::get("/user/orgs?limit=1"),
        proven: &[200],
        missing: &[403],
        header: "",
    };
    vec![found(USER, Level::Conditional, result, evidence), organizations.ask(api).await]
}

/// The bound repositories, or else the private one it may do most with.
async fn targets(api: &Api<'_>, asked: &Asked<'_>, reads_user: bool) -> Vec<(Segments, bool)> {
    if asked.repositories.is_empty() {
        return sample(api, reads_user).await.map(|path| (path, false)).into_iter().collect();
    }
    let bound = asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX);
    bound.map(|path| (path.clone(), true)).collect()
}

async fn sample(api: &Api<'_>, reads_user: bool) -> Option<Segments> {
    // The account's own list wants the right to read the account, too.
    let list = if reads_user { "/user/repos?limit=50" } else { "/repos/search?limit=50" };
    let page = api.get(list).await.ok().filter(Answer::is_ok)?.json().ok()?;
    let repositories = page.as_array().or_else(|| page.get("data")?.as_array())?;
    let is_private = |it: &&Value| flag(it, "/private") == Some(true);
    let rank = |it: &&Value| {
        let may = |word: &str| flag(it, &format!("/permissions/{word}")) == Some(true);
        (flag(it, "/archived") != Some(true), may("admin"), may("push"))
    };
    // Of equals the first.
    let best = repositories.iter().filter(is_private).rev().max_by_key(rank)?;
    Segments::parse(&text(best, "full_name")?).ok()
}

fn unprovable(are_scopes_known: bool) -> Vec<PermissionFinding> {
    let why = "It sees no private repository, and on public ones reading shows nothing.";
    let names: &[&str] = if are_scopes_known { &[HOOKS] } else { &[READ, WRITE, HOOKS] };
    let one = |name: &&str| found(name, Level::Required, Finding::Unproven, note(why));
    names.iter().map(one).collect()
}

/// One repository that is looked at.
struct Look<'a> {
    api: &'a Api<'a>,
    path: &'a Segments,
    is_bound: bool,
    granted: Option<&'a Granted>,
}

impl Look<'_> {
    async fn findings(&self) -> RepositoryFindings {
        let mut findings = RepositoryFindings {
            repository: self.path.to_string(),
            is_bound: self.is_bound,
            is_visible: None,
            is_private: None,
            permissions: Vec::new(),
        };
        let answer = match self.api.get(repo(self.path, "")).await {
            Ok(answer) => answer,
            Err(error) => {
                let unread = found(READ, Level::Required, Finding::Unproven, note(error.message()));
                findings.permissions.push(unread);
                return findings;
            }
        };
        let described = answer.json().unwrap_or_default();
        findings.is_visible = match answer.code() {
            200 => Some(true),
            404 => Some(false),
            _ => None,
        };
        findings.is_private = flag(&described, "/private");
        let is_public = findings.is_private == Some(false);
        findings.permissions.push(self.reads(&answer, is_public));
        if findings.is_visible == Some(false) {
            return findings;
        }
        let git = |service, level| prove::git_right(self.api, self.path, service, level, is_public);
        let push = git(GitService::ReceivePack, Level::Advised).await;
        findings.permissions.push(self.writes(&answer, &described, &push));
        findings.permissions.push(self.hooks().await);
        if self.is_bound {
            findings.permissions.push(git(GitService::UploadPack, Level::Required).await);
            findings.permissions.push(push);
        }
        findings
    }

    fn reads(&self, answer: &Answer, is_public: bool) -> PermissionFinding {
        let mut evidence = answer.evidence();
        evidence.note = answer.message().map(|text| self.api.scrub(&text));
        let result = match answer.code() {
            200 if is_public && self.granted.is_none() => {
                evidence.note = Some(PUBLIC.to_owned());
                Finding::Unproven
            }
            200 => Finding::Proven,
            404 => Finding::Missing,
            _ if lacks_scope(answer) => Finding::Missing,
            _ => Finding::Unproven,
        };
        found(READ, Level::Required, result, evidence)
    }

    /// The scope, the account's role, and else what git says.
    fn writes(
        &self,
        answer: &Answer,
        described: &Value,
        push: &PermissionFinding,
    ) -> PermissionFinding {
        if let Some((Finding::Missing, evidence)) =
            self.granted.map(|granted| granted.shows("write:repository"))
        {
            return found(WRITE, Level::Required, Finding::Missing, evidence);
        }
        let says = |text: &str| Evidence { note: Some(text.to_owned()), ..answer.evidence() };
        if flag(described, "/permissions/push") == Some(false) {
            let role = says("permissions.push is false");
            return found(WRITE, Level::Required, Finding::Missing, role);
        }
        if flag(described, "/archived") == Some(true) {
            let why = says("The repository is archived, where every write is refused.");
            return found(WRITE, Level::Required, Finding::Unproven, why);
        }
        found(WRITE, Level::Required, push.result, push.evidence.clone())
    }

    async fn hooks(&self) -> PermissionFinding {
        let probe = Probe {
            permission: HOOKS,
            level: Level::Required,
            call: Call::get(repo(self.path, "/hooks?limit=1")),
            proven: &[200],
            missing: &[403],
            header: "",
        };
        probe.ask(self.api).await
    }
}
