//! What a GitHub token may do with one repository: what is shown of it, probes, and git's answers.

use domain::advice::Advice;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::url::Segments;
use domain::url::WebUrl;
use http::Method;
use serde_json::json;

use super::repo;
use crate::Api;
use crate::Asked;
use crate::api::Answer;
use crate::api::Call;
use crate::json::flag;
use crate::json::link;
use crate::prove;
use crate::prove::Probe;
use crate::prove::found;
use crate::prove::note;

/// What a fine-grained token is asked for: name, level.
const WANTED: [(&str, Level); 5] = [
    ("contents:read", Level::Required),
    ("webhooks:read", Level::Required),
    ("webhooks:write", Level::Required),
    ("pull_requests:read", Level::Required),
    ("pull_requests:write", Level::Required),
];

/// All of them, with the reason why nothing is known.
pub(super) fn unprovable(why: &str) -> Vec<PermissionFinding> {
    WANTED.iter().map(|(name, level)| found(name, *level, Finding::Unproven, note(why))).collect()
}

/// One repository that is looked at.
pub(super) struct Look<'a> {
    pub api: &'a Api<'a>,
    pub path: &'a Segments,
    pub is_bound: bool,
    pub is_classic: bool,
    pub asked: &'a Asked<'a>,
}

impl Look<'_> {
    /// What it may do there, and what to tell people.
    pub async fn findings(&self) -> (RepositoryFindings, Option<Advice>) {
        let mut findings = RepositoryFindings {
            repository: self.path.to_string(),
            is_bound: self.is_bound,
            is_visible: None,
            is_private: None,
            permissions: Vec::new(),
        };
        let mut remark = None;
        match self.api.get(repo(self.path, "")).await {
            Ok(answer) => {
                remark = single_sign_on(self.api, &answer);
                self.described(&answer, &mut findings).await;
            }
            Err(error) => {
                let why = note(error.message());
                let unread = found("repository", Level::Required, Finding::Unproven, why);
                self.api.keep(&mut findings.permissions, [unread]);
            }
        }
        if self.is_bound && findings.is_visible != Some(false) {
            prove::git_rights(self.api, self.path, &mut findings).await;
        }
        (findings, remark)
    }

    async fn described(&self, answer: &Answer, findings: &mut RepositoryFindings) {
        let described = answer.json().unwrap_or_default();
        findings.is_visible = match answer.code() {
            200 => Some(true),
            404 => Some(false),
            _ => None,
        };
        findings.is_private = flag(&described, "/private");
        self.api.keep(&mut findings.permissions, [self.seen(answer, findings.is_visible)]);
        if findings.is_visible != Some(true) {
            return;
        }
        let role = flag(&described, "/permissions/admin");
        if let Some(is_admin) = role.filter(|_| self.is_classic) {
            let mut evidence = answer.evidence();
            evidence.note =
                Some(format!("permissions.admin is {is_admin}; managing webhooks needs it"));
            let result = if is_admin { Finding::Proven } else { Finding::Missing };
            self.api.keep(
                &mut findings.permissions,
                [found("role:admin", Level::Conditional, result, evidence)],
            );
        }
        if !self.is_classic {
            let is_public = findings.is_private == Some(false);
            let is_archived = flag(&described, "/archived") == Some(true);
            self.probes(&mut findings.permissions, is_public, is_archived).await;
        }
    }

    fn seen(&self, answer: &Answer, is_visible: Option<bool>) -> PermissionFinding {
        let result = match is_visible {
            Some(true) => Finding::Proven,
            Some(false) => Finding::Missing,
            None => Finding::Unproven,
        };
        let mut evidence = answer.evidence_with("X-GitHub-SSO");
        if result != Finding::Proven {
            evidence.note = answer.message();
        }
        found("repository", Level::Required, result, evidence)
    }

    async fn probes(
        &self,
        permissions: &mut Vec<PermissionFinding>,
        is_public: bool,
        is_archived: bool,
    ) {
        for (permission, level) in WANTED {
            let mut one = match self.probe(permission, level, is_archived) {
                Ok(probe) => probe.ask(self.api).await,
                Err(why) => found(permission, level, Finding::Unproven, note(why)),
            };
            let is_open = matches!(permission, "contents:read" | "pull_requests:read");
            let doubt = match permission {
                _ if is_public && is_open => {
                    Some("The repository is public: everybody may read it.")
                }
                // Who may not even read them is told the same.
                "webhooks:write" if !is_proven(permissions, "webhooks:read") => {
                    Some("Its webhooks are not shown, so that their absence shows nothing.")
                }
                _ => None,
            };
            if let Some(doubt) = doubt.filter(|_| one.result == Finding::Proven) {
                one.result = Finding::Unproven;
                one.evidence.note = Some(doubt.to_owned());
            }
            self.api.keep(permissions, [one]);
        }
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

fn is_proven(permissions: &[PermissionFinding], name: &str) -> bool {
    permissions.iter().any(|it| it.permission == name && it.result == Finding::Proven)
}

/// A token that single sign-on has not let in yet: where to do that, if that is at the host itself.
fn single_sign_on(api: &Api<'_>, answer: &Answer) -> Option<Advice> {
    let line = answer.header("x-github-sso").filter(|line| line.trim().starts_with("required"))?;
    let advice = Advice::new(
        "single_sign_on",
        "The organization wants the token to be authorized for its single sign-on.",
    );
    let url = line.split(';').find_map(|part| part.trim().strip_prefix("url="));
    let url = url.and_then(|url| link(&json!({ "url": url }), "/url"));
    let own = url.filter(|url| is_at(&api.site.shown, url) || is_at(&api.site.web, url));
    Some(match own {
        Some(url) => advice.link(url),
        None => advice,
    })
}

/// Whether a page is at this address, whatever its path and query.
fn is_at(web: &WebUrl, url: &str) -> bool {
    let page = url.split(['?', '#']).next().unwrap_or_default();
    WebUrl::parse(page).is_ok_and(|it| it.scheme == web.scheme && it.authority == web.authority)
}
