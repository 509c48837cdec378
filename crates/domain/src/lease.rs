//! A lease: a short-lived right on one repository, drawn from a policy.

use std::time::Duration;

use crate::Error;
use crate::Result;
use crate::Timestamp;
use crate::access::Access;
use crate::id::ApiTokenId;
use crate::id::CredentialId;
use crate::id::HostId;
use crate::id::LeaseId;
use crate::id::OrganizationId;
use crate::limits;
use crate::refs::RefPattern;
use crate::url::Segments;

/// A lease as stored; its token is known only to whoever asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its id.
    pub id: LeaseId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The host of its repository.
    pub host_id: HostId,
    /// The repository's path below the host.
    pub repository: Segments,
    /// What it allows.
    pub access: Access,
    /// Which refs a write may touch; empty means all.
    pub refs: Vec<RefPattern>,
    /// The API token that made it; it ends with that token or its role.
    pub maker: ApiTokenId,
    /// The credential that served it when it was made.
    pub credential_id: CredentialId,
    /// Whether that credential was an explicit choice: then no other ever serves.
    pub is_pinned: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
}

impl Lease {
    /// Whether it is still good at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Checks how long a lease is asked to live.
pub fn check_ttl(ttl: Duration) -> Result<Duration> {
    if ttl.is_zero() || ttl > limits::LEASE_TTL_MAX {
        let days = limits::LEASE_TTL_MAX.as_secs() / 86_400;
        return Err(Error::invalid("A lease cannot live that long, or not at all.".to_owned())
            .hint(format!("between 1s and {days}d")));
    }
    Ok(ttl)
}

/// Refs restrict writes only: a read lease with refs would promise what git's protocol cannot keep.
pub fn check_refs(access: Access, refs: &[String]) -> Result<Vec<RefPattern>> {
    if access == Access::Read && !refs.is_empty() {
        return Err(Error::invalid("A read lease cannot be limited to refs.".to_owned()).hint(
            "fetching shows every ref of a repository; leave the refs out, or ask for write",
        ));
    }
    if refs.len() > limits::LEASE_REFS_MAX {
        return Err(Error::new(crate::ErrorKind::TooLarge, "The lease has too many ref patterns.")
            .hint(format!("at most {}", limits::LEASE_REFS_MAX)));
    }
    refs.iter().map(|text| RefPattern::parse(text)).collect()
}
