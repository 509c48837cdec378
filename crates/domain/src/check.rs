//! What a check found about a credential: who it is, how long it lives, and each permission with
//! its evidence.
//!
//! A check never guesses. A permission is *proven* or *missing* only when the provider said so; all
//! else is *unproven*, and unproven refuses nothing. The provider's answer to its liveness call gives
//! the [`Verdict`]; [`authentication_after`] is the only rule by which verdicts move a status.
//!
//! Deliberately not here: how a provider is asked (crate `providers`), advice (see [`crate::advice`]).

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

use crate::Timestamp;
use crate::access::Access;
use crate::advice::Advice;
use crate::credential::ExpirySource;
use crate::status::Authentication;
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

/// Whose the credential is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's own id.
    pub id: Option<String>,
    /// The login.
    pub login: String,
    /// The shown name.
    pub name: Option<String>,
    /// Person or bot, if the provider tells.
    pub kind: Option<IdentityKind>,
    /// A picture.
    pub avatar_url: Option<String>,
    /// The page about it.
    pub home_url: Option<String>,
}

impl Identity {
    /// Whether both are one owner: the same account, also if it was renamed, or two bots of the same
    /// project or group.
    pub fn is_same(&self, other: &Identity) -> bool {
        (self.id.is_some() && self.id == other.id)
            || self.login == other.login
            || (self.bot_owner().is_some() && self.bot_owner() == other.bot_owner())
    }

    /// GitLab makes a bot for every token of a project or a group, as in `project_7_bot_0a1b`: here
    /// `project_7`.
    fn bot_owner(&self) -> Option<&str> {
        self.kind.filter(|kind| *kind == IdentityKind::Bot)?;
        let (owner, rest) = self.login.split_once("_bot")?;
        let number = owner.strip_prefix("project_").or_else(|| owner.strip_prefix("group_"))?;
        let is_number = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
        let is_bot = rest.bytes().next().is_none_or(|it| it == b'_' || it.is_ascii_digit());
        (is_number && is_bot).then_some(owner)
    }
}

/// Who stands behind an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityKind {
    /// A person.
    Person,
    /// A bot, a service account, or a repository's or group's own token.
    Bot,
}

/// What the liveness call said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The provider knows the secret.
    Accepted,
    /// The provider said that it has expired.
    Expired,
    /// 401: unknown, revoked, or expired without saying so.
    Refused,
    /// Anything else: rate limits, faults, nonsense. Nothing follows from it.
    Unknown,
}

impl Verdict {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Expired => "expired",
            Verdict::Refused => "refused",
            Verdict::Unknown => "unknown",
        }
    }
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

/// What a new value would change for those who use the credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Another identity: the one before, the one after.
    pub identity: Option<(String, String)>,
    /// Permissions that were proven and are proven missing now.
    pub lost_permissions: Vec<String>,
    /// Repositories that were seen and are not seen now.
    pub lost_repositories: Vec<String>,
}

impl Differences {
    /// What the findings of a new value change, seen from the last check of the old one.
    pub fn between(old: &Findings, new: &Findings) -> Differences {
        let identity = match (&old.identity, &new.identity) {
            (Some(before), Some(after)) if !before.is_same(after) => {
                Some((before.login.clone(), after.login.clone()))
            }
            _ => None,
        };
        let after = new.summary();
        let is_lost = |it: &PermissionFinding| {
            it.result == Finding::Proven
                && after
                    .iter()
                    .any(|now| now.permission == it.permission && now.result == Finding::Missing)
        };
        let lost_permissions =
            old.summary().into_iter().filter(is_lost).map(|it| it.permission).collect();
        let is_unseen = |path: &str| {
            new.repositories.iter().any(|it| it.repository == path && it.is_visible == Some(false))
        };
        let lost_repositories = old
            .repositories
            .iter()
            .filter(|it| it.is_visible == Some(true) && is_unseen(&it.repository))
            .map(|it| it.repository.clone())
            .collect();
        Differences { identity, lost_permissions, lost_repositories }
    }

    /// Whether nothing is different.
    pub fn is_none(&self) -> bool {
        *self == Differences::default()
    }

    /// What is different, as parts of a sentence.
    pub fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some((before, after)) = &self.identity {
            let shown = |login: &str| crate::text::printable(login, 80);
            parts.push(format!("it belongs to {} instead of {}", shown(after), shown(before)));
        }
        if !self.lost_permissions.is_empty() {
            parts.push(format!("it lacks {}", self.lost_permissions.join(", ")));
        }
        if !self.lost_repositories.is_empty() {
            parts.push(format!("it does not see {}", self.lost_repositories.join(", ")));
        }
        parts
    }
}

