//! What is kept in memory between requests: bounded, and only as good as its epoch.
//!
//! An entry holds the organization's epoch at which it was read. Every commit tells the epoch now; an
//! entry of another epoch is read again. Nothing here is a plaintext secret.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use domain::access::Access;
use domain::credential::Credential;
use domain::host::Host;
use domain::id::HostId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::lease::Lease;
use domain::url::Segments;
use quick_cache::sync::Cache;
use store::Epoch;
use store::api_tokens::ApiToken;
use store::members::Member;
use store::secrets::SealedVersion;

/// Tokens and leases kept.
const TOKENS_MAX: usize = 16_384;
/// Resolutions kept.
const RESOLUTIONS_MAX: usize = 16_384;
/// Organizations whose epoch is kept.
const EPOCHS_MAX: usize = 16_384;

/// Who stands behind a token.
#[derive(Clone, Debug)]
pub(crate) enum Bearer {
    ApiToken(Arc<ApiToken>),
    /// A lease and the API token that made it.
    Lease(Arc<Lease>, Arc<ApiToken>),
    /// A member whom the issuer names. Never kept: the issuer's token is verified each time.
    Member(Arc<Member>),
}

/// The credential that serves a repository, ready to be opened.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub host: Host,
    pub credential: Credential,
    pub sealed: SealedVersion,
}

/// The key of a resolution: for whom, where, which repository, for what.
pub(crate) type ResolutionKey = (OrganizationId, Option<MemberId>, HostId, Segments, Access);

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
    epochs: Mutex<HashMap<OrganizationId, Epoch>>,
}

impl Caches {
    pub fn new() -> Caches {
        Caches {
            bearers: Cache::new(TOKENS_MAX),
            resolutions: Cache::new(RESOLUTIONS_MAX),
            hosts: Cache::new(RESOLUTIONS_MAX),
            epochs: Mutex::new(HashMap::new()),
        }
    }

    /// The last epoch any commit of ours told.
    pub fn epoch(&self, organization: OrganizationId) -> Option<Epoch> {
        self.known().get(&organization).copied()
    }

    /// Notes an epoch; an older one never replaces a newer.
    pub fn learn(&self, organization: OrganizationId, epoch: Epoch) {
        let mut known = self.known();
        if known.len() >= EPOCHS_MAX && !known.contains_key(&organization) {
            // Without its epoch an organization's entries are read again, so forgetting is safe.
            known.clear();
        }
        let entry = known.entry(organization).or_insert(epoch);
        *entry = (*entry).max(epoch);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<OrganizationId, Epoch>> {
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value that is still of the present epoch.
    pub fn fresh<T>(&self, organization: OrganizationId, entry: Option<At<T>>) -> Option<T> {
        let entry = entry?;
        (self.epoch(organization) == Some(entry.epoch)).then_some(entry.value)
    }
}
