//! What a new value would change, seen from what was found about the old one.

use super::Finding;
use super::Findings;
use super::PermissionFinding;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Identity;
    use crate::check::Level;
    use crate::check::findings::tests::findings;
    use crate::check::findings::tests::found;

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
}
