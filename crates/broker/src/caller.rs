//! Who asks, in which request.

use domain::id::RequestId;
use domain::policy;
use domain::policy::Permission;
use domain::principal::Principal;
use domain::role::Role;
use store::Epoch;
use store::credentials::Sight;

/// A principal within one request; every record of the request carries its id.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// The request.
    pub request_id: RequestId,
    /// The epoch at which the principal was known, if it was known from memory: what is decided for
    /// it stands only if the commit tells the same epoch.
    pub known_at: Option<Epoch>,
    /// What the client calls itself, cut and made printable.
    pub client: Option<String>,
}

impl Caller {
    /// Refuses, in words, what the role does not allow.
    pub fn require(&self, permission: Permission) -> domain::Result<()> {
        policy::require(self.principal.role, permission)
    }

    /// Whose connected accounts the caller may see: their own; Owners and Admins see everybody's.
    pub(crate) fn sight(&self) -> Sight {
        match self.principal.role.includes(Role::Admin) {
            true => Sight::Everything,
            false => Sight::Own(self.principal.member_id),
        }
    }
}
