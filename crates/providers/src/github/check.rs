//! Checking a GitHub token.
//!
//! Calls: `GET /user`, and for each repository `GET /repos/…` and git's two ref advertisements. A
//! classic token without a bound repository is done after the first. A fine-grained one, whose
//! permissions cannot be read, costs three probes more per repository, and two harmless writes where
//! the organization allows them; without a bound repository it lists its private ones first.

use async_trait::async_trait;
use domain::Result;
use domain::advice::Advice;
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
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::GitHub;
use super::repo;
use super::scopes;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::api::Call;
use crate::json::flag;
use crate::json::link;
use crate::json::text;
use crate::json::words;
use crate::limits;
use crate::prove;
use crate::prove::Probe;
use crate::prove::found;
use crate::prove::note;
use crate::shapes::Revocation;

const EXPIRY: &str = "github-authentication-token-expiration";

#[async_trait]
impl Prove for GitHub {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let user = api.get("/user").await?;
        let mut findings = match user.code() {
            200 => of_user(&user)?,
            403 => match of_installation(api).await? {
                Some(findings) => findings,
                None => return Ok(prove::not_alive(api, &user)),
            },
            _ => return Ok(prove::not_alive(api, &user)),
        };
        let is_classic = findings.scopes.is_some();
        if let Some(granted) = &findings.scopes {
            findings.permissions =
                scopes::permissions(granted, &user.evidence_with("X-OAuth-Scopes"));
            findings.remarks = scopes::remarks(granted);
        }
        let mut targets: Vec<(Segments, bool)> = asked
            .repositories
            .iter()
            .take(limits::CHECKED_REPOSITORIES_MAX)
            .map(|path| (path.clone(), true))
            .collect();
        if targets.is_empty() && !is_classic {
            match sample(api).await {
                Ok(Some(path)) => targets.push((path, false)),
                Ok(None) => findings.permissions = unprovable(),
                Err(error) => {
                    findings.permissions = unprovable();
                    findings.said = Some(error.message().to_owned());
                }
            }
        }
        for (path, is_bound) in targets {
            let look = Look { api, path: &path, is_bound, is_classic, asked };
            let (of_repository, remark) = look.findings().await;
            findings.repositories.push(of_repository);
            findings.remarks.extend(remark);
        }
        Ok(findings)
    }

    async fn revoke(&self, api: &Api<'_>) -> Result<Revocation> {
        super::tokens::revoke(api).await
    }
}

fn of_user(answer: &Answer) -> Result<Findings> {
    let user = answer.json()?;
    let login = text(&user, "login");
    let identity = login.map(|login| Identity {
        id: text(&user, "id"),
        login,
        name: text(&user, "name"),
        kind: match text(&user, "type").as_deref() {
            Some("User") => Some(IdentityKind::Person),
            Some("Bot") => Some(IdentityKind::Bot),
            _ => None,
        },
        avatar_url: link(&user, "/avatar_url"),
        home_url: link(&user, "/html_url"),
    });
    if identity.is_none() {
        return Ok(Findings::of(
            Verdict::Unknown,
            format!("The answer to {} does not say who that is.", answer.endpoint),
        ));
    }
    let scopes = answer.header("x-oauth-scopes").map(words);
    let end = answer.header(EXPIRY).and_then(expiry);
    Ok(Findings {
        identity,
        token_kind: Some(match scopes {
            Some(_) => "classic token".to_owned(),
            None => "fine-grained token".to_owned(),
        }),
        scopes,
        expires_at: end,
        expiry: match (end, answer.header(EXPIRY)) {
            (Some(_), _) => ExpirySource::Reported,
            // It is there, but in a form we do not read.
            (None, Some(_)) => ExpirySource::Unknowable,
            (None, None) => ExpirySource::None,
        },
        ..Findings::of(Verdict::Accepted, None)
    })
}

