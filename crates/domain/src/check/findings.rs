//! What a provider was found to say, and what that is altogether.

use serde::Deserialize;
use serde::Serialize;

use super::Identity;
use super::Verdict;
use crate::Timestamp;
use crate::access::Access;
use crate::advice::Advice;
use crate::credential::ExpirySource;
use crate::status::Capability;

/// The right to fetch, which every host can show.
pub const GIT_READ: &str = "git:read";
/// The right to push.
pub const GIT_WRITE: &str = "git:write";

/// How much a permission matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Without it the credential is of no use: proven missing, it is not saved.
    Required,
    /// Needed in some organizations only.
    Conditional,
    /// Good to have.
    Advised,
}

/// What is known about a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    /// The provider showed that it is there.
    Proven,
    /// The provider showed that it is not there.
    Missing,
    /// Nothing was shown either way.
    Unproven,
}

/// What a finding rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The call, as in `GET /user`; empty when none was made.
    pub endpoint: String,
    /// The status of its answer.
    pub status: Option<u16>,
    /// The header line that says it, as in `X-OAuth-Scopes: repo`.
    pub header: Option<String>,
    /// A sentence, where the three above do not speak for themselves.
    pub note: Option<String>,
}

/// One permission and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionFinding {
    /// Its name, in the provider's words.
    pub permission: String,
    /// How much it matters.
    pub level: Level,
    /// What is known.
    pub result: Finding,
    /// What that rests on.
    pub evidence: Evidence,
}

/// What was found about one repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryFindings {
    /// Its path on the host.
    pub repository: String,
    /// Whether the credential is bound to it; otherwise it only served as a sample.
    pub is_bound: bool,
    /// Whether the credential sees it, if that is known.
    pub is_visible: Option<bool>,
    /// Whether the public may not see it, if that is known.
    pub is_private: Option<bool>,
    /// What may be done there.
    pub permissions: Vec<PermissionFinding>,
}

/// What a provider was found to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The answer to the liveness call.
    pub verdict: Verdict,
    /// What happened, when that is not plain acceptance.
    pub said: Option<String>,
    /// Whose it is.
    pub identity: Option<Identity>,
    /// The user name git was accepted with, where none was given and several were tried.
    pub username: Option<String>,
    /// What sort of token it is, in the provider's words.
    pub token_kind: Option<String>,
    /// Its scopes, where they can be read.
    pub scopes: Option<Vec<String>>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether the provider tells about the end: `reported`, `none`, or `unknowable`.
    pub expiry: ExpirySource,
    /// What holds for the credential as a whole.
    pub permissions: Vec<PermissionFinding>,
    /// What holds for single repositories.
    pub repositories: Vec<RepositoryFindings>,
    /// What the provider's answers suggest to people.
    pub remarks: Vec<Advice>,
}

/// A check: what was found, when, and what follows for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When.
    pub checked_at: Timestamp,
    /// The version of the secret that was checked.
    pub version: i64,
    /// What the provider said.
    #[serde(flatten)]
    pub findings: Findings,
    /// Advice; refuses nothing.
    pub advice: Vec<Advice>,
}

