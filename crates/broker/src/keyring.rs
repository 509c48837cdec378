//! The key ring: which root key belongs to this data, and the keys under it, opened and kept.
//!
//! First start: the key file is on disk before the ring's one row claims it; whoever loses the claim
//! deletes its own new file and stops. A key is never made when a ring exists (design §7).

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use domain::Clock;
use domain::Entropy;
use domain::Error;
use domain::Result;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;
use quick_cache::sync::Cache;
use store::Session;
use store::keys;
use store::keys::StoredOrganizationKey;
use store::keys::Wrapped;
use vault::AuditKey;
use vault::FingerprintKey;
use vault::OrganizationKey;
use vault::RootKeyFile;
use vault::SystemKey;
use vault::WrappedKey;

/// Organization keys kept open.
const OPEN_KEYS_MAX: usize = 4096;
const AUDIT: &str = "audit";
const FINGERPRINT: &str = "fingerprint";

/// The opened keys of this process.
pub struct Keyring {
    path: PathBuf,
    root: RwLock<RootKeyFile>,
    audit: Arc<AuditKey>,
    fingerprint: FingerprintKey,
    open: Cache<OrganizationKeyId, Arc<OrganizationKey>>,
    entropy: Arc<dyn Entropy>,
    was_created: bool,
}

