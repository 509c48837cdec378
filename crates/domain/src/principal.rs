//! Who acts. Every request resolves to one principal or is refused.

use crate::id::AccessKeyId;
use crate::id::ApiTokenId;
use crate::id::LeaseId;
use crate::id::MemberId;
use crate::id::OrganizationId;
use crate::role::Role;

/// What kind of thing acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// An API token of ours.
    ApiToken(ApiTokenId),
    /// An access key, by a signature.
    AccessKey(AccessKeyId),
    /// A lease: may use one repository, nothing else.
    Lease(LeaseId),
    /// A member in front of a browser.
    Member(MemberId),
    /// Claviger itself: bootstrap, background work, commands run beside the data.
    System,
}

impl Actor {
    /// The word in the audit log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Actor::ApiToken(_) => "api_token",
            Actor::AccessKey(_) => "access_key",
            Actor::Lease(_) => "lease",
            Actor::Member(_) => "member",
            Actor::System => "system",
        }
    }

    /// Its id, if it has one.
    pub fn id(&self) -> Option<String> {
        match self {
            Actor::ApiToken(id) => Some(id.to_string()),
            Actor::AccessKey(id) => Some(id.to_string()),
            Actor::Lease(id) => Some(id.to_string()),
            Actor::Member(id) => Some(id.to_string()),
            Actor::System => None,
        }
    }
}

/// Who acts, for which organization, with which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The tenant; nothing of another is ever seen.
    pub organization_id: OrganizationId,
    /// What acts.
    pub actor: Actor,
    /// The member it belongs to, if it is somebody's.
    pub member_id: Option<MemberId>,
    /// What it may do.
    pub role: Role,
    /// The token's name, for people.
    pub name: String,
}
