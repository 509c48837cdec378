//! The built-in policy: what each role may do, as one table.
//!
//! Policy lives here and in the store, never in a guarded repository; whatever is not in the table
//! is refused.

use crate::Blame;
use crate::Error;
use crate::Result;
use crate::role::Role;

/// Everything a principal can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See credentials, hosts, services, members – never a value.
    Look,
    /// Add, change, replace and delete credentials, hosts and services.
    ManageCredentials,
    /// Add, change and remove projects, environments and services.
    ManageServices,
    /// Add, change and remove the channels of warnings.
    ManageChannels,
    /// Create, list and revoke API tokens, none above one's own role.
    ManageApiTokens,
    /// Lease, read or write.
    Lend,
    /// See the value of a credential.
    Reveal,
    /// Members, invitations and the organization's settings.
    ManageMembers,
    /// Read and verify the audit log.
    ReadAudit,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 9] = [
        Permission::Look,
        Permission::ManageCredentials,
        Permission::ManageServices,
        Permission::ManageChannels,
        Permission::ManageApiTokens,
        Permission::Lend,
        Permission::Reveal,
        Permission::ManageMembers,
        Permission::ReadAudit,
    ];

    /// What it lets one do, to complete "may not …".
    pub const fn sentence(self) -> &'static str {
        match self {
            Permission::Look => "look at the organization",
            Permission::ManageCredentials => "manage credentials",
            Permission::ManageServices => "manage projects, environments and services",
            Permission::ManageChannels => "manage channels of warnings",
            Permission::ManageApiTokens => "manage API tokens",
            Permission::Lend => "use credentials",
            Permission::Reveal => "see a credential's value",
            Permission::ManageMembers => "manage members and settings",
            Permission::ReadAudit => "read the audit log",
        }
    }

    /// Whether a role has it.
    pub const fn allows(self, role: Role) -> bool {
        match self {
            Permission::Look => true,
            Permission::ManageCredentials
            | Permission::ManageServices
            | Permission::ManageChannels
            | Permission::ManageApiTokens
            | Permission::Lend
            | Permission::ReadAudit => {
                matches!(role, Role::Owner | Role::Admin | Role::DevOps)
            }
            Permission::Reveal | Permission::ManageMembers => {
                matches!(role, Role::Owner | Role::Admin)
            }
        }
    }
}

/// Allows or refuses, in words.
pub fn require(role: Role, permission: Permission) -> Result<()> {
    if permission.allows(role) {
        return Ok(());
    }
    let able: Vec<&str> =
        Role::ALL.iter().filter(|role| permission.allows(**role)).map(|role| role.word()).collect();
    Err(Error::forbidden(format!("The role {} may not {}.", role.word(), permission.sentence()))
        .blaming(Blame::Role)
        .hint(format!("ask someone with the role {}", able.join(", "))))
}