impl Keyring {
    /// Opens the ring with the root key file at `path`; makes both when there is neither.
    pub async fn open(
        session: &mut Session,
        path: PathBuf,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Keyring> {
        let (root, was_created) = match keys::ring(session).await? {
            Some(ring) => (existing(&path, &ring)?, false),
            None => (first(session, &path, entropy.as_ref()).await?, true),
        };
        let audit = system_key(session, &root, AUDIT, entropy.as_ref()).await?;
        let fingerprint = system_key(session, &root, FINGERPRINT, entropy.as_ref()).await?;
        Ok(Keyring {
            path,
            root: RwLock::new(root),
            audit: Arc::new(AuditKey::new(&audit)),
            fingerprint: FingerprintKey::new(&fingerprint),
            open: Cache::new(OPEN_KEYS_MAX),
            entropy,
            was_created,
        })
    }

    /// Whether this opening made the root key: people must be told to keep it.
    pub fn was_created(&self) -> bool {
        self.was_created
    }

    /// Where the root key file is.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The key of the audit chain.
    pub fn audit_key(&self) -> Arc<AuditKey> {
        Arc::clone(&self.audit)
    }

    pub(crate) fn fingerprint_key(&self) -> &FingerprintKey {
        &self.fingerprint
    }

    /// The key that seals an organization's new secrets.
    pub(crate) async fn current(
        &self,
        session: &mut Session,
        organization: OrganizationId,
    ) -> Result<Arc<OrganizationKey>> {
        let stored = keys::current(session, organization)
            .await?
            .ok_or_else(|| Error::internal("an organization has no key"))?;
        self.opened(&stored)
    }

    /// The key with this id, opened.
    pub(crate) async fn by_id(
        &self,
        session: &mut Session,
        id: OrganizationKeyId,
    ) -> Result<Arc<OrganizationKey>> {
        if let Some(key) = self.open.get(&id) {
            return Ok(key);
        }
        let stored = keys::organization(session, id).await?.ok_or_else(|| {
            Error::conflict(
                "The key of this secret was destroyed; nobody can open it again.".to_owned(),
            )
        })?;
        self.opened(&stored)
    }

    /// The key with this id, if it is open already.
    pub(crate) fn if_open(&self, id: OrganizationKeyId) -> Option<Arc<OrganizationKey>> {
        self.open.get(&id)
    }

    /// Makes an organization's key, wrapped by the newest root key in force.
    pub(crate) fn new_organization_key(
        &self,
        clock: &dyn Clock,
        organization: OrganizationId,
        root_key_id: &str,
    ) -> Result<StoredOrganizationKey> {
        let id = OrganizationKeyId::generate(clock, self.entropy.as_ref());
        let wrapped = self.with_root(root_key_id, |root| {
            root.new_organization_key(self.entropy.as_ref(), id, organization)
                .map(|(_, wrapped)| wrapped)
        })?;
        Ok(StoredOrganizationKey {
            id,
            organization_id: organization,
            wrapped: to_stored(wrapped),
            is_current: true,
        })
    }

    fn opened(&self, stored: &StoredOrganizationKey) -> Result<Arc<OrganizationKey>> {
        if let Some(key) = self.open.get(&stored.id) {
            return Ok(key);
        }
        let wrapped = to_wrapped(&stored.wrapped);
        let key = self.with_root(&stored.wrapped.root_key_id, |root| {
            root.open_organization_key(stored.id, stored.organization_id, &wrapped)
        })?;
        let key = Arc::new(key);
        self.open.insert(stored.id, Arc::clone(&key));
        Ok(key)
    }

    /// Runs with the root key of this id. A key we do not hold makes us read the file again: it may
    /// have been added by `admin rekey` since we started.
    pub(crate) fn with_root<T>(
        &self,
        id: &str,
        run: impl FnOnce(&vault::RootKey) -> Result<T>,
    ) -> Result<T> {
        {
            let root = self.root.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(key) = root.key(id) {
                return run(key);
            }
        }
        let again = RootKeyFile::read(&self.path)?.ok_or_else(|| missing(&self.path, id))?;
        let mut root = self.root.write().unwrap_or_else(PoisonError::into_inner);
        *root = again;
        run(root.key(id).ok_or_else(|| missing(&self.path, id))?)
    }

    /// Holds the root key file for one rekey, and reads it again: another may just have changed it.
    pub(crate) fn lock_file(&self) -> Result<vault::RootKeyLock> {
        let held = vault::RootKeyLock::take(&self.path)?;
        let again =
            RootKeyFile::read(&self.path)?.ok_or_else(|| missing(&self.path, "in force"))?;
        *self.root.write().unwrap_or_else(PoisonError::into_inner) = again;
        Ok(held)
    }

    /// Runs with the root key file itself, for `admin rekey`.
    pub(crate) fn with_file<T>(
        &self,
        run: impl FnOnce(&mut RootKeyFile) -> Result<T>,
    ) -> Result<T> {
        run(&mut self.root.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn missing(path: &std::path::Path, id: &str) -> Error {
    Error::unavailable(format!(
        "This data needs root key {id}, which is not in {}.",
        domain::text::printable(&path.display().to_string(), 300)
    ))
    .hint("give the right file with --root-key; without that key nothing can be opened")
}

/// A ring exists: the file must hold its key and prove it. Nothing is ever made here.
fn existing(path: &std::path::Path, ring: &keys::KeyRing) -> Result<RootKeyFile> {
    let file = RootKeyFile::read(path)?.ok_or_else(|| missing(path, &ring.root_key_id))?;
    let key = file.key(&ring.root_key_id).ok_or_else(|| missing(path, &ring.root_key_id))?;
    if key.proves(&ring.check_value) { Ok(file) } else { Err(missing(path, &ring.root_key_id)) }
}

/// There is no ring: make the key durable, then claim the ring for it.
async fn first(
    session: &mut Session,
    path: &std::path::Path,
    entropy: &dyn Entropy,
) -> Result<RootKeyFile> {
    let (file, is_new) = match RootKeyFile::read(path)? {
        Some(file) => (file, false),
        None => (RootKeyFile::create(path, entropy)?, true),
    };
    let key = file.newest()?;
    let check = key.check_value(entropy)?;
    if keys::claim_ring(session, key.id(), &check).await? {
        return Ok(file);
    }
    let ring = keys::ring(session).await?.ok_or_else(|| Error::internal("a key ring vanished"))?;
    if file.key(&ring.root_key_id).is_some_and(|key| key.proves(&ring.check_value)) {
        return Ok(file);
    }
    if is_new {
        // Nothing was sealed with it; leaving it would let the next start take it for the right one.
        let _ = std::fs::remove_file(path);
    }
    Err(missing(path, &ring.root_key_id))
}

async fn system_key(
    session: &mut Session,
    root: &RootKeyFile,
    purpose: &str,
    entropy: &dyn Entropy,
) -> Result<SystemKey> {
    if keys::system(session, purpose).await?.is_none() {
        let (_, wrapped) = root.newest()?.new_system_key(entropy, purpose)?;
        keys::insert_system(session, purpose, &to_stored(wrapped)).await?;
    }
    let stored = keys::system(session, purpose)
        .await?
        .ok_or_else(|| Error::internal("a key of the instance vanished"))?;
    root.key(&stored.root_key_id)
        .ok_or_else(|| missing(root.path(), &stored.root_key_id))?
        .open_system_key(purpose, &to_wrapped(&stored))
}

pub(crate) fn to_wrapped(stored: &Wrapped) -> WrappedKey {
    WrappedKey { root_key_id: stored.root_key_id.clone(), bytes: stored.bytes.clone() }
}

pub(crate) fn to_stored(wrapped: WrappedKey) -> Wrapped {
    Wrapped { root_key_id: wrapped.root_key_id, bytes: wrapped.bytes }
}
