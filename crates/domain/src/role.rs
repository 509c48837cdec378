//! The five roles a member or an API token can have.

use crate::Error;
use crate::Result;

/// What a member is to the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do everything, including making other Owners.
    Owner,
    /// May do everything but make or remove Owners.
    Admin,
    /// Manages credentials and lends them; does not see values.
    DevOps,
    /// Sees what there is, for the bill; lends nothing.
    Billing,
    /// Sees what there is; lends nothing.
    Viewer,
}

impl Role {
    /// Every role, most powerful first.
    pub const ALL: [Role; 5] =
        [Role::Owner, Role::Admin, Role::DevOps, Role::Billing, Role::Viewer];

    /// The word on the wire and in the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::DevOps => "devops",
            Role::Billing => "billing",
            Role::Viewer => "viewer",
        }
    }

    /// Reads the word, in lower case only.
    pub fn parse(word: &str) -> Result<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word).ok_or_else(|| {
            Error::invalid(format!("\"{}\" is not a role.", crate::text::printable(word, 40)))
                .hint("roles are owner, admin, devops, billing and viewer")
        })
    }

    /// Whether whoever has this role may hand out `other`: nobody gives more than they have.
    pub fn includes(self, other: Role) -> bool {
        match self {
            Role::Owner => true,
            Role::Admin => other != Role::Owner,
            Role::DevOps => matches!(other, Role::DevOps | Role::Viewer),
            Role::Billing => other == Role::Billing,
            Role::Viewer => other == Role::Viewer,
        }
    }
}
