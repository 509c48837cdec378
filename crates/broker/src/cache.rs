//! What is kept in memory between requests: bounded, and only as good as its epoch.
//!
//! An entry holds the organization's epoch at which it was read. Every commit tells the epoch now; an
//! entry of another epoch is read again. Nothing here is a plaintext secret.

use std::sync::Arc;

use domain::access::Access;
use domain::credential::Credential;
use domain::host::Host;
use domain::id::HostId;
use domain::id::OrganizationId;
use domain::lease::Lease;
use domain::url::Segments;
use quick_cache::sync::Cache;
use store::Epoch;
use store::api_tokens::ApiToken;
use store::secrets::SealedVersion;

/// Tokens and leases kept.
const TOKENS_MAX: usize = 16_384;
/// Resolutions kept.
const RESOLUTIONS_MAX: usize = 16_384;
/// Organizations whose epoch is kept.
const EPOCHS_MAX: usize = 16_384;

/// Who stands behind a token's hash.
#[derive(Clone, Debug)]
pub(crate) enum Bearer {
    ApiToken(Arc<ApiToken>),
    /// A lease and the API token that made it.
    Lease(Arc<Lease>, Arc<ApiToken>),
}

/// The credential that serves a repository, ready to be opened.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub host: Host,
    pub credential: Credential,
    pub sealed: SealedVersion,
}

/// The key of a resolution: who, where, which repository, for what.
pub(crate) type ResolutionKey = (OrganizationId, HostId, Segments, Access);

/// A value and the epoch it was read at.
#[derive(Clone)]
pub(crate) struct At<T> {
    pub epoch: Epoch,
    pub value: T,
}

pub(crate) struct Caches {
    pub bearers: Cache<[u8; 32], At<Bearer>>,
    pub resolutions: Cache<ResolutionKey, At<Arc<Resolved>>>,
    pub hosts: Cache<(OrganizationId, String), At<Arc<Vec<Host>>>>,
    epochs: Cache<OrganizationId, Epoch>,
}

impl Caches {
    pub fn new() -> Caches {
        Caches {
            bearers: Cache::new(TOKENS_MAX),
            resolutions: Cache::new(RESOLUTIONS_MAX),
            hosts: Cache::new(RESOLUTIONS_MAX),
            epochs: Cache::new(EPOCHS_MAX),
        }
    }

    /// The last epoch any commit of ours told.
    pub fn epoch(&self, organization: OrganizationId) -> Option<Epoch> {
        self.epochs.get(&organization)
    }

    /// Notes an epoch; an older one never replaces a newer.
    pub fn learn(&self, organization: OrganizationId, epoch: Epoch) {
        if self.epoch(organization).is_none_or(|known| known < epoch) {
            self.epochs.insert(organization, epoch);
        }
    }

    /// Forgets the epoch: everything of the organization is read again.
    pub fn forget(&self, organization: OrganizationId) {
        self.epochs.remove(&organization);
    }

    /// A value that is still of the present epoch.
    pub fn fresh<T>(&self, organization: OrganizationId, entry: Option<At<T>>) -> Option<T> {
        let entry = entry?;
        (self.epoch(organization) == Some(entry.epoch)).then_some(entry.value)
    }
}
