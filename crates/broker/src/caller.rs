//! Who asks, in which request.

use domain::id::RequestId;
use domain::policy;
use domain::policy::Permission;
use domain::principal::Principal;

/// A principal within one request; every record of the request carries its id.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// The request.
    pub request_id: RequestId,
}

impl Caller {
    /// Refuses, in words, what the role does not allow.
    pub fn require(&self, permission: Permission) -> domain::Result<()> {
        policy::require(self.principal.role, permission)
    }
}