/// `2021-10-07 19:07:53 UTC`, or the same with a numeric offset.
fn expiry(line: &str) -> Option<domain::Timestamp> {
    let mut parts = line.split_whitespace();
    let (date, time) = (parts.next()?, parts.next()?);
    let zone = match parts.next() {
        None | Some("UTC" | "GMT" | "Z") => "Z".to_owned(),
        Some(offset) if offset.len() == 5 => {
            let (hours, minutes) = offset.split_at_checked(3)?;
            format!("{hours}:{minutes}")
        }
        Some(offset) => offset.to_owned(),
    };
    domain::Timestamp::parse(&format!("{date}T{time}{zone}")).ok()
}

/// An installation's token may not ask who it is; what it may see tells that it is alive.
async fn of_installation(api: &Api<'_>) -> Result<Option<Findings>> {
    let answer = api.get("/installation/repositories?per_page=1").await?;
    if answer.code() != 200 {
        return Ok(None);
    }
    let owner = answer.json()?.pointer("/repositories/0/owner").cloned().unwrap_or_default();
    let identity = text(&owner, "login").map(|login| Identity {
        id: text(&owner, "id"),
        login,
        name: None,
        kind: Some(IdentityKind::Bot),
        avatar_url: link(&owner, "/avatar_url"),
        home_url: link(&owner, "/html_url"),
    });
    Ok(Some(Findings {
        identity,
        token_kind: Some("installation token".to_owned()),
        ..Findings::of(Verdict::Accepted, None)
    }))
}

/// The private repository it may do most with.
async fn sample(api: &Api<'_>) -> Result<Option<Segments>> {
    let answer = api.get("/user/repos?visibility=private&sort=pushed&per_page=100").await?;
    let repositories = match answer.value("list of repositories")? {
        Value::Array(repositories) => repositories,
        _ => Vec::new(),
    };
    let rank = |it: &&Value| {
        let may = |word: &str| flag(it, &format!("/permissions/{word}")) == Some(true);
        let is_open = flag(it, "/archived") != Some(true);
        (is_open, may("admin"), may("push"))
    };
    let is_private = |it: &&Value| flag(it, "/private") == Some(true);
    // Of equals the first, which was pushed to last.
    let best = repositories.iter().filter(is_private).rev().max_by_key(rank);
    Ok(best.and_then(|it| Segments::parse(&text(it, "full_name")?).ok()))
}

/// What a fine-grained token is asked for: name, level.
const WANTED: [(&str, Level); 5] = [
    ("contents:read", Level::Required),
    ("webhooks:read", Level::Required),
    ("webhooks:write", Level::Required),
    ("pull_requests:read", Level::Required),
    ("pull_requests:write", Level::Required),
];

fn unprovable() -> Vec<PermissionFinding> {
    let why = "It sees no private repository, and on public ones reading shows nothing.";
    WANTED.iter().map(|(name, level)| found(name, *level, Finding::Unproven, note(why))).collect()
}

/// One repository that is looked at.
struct Look<'a> {
    api: &'a Api<'a>,
    path: &'a Segments,
    is_bound: bool,
    is_classic: bool,
    asked: &'a Asked<'a>,
}

