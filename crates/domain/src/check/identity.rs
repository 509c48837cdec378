//! Whose a credential is, and whether two are one owner's.

use serde::Deserialize;
use serde::Serialize;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Differences;
    use crate::check::Findings;
    use crate::check::Verdict;

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
}