/// How a verdict moves the authentication of a credential (invariant 8). One refusal only makes it
/// suspect; a second one, `confirmed_after` the first or later, rejects it. What is unknown changes
/// nothing. `refused_since` is the first refusal of an unbroken row, this one included.
pub fn authentication_after(
    before: Authentication,
    verdict: Verdict,
    refused_since: Option<Timestamp>,
    now: Timestamp,
    confirmed_after: Duration,
) -> Authentication {
    match verdict {
        Verdict::Accepted => Authentication::Valid,
        Verdict::Expired => Authentication::Expired,
        Verdict::Unknown => before,
        Verdict::Refused
            if matches!(before, Authentication::Rejected | Authentication::Expired) =>
        {
            before
        }
        Verdict::Refused => match refused_since {
            Some(first) if first.plus(confirmed_after) <= now => Authentication::Rejected,
            _ => Authentication::Suspect,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(permission: &str, level: Level, result: Finding) -> PermissionFinding {
        let evidence = Evidence::default();
        PermissionFinding { permission: permission.to_owned(), level, result, evidence }
    }

    fn findings(
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
    fn differences_name_what_is_lost() {
        let who = |login: &str| Identity {
            id: None,
            login: login.to_owned(),
            name: None,
            kind: None,
            avatar_url: None,
            home_url: None,
        };
        let of = |login: &str, hooks: Finding, is_visible: bool| {
            let mut all = findings(vec![found("hooks", Level::Required, hooks)], vec![vec![]]);
            all.identity = Some(who(login));
            all.repositories[0].is_visible = Some(is_visible);
            all
        };
        let old = of("ci", Finding::Proven, true);
        assert!(Differences::between(&old, &old).is_none());
        assert!(Differences::between(&old, &of("ci", Finding::Unproven, true)).is_none());
        let numbered = |login: &str| {
            let mut all = of(login, Finding::Proven, true);
            all.identity.as_mut().unwrap().id = Some("7".to_owned());
            all
        };
        assert!(Differences::between(&numbered("ci"), &numbered("renamed")).is_none());
        let new = Differences::between(&old, &of("jane", Finding::Missing, false));
        assert_eq!(
            new.parts(),
            ["it belongs to jane instead of ci", "it lacks hooks", "it does not see acme/app"]
        );
    }

    #[test]
    fn bots_of_one_project_or_group_are_one_owner() {
        let of = |login: &str, id: &str, kind| Identity {
            id: Some(id.to_owned()),
            login: login.to_owned(),
            name: None,
            kind: Some(kind),
            avatar_url: None,
            home_url: None,
        };
        let bot = |login: &str, id: &str| of(login, id, IdentityKind::Bot);
        let old = bot("project_7_bot_0a1b", "70");
        for (login, is_same) in [
            ("project_7_bot_c2d3", true),
            ("project_7_bot", true),
            ("project_7_bot2", true),
            ("project_70_bot_0a1b", false),
            ("group_7_bot_0a1b", false),
            ("project_7_botany", false),
            ("octocat", false),
        ] {
            assert_eq!(old.is_same(&bot(login, "71")), is_same, "{login}");
        }
        let group = bot("group_12_bot_0a1b", "80");
        assert!(group.is_same(&bot("group_12_bot_c2d3", "81")));
        // A person may choose such a name.
        assert!(!old.is_same(&of("project_7_bot_c2d3", "71", IdentityKind::Person)));
        assert!(!bot("project__bot_a", "1").is_same(&bot("project__bot_b", "2")));
        let with = |identity: Identity| Findings {
            identity: Some(identity),
            ..Findings::of(Verdict::Accepted, None)
        };
        let next = with(bot("project_7_bot_c2d3", "71"));
        assert!(Differences::between(&with(old), &next).is_none());
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
    fn only_a_second_refusal_minutes_later_rejects() {
        use Authentication as A;
        let first = Timestamp::from_millis(1_000_000);
        let wait = Duration::from_secs(120);
        let after = |before, verdict, seconds: u64| {
            let now = first.plus(Duration::from_secs(seconds));
            authentication_after(before, verdict, Some(first), now, wait)
        };
        assert_eq!(after(A::Valid, Verdict::Refused, 0), A::Suspect);
        assert_eq!(after(A::Suspect, Verdict::Refused, 119), A::Suspect);
        assert_eq!(after(A::Suspect, Verdict::Refused, 120), A::Rejected);
        assert_eq!(after(A::Rejected, Verdict::Refused, 500), A::Rejected);
        for before in [A::Unchecked, A::Valid, A::Suspect, A::Expired, A::Rejected] {
            assert_eq!(after(before, Verdict::Unknown, 500), before);
            assert_eq!(after(before, Verdict::Accepted, 500), A::Valid);
            assert_eq!(after(before, Verdict::Expired, 500), A::Expired);
        }
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