impl Look<'_> {
    async fn findings(&self) -> (RepositoryFindings, Option<Advice>) {
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
                let unread =
                    found("repository", Level::Required, Finding::Unproven, note(error.message()));
                findings.permissions.push(unread);
                return (findings, None);
            }
        };
        let remark = single_sign_on(&answer);
        let described = answer.json().unwrap_or_default();
        findings.is_visible = match answer.code() {
            200 => Some(true),
            404 => Some(false),
            _ => None,
        };
        findings.is_private = flag(&described, "/private");
        findings.permissions.push(self.seen(&answer, findings.is_visible));
        if findings.is_visible != Some(true) {
            return (findings, remark);
        }
        let role = flag(&described, "/permissions/admin");
        if let Some(is_admin) = role.filter(|_| self.is_classic) {
            let mut evidence = answer.evidence();
            evidence.note =
                Some(format!("permissions.admin is {is_admin}; managing webhooks needs it"));
            let result = if is_admin { Finding::Proven } else { Finding::Missing };
            findings.permissions.push(found("role:admin", Level::Conditional, result, evidence));
        }
        let is_public = findings.is_private == Some(false);
        if !self.is_classic {
            let is_archived = flag(&described, "/archived") == Some(true);
            findings.permissions.extend(self.probes(is_public, is_archived).await);
        }
        if self.is_bound {
            let git =
                |service, level| prove::git_right(self.api, self.path, service, level, is_public);
            findings.permissions.push(git(GitService::UploadPack, Level::Required).await);
            findings.permissions.push(git(GitService::ReceivePack, Level::Advised).await);
        }
        (findings, remark)
    }

    fn seen(&self, answer: &Answer, is_visible: Option<bool>) -> PermissionFinding {
        let result = match is_visible {
            Some(true) => Finding::Proven,
            Some(false) => Finding::Missing,
            None => Finding::Unproven,
        };
        let mut evidence = answer.evidence_with("X-GitHub-SSO");
        evidence.note = answer.message().filter(|_| result != Finding::Proven);
        found("repository", Level::Required, result, evidence)
    }

    async fn probes(&self, is_public: bool, is_archived: bool) -> Vec<PermissionFinding> {
        let mut permissions = Vec::new();
        for (permission, level) in WANTED {
            permissions.push(match self.probe(permission, level, is_archived) {
                Ok(probe) => {
                    let mut one = probe.ask(self.api).await;
                    let is_open = matches!(permission, "contents:read" | "pull_requests:read");
                    if is_public && is_open && one.result == Finding::Proven {
                        one.result = Finding::Unproven;
                        one.evidence.note =
                            Some("The repository is public: everybody may read it.".to_owned());
                    }
                    one
                }
                Err(why) => found(permission, level, Finding::Unproven, note(why)),
            });
        }
        permissions
    }

    /// The call that shows a permission, or why there is none.
    fn probe<'p>(
        &self,
        permission: &'p str,
        level: Level,
        is_archived: bool,
    ) -> Result<Probe<'p>, &'static str> {
        let to_read = |rest: &str, proven: &'p [u16], missing: &'p [u16]| Probe {
            permission,
            level,
            call: Call::get(repo(self.path, rest)),
            proven,
            missing,
            header: "X-Accepted-GitHub-Permissions",
        };
        let to_write = |method: Method, rest: &str, proven: &'p [u16]| {
            if !self.asked.allows_write_probes {
                return Err(
                    "Only a write shows it, and the organization has not allowed write probes.",
                );
            }
            if is_archived {
                return Err("The repository is archived, where every write is refused.");
            }
            Ok(Probe {
                permission,
                level,
                call: Call::with_json(method, repo(self.path, rest), json!({})),
                proven,
                missing: &[403],
                header: "X-Accepted-GitHub-Permissions",
            })
        };
        match permission {
            // 409: the repository is empty, which only who may read it learns.
            "contents:read" => Ok(to_read("/commits?per_page=1", &[200, 409], &[403])),
            "webhooks:read" => Ok(to_read("/hooks?per_page=1", &[200], &[403, 404])),
            "pull_requests:read" => Ok(to_read("/pulls?per_page=1", &[200], &[403])),
            // No hook has this number: what may write is told so, what may not is refused before.
            "webhooks:write" => to_write(Method::PATCH, "/hooks/0", &[404]),
            _ => to_write(Method::POST, "/pulls", &[422]),
        }
    }
}

/// A token that single sign-on has not let in yet: where to do that.
fn single_sign_on(answer: &Answer) -> Option<Advice> {
    let line = answer.header("x-github-sso")?;
    let url = line.split(';').find_map(|part| part.trim().strip_prefix("url="))?;
    let url = link(&json!({ "url": url }), "/url")?;
    let advice = Advice::new(
        "single_sign_on",
        "The organization wants the token to be authorized for its single sign-on.",
    );
    Some(advice.link(url))
}

#[cfg(test)]
mod tests {
    use super::expiry;

    #[test]
    fn both_forms_of_an_end() {
        let end = domain::Timestamp::parse("2021-10-07T19:07:53Z").unwrap();
        assert_eq!(expiry("2021-10-07 19:07:53 UTC"), Some(end));
        assert_eq!(expiry("2021-10-07 21:07:53 +0200"), Some(end));
        assert_eq!(expiry("soon"), None);
    }
}
