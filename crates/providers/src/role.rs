//! One repository of a host that tells which role the account has there: Gitea, Forgejo, Gitee.
//!
//! A token may be narrower than its account's role; scopes tell that where they can be read, and else
//! git does.
//!
//! Deliberately not here: whether the token is alive, and whose it is.

use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::url::GitService;
use domain::url::Segments;
use serde_json::Value;

use crate::Api;
use crate::Asked;
use crate::api::Answer;
use crate::api::Call;
use crate::json::flag;
use crate::json::text;
use crate::like_github;
use crate::like_github::repo;
use crate::limits;
use crate::prove;
use crate::prove::GIT_WRITE;
use crate::prove::Probe;
use crate::prove::found;
use crate::prove::note;

pub(crate) const READ: &str = "repository:read";
pub(crate) const WRITE: &str = "repository:write";
pub(crate) const HOOKS: &str = "webhooks";
pub(crate) const USER: &str = "user:read";
pub(crate) const ORGANIZATION: &str = "organization:read";
const PUBLIC: &str = "The repository is public: everybody may read it.";

/// A token that is known but may not do this is told so; one that is not known gets a 401.
pub(crate) fn lacks_scope(answer: &Answer) -> bool {
    answer.code() == 403 && answer.message().is_some_and(|text| text.contains("scope"))
}

/// Whether the account may do this with a described repository, if that is told.
pub(crate) fn may(described: &Value, word: &str) -> Option<bool> {
    flag(described, &format!("/permissions/{word}"))
        .or_else(|| flag(described, &format!("/permission/{word}")))
}

/// What the answer about the account shows.
pub(crate) fn reads_user(api: &Api<'_>, user: &Answer) -> PermissionFinding {
    let mut evidence = user.evidence();
    evidence.note = user.message().map(|text| api.scrub(&text));
    let result = if user.is_ok() { Finding::Proven } else { Finding::Missing };
    found(USER, Level::Conditional, result, evidence)
}

/// Asks whether organizations can be read.
pub(crate) async fn reads_organizations(api: &Api<'_>) -> PermissionFinding {
    let probe = Probe {
        permission: ORGANIZATION,
        level: Level::Conditional,
        call: Call::get("/user/orgs"),
        proven: &[200],
        missing: &[403],
        header: "",
    };
    probe.ask(api).await
}

/// The bound repositories, or else the private one of this list that it may do most with.
pub(crate) async fn targets(api: &Api<'_>, asked: &Asked<'_>, list: &str) -> Vec<(Segments, bool)> {
    if asked.repositories.is_empty() {
        return sample(api, list).await.map(|path| (path, false)).into_iter().collect();
    }
    let bound = asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX);
    bound.map(|path| (path.clone(), true)).collect()
}

async fn sample(api: &Api<'_>, list: &str) -> Option<Segments> {
    let page = api.get(list).await.ok().filter(Answer::is_ok)?.json().ok()?;
    let repositories = page.as_array().or_else(|| page.get("data")?.as_array())?;
    let is_private = |it: &&Value| flag(it, "/private") == Some(true);
    let rank = |it: &&Value| {
        let may = |word| may(it, word) == Some(true);
        (like_github::is_archived(it) != Some(true), may("admin"), may("push"))
    };
    // Of equals the first.
    let best = repositories.iter().filter(is_private).rev().max_by_key(rank)?;
    Segments::parse(&text(best, "full_name")?).ok()
}

/// What cannot be shown without a private repository.
pub(crate) fn unprovable(are_scopes_known: bool) -> Vec<PermissionFinding> {
    let why = "It sees no private repository, and on public ones reading shows nothing.";
    let names: &[&str] = if are_scopes_known { &[HOOKS] } else { &[READ, WRITE, HOOKS] };
    let one = |name: &&str| found(name, Level::Required, Finding::Unproven, note(why));
    names.iter().map(one).collect()
}

/// One repository that is looked at.
pub(crate) struct Look<'a> {
    pub api: &'a Api<'a>,
    pub path: &'a Segments,
    pub is_bound: bool,
    /// What the token's scopes say about writing, where they can be read.
    pub writes: Option<(Finding, Evidence)>,
}

impl Look<'_> {
    /// Looks.
    pub async fn findings(&self) -> RepositoryFindings {
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
                self.api.keep(&mut findings.permissions, [unread]);
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
        self.api.keep(&mut findings.permissions, [self.reads(&answer, is_public)]);
        if findings.is_visible == Some(false) {
            return findings;
        }
        let git = |service, level| prove::git_right(self.api, self.path, service, level, is_public);
        let push = git(GitService::ReceivePack, Level::Advised).await;
        let write = self.writes(&answer, &described, push);
        let push = found(GIT_WRITE, Level::Advised, write.result, write.evidence.clone());
        self.api.keep(&mut findings.permissions, [write]);
        self.api.keep(&mut findings.permissions, [self.hooks().await]);
        if self.is_bound {
            self.api.keep(
                &mut findings.permissions,
                [git(GitService::UploadPack, Level::Required).await],
            );
            self.api.keep(&mut findings.permissions, [push]);
        }
        findings
    }

    fn reads(&self, answer: &Answer, is_public: bool) -> PermissionFinding {
        let mut evidence = answer.evidence();
        evidence.note = answer.message().map(|text| self.api.scrub(&text));
        let result = match answer.code() {
            200 if is_public && self.writes.is_none() => {
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

    /// The scope, the account's role, and what git says. Git alone does not prove it: who may read is
    /// let in to push for review, and told no only when it pushes to a branch.
    fn writes(
        &self,
        answer: &Answer,
        described: &Value,
        push: PermissionFinding,
    ) -> PermissionFinding {
        let one = |result, evidence| found(WRITE, Level::Required, result, evidence);
        let says = |text: &str| Evidence { note: Some(text.to_owned()), ..answer.evidence() };
        match (&self.writes, may(described, "push"), push.result) {
            (Some((Finding::Missing, evidence)), _, _) => one(Finding::Missing, evidence.clone()),
            (_, Some(false), _) => {
                one(Finding::Missing, says("The account may not push to the repository."))
            }
            _ if like_github::is_archived(described) == Some(true) => {
                let why = "The repository is archived, where every write is refused.";
                one(Finding::Unproven, says(why))
            }
            (_, None, Finding::Proven) => {
                one(Finding::Unproven, says("The account's role was not told."))
            }
            (_, _, result) => one(result, push.evidence),
        }
    }

    async fn hooks(&self) -> PermissionFinding {
        let probe = Probe {
            permission: HOOKS,
            level: Level::Required,
            call: Call::get(repo(self.path, "/hooks")),
            proven: &[200],
            missing: &[403],
            header: "",
        };
        probe.ask(self.api).await
    }
}