impl Findings {
    /// Findings that hold nothing but a verdict.
    pub fn of(verdict: Verdict, said: impl Into<Option<String>>) -> Findings {
        Findings {
            verdict,
            said: said.into(),
            identity: None,
            username: None,
            token_kind: None,
            scopes: None,
            expires_at: None,
            expiry: ExpirySource::Unknowable,
            permissions: Vec::new(),
            repositories: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Every permission once: missing if it is missing anywhere, proven if it is proven wherever it
    /// was asked, unproven otherwise. The order is that of first mention.
    pub fn summary(&self) -> Vec<PermissionFinding> {
        let mut summary: Vec<PermissionFinding> = Vec::new();
        let everywhere = self.repositories.iter().flat_map(|it| &it.permissions);
        for found in self.permissions.iter().chain(everywhere) {
            match summary.iter_mut().find(|it| it.permission == found.permission) {
                None => summary.push(found.clone()),
                Some(known) if weight(found.result) > weight(known.result) => {
                    *known = found.clone();
                }
                Some(_) => {}
            }
        }
        summary
    }

    /// Whether it is proven that git may not do this with a repository. `is_same` compares paths.
    pub fn is_unable(&self, access: Access, is_same: impl Fn(&str) -> bool) -> bool {
        let permission = match access {
            Access::Read => GIT_READ,
            Access::Write => GIT_WRITE,
        };
        self.repositories.iter().filter(|it| is_same(&it.repository)).any(|it| {
            it.is_visible == Some(false)
                || it.permissions.iter().any(|one| {
                    one.result == Finding::Missing
                        && (one.permission == permission || one.permission == GIT_READ)
                })
        })
    }

    /// Whether a refusal counts against the credential (invariant 8). Where git alone was asked, it
    /// does only if it is about a repository that was read before.
    pub fn is_refusal_after(&self, before: Option<&Findings>) -> bool {
        let read = |of: &RepositoryFindings| {
            of.permissions.iter().find(|it| it.permission == GIT_READ).cloned()
        };
        let was_read = |path: &str| {
            let known = before.into_iter().flat_map(|it| &it.repositories);
            known
                .filter(|it| it.repository == path)
                .filter_map(read)
                .any(|it| it.result == Finding::Proven)
        };
        self.verdict == Verdict::Refused
            && (self.repositories.is_empty()
                || self.repositories.iter().any(|it| {
                    read(it).is_some_and(|it| it.evidence.status == Some(401))
                        && was_read(&it.repository)
                }))
    }

    /// Required permissions that are proven missing.
    pub fn missing(&self) -> Vec<String> {
        let is_missing =
            |it: &PermissionFinding| it.level == Level::Required && it.result == Finding::Missing;
        self.summary().into_iter().filter(is_missing).map(|it| it.permission).collect()
    }

    /// What the findings say about its use.
    pub fn capability(&self) -> Capability {
        let required: Vec<Finding> = self
            .summary()
            .iter()
            .filter(|it| it.level == Level::Required)
            .map(|it| it.result)
            .collect();
        if required.contains(&Finding::Missing) {
            Capability::Insufficient
        } else if required.is_empty() || required.contains(&Finding::Unproven) {
            Capability::Unproven
        } else {
            Capability::Complete
        }
    }
}

const fn weight(finding: Finding) -> u8 {
    match finding {
        Finding::Proven => 0,
        Finding::Unproven => 1,
        Finding::Missing => 2,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn found(permission: &str, level: Level, result: Finding) -> PermissionFinding {
        let evidence = Evidence::default();
        PermissionFinding { permission: permission.to_owned(), level, result, evidence }
    }

    pub fn findings(
        whole: Vec<PermissionFinding>,
        repositories: Vec<Vec<PermissionFinding>>,
    ) -> Findings {
        let repositories = repositories.into_iter().map(|permissions| RepositoryFindings {
            repository: "acme/app".to_owned(),
            is_bound: true,
            is_visible: Some(true),
            is_private: Some(true),
            permissions,
        });
        Findings {
            permissions: whole,
            repositories: repositories.collect(),
            ..Findings::of(Verdict::Accepted, None)
        }
    }

    #[test]
    fn one_repository_without_a_permission_makes_it_missing() {
        use Finding::Missing;
        use Finding::Proven;
        use Finding::Unproven;
        let hooks = |result| vec![found("hooks", Level::Required, result)];
        let of =
            |results: &[Finding]| findings(Vec::new(), results.iter().map(|r| hooks(*r)).collect());
        assert_eq!(of(&[Proven, Proven]).capability(), Capability::Complete);
        assert_eq!(of(&[Proven, Missing, Unproven]).capability(), Capability::Insufficient);
        assert_eq!(of(&[Proven, Missing]).missing(), ["hooks"]);
        assert_eq!(of(&[Proven, Unproven]).capability(), Capability::Unproven);
        assert_eq!(of(&[]).capability(), Capability::Unproven);
        let advised =
            findings(vec![found("read:org", Level::Conditional, Missing)], vec![hooks(Proven)]);
        assert_eq!(advised.capability(), Capability::Complete);
        assert!(advised.missing().is_empty());
    }

    #[test]
    fn what_was_never_read_is_not_refused() {
        let of = |verdict, status, result| {
            let mut read = found(GIT_READ, Level::Required, result);
            read.evidence.status = Some(status);
            Findings { verdict, ..findings(Vec::new(), vec![vec![read]]) }
        };
        let read = of(Verdict::Accepted, 200, Finding::Proven);
        let refused = of(Verdict::Refused, 401, Finding::Missing);
        assert!(refused.is_refusal_after(Some(&read)));
        assert!(!refused.is_refusal_after(Some(&refused)));
        assert!(!refused.is_refusal_after(None));
        assert!(!read.is_refusal_after(Some(&read)));
        assert!(Findings::of(Verdict::Refused, None).is_refusal_after(None));
    }

    #[test]
    fn a_report_survives_being_stored() {
        let report = Report {
            checked_at: Timestamp::from_millis(1),
            version: 2,
            findings: Findings {
                expiry: ExpirySource::Reported,
                expires_at: Some(Timestamp::from_millis(3)),
                ..findings(vec![found("repo", Level::Required, Finding::Proven)], vec![vec![]])
            },
            advice: vec![Advice::new("no_expiry", "It never ends.")],
        };
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}
