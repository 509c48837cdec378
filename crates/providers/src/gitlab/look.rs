//! What a GitLab token may do with one project: what is shown of it, its webhooks, and git's answers.

use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::url::Segments;

use super::project;
use super::role;
use super::role::ROLE;
use crate::Api;
use crate::api::Answer;
use crate::json::text;
use crate::prove;
use crate::prove::found;
use crate::prove::note;

const READS_WEBHOOKS: &str = "webhooks:read";
const WRITES_WEBHOOKS: &str = "webhooks:write";

/// All that a fine-grained token is asked for, with the reason why nothing is known.
pub(super) fn unprovable(why: &str) -> Vec<PermissionFinding> {
    let unproven = |name| found(name, Level::Required, Finding::Unproven, note(why));
    vec![unproven(READS_WEBHOOKS), unproven(WRITES_WEBHOOKS), unproven(ROLE)]
}

/// One repository that is looked at.
pub(super) struct Look<'a> {
    pub api: &'a Api<'a>,
    pub path: &'a Segments,
    pub is_bound: bool,
    pub is_fine_grained: bool,
    pub user_id: Option<&'a str>,
}

impl Look<'_> {
    /// What it may do there.
    pub async fn findings(&self) -> RepositoryFindings {
        let mut findings = RepositoryFindings {
            repository: self.path.to_string(),
            is_bound: self.is_bound,
            is_visible: None,
            is_private: None,
            permissions: Vec::new(),
        };
        match self.api.get(project(self.path, "")).await {
            Ok(answer) => {
                findings.is_visible = match answer.code() {
                    200 => Some(true),
                    404 => Some(false),
                    _ => None,
                };
                let visibility = text(&answer.json().unwrap_or_default(), "visibility");
                findings.is_private = visibility.map(|it| it != "public");
                self.api.keep(&mut findings.permissions, [seen(&answer)]);
            }
            Err(error) => {
                let why = note(error.message());
                self.api.keep(
                    &mut findings.permissions,
                    [found("project", Level::Required, Finding::Unproven, why)],
                );
            }
        }
        // A fine-grained token may have the one right without the other.
        let is_worth_asking = match findings.is_visible {
            Some(is_visible) => is_visible,
            None => self.is_fine_grained,
        };
        if is_worth_asking {
            self.api.keep(&mut findings.permissions, self.rights().await);
        }
        if self.is_bound && findings.is_visible != Some(false) {
            prove::git_rights(self.api, self.path, &mut findings).await;
        }
        findings
    }

    /// Its webhooks show the role: only Maintainers and Owners may list them.
    async fn rights(&self) -> Vec<PermissionFinding> {
        let answer = match self.api.get(project(self.path, "/hooks?per_page=1")).await {
            Ok(answer) => answer,
            Err(error) => {
                let why = note(error.message());
                return vec![found(ROLE, Level::Required, Finding::Unproven, why)];
            }
        };
        let role = role::here(self.api, self.path, &answer, self.user_id, self.is_fine_grained);
        let mut permissions = vec![role.await];
        if self.is_fine_grained {
            let mut evidence = answer.evidence();
            evidence.note = answer.message();
            let result = match answer.code() {
                200 => Finding::Proven,
                403 => Finding::Missing,
                _ => Finding::Unproven,
            };
            permissions.push(found(READS_WEBHOOKS, Level::Required, result, evidence));
            let why = note("Only making a webhook shows it.");
            permissions.push(found(WRITES_WEBHOOKS, Level::Required, Finding::Unproven, why));
        }
        permissions
    }
}

fn seen(answer: &Answer) -> PermissionFinding {
    let result = match answer.code() {
        200 => Finding::Proven,
        404 => Finding::Missing,
        _ => Finding::Unproven,
    };
    let mut evidence = answer.evidence();
    if result != Finding::Proven {
        evidence.note = answer.message();
    }
    found("project", Level::Required, result, evidence)
}
